// A group of rules at one time after the other: wave by wave (waves.ts) they are evaluated by query workers, and what each brings is
// committed as a whole before the next wave is begun. Source: rules/group.go of Prometheus.
import type { Clock, Logger } from '../model/index.ts';
import { givesWay, type NewestSample, type RulesResult, type RuleTask, readOutcomes, WorkerError } from '../worker/index.ts';
import { FOR_STATE } from './alert-series.ts';
import { EndedSeries } from './ended-series.ts';
import { type Part, partsOf, splitPart } from './group-parts.ts';
import type { Lanes } from './lanes.ts';
import { ResultPages } from './result-pages.ts';
import { adoptRule, createRule, endRule, identityOf, type Rule, releaseRule } from './rule.ts';
import { isRefusal, type RuleAppender } from './rule-appender.ts';
import type { GroupMetrics } from './rule-metrics.ts';
import { RuleRecorder, type SentAlert } from './rule-recorder.ts';
import { groupKey, type RuleGroupSpec } from './rule-spec.ts';

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
  /** The group stops: nobody waits for the result any more. */
  readonly signal: AbortSignal;
}

export interface GroupServices {
  readonly appender: RuleAppender;
  readonly evaluator: RuleEvaluator;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly notify: (alerts: readonly SentAlert[]) => void;
  /** ms */
  readonly resendDelayMs: number;
  readonly forGracePeriodMs: number;
  readonly outageToleranceMs: number;
  /** In which parts of waves are evaluated beside one another. */
  readonly lanes: Lanes;
}

export interface GroupOptions {
  readonly spec: RuleGroupSpec;
  readonly intervalMs: number;
  readonly queryOffsetMs: number;
  /** Its alerts may go on from before a restart. */
  readonly restores: boolean;
}

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
  readonly #recorder: RuleRecorder;
  /** Of rules that are not in the group any more. */
  readonly #ended: EndedSeries;
  readonly #stopping = new AbortController();
  /** Wave by wave; made by the first evaluation, so that a reload of many rules need not. */
  #waves: readonly (readonly Part[])[] | null = null;

  constructor({ spec, intervalMs, queryOffsetMs, restores }: GroupOptions, services: GroupServices, metrics: GroupMetrics) {
    this.spec = spec;
    this.intervalMs = intervalMs;
    this.queryOffsetMs = queryOffsetMs;
    this.#services = services;
    this.#metrics = metrics;
    const { appender, notify, resendDelayMs } = services;
    this.#logger = services.logger.child({ file: spec.file, group: spec.name });
    this.rules = spec.rules.map((rule) => createRule(rule, appender, !restores));
    this.#ended = new EndedSeries(appender);
    this.#recorder = new RuleRecorder({ appender, notify, resendDelayMs, intervalMs, limit: spec.limit, logger: this.#logger, metrics });
  }

  get key(): string {
    return groupKey(this.spec);
  }

  get needsRestoring(): boolean {
    return this.rules.some((rule) => rule.kind === 'alerting' && !rule.restored);
  }

  /** The evaluation under way breaks off. */
  stop(): void {
    this.#stopping.abort();
  }

  /** Goes on where another group stopped: rules of the same name and labels, the first with the first, take over their state. */
  adopt(before: RuleGroup): void {
    this.lastEvaluationMs = before.lastEvaluationMs;
    this.durationMs = before.durationMs;
    const waiting = Map.groupBy(before.rules, identityOf);
    for (const rule of this.rules) {
      const old = waiting.get(identityOf(rule))?.shift();
      if (old !== undefined) adoptRule(rule, old);
    }
    this.#ended.adopt(before.#ended);
    for (const rule of [...waiting.values()].flat()) this.#endRule(rule);
  }

  /** All rules at `timeMs`. Never throws for what is wrong with a rule. @throws what nobody expects */
  async evaluate(timeMs: number): Promise<void> {
    const { clock, lanes } = this.#services;
    const { signal } = this.#stopping;
    const startedMs = clock.wallMs();
    const started = clock.monotonicMs();
    let [samples, rulesMs] = [0, 0];
    this.#waves ??= partsOf(this.rules, this.spec.limit);
    for (const parts of this.#waves) {
      await lanes.run(parts, async (part) => {
        if (signal.aborted) return;
        const evaluated = await this.#evaluatePart(part, timeMs);
        samples += evaluated.samples;
        rulesMs += evaluated.durationMs;
      });
      if (signal.aborted) return;
    }
    if (!this.#ended.isEmpty) await this.#writeEnded(timeMs - this.queryOffsetMs);
    this.durationMs = clock.monotonicMs() - started;
    this.lastEvaluationMs = startedMs;
    this.#metrics.finished({ seconds: this.durationMs / 1000, ruleSeconds: rulesMs / 1000, startedMs, samples });
  }

  /** Since when alerts are active that were so before a restart. To be called once, after the second evaluation. */
  async restore(timeMs: number): Promise<void> {
    const { evaluator, clock, outageToleranceMs, forGracePeriodMs } = this.#services;
    const started = clock.monotonicMs();
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
    this.#metrics.restored((clock.monotonicMs() - started) / 1000);
  }

  /** The group is no more: its series end at `timeMs`, but for those that another one has written since. */
  async end(timeMs: number): Promise<void> {
    for (const rule of this.rules) this.#endRule(rule);
    await this.#writeEnded(timeMs - this.queryOffsetMs);
    this.#ended.release();
  }

  /** Lets go of all series without a word. */
  release(): void {
    for (const rule of this.rules) releaseRule(rule);
    this.#ended.release();
  }

  async #evaluatePart(part: Part, timeMs: number): Promise<{ samples: number; durationMs: number }> {
    const { rules, tasks } = part;
    const { clock, evaluator } = this.#services;
    const { signal } = this.#stopping;
    const queryTimeMs = timeMs - this.queryOffsetMs;
    const startedMs = clock.wallMs();
    const total = { samples: 0, durationMs: 0 };
    let result: RulesResult;
    try {
      result = await evaluator.evaluate({ group: this.spec, tasks, timeMs, queryTimeMs, signal });
    } catch (error) {
      if (!(error instanceof WorkerError)) throw error;
      if (signal.aborted || error.code === 'closed') return total;
      if (rules.length === 1) this.#recorder.fail(rules[0], startedMs, error.message);
      // One of them was too much for the worker: the others are not to suffer for it.
      else for (const one of splitPart(part)) add(total, await this.#evaluatePart(one, timeMs));
      return total;
    }
    const giveWay = givesWay();
    const commits: Promise<void>[] = [];
    const pages = new ResultPages(result);
    let next = 0;
    for (const outcome of readOutcomes(result)) {
      // What is left of very many alerts can take a minute.
      if (signal.aborted) break;
      const times = { timeMs, queryTimeMs };
      const { samples, committed } = await this.#recorder.record(rules[next++], { outcome, pages: pages.next(outcome) }, times, giveWay);
      commits.push(committed);
      add(total, { samples, durationMs: outcome.durationMs });
      await giveWay();
    }
    await Promise.all(commits);
    return total;
  }

  #endRule(rule: Rule): void {
    endRule(rule);
    this.#ended.adopt(rule.series.ended);
  }

  async #writeEnded(timeMs: number): Promise<void> {
    const giveWay = givesWay();
    try {
      const commit = await this.#services.appender.write(async (batch) => void (await this.#ended.write(batch, timeMs, giveWay)));
      const outcome = await commit.outcome;
      if (outcome === null || outcome.outOfMemory === 0) this.#ended.settle();
    } catch (error) {
      if (!isRefusal(error)) throw error;
      this.#logger.warn('Writing stale markers of ended series failed', { err: error.message });
    }
  }
}

function add(total: { samples: number; durationMs: number }, more: { samples: number; durationMs: number }): void {
  total.samples += more.samples;
  total.durationMs += more.durationMs;
}
