// What /api/v1/features tells clients: which parts of Prometheus are here and enabled, under Prometheus's names for them (util/features).
import type { FeaturesAnswer } from '../answers/index.ts';
import { AGGREGATORS, allFunctions, OPERATORS } from '../promql/index.ts';
import { functionNames } from '../template/index.ts';
import type { Settings } from './settings.ts';

const EXPERIMENTAL_AGGREGATORS: ReadonlySet<string> = new Set(['limitk', 'limit_ratio']);

export function featuresOf({ query, enableAdminApi, enableLifecycle, rules, scrape }: Settings): FeaturesAnswer {
  const { features, delayedNameRemoval, perStepStatistics } = query;
  const { experimentalFunctions, durationExpressions, extendedRangeSelectors, fillModifiers } = features;
  const always = (...names: string[]) => Object.fromEntries(names.map((name) => [name, true]));
  return {
    api: {
      admin: enableAdminApi,
      lifecycle: enableLifecycle,
      otlp_write_receiver: false,
      remote_write_receiver: false,
      ...always('exclude_alerts', 'label_values_match', 'query_stats', 'query_warnings', 'time_range_labels', 'time_range_series'),
    },
    prometheus: { agent_mode: false, auto_reload_config: false, server_mode: true },
    promql: {
      ...always(
        'at_modifier',
        'bool',
        'by',
        'group_left',
        'group_right',
        'ignoring',
        'negative_offset',
        'offset',
        'on',
        'subqueries',
        'without',
      ),
      per_query_lookback_delta: true,
      anchored: extendedRangeSelectors,
      smoothed: extendedRangeSelectors,
      delayed_name_removal: delayedNameRemoval,
      duration_expr: durationExpressions,
      fill: fillModifiers,
      fill_left: fillModifiers,
      fill_right: fillModifiers,
      per_step_stats: perStepStatistics,
      type_and_unit_labels: false,
    },
    promql_functions: Object.fromEntries(allFunctions().map(({ name, experimental }) => [name, !experimental || experimentalFunctions])),
    promql_operators: Object.fromEntries([
      ...OPERATORS.map((name) => [name, true]),
      ...AGGREGATORS.map((name) => [name, experimentalFunctions || !EXPERIMENTAL_AGGREGATORS.has(name)]),
    ]),
    rules: { concurrent_rule_eval: rules.sharedLanes > 0, ...always('keep_firing_for', 'query_offset') },
    scrape: { extra_scrape_metrics: scrape.extraMetrics, start_timestamp_zero_ingestion: false, type_and_unit_labels: false },
    service_discovery_providers: always('static'),
    templating_functions: always(...functionNames()),
    tsdb: { delayed_compaction: false, exemplar_storage: false, isolation: true, native_histograms: false },
  };
}
