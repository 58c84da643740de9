// The door of rules: files of groups, and their evaluation.
export type { Alert } from './alert.ts';
export { AlertingRule, type AlertingState } from './alerting-rule.ts';
export { RuleAppender } from './rule-appender.ts';
export { checkRuleText, type LoadedRules, loadRuleFiles, type ReadRuleFile, type RuleFileOptions, readRuleFile } from './rule-files.ts';
export { type EvaluationRequest, type Rule, type RuleEvaluator, RuleGroup, type SentAlert } from './rule-group.ts';
export type { GroupMetrics } from './rule-metrics.ts';
export { groupKey, type RuleGroupSpec, type RuleSpec } from './rule-spec.ts';
export { type RuleSettings, RuleSupervisor, type RuleSupervisorOptions } from './rule-supervisor.ts';
