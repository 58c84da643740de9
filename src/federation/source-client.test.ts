import { expect, test } from 'vitest';
import type { BodyRequest } from '../http/index.ts';
import { ScrapeError } from '../http/index.ts';
import { SourceClient } from './source-client.ts';

const httpClient = { followRedirects: true } as never;
const source = (base = 'http://a:9090/x') => ({ base, client: httpClient });

/** A client over sources that answer by path, and what they were asked. */
function clientOver(answers: Record<string, unknown>) {
  const asked: BodyRequest[] = [];
  const time = { now: 0 };
  const get = async (request: BodyRequest): Promise<Buffer> => {
    asked.push(request);
    time.now += 500;
    await Promise.resolve();
    const answer = answers[request.url.pathname];
    if (answer === undefined) throw new ScrapeError('status', 'server returned HTTP status 404 Not Found');
    if (answer instanceof Error) throw answer;
    return Buffer.from(typeof answer === 'string' ? answer : JSON.stringify({ status: 'success', data: answer }));
  };
  return { client: new SourceClient({ fetcher: { get }, now: () => time.now }), asked, time };
}

const FEDERATION = '/x/api/v1/federation';
const CONFIG = '/x/api/v1/status/config';
const RULES = '/x/api/v1/rules';

test('who it is: as it says itself, or by its configuration', async () => {
  const check = async (answers: Record<string, unknown>, expected: unknown, paths: readonly string[]) => {
    const { client, asked } = clientOver(answers);
    const told = await client.identity(source()).catch((error: Error) => error.message);
    expect(told).toEqual(expected);
    expect(asked.map(({ url }) => url.pathname + url.search)).toEqual(paths);
  };
  const labels = { externalLabels: [['dc', 'eu1']], webUrl: null };
  const ours = `${FEDERATION}?depth=0`;
  const yaml = { yaml: 'global: {external_labels: {dc: eu1}}' };
  await check({ [FEDERATION]: { externalLabels: { dc: 'eu1' } }, [CONFIG]: {} }, labels, [ours]);
  await check({ [CONFIG]: yaml }, labels, [ours, CONFIG]);
  await check({ [FEDERATION]: '<html>', [CONFIG]: yaml }, labels, [ours, CONFIG]);
  await check({}, 'server returned HTTP status 404 Not Found', [ours, CONFIG]);
  await check({ [FEDERATION]: new ScrapeError('timeout', 'context deadline exceeded'), [CONFIG]: yaml }, 'context deadline exceeded', [
    ours,
  ]);
});

test('how it is asked', async () => {
  const { client, asked } = clientOver({ [CONFIG]: { yaml: '' }, [RULES]: { groups: [] } });
  await client.identity(source());
  await client.rules(source(), ['job:a', 'b c&d']);
  expect(asked.map(({ timeoutMs }) => timeoutMs)).toEqual([2000, 1500, 2000]);
  expect(asked[2].url.href).toBe('http://a:9090/x/api/v1/rules?type=record&rule_name%5B%5D=job%3Aa&rule_name%5B%5D=b+c%26d');
  for (const { client: by, limitBytes } of asked) expect([by === httpClient, limitBytes]).toEqual([true, 2 * 1024 * 1024]);
});

test('answers are kept for some seconds, and asked for once', async () => {
  const { client, asked, time } = clientOver({ [RULES]: { groups: [{ rules: [{ type: 'recording', name: 'a', query: 'up' }] }] } });
  const rules = { rules: [{ name: 'a', query: 'up' }], left: false };
  expect(await Promise.all([client.rules(source(), ['a']), client.rules(source(), ['a'])])).toEqual([rules, rules]);
  time.now = 9_999;
  await client.rules(source(), ['a']);
  expect(asked.length).toBe(1);
  await client.rules(source(), ['b']);
  await client.rules(source('http://b/x'), ['a']);
  expect(asked.length).toBe(3);
  time.now = 10_000;
  await client.rules(source(), ['a']);
  expect(asked.length).toBe(4);
});

test('failures are kept, too', async () => {
  const { client, asked } = clientOver({});
  for (let i = 0; i < 3; i++) await expect(client.rules(source(), ['a'])).rejects.toMatchObject({ code: 'status' });
  expect(asked.length).toBe(1);
});

test('an address is not told twice', async () => {
  const url = 'http://a:9090/x/api/v1/rules?type=record&rule_name%5B%5D=a';
  const { client } = clientOver({ [RULES]: new ScrapeError('connect', `Get "${url}": dial tcp 127.0.0.1:1: connect: connection refused`) });
  await expect(client.rules(source(), ['a'])).rejects.toMatchObject({ message: 'dial tcp 127.0.0.1:1: connect: connection refused' });
});

test('so many sources at once, so many answers kept', async () => {
  const { client, asked } = clientOver({ [RULES]: { groups: [] } });
  const outcomes = await Promise.allSettled(Array.from({ length: 20 }, (_, i) => client.rules(source(), [`n${i}`])));
  expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBe(16);
  expect(outcomes[19]).toMatchObject({ reason: { message: 'too many sources are being asked: ask again' } });
  const late = clientOver({ [RULES]: { groups: [] } });
  for (let i = 0; i <= 256; i++) {
    await late.client.rules(source(), [`n${i}`]);
    late.time.now = 0;
  }
  await late.client.rules(source(), ['n256']);
  expect(late.asked.length).toBe(257);
  await late.client.rules(source(), ['n0']);
  expect(late.asked.length).toBe(258);
  expect(asked.length).toBe(16);
});
