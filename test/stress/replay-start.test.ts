// Stores that are left in the middle, again and again, with series that come, end, pause, are slow, or have clocks of their own: whatever the
// next start passes over in the log, every sample is there.
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createCodec, createHeadMemory, HeadReader, HeadSeriesReader } from '../../src/kernel/index.ts';
import { formatLabels, type Labels, type Logger, labelsOf } from '../../src/model/index.ts';
import { SeriesSamples } from '../../src/storage/index.ts';
import { decodeChunk, HeadChunkFiles, Store } from '../../src/tsdb/index.ts';
import { seededRandom } from '../support/made-blocks.ts';

const SEED = Number(process.env.TRIBUTARY_FUZZ_SEED ?? Date.now() % 1_000_000);
const RANGE_MS = 7_200_000;
const STEP_MS = 15_000;
/** Less than one and a half ranges, so that there is no head block. */
const STEPS = 650;
const T0 = Math.floor(1_700_000_000_000 / RANGE_MS) * RANGE_MS + 600_000;
const SERIES = 60;
const WORKERS = 2;

let root: string;
const stores: Store[] = [];
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  root = mkdtempSync(join(tmpdir(), 'tributary-test-replay-start-'));
});
afterEach(async () => {
  vi.useRealTimers();
  for (const store of stores.splice(0)) await store.close();
  rmSync(root, { recursive: true, force: true });
});

interface Opened {
  readonly store: Store;
  /** `time value` of all samples, by label set. */
  content(): Map<string, string[]>;
  readonly messages: string[];
}

async function open(path: string): Promise<Opened> {
  const memory = createHeadMemory({ bytes: 128 * 1024 * 1024, workers: WORKERS, retentionMs: 0, chunkRangeMs: RANGE_MS });
  const messages: string[] = [];
  const log = (message: string) => messages.push(message);
  const logger: Logger = { debug: log, info: log, warn: log, error: log, child: () => logger } as unknown as Logger;
  const store = new Store({
    memory,
    path,
    lock: false,
    walCompression: 'snappy',
    walSegmentBytes: 10 * 1024 * 1024,
    metadataRecords: false,
    minBlockMs: RANGE_MS,
    maxBlockMs: RANGE_MS,
    retention: () => ({ timeMs: 0, sizeBytes: 0 }),
    sweepIntervalMs: 1e9,
    background: { entry: new URL('../../src/cli/background-worker.ts', import.meta.url), index: WORKERS - 1 },
    logger,
  });
  stores.push(store);
  await store.replay();
  const content = () => {
    const codec = createCodec(memory.module);
    const reader = new HeadReader({ memory: memory.memory, module: memory.module, index: 0 });
    reader.chunkFiles = new HeadChunkFiles(path, codec);
    const series = new HeadSeriesReader(reader);
    const found = new Map<string, string[]>();
    for (const { labels, chunks } of series.read(series.sortedRefs(), T0 - RANGE_MS, T0 + 10 * RANGE_MS)) {
      const samples = new SeriesSamples();
      for (const chunk of chunks) decodeChunk({ ...chunk, encoding: 1 }, samples);
      const { count, times, values } = samples.floats;
      found.set(
        formatLabels(labels),
        Array.from({ length: count }, (_, i) => `${times[i]} ${values[i]}`),
      );
    }
    return found;
  };
  return { store, content, messages };
}

/** A series' life. */
interface Life {
  readonly labels: Labels;
  readonly from: number;
  readonly to: number;
  readonly every: number;
  readonly pause: readonly [number, number];
  readonly clockMs: number;
}

function livesOf(random: () => number, withSlow: boolean): Life[] {
  const upTo = (n: number) => Math.floor(random() * n);
  return Array.from({ length: SERIES }, (_, i) => {
    const pauseAt = upTo(STEPS);
    return {
      labels: labelsOf({ __name__: `m${i % 7}`, i: String(i) }),
      from: random() < 0.6 ? 0 : upTo(STEPS),
      to: random() < 0.7 ? STEPS : upTo(STEPS),
      every: !withSlow || random() < 0.85 ? 1 : 1 + upTo(9),
      pause: random() < 0.8 ? [0, 0] : [pauseAt, pauseAt + upTo(150)],
      clockMs: random() < 0.9 ? upTo(1000) : Math.floor((random() - 0.5) * 900_000),
    };
  });
}

/** Returns how many starts passed samples over. */
async function run(round: number): Promise<number> {
  const random = seededRandom(SEED + round);
  const folder = join(root, String(round));
  const data = join(folder, 'data');
  const lives = livesOf(random, round % 3 === 0);
  const expected = new Map<string, string[]>();
  let opened = await open(data);
  let passedOver = 0;
  for (let step = 0; step < STEPS; step++) {
    const { head } = opened.store;
    for (let target = 0; target < 3; target++) {
      const batch = head.openBatch();
      for (const [i, { labels, from, to, every, pause, clockMs }] of lives.entries()) {
        if (i % 3 !== target || step < from || step >= to || step % every !== 0 || (step >= pause[0] && step < pause[1])) continue;
        const time = T0 + step * STEP_MS + clockMs + Math.floor(random() * 50);
        batch.push(head.series(labels, 1), time, step + i / 100);
        const key = formatLabels(labels);
        expected.set(key, [...(expected.get(key) ?? []), `${time} ${step + i / 100}`]);
        // Refused, but in the log.
        if (random() < 0.02) batch.push(head.series(labels, 1), time, -1);
      }
      const { appended, tooOld } = await head.commit(batch);
      expect([appended >= 0, tooOld]).toEqual([true, 0]);
    }
    if (random() < 0.12) {
      vi.advanceTimersByTime(10_000);
      // In its turn behind what the timers began.
      await opened.store.cleanTombstones();
    }
    if (random() > 0.006 && step < STEPS - 1) continue;
    // As if it were killed here; now and then the next one goes on from there.
    const copy = join(folder, `copy-${step}`);
    cpSync(data, copy, { recursive: true });
    const again = await open(copy);
    expect(again.content()).toEqual(expected);
    if (again.messages.some((message) => message.includes('samples before its start are in head chunks'))) passedOver++;
    if (random() < 0.4) {
      rmSync(data, { recursive: true });
      cpSync(copy, data, { recursive: true });
      opened = await open(data);
    }
  }
  return passedOver;
}

test(`every sample is there after every start, seed ${SEED}`, { timeout: 120_000 }, async () => {
  let passedOver = 0;
  for (let round = 0; round < 6; round++) passedOver += await run(round);
  expect(passedOver).toBeGreaterThan(0);
});
