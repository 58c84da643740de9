// The door of the templates' room: Go's template language with Prometheus's functions, as alerting rules use it.

export { type AlertFacts, AlertTemplate, alertData, checkAlertTemplate, failedExpansion } from './alert-template.ts';
export { MAX_DEPTH, MAX_NESTING, MAX_OUTPUT_LENGTH, MAX_QUERIES, MAX_STEPS, MAX_TEMPLATE_LENGTH } from './bounds.ts';
export { describeTemplateError, TemplateError, type TemplateErrorCode } from './error.ts';
export { checkTemplate, expand, parseTemplate, type TemplateEnvironment, type TemplateSample } from './expand.ts';
export { tableLink } from './function/links.ts';
export type { Template } from './parse/template.ts';
export { Struct, type Value } from './value/value.ts';
