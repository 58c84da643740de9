// The door of the templates' room: Go's template language with Prometheus's functions, as alerting rules use it.
export { AlertTemplate, alertData, checkAlertTemplate, failedExpansion } from './alert-template.ts';
export { TemplateError } from './error.ts';
export type { TemplateEnvironment } from './expand.ts';
export { functionNames } from './function/function-table.ts';
export { tableLink } from './function/links.ts';
