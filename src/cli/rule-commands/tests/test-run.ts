// One test: its rules are evaluated at each interval of a clock that only counts, up to the last time that something is expected at, over
// the samples that there are by then. Source of what is compared with what: cmd/promtool/unittest.go of Prometheus.
import { formatDuration, formatLabels, formatPlain, silentLogger, systemClock } from '../../../model/index.ts';
import { EvaluationError, PromqlParseError, type QueryAnswer } from '../../../promql/index.ts';
import { type GroupMetrics, Lanes, type Rule, RuleGroup, type RuleGroupSpec } from '../../../rules/index.ts';
import { StorageError } from '../../../storage/index.ts';
import { parseMetric } from '../../promql-commands/scripts/series-values.ts';
import { type Report, RuleCommandError } from '../command.ts';
import { alertFailure, exprError, exprFailure, ruleError } from './failure-text.ts';
import { InputSamples } from './input-samples.ts';
import type { AlertTest, ExprTest, TestFile, TestSpec } from './test-file.ts';
import { type LanguageOptions, TestStore } from './test-store.ts';
import { type AlertValue, type SampleValue, sameAlerts, sameSamples, sortedAlerts, sortedSamples } from './test-value.ts';

export interface RunOptions {
  readonly file: Pick<TestFile, 'evaluationIntervalMs' | 'fuzzyCompare'>;
  /** In the order in which they are evaluated. */
  readonly groups: readonly RuleGroupSpec[];
  readonly language: LanguageOptions;
  readonly diff: boolean;
  /** Told what is done; null: nobody. */
  readonly debug: Report['complain'] | null;
}

const UNCOUNTED: GroupMetrics = {
  scheduled: () => undefined,
  missed: () => undefined,
  evaluated: () => undefined,
  failed: () => undefined,
  finished: () => undefined,
  restored: () => undefined,
  expanded: () => undefined,
};

/** @returns what failed, as it is printed; nothing: all is as expected */
export async function runTest(test: TestSpec, options: RunOptions): Promise<string[]> {
  let inputs: InputSamples;
  try {
    inputs = new InputSamples(test.inputSeries, test.startMs, test.intervalMs);
  } catch (error) {
    if (!(error instanceof RuleCommandError)) throw error;
    return [error.message];
  }
  const nameless = test.alertTests.find(({ alertname }) => alertname === '');
  if (nameless !== undefined) return [namelessError(test, nameless)];
  const store = new TestStore(test, options.language, options.file.evaluationIntervalMs);
  try {
    return await new TestRun(test, options, store, inputs).run();
  } finally {
    await store.close();
  }
}

class TestRun {
  readonly #test: TestSpec;
  readonly #options: RunOptions;
  readonly #store: TestStore;
  readonly #inputs: InputSamples;
  readonly #groups: readonly RuleGroup[];
  readonly #failures: string[] = [];

  constructor(test: TestSpec, options: RunOptions, store: TestStore, inputs: InputSamples) {
    this.#test = test;
    this.#options = options;
    this.#store = store;
    this.#inputs = inputs;
    const services = {
      appender: store.appender,
      evaluator: store,
      logger: silentLogger,
      notify: () => undefined,
      resendDelayMs: 0,
      forGracePeriodMs: 0,
      outageToleranceMs: 0,
      clock: systemClock,
      lanes: new Lanes(0),
    };
    this.#groups = options.groups.map((spec) => {
      const times = { intervalMs: spec.intervalMs || test.intervalMs, queryOffsetMs: spec.queryOffsetMs ?? 0 };
      return new RuleGroup({ spec, ...times, restores: false }, services, UNCOUNTED);
    });
  }

  async run(): Promise<string[]> {
    const { alertTests, exprTests, startMs } = this.#test;
    const { evaluationIntervalMs } = this.#options.file;
    const lastMs = [...alertTests, ...exprTests].reduce((last, { evalTimeMs }) => Math.max(last, evalTimeMs), 0);
    const waiting = [...alertTests].sort((a, b) => a.evalTimeMs - b.evalTimeMs);
    for (let sinceMs = 0; sinceMs <= lastMs; sinceMs += evaluationIntervalMs) {
      if (!(await this.#evaluate(startMs + sinceMs))) return this.#failures;
      // What is expected between two evaluations is expected of the one before.
      while (waiting.length > 0 && waiting[0].evalTimeMs < sinceMs + evaluationIntervalMs) this.#judgeAlerts(waiting.shift()!);
    }
    for (const test of exprTests) await this.#judgeExpr(test);
    if (this.#options.debug !== null) await this.#dump(lastMs, this.#options.debug);
    return this.#failures;
  }

  /** @returns whether the rules could be evaluated */
  async #evaluate(timeMs: number): Promise<boolean> {
    try {
      await this.#store.load(this.#inputs, timeMs);
    } catch (error) {
      if (!(error instanceof RuleCommandError)) throw error;
      this.#failures.push(error.message);
      return true;
    }
    let isGood = true;
    for (const group of this.#groups) {
      await group.evaluate(timeMs);
      for (const { spec, status } of group.rules as readonly Rule[]) {
        if (status.lastError === '') continue;
        this.#failures.push(ruleError(spec.name, timeMs, status.lastError));
        isGood = false;
      }
    }
    return isGood;
  }

  #judgeAlerts(test: AlertTest): void {
    const got: AlertValue[] = [];
    // Rules of any group may have the same name.
    for (const rule of this.#groups.flatMap(({ rules }) => rules))
      if (rule.kind === 'alerting' && rule.spec.name === test.alertname) got.push(...rule.active.filter(({ state }) => state === 'firing'));
    const values = { expected: sortedAlerts(test.expected), got: sortedAlerts(got) };
    if (!sameAlerts(values.expected, values.got)) this.#failures.push(alertFailure(this.#test.name, test, values, this.#options.diff));
  }

  async #judgeExpr(test: ExprTest): Promise<void> {
    let got: readonly SampleValue[];
    try {
      got = await this.#store.samples(test.expr, this.#test.startMs + test.evalTimeMs);
    } catch (error) {
      if (!(error instanceof PromqlParseError || error instanceof EvaluationError || error instanceof StorageError)) throw error;
      this.#failures.push(exprError(test, error.message));
      return;
    }
    const expected: SampleValue[] = [];
    for (const { labels, value, histogram } of test.expected) {
      try {
        if (histogram !== '') throw new RuleCommandError('native histograms are not supported yet');
        expected.push({ labels: parseMetric(labels), value });
      } catch (error) {
        this.#failures.push(exprError(test, `labels ${JSON.stringify(labels)}: ${(error as Error).message}`));
        return;
      }
    }
    const values = { expected: sortedSamples(expected), got: sortedSamples(got) };
    if (!sameSamples(values.expected, values.got, this.#options.file.fuzzyCompare))
      this.#failures.push(exprFailure(test, values, this.#options.diff));
  }

  /** All series and samples, for those who wonder. */
  async #dump(lastMs: number, debug: Report['complain']): Promise<void> {
    const endMs = (Math.floor(lastMs / 1000) + 1) * 1000;
    const range = formatDuration(endMs);
    debug(`DEBUG: Dump of all data (input_series and rules) at ${range}:`);
    debug(await this.#store.dump(range, this.#test.startMs + endMs, matrixText));
  }
}

function matrixText({ value }: QueryAnswer): string {
  if (value.type !== 'samples') throw new Error(`BUG: got a ${value.type} of a range selector`);
  return value.series
    .map(({ labels, times, values, count }) =>
      [`${formatLabels(labels)} =>`, ...Array.from({ length: count }, (_, i) => `${formatPlain(values[i])} @[${times[i]}]`)].join('\n'),
    )
    .join('\n');
}

function namelessError({ name }: TestSpec, { evalTimeMs }: AlertTest): string {
  const where = name === '' ? '' : ` (in TestGroup ${name})`;
  return `an item under alert_rule_test misses required attribute alertname at eval_time ${formatDuration(evalTimeMs)}${where}`;
}
