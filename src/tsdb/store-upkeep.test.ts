// What upkeep does when somebody reads.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { createHeadMemory } from '../kernel/index.ts';
import { labelsOf, silentLogger } from '../model/index.ts';
import { Store } from './store.ts';

const RANGE_MS = 1000;
const T0 = 1_700_000_000_000;

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

test('the head keeps what has become a block until those who read before have ended', async () => {
  const path = mkdtempSync(join(tmpdir(), 'tributary-test-upkeep-'));
  cleanups.push(() => rmSync(path, { recursive: true, force: true }));
  const store = new Store({
    memory: createHeadMemory({ bytes: 128 * 1024 * 1024, workers: 2, retentionMs: 0, chunkRangeMs: RANGE_MS }),
    path,
    lock: false,
    walCompression: 'none',
    walSegmentBytes: 10 * 1024 * 1024,
    metadataRecords: false,
    minBlockMs: RANGE_MS,
    maxBlockMs: RANGE_MS,
    retention: () => ({ timeMs: 0, sizeBytes: 0 }),
    sweepIntervalMs: 1e9,
    background: { entry: new URL('../cli/background-worker.ts', import.meta.url), index: 1 },
    logger: silentLogger,
  });
  cleanups.push(() => store.close());
  const waits: ((ended: boolean) => void)[] = [];
  store.readersEnd = () => new Promise((resolve) => waits.push(resolve));
  await store.replay();
  const { head } = store;
  for (const t of [T0, T0 + 500, T0 + 2000]) {
    const batch = head.openBatch();
    batch.push(head.series(labelsOf({ __name__: 'a' }), 1), t, 1);
    await head.commit(batch);
  }
  await vi.waitFor(() => expect(waits.length).toBe(1), { timeout: 10_000 });
  expect([store.blockMetas().map(({ minTime, stats }) => [minTime, stats.numSamples]), head.usage.minTimeMs]).toEqual([[[T0, 2]], T0]);
  waits[0](true);
  await vi.waitFor(() => expect(head.usage.minTimeMs).toBe(T0 + RANGE_MS), { timeout: 10_000 });
});
