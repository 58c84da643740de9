// What is known of a part, in a word or two beside it.
import { Loader, VisuallyHidden } from '@mantine/core';
import { counted } from '../format/number.ts';
import { formatSeconds } from '../format/time.ts';
import classes from './explain-tree.module.css';
import { type NodeState, stateOf } from './explaining.ts';
import type { ExplainNode } from './node-tree.ts';

interface Props {
  readonly node: ExplainNode;
  readonly states: ReadonlyMap<string, NodeState>;
}

export function NodeCount({ node, states }: Props) {
  const state = stateOf(states, node);
  if (state.kind === 'waiting') {
    return (
      <span className={classes.count}>
        <Loader size={12} aria-hidden />
        <VisuallyHidden>asking</VisuallyHidden>
      </span>
    );
  }
  if (state.kind === 'unasked') return node.countQuery === null ? null : <span className={classes.count}>not asked</span>;
  if (state.kind === 'failed') {
    const below = node.children.some((child) => stateOf(states, child).kind === 'failed');
    return <span className={`${classes.count} ${classes.failed}`}>{below ? 'fails, as below' : 'fails'}</span>;
  }
  const time = <span className={classes.time}>{formatSeconds(state.durationMs / 1000)}</span>;
  if (state.kind === 'scalar') {
    return (
      <span className={classes.count}>
        number {state.value} {time}
      </span>
    );
  }
  if (state.count > 0) {
    return (
      <span className={classes.count}>
        <b>{counted(state.count, 'series', 'series')}</b> {time}
      </span>
    );
  }
  return (
    <span className={`${classes.count} ${classes.empty}`}>
      <b>{isLostHere(node, states) ? 'empty from here' : 'empty'}</b> {time}
    </span>
  );
}

/** Whether a part has no series though everything that it is made of has some. */
export function isLostHere(node: ExplainNode, states: ReadonlyMap<string, NodeState>): boolean {
  const state = stateOf(states, node);
  if (state.kind !== 'series' || state.count > 0) return false;
  return node.children.every((child) => {
    const below = stateOf(states, child);
    return below.kind !== 'series' || below.count > 0;
  });
}
