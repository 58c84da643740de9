// What a rule file asks for: groups of rules, read and checked, with every default that the file itself decides filled in.
import type { Labels } from '../model/index.ts';

interface CommonSpec {
  /** Of the series it records, or of the alert. */
  readonly name: string;
  /** In its group, from 0. */
  readonly index: number;
  /** PromQL as it is best shown; says the same as what was written. */
  readonly query: string;
  /** Of the rule over those of its group. */
  readonly labels: Labels;
  /** `file:line:column`. */
  readonly place: string;
}

export interface RecordingSpec extends CommonSpec {
  readonly kind: 'recording';
}

export interface AlertingSpec extends CommonSpec {
  readonly kind: 'alerting';
  /** Templates, as the values of `labels` are. */
  readonly annotations: Labels;
  readonly forMs: number;
  readonly keepFiringForMs: number;
}

export type RuleSpec = RecordingSpec | AlertingSpec;

export interface RuleGroupSpec {
  readonly name: string;
  readonly file: string;
  /** 0: the configuration's evaluation_interval. */
  readonly intervalMs: number;
  /** Null: the configuration's rule_query_offset. */
  readonly queryOffsetMs: number | null;
  /** Of series, or alerts, of one rule; 0 or less: none. */
  readonly limit: number;
  readonly rules: readonly RuleSpec[];
}

/** What names a group everywhere, metrics included: `file;name`. */
export function groupKey({ file, name }: Pick<RuleGroupSpec, 'file' | 'name'>): string {
  return `${file};${name}`;
}
