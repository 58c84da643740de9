import { expect, test } from 'vitest';
import { apiRequest } from '../../test/support/api-request.ts';
import { federationRoutes } from './federation.ts';
import type { FederationTreeQuestion, WrittenSelector } from './ports.ts';

const asked: (readonly WrittenSelector[])[] = [];
let question: FederationTreeQuestion | null = null;
const routes = federationRoutes({
  federation: {
    tree: async (one) => {
      question = one;
      return {} as never;
    },
    preview: async (selectors) => {
      asked.push(selectors);
      return { series: selectors.length } as never;
    },
    origins: async (selectors, ask) => ({ origins: { asked: `${selectors} ${JSON.stringify(ask)}` } as never, warnings: ['w'] }),
  },
});
const call = (path: string, query: string) =>
  Promise.resolve().then(() => routes.find((route) => route.path === path)!.handle(apiRequest(query)));

const match = (...selectors: string[]) => selectors.map((selector) => `match[]=${encodeURIComponent(selector)}`).join('&');

/** What the tree is asked, or why it is not. */
async function treeAsked(query: string): Promise<FederationTreeQuestion | string> {
  try {
    await call('/federation', query);
    return question!;
  } catch (error) {
    return (error as Error).message;
  }
}

test('the tree: parameters', async () => {
  const check = async (query: string, expected: Partial<FederationTreeQuestion> | string): Promise<void> => {
    const all = { depth: 8, via: [], timeoutMs: null, pulls: 120 };
    expect([query, await treeAsked(query)]).toEqual([query, typeof expected === 'string' ? expected : { ...all, ...expected }]);
  };
  await check('', {});
  await check('depth=&via=&timeout=&history=', {});
  await check('depth=0&history=0', { depth: 0, pulls: 0 });
  await check('depth=99&via=A,B&timeout=1.5&history=5', { depth: 99, via: ['A', 'B'], timeoutMs: 1500, pulls: 5 });
  await check('via=A&via=B-_,&timeout=2s', { via: ['A', 'B-_'], timeoutMs: 2000 });
  await check('depth=-1&timeout=-1', {});
  await check('depth=x', 'depth must be a number');
  await check('history=1.5', 'history must be a number');
  await check('timeout=x', 'invalid parameter "timeout": cannot parse "x" to a valid duration');
  await check('via=a%20b', 'wrong id in via: got "a b", want letters, digits, - and _');
  await check(`via=${'a'.repeat(65)}`, `wrong id in via: got "${'a'.repeat(65)}", want letters, digits, - and _`);
  await check(`via=${'a,'.repeat(65)}`, 'too many ids in via: got 65, want at most 64');
});

test('preview: selectors as /federate takes them', async () => {
  const check = async (selectors: readonly string[], matchers: readonly number[]) => {
    expect(await call('/federation/preview', match(...selectors))).toEqual({ data: { series: selectors.length } });
    expect(asked.at(-1)!.map((one) => one.text)).toEqual(selectors);
    expect(asked.at(-1)!.map((one) => one.matchers.length)).toEqual(matchers);
  };
  await check(['up', '{job="a",x!="b"}'], [1, 2]);
  await check(['{}', '{job=~".*"}'], [0, 1]);
});

test('preview: what is wrong', async () => {
  const check = (query: string, message: string) =>
    expect(call('/federation/preview', query)).rejects.toMatchObject({ code: 'bad_data', message: expect.stringContaining(message) });
  await check('', 'no match[] parameter provided');
  await check(match('up', '{job="a"'), 'invalid parameter "match[]": 1:9: parse error');
  await check(match('up offset 5m'), 'invalid parameter "match[]": ');
  await check(match(...Array<string>(101).fill('up')), 'too many selectors: got 101, want at most 100');
});

test('origins', async () => {
  const check = async (query: string, asked: string) =>
    expect(await call('/federation/origins', query)).toEqual({ data: { asked }, warnings: ['w'] });
  await check(match('up'), '__name__="up" {"labels":true,"rules":false}');
  await check(`${match('{a="b"}')}&rules=1&labels=0`, 'a="b" {"labels":false,"rules":true}');
  const refused = (query: string, message: string) =>
    expect(call('/federation/origins', query)).rejects.toMatchObject({ code: 'bad_data', message: expect.stringContaining(message) });
  await refused('', 'no match[] parameter provided');
  await refused(match('{a='), 'invalid parameter "match[]": ');
  await refused(match('{a!="b"}'), 'match[] must contain at least one non-empty matcher');
  await refused(`${match('up')}&rules=yes`, 'error converting rules: strconv.ParseBool: parsing "yes": invalid syntax');
});
