// Which series of the two sides of an operator find each other, and which do not.
import { SegmentedControl, Stack, Text } from '@mantine/core';
import { useMemo, useState } from 'react';
import type { VectorElement } from '../../src/answers/index.ts';
import { type Binary, type Expr, isComparison } from '../../src/promql/parser/index.ts';
import { Pager, usePagedHere } from '../components/pager.tsx';
import { counted, formatCount } from '../format/number.ts';
import { type NodeState, stateOf } from './explaining.ts';
import { FixList } from './fix-list.tsx';
import { GroupBox } from './group-box.tsx';
import { matchingFixes } from './matching-fixes.ts';
import { type GroupKind, type MatchGroup, matchGroups } from './matching-groups.ts';
import type { ExplainNode } from './node-tree.ts';

interface Props {
  /** The expression that `binary` is a part of. */
  readonly whole: Expr;
  readonly binary: Binary;
  readonly node: ExplainNode;
  readonly states: ReadonlyMap<string, NodeState>;
  /** An expression without the error is to be asked instead. */
  readonly onTake?: (text: string) => void;
}

const PAGE_GROUPS = 20;
const NAMES: readonly (readonly [GroupKind, string])[] = [
  ['matched', 'Matched'],
  ['alone', 'Without a partner'],
  ['doubled', 'Too many'],
];

export function MatchingView({ whole, binary, node, states, onTake }: Props) {
  const [left, right] = node.children.map((child) => vectorOf(stateOf(states, child)));
  const result = vectorOf(stateOf(states, node));
  const groups = useMemo(
    () => (left === null || right === null ? null : matchGroups(binary, left, right, result)),
    [binary, left, right, result],
  );
  const fixes = useMemo(
    () => (left === null || right === null || groups === null ? [] : matchingFixes(whole, binary, { left, right, groups })),
    [whole, binary, left, right, groups],
  );
  const [chosen, choose] = useState<GroupKind | null>(null);
  if (groups === null) {
    const waits = node.children.some((child) => stateOf(states, child).kind === 'waiting');
    return (
      <Text fz="sm" c="dimmed">
        {waits
          ? 'Waiting for the series of both sides…'
          : 'How series match is not shown: a side has too many series, or none could be read.'}
      </Text>
    );
  }
  if (groups.length === 0) return <Text fz="sm">Neither side has any series to match.</Text>;
  const counts = NAMES.map(([kind, name]) => ({ kind, name, groups: groups.filter((group) => group.kind === kind) }));
  const offered = counts.filter(({ groups }) => groups.length > 0);
  const shown = offered.find(({ kind }) => kind === chosen) ?? offered.find(({ kind }) => kind !== 'matched') ?? offered[0];
  return (
    <Stack gap="xs">
      <Text fz="sm" fw={600}>
        How the series match: {counted(groups.length, 'group')}
      </Text>
      <SegmentedControl
        aria-label="Groups that are shown"
        size="xs"
        w="fit-content"
        maw="100%"
        value={shown.kind}
        onChange={(kind) => choose(kind as GroupKind)}
        data={offered.map(({ kind, name, groups }) => ({ value: kind, label: `${name}: ${formatCount(groups.length)}` }))}
      />
      {shown.kind === 'doubled' && <FixList fixes={fixes} onTake={onTake} />}
      <GroupPages key={shown.kind} name={shown.name} groups={shown.groups} comparing={isComparison(binary.op) && !binary.bool} />
    </Stack>
  );
}

function vectorOf(state: NodeState): readonly VectorElement[] | null {
  return state.kind === 'series' ? state.vector : null;
}

interface GroupPagesProps {
  readonly name: string;
  readonly groups: readonly MatchGroup[];
  readonly comparing: boolean;
}

function GroupPages({ name, groups, comparing }: GroupPagesProps) {
  const paged = usePagedHere(groups, PAGE_GROUPS);
  return (
    <>
      {paged.shown.map((group) => (
        <GroupBox key={JSON.stringify(group.labels)} group={group} comparing={comparing} />
      ))}
      <Pager paged={paged} what={`of the groups: ${name}`} />
    </>
  );
}
