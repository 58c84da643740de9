// /api/v1/rules and /api/v1/alerts.
import type { LabelMap, TimeText } from './envelope.ts';

export type RuleHealth = 'unknown' | 'ok' | 'err';
export type AlertState = 'inactive' | 'pending' | 'firing' | 'unknown';

export interface AlertAnswer {
  readonly labels: LabelMap;
  readonly annotations: LabelMap;
  readonly state: string;
  readonly activeAt: TimeText;
  readonly keepFiringSince?: TimeText;
  readonly value: string;
}

interface RuleAnswerBase {
  readonly name: string;
  readonly query: string;
  readonly health: RuleHealth;
  readonly lastError?: string;
  /** Seconds. */
  readonly evaluationTime: number;
  readonly lastEvaluation: TimeText;
}

export interface RecordingRuleAnswer extends RuleAnswerBase {
  readonly type: 'recording';
  readonly labels?: LabelMap;
}

export interface AlertingRuleAnswer extends RuleAnswerBase {
  readonly type: 'alerting';
  readonly state: string;
  /** `for`, seconds. */
  readonly duration: number;
  /** Seconds. */
  readonly keepFiringFor: number;
  readonly labels: LabelMap;
  readonly annotations: LabelMap;
  /** Null where they were not asked for. */
  readonly alerts: readonly AlertAnswer[] | null;
}

export type RuleAnswer = RecordingRuleAnswer | AlertingRuleAnswer;

export interface RuleGroupAnswer {
  readonly name: string;
  readonly file: string;
  readonly rules: readonly RuleAnswer[];
  /** Seconds. */
  readonly interval: number;
  readonly limit: number;
  /** Seconds. */
  readonly evaluationTime: number;
  readonly lastEvaluation: TimeText;
}

export interface RulesAnswer {
  readonly groups: readonly RuleGroupAnswer[];
  readonly groupNextToken?: string;
}

export interface AlertsAnswer {
  readonly alerts: readonly AlertAnswer[];
}
