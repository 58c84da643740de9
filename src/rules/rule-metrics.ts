// What the server tells of its rules, under Prometheus's names. `rule_group` is `file;name`.
import type { Histogram, MetricRegistry, Summary } from '../metrics/index.ts';

const EVALUATION_QUANTILES = [0.5, 0.9, 0.99];
const GROUP_QUANTILES = [0.01, 0.05, 0.5, 0.9, 0.99];

export interface GroupMetrics {
  scheduled(iterations: number): void;
  missed(iterations: number): void;
  /** Of one rule. */
  evaluated(seconds: number): void;
  failed(): void;
  /** Of the whole group. */
  finished(outcome: { readonly seconds: number; readonly ruleSeconds: number; readonly startedMs: number; readonly samples: number }): void;
  restored(seconds: number): void;
  expanded(templates: number, failures: number): void;
}

export interface RuleMetrics {
  group(key: string, about: { readonly rules: number; readonly intervalMs: number }): GroupMetrics;
  forget(key: string): void;
}

export function registerRuleMetrics(registry: MetricRegistry): RuleMetrics {
  const labelNames = ['rule_group'];
  const counter = (name: string, help: string) => registry.counter({ name: `prometheus_rule_${name}`, help, labelNames });
  const gauge = (name: string, help: string) => registry.gauge({ name: `prometheus_rule_group_${name}`, help, labelNames });
  const scheduled = counter('group_iterations_total', 'The total number of scheduled rule group evaluations, whether executed or missed.');
  const missed = counter(
    'group_iterations_missed_total',
    'The total number of rule group evaluations missed due to slow rule group evaluation.',
  );
  const evaluations = counter('evaluations_total', 'The total number of rule evaluations.');
  const failures = counter('evaluation_failures_total', 'The total number of rule evaluation failures.');
  const interval = gauge('interval_seconds', 'The interval of a rule group.');
  const lastEvaluation = gauge('last_evaluation_timestamp_seconds', 'The timestamp of the last rule group evaluation in seconds.');
  const lastDuration = gauge('last_duration_seconds', 'The duration of the last rule group evaluation.');
  const lastRuleDuration = gauge(
    'last_rule_duration_sum_seconds',
    'The sum of time in seconds it took to evaluate each rule in the group regardless of concurrency.',
  );
  const lastRestore = gauge(
    'last_restore_duration_seconds',
    'The duration of the last alert rules alerts restoration using the `ALERTS_FOR_STATE` series.',
  );
  const rules = gauge('rules', 'The number of rules.');
  const samples = gauge('last_evaluation_samples', 'The number of samples returned during the last rule group evaluation.');
  const families = [
    scheduled,
    missed,
    evaluations,
    failures,
    interval,
    lastEvaluation,
    lastDuration,
    lastRuleDuration,
    lastRestore,
    rules,
    samples,
  ];
  const summary = (name: string, help: string, quantiles: readonly number[]): Summary =>
    registry.summary({ name: `prometheus_rule_${name}`, help, quantiles }).labels();
  const ruleDuration = summary('evaluation_duration_seconds', 'The duration for a rule to execute.', EVALUATION_QUANTILES);
  const groupDuration = summary('group_duration_seconds', 'The duration of rule group evaluations.', GROUP_QUANTILES);
  const histogram = (name: string, help: string): Histogram =>
    registry.histogram({ name: `prometheus_rule_${name}`, help, buckets: [0.01, 0.1, 1, 10] }).labels();
  const ruleDurations = histogram('evaluation_duration_histogram_seconds', 'The duration for a rule to execute.');
  const groupDurations = histogram('group_duration_histogram_seconds', 'The duration of rule group evaluations.');
  const expansions = registry
    .counter({ name: 'prometheus_template_text_expansions_total', help: 'The total number of template text expansions.' })
    .labels();
  const expansionFailures = registry
    .counter({ name: 'prometheus_template_text_expansion_failures_total', help: 'The total number of template text expansion failures.' })
    .labels();
  return {
    group(key, about) {
      rules.labels(key).set(about.rules);
      interval.labels(key).set(about.intervalMs / 1000);
      lastRestore.labels(key);
      const of = {
        scheduled: scheduled.labels(key),
        missed: missed.labels(key),
        evaluations: evaluations.labels(key),
        failures: failures.labels(key),
        lastEvaluation: lastEvaluation.labels(key),
        lastDuration: lastDuration.labels(key),
        lastRuleDuration: lastRuleDuration.labels(key),
        samples: samples.labels(key),
      };
      return {
        scheduled: (iterations) => of.scheduled.inc(iterations),
        missed: (iterations) => of.missed.inc(iterations),
        evaluated: (seconds) => {
          of.evaluations.inc();
          ruleDuration.observe(seconds);
          ruleDurations.observe(seconds);
        },
        failed: () => of.failures.inc(),
        finished: ({ seconds, ruleSeconds, startedMs, samples: count }) => {
          of.lastRuleDuration.set(ruleSeconds);
          of.lastDuration.set(seconds);
          of.lastEvaluation.set(startedMs / 1000);
          of.samples.set(count);
          groupDuration.observe(seconds);
          groupDurations.observe(seconds);
        },
        restored: (seconds) => lastRestore.labels(key).set(seconds),
        expanded: (templates, failed) => {
          expansions.inc(templates);
          expansionFailures.inc(failed);
        },
      };
    },
    forget(key) {
      for (const family of families) family.remove(key);
    },
  };
}
