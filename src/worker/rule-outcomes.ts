// How rules went, on the way to the main thread: numbers in columns, texts only where there are some. An object for each rule would live there
// until its part of a group is through, and by then be where only a full collection finds it.
import type { RuleFailure, RuleOutcome, RuleQuery } from './rule-messages.ts';

/** Numbers of a rule, in this order; the bytes of its pages follow. */
const COLUMNS = ['count', 'samples', 'prepareMs', 'evalMs', 'sortMs', 'durationMs', 'startedMs', 'expansions', 'templateFailures'] as const;

export class OutcomeWriter {
  readonly failures: RuleFailure[] = [];
  readonly queries: (readonly RuleQuery[])[] = [];
  readonly #numbers: number[] = [];
  #tasks = 0;

  add(outcome: RuleOutcome): void {
    for (const column of COLUMNS) this.#numbers.push(outcome[column]);
    this.#numbers.push(outcome.pages.length, ...outcome.pages);
    const { error, templateErrors } = outcome;
    if (error !== null || templateErrors.length > 0) this.failures.push({ task: this.#tasks, error, templateErrors });
    if (outcome.queries.length > 0) this.queries[this.#tasks] = outcome.queries;
    this.#tasks++;
  }

  get numbers(): Float64Array<ArrayBuffer> {
    return Float64Array.from(this.#numbers);
  }
}

/** What `OutcomeWriter` wrote, task after task. */
export function* readOutcomes(result: {
  readonly numbers: Float64Array;
  readonly failures: readonly RuleFailure[];
  readonly queries: readonly (readonly RuleQuery[])[];
}): Generator<RuleOutcome> {
  const { numbers, failures, queries } = result;
  let failure = 0;
  for (let at = 0, task = 0; at < numbers.length; task++) {
    const [count, samples, prepareMs, evalMs, sortMs, durationMs, startedMs, expansions, templateFailures] = numbers.subarray(
      at,
      at + COLUMNS.length,
    );
    at += COLUMNS.length;
    const pages = numbers.subarray(at + 1, at + 1 + numbers[at]);
    at += 1 + pages.length;
    const { error, templateErrors } = failures[failure]?.task === task ? failures[failure++] : NO_FAILURE;
    const told = { error, templateErrors, queries: queries[task] ?? NO_QUERIES };
    yield { count, samples, prepareMs, evalMs, sortMs, durationMs, startedMs, expansions, templateFailures, pages, ...told };
  }
}

const NO_QUERIES: readonly RuleQuery[] = [];
const NO_FAILURE: Omit<RuleFailure, 'task'> = { error: null, templateErrors: [] };
