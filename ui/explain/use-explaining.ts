// What is known of each part of an expression, in a component. Another expression or another time breaks off what is still asked.
import { useEffect, useState, useSyncExternalStore } from 'react';
import { ask } from '../server/ask.ts';
import { serverNow } from '../server/clock.ts';
import { Explaining, type NodeState } from './explaining.ts';
import type { ExplainNode } from './node-tree.ts';

const NOTHING: ReadonlyMap<string, NodeState> = new Map();
const unsubscribed = () => () => {};

/** `endMs` null: now, as of when `root` was first given. */
export function useExplaining(root: ExplainNode | null, endMs: number | null): ReadonlyMap<string, NodeState> {
  const [explaining, setExplaining] = useState<Explaining | null>(null);
  useEffect(() => {
    if (root === null) return;
    const begun = new Explaining(root, endMs ?? serverNow(), ask);
    setExplaining(begun);
    return () => {
      begun.stop();
      setExplaining(null);
    };
  }, [root, endMs]);
  return useSyncExternalStore(explaining?.subscribe ?? unsubscribed, () => explaining?.states ?? NOTHING);
}
