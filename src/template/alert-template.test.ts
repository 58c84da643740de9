// Templates of alerting rules: the declared variables, positions with the declarations before the text, texts that
// stand in place of what failed.

import { expect, test } from 'vitest';
import { AlertTemplate, alertData, checkAlertTemplate, failedExpansion } from './alert-template.ts';
import { TemplateError } from './error.ts';
import { checkTemplate } from './expand.ts';

const data = alertData({
  labels: [
    ['instance', 'a:9100'],
    ['job', 'node'],
  ],
  externalLabels: [['region', 'eu']],
  externalUrl: 'http://localhost:9090',
  value: 0.5,
});
const environment = { externalUrl: 'http://localhost:9090', nowMs: 0, query: async () => [] };

function check(text: string, expected: string): void {
  expect(new AlertTemplate('Down', text).expand(data, environment), text).toBe(expected);
}

function checkFailure(text: string, expected: string): void {
  let failure: unknown = null;
  try {
    new AlertTemplate('Down', text).expand(data, environment);
  } catch (error) {
    failure = error;
  }
  expect(failure, text).toBeInstanceOf(TemplateError);
  expect(failedExpansion(failure as TemplateError), text).toBe(expected);
}

test('the variables that Prometheus declares', () => {
  check('plain }} text', 'plain }} text');
  check(
    '{{ $labels.instance }} of {{ $externalLabels.region }}: {{ $value }} {{ $externalURL }}',
    'a:9100 of eu: 0.5 http://localhost:9090',
  );
  check('{{ .Labels.job }} {{ .Value | humanizePercentage }}', 'node 50%');
  check('{{- $labels.none -}} x', 'x');
});

test('what stands in place of an annotation that failed', () => {
  checkFailure(
    '{{ .Foo }}',
    `<error expanding template: error executing template __alert_Down: template: __alert_Down:1:115: executing "__alert_Down" at <.Foo>: can't evaluate field Foo in type struct { Labels map[string]string; ExternalLabels map[string]string; ExternalURL string; Value interface {} }>`,
  );
  checkFailure(
    'line\n{{ $value | toUpper }}',
    '<error expanding template: error executing template __alert_Down: template: __alert_Down:2:12: executing "__alert_Down" at <toUpper>: wrong type for value; expected string; got float64>',
  );
  checkFailure(
    '{{ nope }}',
    '<error expanding template: error parsing template __alert_Down: template: __alert_Down:1: function "nope" not defined>',
  );
});

test('checks of rule files parse and do not execute', () => {
  expect(checkAlertTemplate('Down', 'plain')).toBeNull();
  expect(checkAlertTemplate('Down', '{{ $value }} {{ .Foo }}')).toBeNull();
  expect(checkAlertTemplate('Down', '{{ $x }}')).toBe('template: __alert_Down:1: undefined variable "$x"');
  expect(checkAlertTemplate('Down', '{{ if true }}')).toBe('template: __alert_Down:1: unexpected EOF');
  expect(checkTemplate('t', '{{ $value }}')).toBe('template: t:1: undefined variable "$value"');
  expect(checkTemplate('t', '{{ .x }}')).toBeNull();
});

test('a text is parsed once and executed for each alert', () => {
  const template = new AlertTemplate('Down', '{{ range $k, $v := .Labels }}{{ $k }}={{ $v }};{{ end }}');
  const other = alertData({ labels: [['x', 'y']], externalLabels: [], externalUrl: '', value: 1 });
  expect(template.expand(data, environment)).toBe('instance=a:9100;job=node;');
  expect(template.expand(other, environment)).toBe('x=y;');
  expect(template.expand(data, environment)).toBe('instance=a:9100;job=node;');
});
