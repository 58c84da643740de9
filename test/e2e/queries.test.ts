// What surrounds a query: its bounds, its ends before time, how its answer travels, and what is written down of it.
import { mkdirSync, readFileSync, renameSync } from 'node:fs';
import { get as httpGet, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeDataBlock } from '../support/data-block.ts';
import { seededRandom } from '../support/made-blocks.ts';
import { queryData } from '../support/query-generator.ts';
import { temporaryFolder } from '../support/server-process.ts';
import { startTributary, type Tributary } from '../support/tributary.ts';

const START = 1_600_000_000;
const FLAGS = ['--storage.tsdb.retention.time=100y'];
const CONFIG = 'global: {evaluation_interval: 1m, query_log_file: queries.log}\n';
/** Some seconds of work. */
const HEAVY = { query: 'sum(quantile_over_time(0.5, level[30m:50ms]))', start: String(START), end: String(START + 5000), step: '5' };

interface Answer {
  readonly status: string;
  readonly errorType?: string;
  readonly error?: string;
  readonly data?: { readonly resultType: string; readonly result: readonly unknown[] };
}

async function dataFolder(name: string): Promise<string> {
  const folder = join(await temporaryFolder(name), 'data');
  mkdirSync(folder);
  writeDataBlock(folder, queryData(seededRandom(7), START * 1000, 400));
  return folder;
}

async function ask(
  { url }: Tributary,
  path: string,
  parameters: Record<string, string>,
  init: RequestInit = {},
): Promise<[number, Answer]> {
  const response = await fetch(`${url}/api/v1/${path}?${new URLSearchParams(parameters)}`, init);
  return [response.status, (await response.json()) as Answer];
}

async function metric({ url }: Tributary, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(
    text
      .split('\n')
      .find((line) => line.startsWith(`${name} `))
      ?.split(' ')[1],
  );
}

const rawBody = ({ url }: Tributary, path: string, encoding: string) =>
  new Promise<{ headers: IncomingMessage['headers']; body: Buffer }>((resolve, reject) => {
    httpGet(`${url}${path}`, { headers: { 'Accept-Encoding': encoding } }, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('end', () => resolve({ headers: response.headers, body: Buffer.concat(pieces) }));
    }).on('error', reject);
  });

describe('a server with its bounds', () => {
  let server: Tributary;
  beforeAll(async () => {
    server = await startTributary({ config: CONFIG, dataDir: await dataFolder('queries'), flags: [...FLAGS, '--query.max-concurrency=2'] });
  }, 60_000);
  afterAll(() => server?.stop());

  test('a large answer is the same in every encoding, and a small one is not compressed', async () => {
    const range = new URLSearchParams({ query: '{__name__=~".+"}', start: String(START), end: String(START + 6000), step: '5' });
    const path = `/api/v1/query_range?${range}`;
    const plain = await rawBody(server, path, 'identity');
    expect(plain.body.length).toBeGreaterThan(500_000);
    expect(plain.headers['content-encoding']).toBeUndefined();
    const gzip = await rawBody(server, path, 'gzip');
    expect(gzip.headers).toMatchObject({ 'content-encoding': 'gzip', 'content-type': 'application/json', vary: 'Accept-Encoding, Origin' });
    expect(gzip.body.length).toBeLessThan(plain.body.length / 3);
    expect(gunzipSync(gzip.body).equals(plain.body)).toBe(true);
    const zstd = await rawBody(server, path, 'zstd');
    expect(zstd.headers['content-encoding']).toBe('zstd');
    expect(zstdDecompressSync(zstd.body).equals(plain.body)).toBe(true);
    const { data } = JSON.parse(plain.body.toString()) as Answer;
    expect([data!.resultType, data!.result.length > 40]).toEqual(['matrix', true]);
    const small = await rawBody(server, '/api/v1/query?query=1', 'gzip');
    expect(small.headers['content-encoding']).toBeUndefined();
  });

  test('a query that takes longer than it may ends alone', async () => {
    const began = performance.now();
    const [status, { errorType, error }] = await ask(server, 'query_range', { ...HEAVY, timeout: '100ms' });
    expect([status, errorType, error]).toEqual([503, 'timeout', 'query timed out in expression evaluation']);
    const [noTime, refused] = await ask(server, 'query', { query: '1', timeout: '0' });
    expect([noTime, refused.errorType, refused.error]).toEqual([503, 'timeout', 'query timed out in query queue']);
    expect(performance.now() - began).toBeLessThan(5000);
    expect((await ask(server, 'query', { query: '1' }))[0]).toBe(200);
  });

  test('a client that hangs up cancels its query; others wait for their turn', async () => {
    const [first, second] = [new AbortController(), new AbortController()];
    const heavy = [first, second].map(({ signal }) => ask(server, 'query_range', HEAVY, { signal }).catch((error: Error) => error.name));
    while ((await metric(server, 'prometheus_engine_queries')) < 2) await sleep(20);
    const waiting = ask(server, 'query', { query: '1' });
    while ((await metric(server, 'prometheus_engine_queries')) < 3) await sleep(20);
    // One that waits has its time as well.
    const [status, { errorType, error }] = await ask(server, 'query', { query: '1', timeout: '50ms' });
    expect([status, errorType, error]).toEqual([503, 'timeout', 'query timed out in query queue']);
    first.abort();
    expect((await waiting)[0]).toBe(200);
    second.abort();
    expect(await Promise.all(heavy)).toEqual(['AbortError', 'AbortError']);
    while ((await metric(server, 'prometheus_engine_queries')) > 0) await sleep(20);
  });

  test('the query log, which a reload opens anew', async () => {
    const path = join(server.configFile, '..', 'queries.log');
    const linesOf = (file: string) =>
      readFileSync(file, 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>);
    const range = { query: 'sum(level)', start: String(START + 60), end: String(START + 180), step: '30' };
    await ask(server, 'query_range', range);
    await ask(server, 'query', { query: 'level +' });
    await ask(server, 'query', { query: 'level + on () level', time: String(START + 60) });
    await sleep(100);
    const lines = linesOf(path).slice(-2);
    expect(lines[0]).toMatchObject({
      level: 'INFO',
      msg: 'promql query logged',
      params: { query: 'sum(level)', start: '2020-09-13T12:27:40.000Z', end: '2020-09-13T12:29:40.000Z', step: 30 },
      stats: { timings: { execTotalTime: expect.any(Number) }, samples: { totalQueryableSamples: 30 } },
      httpRequest: { clientIP: '127.0.0.1', method: 'GET', path: '/api/v1/query_range' },
    });
    expect(lines[0]).not.toHaveProperty('error');
    expect(lines[1]).toMatchObject({
      params: { query: 'level + on () level', step: 0 },
      error: expect.stringContaining('duplicate series'),
    });
    expect(await metric(server, 'prometheus_engine_query_log_enabled')).toBe(1);

    renameSync(path, `${path}.1`);
    process.kill(server.process.pid, 'SIGHUP');
    while (!server.process.log.includes('Completed loading of configuration file')) await sleep(20);
    await ask(server, 'query', { query: '2 + 2' });
    await sleep(100);
    expect(linesOf(path).map(({ params }) => (params as { query: string }).query)).toEqual(['2 + 2']);
  });
});

test('samples and memory of one query are bounded', { timeout: 60_000 }, async () => {
  const flags = [...FLAGS, '--query.max-samples=5000', '--query.max-memory=1MB'];
  const server = await startTributary({ config: CONFIG, dataDir: await dataFolder('bounds'), flags });
  try {
    const range = { start: String(START), end: String(START + 6000), step: '5' };
    const [status, { errorType, error }] = await ask(server, 'query_range', { query: '{__name__=~".+"}', ...range });
    const tooMany = 'query processing would load too many samples into memory in query execution';
    expect([status, errorType, error]).toEqual([422, 'execution', tooMany]);
    // Few samples, and much room for each group and step.
    const [, memory] = await ask(server, 'query_range', {
      query: 'count by (job, instance, code, le, zone) ({__name__=~".+"} > 1e300)',
      ...range,
      step: '1',
    });
    expect(memory).toMatchObject({ errorType: 'execution', error: expect.stringContaining('--query.max-memory') });
    // Steps by the thousand million, and labels as long as the query likes.
    for (const query of [
      'max_over_time(level[30d:1ms])',
      `label_join(level, "x", "${'y'.repeat(100_000)}", ${Array(50).fill('"job"').join()})`,
    ]) {
      const [, { error: said }] = await ask(server, 'query', { query, time: String(START + 60) });
      expect(said).toContain('--query.max-memory');
    }
    expect((await ask(server, 'query', { query: `1${' + 1'.repeat(2000)}`, time: String(START + 60) }))[0]).toBe(200);
    expect((await ask(server, 'query', { query: 'sum(level)', time: String(START + 60) }))[0]).toBe(200);
  } finally {
    await server.stop();
  }
});

test('queries that a killed server was at are told by the next one', { timeout: 60_000 }, async () => {
  const dataDir = await dataFolder('killed');
  const first = await startTributary({ config: CONFIG, dataDir, flags: FLAGS });
  const lost = ask(first, 'query_range', HEAVY).catch(() => 'lost');
  while ((await metric(first, 'prometheus_engine_queries')) < 1) await sleep(10);
  process.kill(first.process.pid, 'SIGKILL');
  expect(await lost).toBe('lost');
  await first.stop();
  const second = await startTributary({ config: CONFIG, dataDir, flags: FLAGS });
  try {
    const line = second.process.log.split('\n').find((text) => text.includes("These queries didn't finish in the last run"));
    expect(line).toContain('quantile_over_time(0.5, level[30m:50ms])');
    expect((await ask(second, 'query', { query: '1' }))[0]).toBe(200);
  } finally {
    await second.stop();
  }
});
