// Templates of alerting rules: the text of a label or an annotation, with the variables that Prometheus declares before
// it. The declarations are really part of the text, as in Prometheus, so that the positions of errors are the same.

import type { Labels } from '../model/index.ts';
import { describeTemplateError, type TemplateError } from './error.ts';
import { checkTemplate, expand, parseTemplate, type TemplateEnvironment } from './expand.ts';
import type { Template } from './parse/template.ts';
import { Boxed, StringMap, Struct } from './value/value.ts';

const DECLARATIONS = [
  '{{$labels := .Labels}}',
  '{{$externalLabels := .ExternalLabels}}',
  '{{$externalURL := .ExternalURL}}',
  '{{$value := .Value}}',
].join('');
const DATA_TYPE = 'struct { Labels map[string]string; ExternalLabels map[string]string; ExternalURL string; Value interface {} }';
const FIELDS = ['Labels', 'ExternalLabels', 'ExternalURL', 'Value'];

export interface AlertFacts {
  /** Of the sample that the rule's expression gave. */
  readonly labels: Labels;
  readonly externalLabels: Labels;
  readonly externalUrl: string;
  readonly value: number;
}

/** One alert, made ready for any number of templates. */
export function alertData({ labels, externalLabels, externalUrl, value }: AlertFacts): Struct {
  return new Struct(DATA_TYPE, FIELDS, [new StringMap(labels), new StringMap(externalLabels), externalUrl, new Boxed(value)]);
}

export class AlertTemplate {
  readonly text: string;
  /** Null for a text without `{{`, which stands for itself. */
  readonly #template: Template | null;

  /** Throws TemplateError where `text` is no template. */
  constructor(alertName: string, text: string) {
    this.text = text;
    this.#template = text.includes('{{') ? parseTemplate(templateName(alertName), DECLARATIONS + text) : null;
  }

  /** A promise only where the template asks a query. Throws TemplateError, or rejects with it. */
  expand(data: Struct, environment: TemplateEnvironment): Promise<string> | string {
    return this.#template === null ? this.text : expand(this.#template, data, environment);
  }
}

/** What stands in place of a label or an annotation whose template failed. */
export function failedExpansion(error: TemplateError): string {
  return `<error expanding template: ${describeTemplateError(error)}>`;
}

/** The error of a label's or annotation's text when a rule file is loaded, or null. */
export function checkAlertTemplate(alertName: string, text: string): string | null {
  return text.includes('{{') ? checkTemplate(templateName(alertName), DECLARATIONS + text) : null;
}

function templateName(alertName: string): string {
  return `__alert_${alertName}`;
}
