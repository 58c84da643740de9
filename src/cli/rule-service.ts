// Rules, plugged in: evaluated by the query workers, their alerts handed to the notifier, their state shown by the API.
import type { RulesSource, RuleView } from '../api/index.ts';
import type { Config } from '../config/index.ts';
import type { MetricRegistry } from '../metrics/index.ts';
import type { Logger } from '../model/index.ts';
import type { Notifier } from '../notifier/index.ts';
import {
  groupKey,
  type Rule,
  type RuleEvaluator,
  type RuleGroup,
  type RuleGroupSpec,
  RuleSupervisor,
  type SentAlert,
} from '../rules/index.ts';
import type { Appender } from '../storage/index.ts';
import { tableLink } from '../template/index.ts';
import { type RuleQuery, type RulesResult, readOutcomes, type WorkerPool } from '../worker/index.ts';
import type { EngineMetrics } from './engine-metrics.ts';
import type { QueryLog } from './query-log.ts';
import { engineOptions, type QuerySettings } from './query-port.ts';

/** What the flags say of rules. Times in ms. */
export interface RuleFlags {
  readonly outageToleranceMs: number;
  readonly forGracePeriodMs: number;
  readonly resendDelayMs: number;
  /** Parts of groups that are evaluated at once, beside one of each. */
  readonly sharedLanes: number;
}

export interface RuleServiceOptions {
  readonly appender: Appender;
  readonly pool: WorkerPool;
  readonly notifier: Pick<Notifier, 'send'>;
  readonly flags: RuleFlags;
  readonly query: QuerySettings;
  readonly queryLog: QueryLog;
  readonly metrics: EngineMetrics;
  /** As it is now. */
  readonly config: () => Config;
  readonly externalUrl: URL;
  readonly registry: MetricRegistry;
  readonly logger: Logger;
}

/** Beyond its rules' own time-outs a worker gets so long to answer. */
const SPARE_MS = 10_000;

export class RuleService implements RulesSource {
  readonly #supervisor: RuleSupervisor;

  constructor(options: RuleServiceOptions) {
    const { appender, flags, registry, logger, notifier } = options;
    const externalUrl = urlText(options.externalUrl);
    this.#supervisor = new RuleSupervisor({
      appender,
      registry,
      logger,
      evaluator: new PoolEvaluator(options, externalUrl),
      notify: (alerts) => notifier.send(alerts.map((alert) => sent(alert, externalUrl))),
      ...flags,
    });
  }

  apply({ global }: Config, groups: readonly RuleGroupSpec[]): void {
    this.#supervisor.apply({ groups, evaluationIntervalMs: global.evaluationIntervalMs, queryOffsetMs: global.ruleQueryOffsetMs });
  }

  groups() {
    return this.#supervisor.groups.map(groupView);
  }

  stop(): Promise<void> {
    return this.#supervisor.stop();
  }
}

class PoolEvaluator implements RuleEvaluator {
  readonly #options: RuleServiceOptions;
  readonly #externalUrl: string;

  constructor(options: RuleServiceOptions, externalUrl: string) {
    this.#options = options;
    this.#externalUrl = externalUrl;
  }

  async evaluate({ group, tasks, timeMs, queryTimeMs, signal }: Parameters<RuleEvaluator['evaluate']>[0]): Promise<RulesResult> {
    const { pool, query, queryLog, config } = this.#options;
    const { timeoutMs } = query;
    const { evaluationIntervalMs, externalLabels } = config().global;
    const logged = queryLog.enabled;
    const result = await pool.run(
      {
        type: 'rules',
        group: groupKey(group),
        tasks,
        timeMs,
        queryTimeMs,
        options: engineOptions(query, evaluationIntervalMs),
        timeoutMs,
        externalLabels,
        externalUrl: this.#externalUrl,
        queries: logged,
      },
      {},
      { timeoutMs: timeoutMs * tasks.length + SPARE_MS, signal },
    );
    for (const outcome of readOutcomes(result)) {
      if (outcome.error === null) this.#options.metrics.observe(outcome, 0);
      for (const query of outcome.queries) this.#log(group, query);
    }
    return result;
  }

  async newest(labels: readonly (readonly [string, string])[], minTimeMs: number, maxTimeMs: number) {
    const matchers = labels.map(([name, value]) => ({ name, value }));
    const { timeoutMs } = this.#options.query;
    return (await this.#options.pool.run({ type: 'newest', matchers, minTimeMs, maxTimeMs }, {}, { timeoutMs })).samples;
  }

  #log({ file, name }: Pick<RuleGroupSpec, 'file' | 'name'>, { query, timeMs, error, statistics }: RuleQuery): void {
    const origin = { ruleGroup: { file, name } };
    this.#options.queryLog.write({ query, startMs: timeMs, endMs: timeMs, stepMs: 0, error, statistics, origin });
  }
}

function sent({ labels, annotations, startsMs, endsMs, query }: SentAlert, externalUrl: string) {
  return { labels, annotations, startsAtMs: startsMs, endsAtMs: endsMs, generatorUrl: externalUrl + tableLink(query) };
}

/** Without the slash that a URL without a path has. */
function urlText(url: URL): string {
  return url.href.replace(/\/$/, '');
}

function groupView(group: RuleGroup) {
  const { spec, intervalMs, durationMs, lastEvaluationMs, rules } = group;
  return { name: spec.name, file: spec.file, limit: spec.limit, intervalMs, durationMs, lastEvaluationMs, rules: rules.map(ruleView) };
}

function ruleView(rule: Rule): RuleView {
  const { name, query, labels } = rule.spec;
  const { health, lastError, durationMs, lastEvaluationMs } = rule.status;
  const common = { name, query, labels, health, lastError, durationMs, lastEvaluationMs };
  if (rule.kind === 'recording') return { kind: 'recording', ...common };
  const { forMs, keepFiringForMs, annotations } = rule.spec;
  return {
    kind: 'alerting',
    ...common,
    // It may have to look at all alerts.
    get state() {
      return rule.state;
    },
    forMs,
    keepFiringForMs,
    annotations,
    alerts: () => rule.active,
    alertCount: () => rule.activeCount,
  };
}
