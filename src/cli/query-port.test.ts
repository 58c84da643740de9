// Queries in worker threads, one of which is lost in the middle of its work.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TestHead } from '../../test/support/head.ts';
import type { QueryInput, QueryPort, RawResponse } from '../api/index.ts';
import { MetricRegistry } from '../metrics/index.ts';
import { silentLogger } from '../model/index.ts';
import { STABLE_LANGUAGE } from '../promql/index.ts';
import { WorkerPool } from '../worker/index.ts';
import { EngineMetrics } from './engine-metrics.ts';
import { QueryLog } from './query-log.ts';
import { createQueryPort } from './query-port.ts';

const NOW = 1_700_000_000_000;

let folder: string;
let pool: WorkerPool;
let port: QueryPort;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tributary-test-port-'));
  // A worker that ends a little after it began with a query that is about `doomed`.
  const entry = join(folder, 'worker.mjs');
  writeFileSync(
    entry,
    `import { parentPort, workerData } from 'node:worker_threads';
     import { QueryWorker } from ${JSON.stringify(new URL('../worker/index.ts', import.meta.url).href)};
     new QueryWorker(workerData, parentPort);
     parentPort.on('message', ({ kind, request }) => {
       if (kind === 'start' && request.query.includes('doomed')) setTimeout(() => { throw new Error('crashed on purpose'); }, 10);
     });`,
  );
  const head = new TestHead({ bytes: 1024 ** 3 });
  for (let step = 0; step < 20; step++) {
    const at = { t: NOW - 300_000 + step * 15_000, v: step };
    head.write(Array.from({ length: 100 }, (_, i) => ({ labels: { __name__: i % 2 ? 'doomed' : 'fine', i: String(i) }, ...at })));
  }
  const { memory, module, buffer, exports } = head.memory;
  pool = new WorkerPool({
    memory,
    module,
    buffer,
    workers: 2,
    entry: pathToFileURL(entry),
    clearEpoch: (reader) => exports.clearEpoch(reader),
    logger: silentLogger,
  });
  pool.start();
  const registry = new MetricRegistry();
  port = createQueryPort({
    pool,
    settings: {
      timeoutMs: 60_000,
      maxConcurrency: 20,
      maxSamples: 50_000_000,
      maxBytes: 1024 ** 3,
      lookbackMs: 300_000,
      features: STABLE_LANGUAGE,
      delayedNameRemoval: false,
      perStepStatistics: false,
    },
    subqueryStepMs: () => 60_000,
    registry,
    metrics: new EngineMetrics(registry),
    now: () => NOW,
    activeQueries: null,
    log: new QueryLog(silentLogger, () => NOW),
  });
});
afterEach(async () => {
  await pool.close();
  rmSync(folder, { recursive: true });
});

async function run(query: string): Promise<unknown> {
  const input: QueryInput = {
    query,
    startMs: NOW - 60_000,
    endMs: NOW,
    stepMs: 10_000,
    timeoutMs: null,
    lookbackMs: null,
    statistics: 'none',
    limit: 0,
    encoding: 'identity',
    client: { address: '127.0.0.1', method: 'GET', path: '/api/v1/query_range' },
  };
  const body = await port.run(input, new AbortController().signal, () => {
    throw new Error('the answer is small') as unknown as RawResponse;
  });
  return (JSON.parse(Buffer.from(body!).toString()) as { data: { result: unknown[] } }).data.result.length;
}

test('a worker that is lost in the middle of a query: that query alone fails, the next one is answered', { timeout: 30_000 }, async () => {
  expect(await run('sum(fine)')).toBe(1);
  const doomed = run('sum(quantile_over_time(0.5, doomed[5m:10ms]))');
  // Of two workers it has the one without a job.
  const other = run('count(fine)');
  await expect(doomed).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringMatching(/query worker crashed: this query is lost, others are not$/),
  });
  expect(await other).toBe(1);
  expect(await run('count by (i) (fine)')).toBe(50);
  while (pool.statistics.running < 2) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(pool.statistics).toMatchObject({ jobs: 0, replacements: 1 });
});
