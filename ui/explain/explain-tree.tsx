// An expression as the tree of its parts, with how many series each has: where they are lost is seen at once.
import { Alert, Text } from '@mantine/core';
import { useMemo, useState } from 'react';
import { type Expr, PromqlParseError, parseExpr, WHOLE_LANGUAGE } from '../../src/promql/parser/index.ts';
import { useTimeFormat } from '../format/time.ts';
import classes from './explain-tree.module.css';
import { NodeDetails } from './node-details.tsx';
import { NodeRows } from './node-rows.tsx';
import { nodesOf, treeOfNodes } from './node-tree.ts';
import { useExplaining } from './use-explaining.ts';

interface Props {
  readonly expr: string;
  /** Null: now. */
  readonly endMs: number | null;
  /** Another expression is to be asked instead: a part by itself, or one without an error; without it none can be. */
  readonly onTake?: (text: string) => void;
  /** Which part is chosen, for whoever keeps that: '0' for the whole, '0.1' for its second part. Without it, it is kept here. */
  readonly selected?: string;
  readonly onSelected?: (id: string) => void;
}

export function ExplainTree({ expr, endMs, onTake, selected: keptId, onSelected }: Props) {
  const read = useMemo(() => readText(expr), [expr]);
  const root = useMemo(() => ('expr' in read ? treeOfNodes(read.expr) : null), [read]);
  const states = useExplaining(root, endMs);
  const timeOf = useTimeFormat();
  const [ownId, setOwnId] = useState('0');
  const selectedId = keptId ?? ownId;
  const select = (id: string): void => {
    setOwnId(id);
    if (id !== selectedId) onSelected?.(id);
  };
  if ('message' in read) {
    if (expr.trim() === '') return <Text c="dimmed">There is no expression to explain yet.</Text>;
    return (
      <Alert color="red" role="alert" title="This expression has an error, so it cannot be explained">
        <Text fz="sm" ff="monospace">
          {read.message}
        </Text>
      </Alert>
    );
  }
  const selected = nodesOf(root!).find(({ id }) => id === selectedId) ?? root!;
  return (
    <>
      {endMs !== null && (
        <Text fz="xs" c="dimmed" mb="xs">
          As of {timeOf(Math.floor(endMs / 1000) * 1000)}
        </Text>
      )}
      <div className={classes.panes}>
        <NodeRows root={root!} states={states} selectedId={selected.id} onSelect={select} />
        <NodeDetails key={`${expr} ${selected.id}`} whole={read.expr} node={selected} states={states} onTake={onTake} />
      </div>
    </>
  );
}

function readText(text: string): { readonly expr: Expr } | { readonly message: string } {
  try {
    return { expr: parseExpr(text, WHOLE_LANGUAGE) };
  } catch (error) {
    if (error instanceof PromqlParseError) return { message: error.message };
    throw error;
  }
}
