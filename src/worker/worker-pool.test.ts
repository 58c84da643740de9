import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { TestHead } from '../../test/support/head.ts';
import { silentLogger } from '../model/logger.ts';
import type { WorkerError } from './errors.ts';
import type { FederateRequest, SeriesRequest } from './messages.ts';
import { WorkerPool, type WorkerPoolOptions } from './worker-pool.ts';

const NOW = 1_700_000_000_000;
const ENTRY = new URL('../cli/query-worker.ts', import.meta.url);
const pools: WorkerPool[] = [];

afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
});

function poolOver(head: TestHead, options: Partial<WorkerPoolOptions> = {}): WorkerPool {
  const { memory, module, buffer, exports } = head.memory;
  const clearEpoch = (reader: number) => exports.clearEpoch(reader);
  const pool = new WorkerPool({ memory, module, buffer, workers: 2, entry: ENTRY, clearEpoch, logger: silentLogger, ...options });
  pool.start();
  pools.push(pool);
  return pool;
}

function headOf(series: number, bytes = 2 * 1024 ** 3): TestHead {
  const head = new TestHead({ bytes });
  head.write(
    Array.from({ length: series }, (_, i) => ({
      labels: { __name__: `m${i % 10}`, instance: `i${i}`, job: i % 2 ? 'a' : 'b' },
      t: NOW,
      v: i,
    })),
  );
  return head;
}

const selection = (name: string, op: '=' | '=~', value: string) => ({
  selectors: [[{ name, op, value }]],
  all: false,
  externalLabels: [],
  minT: NOW - 1000,
  maxT: NOW,
});

const federate = (fields: Partial<FederateRequest> = {}): FederateRequest => ({
  type: 'federate',
  ...selection('__name__', '=~', '.+'),
  utf8: false,
  encoding: 'identity',
  headers: false,
  maxSeries: 0,
  leftOut: null,
  ...fields,
});

/** The code with which it is rejected. */
const rejection = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'none',
    (error: WorkerError) => error.code,
  );

/** The answer's bytes; pieces are given back at once. */
async function bodyOf(pool: WorkerPool, request: FederateRequest): Promise<Buffer> {
  const pieces: Buffer[] = [];
  await pool.run(request, {
    piece: (bytes, release) => {
      pieces.push(Buffer.from(bytes));
      release();
    },
  });
  return Buffer.concat(pieces);
}

test('answers of many pieces, plain and compressed, many at once', async () => {
  const pool = poolOver(headOf(30_000));
  const [plain, ...others] = await Promise.all(Array.from({ length: 12 }, () => bodyOf(pool, federate())));
  expect(plain.toString().split('\n')).toHaveLength(30_000 + 10 + 1);
  expect(plain.toString()).toContain(`m7{instance="i29997",job="a"} 29997 ${NOW}\n`);
  for (const other of others) expect(other.equals(plain)).toBe(true);
  const [gzip, zstd] = await Promise.all([bodyOf(pool, federate({ encoding: 'gzip' })), bodyOf(pool, federate({ encoding: 'zstd' }))]);
  expect(gunzipSync(gzip).equals(plain)).toBe(true);
  expect(zstdDecompressSync(zstd).equals(plain)).toBe(true);
});

test('the number of series is told before the first byte, and limited', async () => {
  const pool = poolOver(headOf(100));
  const events: string[] = [];
  const handlers = {
    begin: (series: number) => events.push(`begin ${series}`),
    piece: (bytes: Buffer, release: () => void) => {
      events.push(`piece ${bytes.length > 0}`);
      release();
    },
  };
  const result = await pool.run(federate(), handlers);
  expect(events).toEqual(['begin 100', 'piece true']);
  expect(result).toMatchObject({ series: 100, gone: 0 });
  events.length = 0;
  await expect(pool.run(federate({ maxSeries: 99 }), handlers)).rejects.toMatchObject({ code: 'too_many_series' });
  expect(events).toEqual([]);
});

test('a client that takes nothing holds no worker, and can be given up', async () => {
  const pool = poolOver(headOf(60_000), { workers: 1 });
  const stuck: (() => void)[] = [];
  const controller = new AbortController();
  const takesNothing = { piece: (_: Buffer, release: () => void) => stuck.push(release) };
  const slow = rejection(pool.run(federate(), takesNothing, { signal: controller.signal }));
  const late = rejection(pool.run(federate(), takesNothing, { timeoutMs: 500 }));
  expect((await bodyOf(pool, federate())).length).toBeGreaterThan(1_000_000);
  expect(await late).toBe('timeout');
  controller.abort();
  expect(await slow).toBe('cancelled');
  expect(stuck.length).toBeGreaterThan(0);
  for (const release of stuck) release();
  for (const release of stuck) release();
  expect((await bodyOf(pool, federate())).length).toBeGreaterThan(1_000_000);
  expect(pool.statistics).toEqual({ running: 1, jobs: 0, replacements: 0 });
});

test('answers wait for room where they do not fit beside each other', async () => {
  // Arenas of 4 MiB: one of these answers takes about 2 MiB.
  const pool = poolOver(headOf(45_000, 96 * 1024 * 1024), { workers: 1 });
  const bodies = await Promise.all(Array.from({ length: 5 }, () => bodyOf(pool, federate())));
  for (const body of bodies) expect(body.equals(bodies[0])).toBe(true);
  // Clients that take nothing: some of these begin, the others wait for them, and are given up as well.
  const stuck: (() => void)[] = [];
  let begun = 0;
  const takesNothing = { begin: () => begun++, piece: (_: Buffer, release: () => void) => stuck.push(release) };
  const codes = await Promise.all(Array.from({ length: 5 }, () => rejection(pool.run(federate(), takesNothing, { timeoutMs: 1500 }))));
  expect(codes).toEqual(Array(5).fill('timeout'));
  expect(begun).toBeGreaterThan(0);
  expect(begun).toBeLessThan(5);
  for (const release of stuck) release();
  expect((await bodyOf(pool, federate())).equals(bodies[0])).toBe(true);
});

test('headers are asked of the caller', async () => {
  const pool = poolOver(headOf(20));
  const pieces: string[] = [];
  await pool.run(federate({ headers: true }), {
    piece: (bytes, release) => {
      pieces.push(bytes.toString());
      release();
    },
    headers: (names) => names.map((name) => `# TYPE ${name} counter\n`),
  });
  expect(pieces.join('').match(/^# TYPE m\d counter$/gm)).toHaveLength(10);
});

test('series, label names and label values', async () => {
  const head = headOf(30);
  head.write([{ labels: { __name__: 'late', ü: '1' }, t: NOW + 5000, v: 1 }]);
  const pool = poolOver(head);
  const query: Omit<SeriesRequest, 'type'> = { ...selection('job', '=', 'a'), limit: 0 };
  const parsed = ({ json, truncated }: { json: Uint8Array; truncated: boolean }) => [JSON.parse(Buffer.from(json).toString()), truncated];
  const [series] = parsed(await pool.run({ type: 'series', ...query }));
  expect(series).toHaveLength(15);
  expect(series[0]).toEqual({ __name__: 'm1', instance: 'i1', job: 'a' });
  expect(parsed(await pool.run({ type: 'series', ...query, limit: 2 }))).toEqual([series.slice(0, 2), true]);
  expect(parsed(await pool.run({ type: 'series', ...query, ...selection('job', '=', 'nobody') }))).toEqual([[], false]);
  expect(parsed(await pool.run({ type: 'labelNames', ...query }))).toEqual([['__name__', 'instance', 'job'], false]);
  expect(parsed(await pool.run({ type: 'labelNames', ...query, all: true, maxT: NOW + 10_000 }))).toEqual([
    ['__name__', 'instance', 'job', 'ü'],
    false,
  ]);
  expect(parsed(await pool.run({ type: 'labelValues', name: '__name__', ...query }))).toEqual([['m1', 'm3', 'm5', 'm7', 'm9'], false]);
  expect(parsed(await pool.run({ type: 'labelValues', name: '__name__', ...query, limit: 2 }))).toEqual([['m1', 'm3'], true]);
  expect(parsed(await pool.run({ type: 'labelValues', name: 'absent', ...query }))).toEqual([[], false]);
});

test('where the series are', async () => {
  const pool = poolOver(headOf(30));
  const status = await pool.run({ type: 'tsdbStatus', limit: 2 });
  expect(status.seriesCountByMetricName).toEqual(
    [
      { name: 'm0', value: 3 },
      { name: 'm1', value: 3 },
    ].map(({ value }) => expect.objectContaining({ value })),
  );
  expect(status.labelValueCountByLabelName).toEqual([
    { name: 'instance', value: 30 },
    { name: '__name__', value: 10 },
  ]);
  expect(status.seriesCountByLabelValuePair).toEqual(expect.arrayContaining([{ name: 'job=a', value: 15 }]));
  expect(status.memoryInBytesByLabelName[0]).toEqual({ name: 'instance', value: 80 });
});

test('a worker that crashes or hangs is replaced; its jobs alone fail', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-worker-'));
  try {
    // A worker whose behaviour is chosen by the selector's value.
    const entry = join(folder, 'worker.mjs');
    writeFileSync(
      entry,
      `import { parentPort, workerData } from 'node:worker_threads';
       import { QueryWorker } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)};
       parentPort.on('message', ({ kind, request }) => {
         const value = kind === 'start' ? request.selectors[0][0].value : '';
         if (value === 'crash') throw new Error('crashed on purpose');
         if (value === 'hang') for (;;);
         if (value === 'exit') process.exit(3);
       });
       new QueryWorker(workerData, parentPort);`,
    );
    const head = headOf(50);
    const pool = poolOver(head, { workers: 2, entry: pathToFileURL(entry), hangMs: 4000 });
    await bodyOf(pool, federate());
    for (const value of ['crash', 'hang', 'exit']) {
      const doomed = rejection(pool.run(federate(selection('job', '=', value))));
      // A selection that no worker has yet goes to the one with fewer jobs: the other.
      expect((await bodyOf(pool, federate(selection('job', '=~', `a|b|${value}`)))).length).toBeGreaterThan(1000);
      expect(await doomed).toBe('worker_died');
      while (pool.statistics.running < 2) await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(pool.statistics).toMatchObject({ jobs: 0, replacements: 3 });
    expect((await bodyOf(pool, federate())).length).toBeGreaterThan(1000);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a pool that was closed does no jobs', async () => {
  const pool = poolOver(headOf(1));
  const running = pool.run(federate());
  const failed = expect(running).rejects.toMatchObject({ code: 'closed' });
  await pool.close();
  await failed;
  await expect(pool.run(federate())).rejects.toMatchObject({ code: 'closed' });
});

test('one thread is there at first, another when it has a job', async () => {
  const pool = poolOver(headOf(100));
  const ask = () => pool.run({ type: 'tsdbStatus', limit: 2 });
  await ask();
  await ask();
  expect(pool.statistics.running).toBe(1);
  await Promise.all([ask(), ask(), ask()]);
  expect(pool.statistics.running).toBe(2);
  await Promise.all([ask(), ask(), ask(), ask()]);
  expect(pool.statistics).toMatchObject({ running: 2, replacements: 0 });
});

test('the jobs of a moment are waited for, to their end or for so long, and no later ones', async () => {
  const pool = poolOver(headOf(60_000));
  expect(await pool.settled(0)).toBe(true);
  // Nobody takes its pieces, so that it waits.
  const takesNothing = { piece: () => undefined };
  const early = new AbortController();
  const first = rejection(pool.run(federate(), takesNothing, { signal: early.signal }));
  expect(await pool.settled(50)).toBe(false);
  const settled = pool.settled(60_000);
  const late = new AbortController();
  const second = rejection(pool.run(federate(), takesNothing, { signal: late.signal }));
  early.abort();
  expect([await first, await settled]).toEqual(['cancelled', true]);
  expect(await pool.settled(50)).toBe(false);
  late.abort();
  expect(await second).toBe('cancelled');
});
