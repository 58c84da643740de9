import { beforeEach, describe, expect, test } from 'vitest';
import { fakeSource } from '../../test/support/fake-federation.ts';
import { FakeClock } from '../../test/support/fake-scrape.ts';
import { type DocumentRequest, ScrapeError } from '../http/index.ts';
import { SourceClient } from './source-client.ts';
import { recordingRules, SourceRules } from './source-rules.ts';

const clock = new FakeClock(0);
let requests: DocumentRequest[];
let groups: unknown;
let rules: SourceRules;

beforeEach(() => {
  requests = [];
  groups = [{ rules: [rule('a')] }];
  const get = async (request: DocumentRequest): Promise<Buffer> => {
    requests.push(request);
    if (groups instanceof Error) throw groups;
    return Buffer.from(JSON.stringify({ status: 'success', data: { groups } }));
  };
  rules = new SourceRules(new SourceClient({ client: { get, close: () => undefined }, userAgent: '', clock }), clock);
});

const rule = (name: unknown, query: unknown = 'up', type: unknown = 'recording') => ({ name, query, type });
const a = { name: 'a', query: 'up' };

test('the rules of some names, asked for once', async () => {
  const ask = (...names: string[]) => rules.ask(fakeSource('s'), names);
  expect(await Promise.all([ask('a', 'b'), ask('a', 'b')])).toEqual([
    { rules: [a], error: '' },
    { rules: [a], error: '' },
  ]);
  expect(requests.map(({ url, timeoutMs }) => `${url} ${timeoutMs}`)).toEqual([
    'http://s:1/api/v1/rules?type=record&rule_name%5B%5D=a&rule_name%5B%5D=b 2000',
  ]);
  rules.forget();
  await ask('a', 'b');
  expect(requests).toHaveLength(2);
});

test('why some may be missing', async () => {
  const check = async (names: string[], answer: unknown, error: string): Promise<void> => {
    groups = answer;
    expect((await rules.ask(fakeSource('s', { job: error }), names)).error).toBe(error);
  };
  const more = 'http://s:1 has more rules for these names than are told, or longer ones';
  await check(['a'], [{ rules: [rule('a', 'x'.repeat(20_000))] }], more);
  await check(['a'], undefined, 'cannot tell the rules of http://s:1: its answer has no rule groups');
  const refused = new ScrapeError('connect', 'Get "http://s:1/api/v1/rules?x=y": dial tcp 1.2.3.4:1: connect: connection refused');
  await check(['a'], refused, 'cannot tell the rules of http://s:1: dial tcp 1.2.3.4:1: connect: connection refused');
});

test('names that do not fit into an address are left out', async () => {
  const { rules: found, error } = await rules.ask(fakeSource('s'), ['x'.repeat(5000), 'a', 'ü'.repeat(900), 'ü'.repeat(900)]);
  expect([found, error]).toEqual([[a], expect.stringContaining('more rules')]);
  expect(requests[0].url.searchParams.getAll('rule_name[]').map(({ length }) => length)).toEqual([1, 900]);
});

test('made-up names do not go through', async () => {
  const answers = await Promise.all(Array.from({ length: 30 }, (_, i) => rules.ask(fakeSource('s'), [`n${i}`])));
  expect(requests).toHaveLength(16);
  expect(answers[29].error).toContain('too many rules');
});

describe('out of an answer', () => {
  const check = (title: string, groups: unknown, expected: unknown) =>
    test(title, () => expect(recordingRules({ groups }, new Set(['a', 'b']))).toEqual(expected));
  check('none', [], { rules: [], left: false });
  check('others of an older server are left out', [{ rules: [rule('a'), rule('c')] }], { rules: [a], left: false });
  check('alerts of that name', [{ rules: [rule('a', 'up', 'alerting')] }], { rules: [], left: false });
  check('each once, of any group', [{ rules: [rule('a')] }, { rules: [rule('b', 'x'), rule('a'), rule('a', 'y')] }], {
    rules: [a, { name: 'b', query: 'x' }, { name: 'a', query: 'y' }],
    left: false,
  });
  check(
    'what is no rule',
    [null, 7, {}, { rules: 'x' }, { rules: [null, 'a', rule(1), rule('a', {}), { name: 'a', type: 'recording' }] }],
    {
      rules: [],
      left: false,
    },
  );
  check('one that is too long', [{ rules: [rule('a', 'x'.repeat(20_000)), rule('a')] }], { rules: [a], left: true });
  test('no groups', () => expect(() => recordingRules([], new Set(['a']))).toThrow('its answer has no rule groups'));
  test('so many, and so much text', () => {
    const found = (query: (i: number) => string): [number, boolean] => {
      const { rules, left } = recordingRules(
        { groups: [{ rules: Array.from({ length: 300 }, (_, i) => rule('a', query(i))) }] },
        new Set(['a']),
      );
      return [rules.length, left];
    };
    expect(found((i) => `x${i}`)).toEqual([200, true]);
    expect(found((i) => `${i}`.padEnd(10_000))).toEqual([26, true]);
  });
});
