// A group of rules at one time after the other: wave by wave (waves.ts) they are evaluated by query workers, and what each brings is
// committed as a whole before the next wave is begun. Source: rules/group.go of Prometheus.
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Logger } from '../model/index.ts';
import type { AppendOutcome } from '../storage/index.ts';
import {
  type NewestSample,
  PAGE_ELEMENTS,
  type RuleOutcome,
  type RulesResult,
  type RuleTask,
  readOutcomes,
  WorkerError,
} from '../worker/index.ts';
import { type Alert, needsSending } from './alert.ts';
import { FOR_STATE } from './alert-series.ts';
import { AlertingRule, RuleError } from './alerting-rule.ts';
import { EndedSeries } from './ended-series.ts';
import { RecordingRule } from './recording-rule.ts';
import { isRefusal, type RuleAppender } from './rule-appender.ts';
import type { GroupMetrics } from './rule-metrics.ts';
import type { GiveWay, ResultPage } from './rule-series.ts';
import { groupKey, type RuleGroupSpec } from './rule-spec.ts';
import { wavesOf } from './waves.ts';

export type Rule = RecordingRule | AlertingRule;

/** Who evaluates: the query workers, as the server has them. */
export interface RuleEvaluator {
  /** @throws WorkerError, and then none of the rules has a result */
  evaluate(request: EvaluationRequest): Promise<RulesResult>;
  /** The newest sample of each series with these labels, stale markers too; ms, both ends included. */
  newest(labels: readonly (readonly [string, string])[], minTimeMs: number, maxTimeMs: number): Promise<readonly NewestSample[]>;
}

export interface EvaluationRequest {
  readonly group: Pick<RuleGroupSpec, 'file' | 'name'>;
  readonly tasks: readonly RuleTask[];
  readonly timeMs: number;
  readonly queryTimeMs: number;
}

/** An alert on its way to the notifier. Times in ms since the epoch. */
export interface SentAlert {
  readonly labels: Alert['labels'];
  readonly annotations: Alert['annotations'];
  readonly startsMs: number;
  readonly endsMs: number;
  /** Of its rule, for the link to where it comes from. */
  readonly query: string;
}

export interface GroupServices {
  readonly appender: RuleAppender;
  readonly evaluator: RuleEvaluator;
  readonly logger: Logger;
  readonly notify: (alerts: readonly SentAlert[]) => void;
  /** ms */
  readonly resendDelayMs: number;
  readonly forGracePeriodMs: number;
  readonly outageToleranceMs: number;
  /** Parts of a wave that are evaluated at once. */
  readonly concurrency: number;
}

export interface GroupOptions {
  readonly spec: RuleGroupSpec;
  readonly intervalMs: number;
  readonly queryOffsetMs: number;
  /** Its alerts may go on from before a restart. */
  readonly restores: boolean;
}

/** Rules that a worker is given at once: the fewer, the sooner others have their turn; the more, the less each costs. */
const MOST_TASKS = 64;
const SLICE_MS = 3;

export class RuleGroup {
  readonly spec: RuleGroupSpec;
  readonly intervalMs: number;
  readonly queryOffsetMs: number;
  readonly rules: readonly Rule[];
  /** ms; 0 before the first evaluation. */
  lastEvaluationMs = 0;
  durationMs = 0;
  readonly #services: GroupServices;
  readonly #logger: Logger;
  readonly #metrics: GroupMetrics;
  /** Wave by wave. */
  readonly #waves: readonly (readonly Part[])[];
  /** Of rules that are not in the group any more. */
  readonly #ended: EndedSeries;
  #stopping = false;

  constructor({ spec, intervalMs, queryOffsetMs, restores }: GroupOptions, services: GroupServices, metrics: GroupMetrics) {
    this.spec = spec;
    this.intervalMs = intervalMs;
    this.queryOffsetMs = queryOffsetMs;
    this.#services = services;
    this.#metrics = metrics;
    this.#logger = services.logger.child({ file: spec.file, group: spec.name });
    const { appender } = services;
    this.rules = spec.rules.map((rule) =>
      rule.kind === 'recording' ? new RecordingRule(rule, appender) : new AlertingRule(rule, appender, !restores),
    );
    this.#waves = wavesOf(spec.rules).map((wave) =>
      partsOf(
        wave.map((index) => this.rules[index]),
        spec.limit,
      ),
    );
    this.#ended = new EndedSeries(appender);
  }

  get key(): string {
    return groupKey(this.spec);
  }

  get needsRestoring(): boolean {
    return this.rules.some((rule) => rule.kind === 'alerting' && !rule.restored);
  }

  /** The evaluation under way is the last one, and breaks off before its next wave. */
  stop(): void {
    this.#stopping = true;
  }

  /** Goes on where another group stopped: rules of the same name and labels, the first with the first, take over their state. */
  adopt(before: RuleGroup): void {
    this.lastEvaluationMs = before.lastEvaluationMs;
    this.durationMs = before.durationMs;
    const waiting = new Map<string, Rule[]>();
    for (const rule of before.rules) {
      const same = waiting.get(identityOf(rule));
      if (same === undefined) waiting.set(identityOf(rule), [rule]);
      else same.push(rule);
    }
    for (const rule of this.rules) {
      const old = waiting.get(identityOf(rule))?.shift();
      if (rule.kind === 'recording' && old?.kind === 'recording') rule.adopt(old);
      else if (rule.kind === 'alerting' && old?.kind === 'alerting') rule.adopt(old);
    }
    this.#ended.adopt(before.#ended);
    for (const rule of [...waiting.values()].flat()) {
      endOf(rule);
      this.#ended.adopt(rule.series.ended);
    }
  }

  /** All rules at `timeMs`. Never throws for what is wrong with a rule. @throws what nobody expects */
  async evaluate(timeMs: number): Promise<void> {
    const startedMs = Date.now();
    const started = performance.now();
    let samples = 0;
    for (const parts of this.#waves) {
      if (this.#stopping) return;
      let next = 0;
      const work = async (): Promise<void> => {
        while (next < parts.length) samples += await this.#evaluatePart(parts[next++], timeMs);
      };
      await Promise.all(Array.from({ length: Math.min(parts.length, this.#services.concurrency) }, work));
    }
    if (!this.#ended.isEmpty) await this.#writeEnded(timeMs - this.queryOffsetMs);
    this.durationMs = performance.now() - started;
    this.lastEvaluationMs = startedMs;
    this.#metrics.finished({ seconds: this.durationMs / 1000, startedMs, samples });
  }

  /** Since when alerts are active that were so before a restart. To be called once, after the second evaluation. */
  async restore(timeMs: number): Promise<void> {
    const { evaluator, outageToleranceMs, forGracePeriodMs } = this.#services;
    const started = performance.now();
    for (const rule of this.rules) {
      if (rule.kind !== 'alerting') continue;
      // Shorter ones just wait again.
      if (rule.spec.forMs >= forGracePeriodMs && rule.active.length > 0) {
        const labels = [['__name__', FOR_STATE] as const, ['alertname', rule.spec.name] as const];
        try {
          rule.restore(await evaluator.newest(labels, timeMs - outageToleranceMs, timeMs), timeMs, forGracePeriodMs);
        } catch (error) {
          if (!(error instanceof WorkerError)) throw error;
          this.#logger.error("Failed to restore the 'for' state", { name: rule.spec.name, err: error.message });
        }
      }
      rule.restored = true;
    }
    this.#metrics.restored((performance.now() - started) / 1000);
  }

  /** The group is no more: its series end at `timeMs`, but for those that another one has written since. */
  async end(timeMs: number): Promise<void> {
    for (const rule of this.rules) {
      endOf(rule);
      this.#ended.adopt(rule.series.ended);
    }
    await this.#writeEnded(timeMs - this.queryOffsetMs);
    this.#ended.release();
  }

  /** Lets go of all series without a word. */
  release(): void {
    for (const rule of this.rules) rule.kind === 'recording' ? rule.series.release() : rule.release();
    this.#ended.release();
  }

  /** @returns how many samples there were */
  async #evaluatePart({ rules, tasks }: Part, timeMs: number): Promise<number> {
    const queryTimeMs = timeMs - this.queryOffsetMs;
    let result: RulesResult;
    const startedMs = Date.now();
    try {
      result = await this.#services.evaluator.evaluate({ group: this.spec, tasks, timeMs, queryTimeMs });
    } catch (error) {
      if (!(error instanceof WorkerError)) throw error;
      // The server stops.
      if (error.code === 'closed') return 0;
      for (const rule of rules) {
        this.#metrics.evaluated(0);
        rule.status.evaluated(startedMs, 0, error.message);
        this.#failed(rule, 'Evaluating rule failed', error.message);
      }
      return 0;
    }
    const giveWay = givesWay();
    const commits: Promise<void>[] = [];
    let samples = 0;
    const pages = new Pages(result);
    let next = 0;
    for (const outcome of readOutcomes(result))
      samples += await this.#take(rules[next++], outcome, pages.next(outcome), { timeMs, queryTimeMs, giveWay, commits });
    await Promise.all(commits);
    return samples;
  }

  async #take(
    rule: Rule,
    outcome: RuleOutcome,
    pages: readonly ResultPage[],
    { timeMs, queryTimeMs, giveWay, commits }: { timeMs: number; queryTimeMs: number; giveWay: GiveWay; commits: Promise<void>[] },
  ): Promise<number> {
    const { error, startedMs, durationMs, expansions, templateErrors } = outcome;
    this.#metrics.evaluated(durationMs / 1000);
    this.#metrics.expanded(expansions, templateErrors.length);
    for (const err of templateErrors) this.#logger.warn('Expanding alert template failed', { name: rule.spec.name, err });
    rule.status.evaluated(startedMs, durationMs, error);
    if (error !== null) {
      this.#failed(rule, 'Evaluating rule failed', error);
      return 0;
    }
    let samples = outcome.count;
    if (rule.kind === 'alerting') {
      try {
        await rule.update(pages, timeMs, this.spec.limit, giveWay);
      } catch (thrown) {
        if (!(thrown instanceof RuleError)) throw thrown;
        rule.status.failed(thrown.message);
        this.#failed(rule, 'Evaluating rule failed', thrown.message);
        return 0;
      }
      this.#send(rule, timeMs);
    }
    const { ended } = rule.series;
    const written = this.#services.appender.write(async (batch) => {
      if (rule.kind === 'recording') await rule.series.write(batch, pages, queryTimeMs, giveWay);
      else samples = rule.write(batch, queryTimeMs);
    });
    commits.push(
      written.then(
        (appended) => {
          ended.settle();
          if (appended !== null) this.#judge(rule, appended);
        },
        (thrown: unknown) => {
          if (!isRefusal(thrown)) throw thrown;
          rule.status.failed(thrown.message);
          this.#failed(rule, 'Rule sample appending failed', thrown.message);
        },
      ),
    );
    await giveWay();
    return samples;
  }

  #send(rule: AlertingRule, timeMs: number): void {
    const { resendDelayMs, notify } = this.#services;
    const alerts: SentAlert[] = [];
    for (const alert of rule.alerts) {
      if (!needsSending(alert, timeMs, resendDelayMs)) continue;
      alert.sentMs = timeMs;
      // It outlives two evaluations, or sendings, that fail.
      alert.validUntilMs = timeMs + 4 * Math.max(this.intervalMs, resendDelayMs);
      const { labels, annotations, firedMs, resolvedMs, validUntilMs } = alert;
      alerts.push({ labels, annotations, startsMs: firedMs, endsMs: resolvedMs || validUntilMs, query: rule.spec.query });
    }
    if (alerts.length > 0) notify(alerts);
  }

  /** What became of a rule's samples. */
  #judge(rule: Rule, { outOfOrder, duplicate, tooOld, outOfMemory }: AppendOutcome): void {
    const told = (dropped: number, message: string, error: string): void => {
      if (dropped === 0) return;
      rule.status.failed(error);
      this.#logger.warn(message, { name: rule.spec.name, num_dropped: dropped });
    };
    const what = 'result from rule evaluation';
    told(outOfOrder, `Error on ingesting out-of-order ${what}`, 'out of order sample');
    told(tooOld, `Error on ingesting too old ${what}`, 'out of bounds');
    told(
      duplicate,
      `Error on ingesting results from rule evaluation with different value but same timestamp`,
      'duplicate sample for timestamp',
    );
    told(outOfMemory, `No memory for ${what}`, "the head's memory is used up");
  }

  #failed(rule: Rule, message: string, err: string): void {
    this.#metrics.failed();
    this.#logger.warn(message, { name: rule.spec.name, err });
  }

  async #writeEnded(timeMs: number): Promise<void> {
    try {
      await this.#services.appender.write((batch) => this.#ended.write(batch, timeMs));
      this.#ended.settle();
    } catch (error) {
      if (!isRefusal(error)) throw error;
      this.#logger.warn('Stopping to write stale markers failed', { err: error.message });
    }
  }
}

/** Rules that are evaluated together. */
interface Part {
  readonly rules: readonly Rule[];
  readonly tasks: readonly RuleTask[];
}

function partsOf(wave: readonly Rule[], limit: number): readonly Part[] {
  const parts: Part[] = [];
  for (let from = 0; from < wave.length; from += MOST_TASKS) {
    const rules = wave.slice(from, from + MOST_TASKS);
    parts.push({ rules, tasks: rules.map((rule) => taskOf(rule, limit)) });
  }
  return parts;
}

function taskOf({ spec }: Rule, limit: number): RuleTask {
  const { name, query, labels } = spec;
  return { name, query, labels, annotations: spec.kind === 'recording' ? null : spec.annotations, limit };
}

function identityOf({ spec }: Rule): string {
  return JSON.stringify([spec.kind, spec.name, spec.labels]);
}

function endOf(rule: Rule): void {
  if (rule.kind === 'recording') rule.series.end();
  else rule.end();
}

/** The results of a part's rules, one after the other. */
class Pages {
  readonly #result: RulesResult;
  #byte = 0;
  #value = 0;

  constructor(result: RulesResult) {
    this.#result = result;
  }

  next({ pages, count }: RuleOutcome): readonly ResultPage[] {
    const { pages: bytes, values } = this.#result;
    const end = this.#value + count;
    return Array.from(pages, (length) => {
      const last = Math.min(end, this.#value + PAGE_ELEMENTS);
      const page = { bytes: bytes.subarray(this.#byte, this.#byte + length), values: values.subarray(this.#value, last) };
      this.#byte += length;
      this.#value = last;
      return page;
    });
  }
}

function givesWay(): GiveWay {
  let sinceMs = performance.now();
  return () => {
    if (performance.now() - sinceMs < SLICE_MS) return null;
    return nextTurn().then(() => {
      sinceMs = performance.now();
    });
  };
}
