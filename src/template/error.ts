// The errors of templates. Their messages are Go's, position and quoted piece included, since they stand in place of
// the annotation where users read them.

export type TemplateErrorCode = 'cannot_parse_template' | 'cannot_execute_template';

/** A template's text is wrong, or its execution failed. `message` begins with `template: name:line:`. */
export class TemplateError extends Error {
  readonly code: TemplateErrorCode;
  readonly templateName: string;
  override name = 'TemplateError';

  constructor(code: TemplateErrorCode, templateName: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.templateName = templateName;
  }
}

/** What a function of a template refuses; the execution adds where it was called. Never leaves the room. */
export class FunctionError extends Error {
  override name = 'FunctionError';
}

/** As Prometheus words it: `error executing template __alert_X: template: __alert_X:1:96: …`. */
export function describeTemplateError(error: TemplateError): string {
  const stage = error.code === 'cannot_parse_template' ? 'parsing' : 'executing';
  return `error ${stage} template ${error.templateName}: ${error.message}`;
}
