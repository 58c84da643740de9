// Templates over the facts of one alert, with queries whose answers are known: what the tests of the language and its functions share.
import { expect } from 'vitest';
import { alertData } from '../../src/template/alert-template.ts';
import { TemplateError } from '../../src/template/error.ts';
import { expand, parseTemplate, type TemplateEnvironment } from '../../src/template/expand.ts';

const data = alertData({
  labels: [
    ['alertname', 'X'],
    ['instance', 'host.example.com:9100'],
    ['job', 'node'],
  ],
  externalLabels: [['region', 'eu']],
  externalUrl: 'http://localhost:9090/prefix',
  value: 1234.5678,
});

const environment: TemplateEnvironment = {
  externalUrl: 'http://localhost:9090/prefix',
  nowMs: 1_700_000_000_123,
  query: async (text) => {
    if (text.startsWith('bad')) return `bad query: ${text}`;
    if (text === 'empty') return [];
    return [
      {
        labels: [
          ['__name__', 'm'],
          ['__value__', 'x'],
          ['instance', 'b:9090'],
        ],
        value: 21,
      },
      {
        labels: [
          ['__name__', 'm'],
          ['instance', 'a:9090'],
        ],
        value: 11.5,
      },
    ];
  },
};

export async function check(text: string, expected: string): Promise<void> {
  expect(await expand(parseTemplate('t', text), data, environment), text).toBe(expected);
}

/** `expected` is the error without the template's name: `line:column: at <node>: …`, or `line: …` of a parse error. */
export async function checkError(text: string, expected: string): Promise<void> {
  const error = await (async () => expand(parseTemplate('t', text), data, environment))().catch((reason: unknown) => reason);
  expect(error, text).toBeInstanceOf(TemplateError);
  expect((error as TemplateError).message.replace(/^template: t:/, '').replace(' executing "t"', ''), text).toBe(expected);
}
