// The door of rules: files of groups, and their evaluation.
export type { Alert } from './alert.ts';
export { AlertingRule } from './alerting-rule.ts';
export { Lanes } from './lanes.ts';
export type { Rule } from './rule.ts';
export { RuleAppender } from './rule-appender.ts';
export { checkRuleText, findRuleFiles, type ReadRuleFile, readRuleFile, readRuleText } from './rule-files.ts';
export { type EvaluationRequest, type RuleEvaluator, RuleGroup } from './rule-group.ts';
export type { GroupMetrics } from './rule-metrics.ts';
export type { SentAlert } from './rule-recorder.ts';
export { groupKey, type RuleGroupSpec, type RuleSpec } from './rule-spec.ts';
export { RuleSupervisor } from './rule-supervisor.ts';
