import { once } from 'node:events';
import { createServer, get, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { TestHead } from '../../test/support/head.ts';
import { silentLogger } from '../model/logger.ts';
import { WorkerError, WorkerPool } from '../worker/index.ts';
import { Consumers } from './consumers.ts';
import { FederateHandler, type FederateOptions } from './federate-handler.ts';
import type { FederateCounters } from './federate-metrics.ts';

const NOW = 1_700_000_000_000;

let pool: WorkerPool;
const servers: Server[] = [];

beforeAll(() => {
  const head = new TestHead({ bytes: 2 * 1024 ** 3 });
  head.write(
    Array.from({ length: 40_000 }, (_, i) => ({ labels: { __name__: `m${i % 4}`, i: `${i}-${'x'.repeat(80)}` }, t: NOW - 10, v: i })),
  );
  head.write([{ labels: { __name__: 'up', job: 'j' }, t: NOW - 10, v: 1 }]);
  const alert = (__name__: string, alertname: string, more: Record<string, string>, v: number | 'stale' = 1) => ({
    labels: { __name__, alertname, ...more },
    t: NOW - 10,
    v,
  });
  head.write([
    { labels: { __name__: 'works', job: 'k' }, t: NOW - 10, v: 1 },
    alert('ALERTS', 'A', { alertstate: 'firing', job: 'k' }),
    alert('ALERTS', 'B', { alertstate: 'pending', job: 'k' }),
    alert('ALERTS', 'C', { alertstate: 'firing', job: 'other' }),
    alert('ALERTS', 'over', { alertstate: 'firing', job: 'k' }, 'stale'),
    alert('ALERTS_FOR_STATE', 'A', { job: 'k' }),
    alert('ALERTS_LIKE', 'A', { job: 'k' }),
  ]);
  const { memory, module, buffer, exports } = head.memory;
  const entry = new URL('../cli/query-worker.ts', import.meta.url);
  pool = new WorkerPool({
    memory,
    module,
    buffer,
    workers: 2,
    entry,
    clearEpoch: (reader) => exports.clearEpoch(reader),
    logger: silentLogger,
  });
  pool.start();
});

afterAll(async () => {
  for (const server of servers) server.closeAllConnections();
  for (const server of servers) server.close();
  await pool.close();
});

/** A server around a handler, and what was counted. */
async function serve(options: Partial<FederateOptions> = {}): Promise<{ url: string; counted: string[]; consumers: Consumers }> {
  const counted: string[] = [];
  const consumers = new Consumers(() => NOW);
  const counters: FederateCounters = {
    answered: (encoding, series, bytes) => counted.push(`answered ${encoding} ${series} ${bytes > 0}`),
    alertsLeftOut: (series) => void (series > 0 && counted.push(`left out ${series}`)),
    refused: (reason) => counted.push(`refused ${reason}`),
    running: () => undefined,
  };
  const handler = new FederateHandler({
    pool,
    externalLabels: () => [['dc', 'eu1']],
    metadata: () => new Map([['up', { type: 'gauge', help: 'Whether.' }]]),
    counters,
    consumers,
    alerts: 'auto',
    lookbackMs: 300_000,
    maxSeries: 0,
    timeoutMs: 120_000,
    maxConcurrency: 20,
    now: () => NOW,
    ...options,
  });
  const server = createServer((request, response) => {
    const params = new URL(request.url ?? '/', 'http://localhost').searchParams;
    const { accept = '', 'accept-encoding': acceptEncoding = '', 'user-agent': userAgent = '' } = request.headers;
    const client = { address: request.socket.remoteAddress ?? '', userAgent };
    void handler.handle({ params, accept, acceptEncoding: String(acceptEncoding), client }, response);
  });
  servers.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/federate`, counted, consumers };
}

const match = (...selectors: string[]) => `?${selectors.map((selector) => `match[]=${encodeURIComponent(selector)}`).join('&')}`;

async function ask(
  url: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; type: string | null; text: string; retryAfter: string | null }> {
  const response = await fetch(url, { headers: { 'accept-encoding': 'identity', ...headers } });
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    text: await response.text(),
    retryAfter: response.headers.get('retry-after'),
  };
}

test('answers', async () => {
  const { url, counted } = await serve();
  const check = async (query: string, headers: Record<string, string>, expected: object) =>
    expect(await ask(url + query, headers)).toMatchObject(expected);
  const up = `up{job="j",dc="eu1",instance=""} 1 ${NOW - 10}\n`;
  await check(
    match('up'),
    {},
    { status: 200, type: 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores', text: `# TYPE up untyped\n${up}` },
  );
  await check(
    match('up', '{job="j"}'),
    { accept: 'text/plain;version=0.0.4;escaping=allow-utf-8' },
    { type: 'text/plain; version=0.0.4; charset=utf-8; escaping=allow-utf-8', text: `# TYPE up untyped\n${up}` },
  );
  await check(`${match('{dc="eu1",job="j"}')}&metadata=1`, {}, { text: `# HELP up Whether.\n# TYPE up gauge\n${up}` });
  await check(match('{}'), {}, { status: 200, text: '' });
  await check(match('nothing'), { 'accept-encoding': 'gzip' }, { status: 200, text: '' });
  await check(match('up'), { 'accept-encoding': 'gzip' }, { status: 200, text: `# TYPE up untyped\n${up}` });
  await check(match('up'), { 'accept-encoding': 'zstd' }, { status: 200, text: `# TYPE up untyped\n${up}` });
  expect(counted).toEqual([
    'answered identity 1 true',
    'answered identity 1 true',
    'answered identity 1 true',
    'answered identity 0 false',
    'answered gzip 0 true',
    'answered gzip 1 true',
    'answered zstd 1 true',
  ]);
  const all = await ask(url + match('{i=~".+"}'));
  expect(all.text.split('\n')).toHaveLength(40_000 + 4 + 1);
});

test('alerts are left out unless a selector means them', async () => {
  /** `expected`: the series in any order, ALERTS as a star, with their alertname. */
  const check = async (alerts: FederateOptions['alerts'], selectors: readonly string[], expected: string, leftOut: number) => {
    const { url, counted } = await serve({ alerts });
    const { text } = await ask(url + match(...selectors));
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    const series = lines.map((line) => `${/^\w+/.exec(line)![0].replace('ALERTS', '*')}${/alertname="(.*?)"/.exec(line)?.[1] ?? ''}`);
    expect(series.sort(), `${selectors}`).toEqual(expected.split(' ').filter(Boolean).sort());
    const answered = `answered identity ${series.length} ${series.length > 0}`;
    expect(counted, `${selectors}`).toEqual(leftOut === 0 ? [answered] : [answered, `left out ${leftOut}`]);
  };
  await check('auto', ['{job="k"}'], 'works *_LIKEA', 3);
  await check('all', ['{job="k"}'], 'works *_LIKEA *A *B *_FOR_STATEA', 0);
  await check('auto', ['{job=~"k|other",__name__=~".+"}'], 'works *_LIKEA', 4);
  await check('auto', ['{alertname!=""}'], '*_LIKEA', 4);
  await check('all', ['{alertname!=""}'], '*_LIKEA *A *B *C *_FOR_STATEA', 0);
  await check('auto', ['{job="k",__name__!="works"}'], '*_LIKEA', 3);
  // What one of them means is there, wherever it stands; counted is what another one would have had beside it.
  await check('auto', ['{job="k"}', '{alertstate="firing"}'], 'works *_LIKEA *A *C', 2);
  await check('auto', ['{alertstate="firing"}', '{job="k"}', '{job="other"}'], 'works *_LIKEA *A *C', 2);
  await check('auto', ['{job="k"}', '{__name__=~"ALERTS|ALERTS_FOR_STATE"}'], 'works *_LIKEA *A *B *C *_FOR_STATEA', 0);
  await check('auto', ['{job="k"}', '{job=~"k|other"}', 'ALERTS_FOR_STATE'], 'works *_LIKEA *_FOR_STATEA', 3);
  await check('auto', ['ALERTS', '{alertname="A"}'], '*_LIKEA *A *B *C *_FOR_STATEA', 0);
  await check('auto', ['{__name__=~"[A-Z_]+"}'], '*_LIKEA *A *B *C *_FOR_STATEA', 0);
  await check('auto', ['{}', '{job="other"}'], '', 1);
  await check('auto', ['{}', 'ALERTS{job="other"}'], '*C', 0);
  await check('auto', ['{dc="eu1",job="k"}'], 'works *_LIKEA', 3);
  await check('auto', ['{i="none"}'], '', 0);
});

test('what is left out does not count towards the limit', async () => {
  const check = async (alerts: FederateOptions['alerts'], status: number) => {
    const { url } = await serve({ alerts, maxSeries: 2 });
    expect((await ask(url + match('{job="k"}'))).status).toBe(status);
  };
  await check('auto', 200);
  await check('all', 422);
});

test('bad requests', async () => {
  const { url, counted } = await serve();
  expect(await ask(url)).toMatchObject({
    status: 400,
    type: 'text/plain; charset=utf-8',
    text: expect.stringContaining('missing parameter match[]'),
  });
  expect(await ask(url + match('up['))).toMatchObject({ status: 400, text: expect.stringMatching(/^1:\d+: parse error: /) });
  expect(await ask(url + match('up', ''))).toMatchObject({ status: 400 });
  expect(counted).toEqual(['refused bad_request', 'refused bad_request', 'refused bad_request']);
});

test('limits', async () => {
  const check = async (options: Partial<FederateOptions>, query: string, expected: object, reason: string) => {
    const { url, counted } = await serve(options);
    expect(await ask(url + query)).toMatchObject(expected);
    expect(counted).toEqual([reason]);
  };
  await check({ maxSeries: 1 }, match('up'), { status: 200 }, 'answered identity 1 true');
  await check(
    { maxSeries: 9 },
    match('m1'),
    { status: 422, text: 'the answer has 10000 series, more than the limit of 9 (--federate.max-series)\n' },
    'refused too_many_series',
  );
  await check({ maxConcurrency: 0 }, match('up'), { status: 503, retryAfter: '1' }, 'refused concurrency');
  const failing = (error: Error) => ({ pool: { run: () => Promise.reject(error) } });
  await check(
    failing(new WorkerError('timeout', 'late')),
    match('up'),
    { status: 503, retryAfter: '1', text: 'late (--federate.timeout)\n' },
    'refused timeout',
  );
  await check(failing(new WorkerError('out_of_memory', 'full')), match('up'), { status: 503, text: 'full\n' }, 'refused out_of_memory');
  await check(failing(new WorkerError('worker_died', 'dead')), match('up'), { status: 503, text: 'dead\n' }, 'refused failed');
  await check(failing(new Error('odd')), match('up'), { status: 500, text: 'odd\n' }, 'refused failed');
});

test('who asked, and what for, is kept', async () => {
  const { url, consumers } = await serve();
  await ask(url + match('up'), { 'user-agent': 'Prometheus/2.42.0', 'accept-encoding': 'gzip' });
  await ask(url + match('up'), { 'user-agent': 'Prometheus/2.42.0' });
  await ask(url + match('m1', 'up['), { 'user-agent': 'curl' });
  const [bad, good] = consumers.list();
  expect(consumers.list()).toHaveLength(2);
  expect(good).toMatchObject({
    address: '127.0.0.1',
    userAgent: 'Prometheus/2.42.0',
    selectors: ['up'],
    lastError: '',
    hasInstances: false,
  });
  const bytes = `# TYPE up untyped\nup{job="j",dc="eu1",instance=""} 1 ${NOW - 10}\n`.length;
  expect(good.requests.columns()).toMatchObject({ ok: [true, true], series: [1, 1], bytes: [bytes, bytes], lagSeconds: [0.01, 0.01] });
  expect(bad).toMatchObject({ userAgent: 'curl', selectors: ['m1', 'up['], lastError: expect.stringContaining('parse error') });
  expect(bad.requests.columns()).toMatchObject({ ok: [false], series: [null], lagSeconds: [null] });
});

/** A request whose body is not read until asked for. */
async function request(url: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => get(url, { agent: false }, resolve).on('error', reject));
}

test('a client that leaves ends its job', async () => {
  const { url, counted } = await serve();
  const response = await request(url + match('{i=~".+"}'));
  expect(response.statusCode).toBe(200);
  response.destroy();
  await vi.waitFor(() => expect(counted).toEqual(['refused client_gone']));
  await vi.waitFor(() => expect(pool.statistics.jobs).toBe(0));
  expect((await ask(url + match('m1'))).text.split('\n')).toHaveLength(10_000 + 2);
});

test('a client that does not read is cut off in time, and never gets an answer that looks whole', async () => {
  const { url, counted } = await serve({ timeoutMs: 500 });
  const response = await request(url + match('{i=~".+"}'));
  await vi.waitFor(() => expect(counted).toEqual(['refused timeout']), { timeout: 5000 });
  response.resume();
  const [outcome] = await Promise.race([once(response, 'error').then(() => ['error']), once(response, 'end').then(() => ['end'])]);
  expect(outcome).toBe('error');
});

test('an answer that fails half-way is cut off', async () => {
  const run: FederateOptions['pool']['run'] = async (_request, handlers) => {
    handlers?.begin?.(2);
    handlers?.piece?.(Buffer.from('half an answer\n'), () => undefined);
    await new Promise((resolve) => setTimeout(resolve, 50));
    throw new WorkerError('worker_died', 'the query worker crashed');
  };
  const { url, counted } = await serve({ pool: { run } });
  await expect(ask(url + match('up'))).rejects.toThrow();
  expect(counted).toEqual(['refused failed']);
});

test('requests over the limit are refused while others run', async () => {
  const { url, counted } = await serve({ maxConcurrency: 2 });
  const first = await request(url + match('{i=~".+"}'));
  const second = await request(url + match('{i=~".+"}'));
  expect((await ask(url + match('up'))).status).toBe(503);
  expect(counted).toEqual(['refused concurrency']);
  first.destroy();
  second.destroy();
  await vi.waitFor(() => expect(counted).toHaveLength(3));
  expect((await ask(url + match('up'))).status).toBe(200);
});
