// /api/v1/targets/relabel_steps: what each relabelling rule of a pool makes of a target's labels.
import type { LabelMap } from './envelope.ts';

export interface RelabelStepAnswer {
  /** As in the configuration. */
  readonly rule: Readonly<Record<string, unknown>>;
  /** The labels after the rule. */
  readonly output: LabelMap;
  /** False: the rule has dropped the target, and no other is applied. */
  readonly keep: boolean;
}

export interface RelabelStepsAnswer {
  readonly steps: readonly RelabelStepAnswer[];
}
