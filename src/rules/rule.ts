// A rule of either kind, and what groups do with both.
import { AlertingRule } from './alerting-rule.ts';
import { RecordingRule } from './recording-rule.ts';
import type { RuleAppender } from './rule-appender.ts';
import type { RuleSpec } from './rule-spec.ts';

export type Rule = RecordingRule | AlertingRule;

/** `restored`: an alerting rule has no state from before a restart to wait for. */
export function createRule(spec: RuleSpec, appender: RuleAppender, restored: boolean): Rule {
  return spec.kind === 'recording' ? new RecordingRule(spec, appender) : new AlertingRule(spec, appender, restored);
}

/** Rules of the same identity go on with each other's state. */
export function identityOf({ spec }: Rule): string {
  return JSON.stringify([spec.kind, spec.name, spec.labels]);
}

/** Goes on with the state of a rule of the same identity. */
export function adoptRule(rule: Rule, before: Rule): void {
  if (rule.kind === 'recording' && before.kind === 'recording') rule.adopt(before);
  else if (rule.kind === 'alerting' && before.kind === 'alerting') rule.adopt(before);
}

/** The rule is no more: all its series are to end. */
export function endRule(rule: Rule): void {
  if (rule.kind === 'recording') rule.series.end();
  else rule.end();
}

/** Lets go of all its series without a word. */
export function releaseRule(rule: Rule): void {
  if (rule.kind === 'recording') rule.series.release();
  else rule.release();
}
