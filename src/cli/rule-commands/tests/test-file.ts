// A file of tests for rules: YAML → what is to be tested. Its keys are those of docs/configuration/unit_testing_rules.md of Prometheus;
// every problem is told with its place.
import {
  type ConfigNode,
  duration,
  emptySection,
  type Field,
  type Findings,
  flag,
  float,
  isNull,
  listOf,
  mapOf,
  parseDocument,
  type Section,
  section,
  text,
} from '../../../config/index.ts';
import { type Labels, labelsOf } from '../../../model/index.ts';
import { parseStartTime } from './start-time.ts';

export interface TestFile {
  /** As they were written: patterns, relative to the file. */
  readonly ruleFiles: readonly string[];
  readonly evaluationIntervalMs: number;
  /** Names of groups. */
  readonly groupOrder: readonly string[];
  /** Whether numbers that are neighbours count as equal. */
  readonly fuzzyCompare: boolean;
  readonly tests: readonly TestSpec[];
}

export interface TestSpec {
  /** '' for none. */
  readonly name: string;
  /** Between two samples of the input series, ms. */
  readonly intervalMs: number;
  /** ms since the epoch; all other times are counted from here. */
  readonly startMs: number;
  readonly inputSeries: readonly InputSpec[];
  readonly alertTests: readonly AlertTest[];
  readonly exprTests: readonly ExprTest[];
  readonly externalLabels: Labels;
  readonly externalUrl: string;
}

/** A series and its values in the notation of PromQL's tests. */
export interface InputSpec {
  readonly series: string;
  readonly values: string;
  /** `file:line:column`. */
  readonly place: string;
}

export interface AlertTest {
  readonly evalTimeMs: number;
  /** '' where it is missing. */
  readonly alertname: string;
  /** Labels with the alert's name. */
  readonly expected: readonly ExpectedAlert[];
}

export interface ExpectedAlert {
  readonly labels: Labels;
  readonly annotations: Labels;
}

export interface ExprTest {
  readonly expr: string;
  readonly evalTimeMs: number;
  readonly expected: readonly ExpectedSample[];
}

export interface ExpectedSample {
  /** As a series is written. */
  readonly labels: string;
  readonly value: number;
  /** A native histogram; '' for none. */
  readonly histogram: string;
}

const DEFAULT_INTERVAL_MS = 60_000;
const NOT_FINITE = /^[-+]?\.(?:inf|Inf|INF)$|^\.(?:nan|NaN|NAN)$/;

/** A number, or what YAML calls infinite or none. */
const sampleValue: Field<number> = {
  read(node, reading) {
    if (node.kind !== 'scalar' || !node.plain || !NOT_FINITE.test(node.text)) return float.read(node, reading);
    if (/nan/i.test(node.text)) return Number.NaN;
    return node.text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  },
};

const startTime: Field<number> = {
  read(node, reading) {
    if (isNull(node)) return 0;
    const written = text.read(node, reading);
    const timeMs = written === undefined ? null : parseStartTime(written);
    if (timeMs !== null) return timeMs;
    reading.findings.problem(node.position, reading.path, `cannot parse ${JSON.stringify(written ?? '')} to a valid timestamp`);
    return undefined;
  },
};

const alertFields = { exp_labels: mapOf(text), exp_annotations: mapOf(text) };
const alertTestFields = { eval_time: duration, alertname: text, exp_alerts: listOf(section(alertFields)) };
const sampleFields = { labels: text, value: sampleValue, histogram: text };
const exprTestFields = { expr: text, eval_time: duration, exp_samples: listOf(section(sampleFields)) };
const testFields = {
  name: text,
  interval: duration,
  start_timestamp: startTime,
  input_series: listOf(section({ series: text, values: text })),
  alert_rule_test: listOf(section(alertTestFields)),
  promql_expr_test: listOf(section(exprTestFields)),
  external_labels: mapOf(text),
  external_url: text,
};
const fileFields = {
  rule_files: listOf(text),
  evaluation_interval: duration,
  group_eval_order: listOf(text),
  fuzzy_compare: flag,
  tests: listOf(section(testFields)),
};
const fileSection = section(fileFields);

/** Problems go to `findings`; what is read then is of no use. */
export function readTestFile(content: string, file: string, findings: Findings): TestFile {
  const start = { file, line: 1, column: 1 };
  const node: ConfigNode = parseDocument(content, file, findings) ?? { kind: 'mapping', entries: [], position: start };
  const reading = { findings, path: '' };
  const root = fileSection.read(node, reading) ?? emptySection(fileFields, start, reading);
  const evaluationIntervalMs = root.get('evaluation_interval') || DEFAULT_INTERVAL_MS;
  const groupOrder = root.get('group_eval_order') ?? [];
  const repeated = groupOrder.find((name, i) => groupOrder.indexOf(name) < i);
  if (repeated !== undefined) root.problem('group_eval_order', `group name repeated in evaluation order: ${repeated}`);
  return {
    ruleFiles: root.get('rule_files') ?? [],
    evaluationIntervalMs,
    groupOrder,
    fuzzyCompare: root.get('fuzzy_compare') ?? false,
    tests: (root.get('tests') ?? []).map((test) => readTest(test, evaluationIntervalMs)),
  };
}

function readTest(test: Section<typeof testFields>, evaluationIntervalMs: number): TestSpec {
  return {
    name: test.get('name') ?? '',
    intervalMs: test.get('interval') || evaluationIntervalMs,
    startMs: test.get('start_timestamp') ?? 0,
    inputSeries: (test.get('input_series') ?? []).map((input) => {
      const { file, line, column } = (input.nodeOf('values') ?? input.node).position;
      return { series: input.get('series') ?? '', values: input.get('values') ?? '', place: `${file}:${line}:${column}` };
    }),
    alertTests: (test.get('alert_rule_test') ?? []).map((one) => {
      const alertname = one.get('alertname') ?? '';
      return {
        alertname,
        evalTimeMs: one.get('eval_time') ?? 0,
        expected: (one.get('exp_alerts') ?? []).map((alert) => readAlert(alert, alertname)),
      };
    }),
    exprTests: (test.get('promql_expr_test') ?? []).map((one) => ({
      expr: one.get('expr') ?? '',
      evalTimeMs: one.get('eval_time') ?? 0,
      expected: (one.get('exp_samples') ?? []).map((sample) => ({
        labels: sample.get('labels') ?? '',
        value: sample.get('value') ?? 0,
        histogram: sample.get('histogram') ?? '',
      })),
    })),
    externalLabels: labelsOf(test.get('external_labels') ?? {}),
    externalUrl: test.get('external_url') ?? '',
  };
}

/** Only the labels of the rule and of its result are expected in writing. */
function readAlert(alert: Section<typeof alertFields>, alertname: string): ExpectedAlert {
  return {
    labels: labelsOf({ ...alert.get('exp_labels'), alertname }),
    annotations: labelsOf(alert.get('exp_annotations') ?? {}),
  };
}
