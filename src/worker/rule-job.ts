// Rules, evaluated one after the other: a query each, and what is made of its result: the series that a recording rule writes, or the labels
// and annotations of alerts. What is wrong with one rule is its own outcome. Source: rules/recording.go and rules/alerting.go of Prometheus.
import { KernelError } from '../kernel/index.ts';
import { EvaluationError, PromqlParseError, type QueryAnswer, type QueryStatistics } from '../promql/index.ts';
import { StorageError } from '../storage/index.ts';
import { AlertExpansion } from './alert-expansion.ts';
import type { Job } from './job.ts';
import { openQuerier } from './job-querier.ts';
import { statisticsText } from './query-job.ts';
import { type Element, mergeLabels } from './rule-elements.ts';
import type { RuleOutcome, RulesRequest, RulesResult, RuleTask } from './rule-messages.ts';
import { OutcomeWriter } from './rule-outcomes.ts';
import { RulePages } from './rule-pages.ts';
import { evaluateStored, type StoredData } from './stored-evaluation.ts';

/** Rules work for so long before others have their turn. */
const SLICE_MS = 4;

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
  const { numbers, failures, statistics } = outcomes;
  return { numbers, failures, statistics, ...evaluation.pages.finish() };
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
    const { timeoutMs } = this.#request;
    const startedMs = Date.now();
    const started = performance.now();
    this.#deadlineMs = started + timeoutMs;
    const told = { statistics: '', samples: 0, prepareMs: 0, evalMs: 0, sortMs: 0, templateErrors: [] as readonly string[], expansions: 0 };
    let [error, count, pages]: [string | null, number, readonly number[]] = [null, 0, []];
    try {
      await this.breathe();
      const { elements, statistics } = await this.#query(task.query, this.#request.queryTimeMs);
      Object.assign(told, this.#told(statistics, performance.now() - started));
      const values = Float64Array.from(elements, ({ value }) => value);
      if (task.annotations === null) {
        count = elements.length;
        pages = this.pages.add(recorded(task, elements), values);
      } else {
        const expansion = new AlertExpansion(
          this.#request,
          task,
          async (query) => (await this.#query(query, this.#request.timeMs)).elements,
        );
        const alerts = await expansion.expand(elements, () => this.breathe());
        told.templateErrors = expansion.errors;
        told.expansions = expansion.expansions;
        count = elements.length;
        pages = this.pages.add(alerts, values);
      }
    } catch (thrown) {
      error = reasonOf(thrown);
    }
    return { error, count, pages, ...told, startedMs, durationMs: performance.now() - started };
  }

  #query(query: string, timeMs: number): Promise<{ readonly elements: readonly Element[]; readonly statistics: QueryStatistics }> {
    const times = { startMs: timeMs, endMs: timeMs, stepMs: 0 };
    return evaluateStored(query, times, this, this.#request.options, (answer) => ({
      elements: elementsOf(answer),
      statistics: answer.statistics,
    }));
  }

  #told(statistics: QueryStatistics, durationMs: number) {
    const { prepareMs, evalMs, sortMs, totalQueryableSamples } = statistics;
    const text = this.#request.statistics ? statisticsText(statistics, { queuedMs: 0, statistics: 'basic' }, durationMs) : '';
    return { statistics: text, samples: totalQueryableSamples, prepareMs, evalMs, sortMs };
  }
}

function elementsOf({ value }: QueryAnswer): readonly Element[] {
  if (value.type === 'scalar') return [{ labels: [], value: value.value }];
  if (value.type !== 'vector') throw new EvaluationError('execution', 'rule result is not a vector or scalar');
  const { labels, store, order } = value.rows;
  return order.map((row) => ({ labels: labels[row], value: store.values[row] }));
}

/** The series that a recording rule writes, each as JSON. @throws EvaluationError */
function recorded({ name, labels, limit }: RuleTask, elements: readonly Element[]): readonly string[] {
  const own = mergeLabels(labels, [['__name__', name]]);
  const texts = elements.map((element) => JSON.stringify(mergeLabels(element.labels, own)));
  if (texts.length > 1 && new Set(texts).size < texts.length)
    throw new EvaluationError('execution', 'vector contains metrics with the same labelset after applying rule labels');
  if (limit > 0 && texts.length > limit) throw new EvaluationError('execution', `exceeded limit of ${limit} with ${texts.length} series`);
  return texts;
}

/** The text of what is wrong with a rule. @throws what is not the rule's fault */
function reasonOf(error: unknown): string {
  if (error instanceof EvaluationError || error instanceof PromqlParseError || error instanceof StorageError) return error.message;
  if (error instanceof KernelError && error.code === 'out_of_memory') return error.message;
  throw error;
}
