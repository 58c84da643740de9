// A group's rules as they are evaluated: waves, one after the other, each in parts that a worker is given at once.
import type { RuleTask } from '../worker/index.ts';
import type { Rule } from './rule.ts';
import { wavesOf } from './waves.ts';

/** Rules that a worker is given at once: the fewer, the sooner others have their turn; the more, the less each costs. */
const MOST_TASKS = 64;

export interface Part {
  readonly rules: readonly Rule[];
  /** The same each time: they are made once. */
  readonly tasks: readonly RuleTask[];
}

export function partsOf(rules: readonly Rule[], limit: number): readonly (readonly Part[])[] {
  return wavesOf(rules.map(({ spec }) => spec)).map((wave) => {
    const parts: Part[] = [];
    for (let from = 0; from < wave.length; from += MOST_TASKS) {
      const some = wave.slice(from, from + MOST_TASKS).map((index) => rules[index]);
      parts.push({ rules: some, tasks: some.map((rule) => taskOf(rule, limit)) });
    }
    return parts;
  });
}

/** Each rule of it alone. */
export function splitPart({ rules, tasks }: Part): readonly Part[] {
  return rules.map((rule, i) => ({ rules: [rule], tasks: [tasks[i]] }));
}

function taskOf({ spec }: Rule, limit: number): RuleTask {
  const { name, query, labels } = spec;
  return { name, query, labels, annotations: spec.kind === 'recording' ? null : spec.annotations, limit };
}
