// /api/v1/targets/relabel_steps: what each rule of a pool's relabel_configs makes of a target's labels.
import type { LabelMap } from './envelope.ts';

/** With the configuration's keys; those at their zero are left out. */
export interface RelabelRuleAnswer {
  readonly source_labels?: readonly string[];
  readonly separator?: string;
  readonly regex: string;
  readonly modulus?: number;
  readonly target_label?: string;
  readonly replacement?: string;
  readonly action: string;
}

export interface RelabelStepAnswer {
  readonly rule: RelabelRuleAnswer;
  /** After this rule; none once the target is dropped. */
  readonly output: LabelMap;
  /** False from the rule on that drops the target. */
  readonly keep: boolean;
}

export interface RelabelStepsAnswer {
  readonly steps: readonly RelabelStepAnswer[];
}
