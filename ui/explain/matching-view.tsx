// Which series of the two sides of an operator find each other, and which do not.
import { Group, SegmentedControl, Stack, Text } from '@mantine/core';
import { useMemo, useState } from 'react';
import type { VectorElement } from '../../src/answers/index.ts';
import { type Binary, isComparison } from '../../src/promql/parser/index.ts';
import { LabelSet } from '../components/label-set.tsx';
import { counted, formatCount } from '../format/number.ts';
import classes from './explain-tree.module.css';
import { type NodeState, stateOf } from './explaining.ts';
import { type GroupKind, type MatchGroup, matchGroups } from './matching-groups.ts';
import type { ExplainNode } from './node-tree.ts';

interface Props {
  readonly binary: Binary;
  readonly node: ExplainNode;
  readonly states: ReadonlyMap<string, NodeState>;
}

const MOST_GROUPS = 20;
const MOST_SERIES = 3;
const NAMES: readonly (readonly [GroupKind, string])[] = [
  ['matched', 'Matched'],
  ['alone', 'Without a partner'],
  ['doubled', 'Too many'],
];

export function MatchingView({ binary, node, states }: Props) {
  const [left, right] = node.children.map((child) => vectorOf(stateOf(states, child)));
  const groups = useMemo(() => (left === null || right === null ? null : matchGroups(binary, left, right)), [binary, left, right]);
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
      {shown.groups.slice(0, MOST_GROUPS).map((group) => (
        <GroupBox key={JSON.stringify(group.labels)} group={group} comparing={isComparison(binary.op) && !binary.bool} />
      ))}
      {shown.groups.length > MOST_GROUPS && (
        <Text fz="sm" c="dimmed">
          The first {MOST_GROUPS} are shown, of {formatCount(shown.groups.length)}.
        </Text>
      )}
    </Stack>
  );
}

function vectorOf(state: NodeState): readonly VectorElement[] | null {
  return state.kind === 'series' ? state.vector : null;
}

function GroupBox({ group, comparing }: { readonly group: MatchGroup; readonly comparing: boolean }) {
  const { labels, left, right, kind, kept } = group;
  const keptText = comparing ? 'In the result where the comparison is true.' : 'In the result.';
  const outcome = kind === 'doubled' ? 'More than one on a side of one: an error.' : kept ? keptText : 'Not in the result.';
  return (
    <div className={classes.group} data-kind={kind}>
      <Group justify="space-between" gap="xs">
        <LabelSet labels={labels} />
        <Text fz="xs" c="dimmed">
          {outcome}
        </Text>
      </Group>
      <Side name="Left" elements={left} />
      <Side name="Right" elements={right} />
    </div>
  );
}

function Side({ name, elements }: { readonly name: string; readonly elements: readonly VectorElement[] }) {
  return (
    <div className={classes.side}>
      <Text fz="xs" c="dimmed" component="span">
        {name}
      </Text>
      <div>
        {elements.length === 0 && (
          <Text fz="xs" className={classes.missing}>
            no series
          </Text>
        )}
        {elements.slice(0, MOST_SERIES).map(({ metric, value }) => (
          <div key={JSON.stringify(metric)} className={classes.element}>
            <LabelSet labels={metric} />
            <Text fz="xs" ff="monospace" component="span">
              {value?.[1] ?? 'histogram'}
            </Text>
          </div>
        ))}
        {elements.length > MOST_SERIES && (
          <Text fz="xs" c="dimmed">
            and {formatCount(elements.length - MOST_SERIES)} more
          </Text>
        )}
      </div>
    </div>
  );
}
