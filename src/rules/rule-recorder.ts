// What the evaluation of a rule brought: its state, its series, its alerts on their way. What is wrong with it is the rule's own, told in its
// status, the log and the counters, and goes no further.
import type { Logger } from '../model/index.ts';
import type { AppendOutcome } from '../storage/index.ts';
import type { GiveWay, RuleOutcome } from '../worker/index.ts';
import { type Alert, needsSending } from './alert.ts';
import { type AlertingRule, RuleError } from './alerting-rule.ts';
import type { ResultPage } from './result-pages.ts';
import type { Rule } from './rule.ts';
import { isRefusal, type RuleAppender } from './rule-appender.ts';
import type { GroupMetrics } from './rule-metrics.ts';

/** An alert on its way to the notifier. Times in ms since the epoch. */
export interface SentAlert {
  readonly labels: Alert['labels'];
  readonly annotations: Alert['annotations'];
  readonly startsMs: number;
  readonly endsMs: number;
  /** Of its rule, for the link to where it comes from. */
  readonly query: string;
}

export interface RecorderOptions {
  readonly appender: RuleAppender;
  readonly notify: (alerts: readonly SentAlert[]) => void;
  readonly resendDelayMs: number;
  readonly intervalMs: number;
  /** Of one rule's alerts; 0 or less: none. */
  readonly limit: number;
  readonly logger: Logger;
  readonly metrics: GroupMetrics;
}

export interface RecordedTimes {
  readonly timeMs: number;
  /** Of the samples. */
  readonly queryTimeMs: number;
}

export class RuleRecorder {
  readonly #options: RecorderOptions;

  constructor(options: RecorderOptions) {
    this.#options = options;
  }

  /**
   * Resolves when the rule's samples are handed over in their order; `committed` when they are visible. @returns how many there are
   * @throws what nobody expects
   */
  async record(
    rule: Rule,
    { outcome, pages }: { readonly outcome: RuleOutcome; readonly pages: readonly ResultPage[] },
    { timeMs, queryTimeMs }: RecordedTimes,
    giveWay: GiveWay,
  ): Promise<{ readonly samples: number; readonly committed: Promise<void> }> {
    const { appender, limit } = this.#options;
    this.#tell(rule, outcome);
    if (outcome.error !== null) return NOTHING;
    let samples = outcome.count;
    let markers = 0;
    try {
      if (rule.kind === 'alerting') {
        await rule.update(pages, timeMs, limit, giveWay);
        this.#send(rule, timeMs);
      }
      const { outcome: written } = await appender.write(async (batch) => {
        if (rule.kind === 'recording') markers = await rule.series.write(batch, pages, queryTimeMs, giveWay);
        else ({ samples, markers } = await rule.write(batch, queryTimeMs, giveWay));
      });
      return { samples, committed: this.#committed(rule, written, markers) };
    } catch (error) {
      this.#failed(rule, error);
      return NOTHING;
    }
  }

  /** It has no result. */
  fail(rule: Rule, startedMs: number, message: string): void {
    this.#options.metrics.evaluated(0);
    rule.status.evaluated(startedMs, 0, message);
    this.#warn(rule, 'Evaluating rule failed', message);
  }

  #tell(rule: Rule, { error, startedMs, durationMs, expansions, templateFailures, templateErrors }: RuleOutcome): void {
    const { metrics, logger } = this.#options;
    metrics.evaluated(durationMs / 1000);
    metrics.expanded(expansions, templateFailures);
    if (templateFailures > 0)
      logger.warn('Expanding alert template failed', { ...told(rule), templates: templateFailures, err: templateErrors[0] });
    rule.status.evaluated(startedMs, durationMs, error);
    if (error !== null) this.#warn(rule, 'Evaluating rule failed', error);
  }

  async #committed(rule: Rule, written: Promise<AppendOutcome | null>, markers: number): Promise<void> {
    try {
      const outcome = await written;
      if (outcome === null || outcome.outOfMemory === 0) rule.series.ended.settle();
      if (outcome !== null) this.#judge(rule, outcome, markers);
    } catch (error) {
      this.#failed(rule, error);
    }
  }

  #send(rule: AlertingRule, timeMs: number): void {
    const { resendDelayMs, intervalMs, notify } = this.#options;
    const alerts: SentAlert[] = [];
    for (const alert of rule.alerts) {
      if (!needsSending(alert, timeMs, resendDelayMs)) continue;
      alert.sentMs = timeMs;
      // It outlives two evaluations, or sendings, that fail.
      alert.validUntilMs = timeMs + 4 * Math.max(intervalMs, resendDelayMs);
      const { labels, annotations, firedMs, resolvedMs, validUntilMs } = alert;
      alerts.push({ labels, annotations, startsMs: firedMs, endsMs: resolvedMs || validUntilMs, query: rule.spec.query });
    }
    if (alerts.length > 0) notify(alerts);
  }

  /** What became of a rule's samples. A marker that is refused is none of its faults: another rule, or group, goes on with the series. */
  #judge(rule: Rule, { outOfOrder, duplicate, tooOld, outOfMemory }: AppendOutcome, markers: number): void {
    let excused = markers;
    const judge = (dropped: number, message: string, error: string): void => {
      const own = Math.max(0, dropped - excused);
      excused -= dropped - own;
      if (own === 0) return;
      rule.status.failed(error);
      this.#options.logger.warn(message, { ...told(rule), num_dropped: own });
    };
    const results = 'result from rule evaluation';
    judge(
      duplicate,
      'Error on ingesting results from rule evaluation with different value but same timestamp',
      'duplicate sample for timestamp',
    );
    judge(outOfOrder, `Error on ingesting out-of-order ${results}`, 'out of order sample');
    judge(tooOld, `Error on ingesting too old ${results}`, 'out of bounds');
    excused = 0;
    judge(outOfMemory, `No memory for ${results}`, "the head's memory is used up");
  }

  #failed(rule: Rule, error: unknown): void {
    if (error instanceof RuleError) {
      rule.status.failed(error.message);
      this.#warn(rule, 'Evaluating rule failed', error.message);
    } else if (isRefusal(error)) {
      rule.status.failed(error.message);
      this.#warn(rule, 'Rule sample appending failed', error.message);
    } else throw error;
  }

  #warn(rule: Rule, message: string, err: string): void {
    const { logger, metrics } = this.#options;
    metrics.failed();
    logger.warn(message, { ...told(rule), err });
  }
}

const NOTHING = { samples: 0, committed: Promise.resolve() };

/** What a rule is known by in the log. */
function told({ spec }: Rule): { readonly name: string; readonly index: number; readonly query: string } {
  const { name, index, query } = spec;
  return { name, index, query };
}
