import { beforeEach, expect, test } from 'vitest';
import { fakeSource } from '../../test/support/fake-federation.ts';
import { FakeClock, settle } from '../../test/support/fake-scrape.ts';
import type { DocumentRequest } from '../http/index.ts';
import { SourceClient } from './source-client.ts';

let clock: FakeClock;
let client: SourceClient;
let requests: DocumentRequest[];
let body: string;

beforeEach(() => {
  clock = new FakeClock(0);
  requests = [];
  body = '{"status":"success","data":7}';
  const get = async (request: DocumentRequest): Promise<Buffer> => {
    requests.push(request);
    await new Promise<void>((resolve) => clock.after(500, resolve));
    return Buffer.from(body);
  };
  client = new SourceClient({ client: { get, close: () => undefined }, userAgent: 'Tributary/test', clock });
});

/** What comes of asking for one path, or why nothing. */
async function asked(base = 'http://a:1', budgetMs = 2000): Promise<unknown> {
  const parameters = { type: 'record', 'rule_name[]': ['a:b', 'c d&e'] };
  const answer = client.inTurn(fakeSource('a', { base }), budgetMs, (ask) => ask('/rules', parameters, 99));
  const outcome = answer.catch((error: Error) => error.message);
  await clock.advance(500);
  return await outcome;
}

test('beside /federate, as the target is scraped', async () => {
  expect(await asked('https://a/x')).toBe(7);
  const [{ url, ...request }] = requests;
  expect(url.href).toBe('https://a/x/api/v1/rules?type=record&rule_name%5B%5D=a%3Ab&rule_name%5B%5D=c+d%26e');
  expect(request).toEqual({
    headers: { Accept: 'application/json', 'Accept-Encoding': 'gzip', 'User-Agent': 'Tributary/test' },
    client: fakeSource('a').client,
    limitBytes: 99,
    timeoutMs: 2000,
  });
});

test('what is no answer', async () => {
  const check = async (text: string, expected: unknown): Promise<void> => {
    body = text;
    expect(await asked()).toEqual(expected);
  };
  await check('<html>', 'its answer is no JSON');
  await check('', 'its answer is no JSON');
  for (const text of ['null', '7', '[]', '{"status":"error","data":1}'])
    await check(text, 'its answer is not that of a Prometheus-like API');
});

test('all requests of one turn share its time', async () => {
  const turn = client.inTurn(fakeSource('a'), 2000, async (ask) => {
    for (let i = 0; i < 6; i++) await ask('/x', {}, 1);
  });
  await clock.advance(3000);
  await turn;
  expect(requests.map(({ timeoutMs }) => timeoutMs)).toEqual([2000, 1500, 1000, 500, 1, 1]);
});

test('sixteen at a time', async () => {
  const turns = Array.from({ length: 40 }, (_, i) => client.inTurn(fakeSource(`s${i}`), 1000, (ask) => ask('/x', {}, 1)));
  const outcomes = Promise.allSettled(turns);
  await settle();
  expect(requests).toHaveLength(16);
  await clock.advance(500);
  expect(requests).toHaveLength(32);
  await clock.advance(500);
  expect((await outcomes).map(({ status }) => (status === 'fulfilled' ? 1 : 0)).join('')).toBe('1'.repeat(32) + '0'.repeat(8));
  expect(await asked()).toBe(7);
});
