// Rules without queries: an evaluator whose answers a test sets, on a clock that it moves, into an appender that keeps what was committed.
import { MetricRegistry } from '../../src/metrics/index.ts';
import { type Labels, labelsOf, silentLogger } from '../../src/model/index.ts';
import { type EvaluationRequest, type RuleEvaluator, type RuleGroupSpec, RuleSupervisor, type SentAlert } from '../../src/rules/index.ts';
import { type NewestSample, type RuleOutcome, type RulesResult, type RuleTask, WorkerError } from '../../src/worker/index.ts';
import { OutcomeWriter } from '../../src/worker/rule-outcomes.ts';
import { RulePages } from '../../src/worker/rule-pages.ts';
import { FakeAppender, FakeClock } from './fake-scrape.ts';

/** Label sets and their values; an error's text; or what only the test knows. */
export type FakeResult = string | readonly (readonly [labels: Record<string, string>, value: number])[];

export class FakeEvaluator implements RuleEvaluator {
  /** By the rule's query. */
  readonly results = new Map<string, FakeResult>();
  readonly requests: EvaluationRequest[] = [];
  /** Is thrown instead of any answer. */
  failure: Error | null = null;
  /** The query that ends a worker. */
  deadly = '';
  newestSamples: readonly NewestSample[] = [];
  newestAsked: unknown[] = [];
  /** Awaited before each answer. */
  hold: Promise<void> = Promise.resolve();

  async evaluate(request: EvaluationRequest): Promise<RulesResult> {
    this.requests.push(request);
    await Promise.race([this.hold, aborted(request.signal)]);
    if (this.failure !== null) throw this.failure;
    if (request.tasks.some(({ query }) => query === this.deadly)) throw new WorkerError('worker_died', 'the query worker crashed');
    const pages = new RulePages();
    const outcomes = new OutcomeWriter();
    for (const task of request.tasks) outcomes.add(this.#outcome(task, pages));
    const { numbers, failures, queries } = outcomes;
    return { numbers, failures, queries, ...pages.finish() };
  }

  async newest(...asked: Parameters<RuleEvaluator['newest']>): Promise<readonly NewestSample[]> {
    this.newestAsked.push(asked);
    return this.newestSamples;
  }

  #outcome(task: RuleTask, pages: RulePages): RuleOutcome {
    const result = this.results.get(task.query) ?? [];
    const error = typeof result === 'string' ? result : null;
    const elements = typeof result === 'string' ? [] : result;
    const texts = elements.map(([labels, value]) => JSON.stringify(elementOf(task, labels, value)));
    const bytes = pages.add(
      texts,
      elements.map(([, value]) => value),
    );
    const times = { prepareMs: 0, evalMs: 0, sortMs: 0, durationMs: 1, startedMs: Date.now() };
    return {
      error,
      count: elements.length,
      pages: bytes,
      queries: [],
      samples: 0,
      templateErrors: [],
      templateFailures: 0,
      expansions: 0,
      ...times,
    };
  }
}

function elementOf(task: RuleTask, labels: Record<string, string>, value: number): unknown {
  const own = Object.fromEntries(task.labels);
  if (task.annotations === null) return labelsOf({ ...labels, ...own, __name__: task.name });
  const annotations: Labels = task.annotations.map(([name, text]) => [name, text.replace('$value', String(value))]);
  return [labelsOf({ ...labels, ...own, alertname: task.name }), annotations];
}

export const START_MS = 1_800_000_000_000;

export interface FakeRules {
  readonly clock: FakeClock;
  readonly appender: FakeAppender;
  readonly evaluator: FakeEvaluator;
  readonly registry: MetricRegistry;
  readonly supervisor: RuleSupervisor;
  /** In the order in which they were sent. */
  readonly sent: (SentAlert & { readonly atMs: number })[];
  apply(groups: readonly RuleGroupSpec[], settings?: { evaluationIntervalMs?: number; queryOffsetMs?: number }): void;
  metric(name: string): Map<string, number>;
}

export function fakeRules(options: { sharedLanes?: number } = {}): FakeRules {
  const clock = new FakeClock(START_MS);
  const appender = new FakeAppender();
  const evaluator = new FakeEvaluator();
  const registry = new MetricRegistry();
  const sent: (SentAlert & { readonly atMs: number })[] = [];
  const supervisor = new RuleSupervisor({
    appender,
    evaluator,
    registry,
    clock,
    logger: silentLogger,
    notify: (alerts) => sent.push(...alerts.map((alert) => ({ ...alert, atMs: clock.wallMs() }))),
    resendDelayMs: 60_000,
    forGracePeriodMs: 600_000,
    outageToleranceMs: 3_600_000,
    sharedLanes: options.sharedLanes ?? 0,
  });
  return {
    clock,
    appender,
    evaluator,
    registry,
    supervisor,
    sent,
    apply: (groups, settings = {}) => supervisor.apply({ groups, evaluationIntervalMs: 10_000, queryOffsetMs: 0, ...settings }),
    metric(name) {
      const family = registry.collect().find((one) => one.name === name)!;
      return new Map([...family.children()].map(({ values, child }) => [values.join(), (child as { value: number }).value]));
    },
  };
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const give = (): void => reject(new WorkerError('cancelled', 'the request was given up'));
    if (signal.aborted) give();
    else signal.addEventListener('abort', give, { once: true });
  });
}
