// Rules, evaluated one after the other: a query each, and what is made of its result: the series that a recording rule writes, or the labels
// and annotations of alerts. What is wrong with one rule is its own outcome. Source: rules/recording.go and rules/alerting.go of Prometheus.
import { EvaluationError, PromqlParseError, type QueryAnswer, type QueryStatistics } from '../promql/index.ts';
import { StorageError } from '../storage/index.ts';
import { AlertExpansion } from './alert-expansion.ts';
import { failureOf } from './failure.ts';
import type { Job } from './job.ts';
import { openQuerier } from './job-querier.ts';
import { statisticsText, statisticsWithout } from './query-job.ts';
import { type Element, mergeLabels } from './rule-elements.ts';
import type { RuleOutcome, RuleQuery, RulesRequest, RulesResult, RuleTask } from './rule-messages.ts';
import { OutcomeWriter } from './rule-outcomes.ts';
import { PAGE_ELEMENTS, RulePages } from './rule-pages.ts';
import { evaluateStored, type StoredData } from './stored-evaluation.ts';

/** Rules work for so long before others have their turn. */
const SLICE_MS = 4;
/** Of one rule, that are told. */
const MOST_QUERIES = 1000;

export function runRules(job: Job, request: RulesRequest): Promise<RulesResult> {
  return evaluateRules(request, { open: (labelsAtOnce) => openQuerier(job, labelsAtOnce), pause: job.pause });
}

export interface RuleData extends Pick<StoredData, 'open'> {
  /** Lets others have their turn. Throws to end the job. */
  readonly pause: () => Promise<void>;
}

/** @throws whatever ends the job */
export async function evaluateRules(request: RulesRequest, data: RuleData): Promise<RulesResult> {
  const evaluation = new RulesEvaluation(request, data);
  const outcomes = new OutcomeWriter();
  for (const task of request.tasks) outcomes.add(await evaluation.run(task));
  const { numbers, failures, queries } = outcomes;
  return { numbers, failures, queries, ...evaluation.pages.finish() };
}

class RulesEvaluation implements StoredData {
  readonly pages = new RulePages();
  readonly #request: RulesRequest;
  readonly #data: RuleData;
  #sinceMs = performance.now();
  #deadlineMs = 0;

  constructor(request: RulesRequest, data: RuleData) {
    this.#request = request;
    this.#data = data;
  }

  open(labelsAtOnce: boolean) {
    return this.#data.open(labelsAtOnce);
  }

  breathe(): Promise<void> | null {
    const nowMs = performance.now();
    if (nowMs > this.#deadlineMs) throw new EvaluationError('execution', 'query timed out in expression evaluation');
    if (nowMs - this.#sinceMs < SLICE_MS) return null;
    return this.#data.pause().then(() => {
      this.#sinceMs = performance.now();
    });
  }

  async run(task: RuleTask): Promise<RuleOutcome> {
    const { timeoutMs, queryTimeMs } = this.#request;
    const startedMs = Date.now();
    const started = performance.now();
    this.#deadlineMs = started + timeoutMs;
    const outcome = new Outcome();
    try {
      await this.breathe();
      const { elements, statistics } = await this.#query(task.query, queryTimeMs, outcome);
      outcome.evaluated(statistics);
      const values = Float64Array.from(elements, ({ value }) => value);
      const texts = task.annotations === null ? await this.#recorded(task, elements) : await this.#alerts(task, elements, outcome);
      outcome.pages = this.pages.add(texts, values);
      outcome.count = elements.length;
    } catch (error) {
      outcome.error = reasonOf(error);
    }
    return Object.assign(outcome, { startedMs, durationMs: performance.now() - started });
  }

  async #query(
    query: string,
    timeMs: number,
    { queries }: Outcome,
  ): Promise<{ readonly elements: readonly Element[]; readonly statistics: QueryStatistics }> {
    const times = { startMs: timeMs, endMs: timeMs, stepMs: 0 };
    const started = performance.now();
    const tell = (error: string | null, statistics: () => string): void => {
      if (this.#request.queries && queries.length < MOST_QUERIES) queries.push({ query, timeMs, error, statistics: statistics() });
    };
    try {
      const answer = await evaluateStored(query, times, this, this.#request.options, (whole) => ({
        elements: elementsOf(whole),
        statistics: whole.statistics,
      }));
      const durationMs = performance.now() - started;
      tell(null, () => statisticsText(answer.statistics, { queuedMs: 0, statistics: 'basic' }, durationMs));
      return answer;
    } catch (error) {
      const reason = reasonOf(error);
      tell(reason, () => statisticsWithout(0, performance.now() - started));
      throw error;
    }
  }

  /** The series that a recording rule writes, each as JSON. @throws EvaluationError */
  async #recorded({ name, labels, limit }: RuleTask, elements: readonly Element[]): Promise<readonly string[]> {
    const own = mergeLabels(labels, [['__name__', name]]);
    const texts: string[] = [];
    for (const element of elements) {
      texts.push(JSON.stringify(mergeLabels(element.labels, own)));
      if (texts.length % PAGE_ELEMENTS === 0) await this.breathe();
    }
    if (texts.length > 1 && new Set(texts).size < texts.length)
      throw new EvaluationError('execution', 'vector contains metrics with the same labelset after applying rule labels');
    if (limit > 0 && texts.length > limit) throw new EvaluationError('execution', `exceeded limit of ${limit} with ${texts.length} series`);
    return texts;
  }

  /** `[labels, annotations]` of each alert, as JSON. @throws EvaluationError */
  async #alerts(task: RuleTask, elements: readonly Element[], outcome: Outcome): Promise<readonly string[]> {
    const expansion = new AlertExpansion(this.#request, task, async (query) => {
      try {
        return (await this.#query(query, this.#request.timeMs, outcome)).elements;
      } catch (error) {
        return reasonOf(error);
      }
    });
    const alerts = await expansion.expand(elements, () => this.breathe());
    outcome.templateErrors = expansion.errors;
    outcome.templateFailures = expansion.failures;
    outcome.expansions = expansion.expansions;
    return alerts;
  }
}

/** A rule's outcome, while it comes about. */
class Outcome implements Omit<RuleOutcome, 'startedMs' | 'durationMs'> {
  error: string | null = null;
  count = 0;
  pages: readonly number[] = [];
  readonly queries: RuleQuery[] = [];
  samples = 0;
  prepareMs = 0;
  evalMs = 0;
  sortMs = 0;
  templateErrors: readonly string[] = [];
  templateFailures = 0;
  expansions = 0;

  evaluated({ prepareMs, evalMs, sortMs, totalQueryableSamples }: QueryStatistics): void {
    Object.assign(this, { prepareMs, evalMs, sortMs, samples: totalQueryableSamples });
  }
}

function elementsOf({ value }: QueryAnswer): readonly Element[] {
  if (value.type === 'scalar') return [{ labels: [], value: value.value }];
  if (value.type !== 'vector') throw new EvaluationError('execution', 'rule result is not a vector or scalar');
  const { labels, store, order } = value.rows;
  return order.map((row) => ({ labels: labels[row], value: store.values[row] }));
}

/** The text of what is wrong with a rule. @throws what is not the rule's fault */
function reasonOf(error: unknown): string {
  if (error instanceof PromqlParseError || error instanceof StorageError) return error.message;
  const { code, message } = failureOf(error);
  if (code === 'execution' || code === 'out_of_memory') return message;
  throw error;
}
