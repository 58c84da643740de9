// Expansion with queries: when it is asynchronous, how often queries are asked, what their errors become.

import { expect, test } from 'vitest';
import { MAX_QUERIES } from './bounds.ts';
import { expand, parseTemplate, type TemplateEnvironment } from './expand.ts';

class Queries implements TemplateEnvironment {
  readonly externalUrl = 'http://localhost:9090/a%20b';
  readonly nowMs = 1000;
  readonly asked: string[] = [];

  async query(text: string) {
    this.asked.push(text);
    if (text === 'bad') return 'unknown function';
    return text === 'none' ? [] : [{ labels: [['query', text]] as const, value: this.asked.length }];
  }
}

async function check(text: string, expected: string, asked: readonly string[]): Promise<void> {
  const environment = new Queries();
  const result = expand(parseTemplate('t', text), undefined, environment);
  expect(typeof result, text).toBe(asked.length === 0 ? 'string' : 'object');
  expect(await result, text).toBe(expected);
  expect(environment.asked, text).toEqual(asked);
}

test('without a query there is no promise', async () => {
  await check('a {{ 1 }}', 'a 1', []);
  await check('{{ if false }}{{ query "x" }}{{ end }}ok', 'ok', []);
  await check('{{ pathPrefix }} {{ now }}', '/a b 1', []);
});

test('each query is asked once, in the order of execution', async () => {
  await check('{{ query "x" | first | value }}', '1', ['x']);
  await check('{{ query "x" | first | value }}{{ query "y" | first | value }}{{ query "x" | first | value }}', '121', ['x', 'y']);
  await check('{{ if query "none" }}{{ query "x" }}{{ else }}{{ len (query "y") }}{{ end }}', '1', ['none', 'y']);
  await check('{{ range query "x" }}{{ .Labels.query }}{{ range query "y" }}{{ .Labels.query }}{{ end }}{{ end }}', 'xy', ['x', 'y']);
});

test("a query's error is the template's", async () => {
  const environment = new Queries();
  await expect(expand(parseTemplate('t', 'a {{ query "bad" }}'), undefined, environment)).rejects.toThrow(
    'template: t:1:5: executing "t" at <query "bad">: error calling query: unknown function',
  );
  await expect(expand(parseTemplate('t', '{{ query "x" }}{{ .a.b | toUpper }}'), undefined, environment)).rejects.toThrow(
    'template: t:1:25: executing "t" at <toUpper>: invalid value; expected string',
  );
});

test('an error before any query is thrown at once', () => {
  expect(() => expand(parseTemplate('t', '{{ toUpper nil }}{{ query "x" }}'), undefined, new Queries())).toThrow(
    'cannot assign nil to string',
  );
});

test('queries are bounded', async () => {
  const environment = new Queries();
  const text = '{{ range 1000 }}{{ query (print .) | first | value }}{{ end }}';
  await expect(expand(parseTemplate('t', text), undefined, environment)).rejects.toThrow(
    `error calling query: exceeded maximum number of queries (${MAX_QUERIES})`,
  );
  expect(environment.asked).toHaveLength(MAX_QUERIES);
});

test('the output is well-formed', () => {
  const text = '{{ slice "é" 0 1 }}{{ slice "é" 1 2 }}{{ slice "é" 0 1 }}{{ "\\xff" }}';
  expect(expand(parseTemplate('t', text), undefined, new Queries())).toBe('é\ufffd\ufffd');
});
