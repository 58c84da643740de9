// What is visible of a series whose clock is ahead, when its older chunks have left memory.
import { expect, test } from 'vitest';
import { TestHead } from '../../test/support/head.ts';
import { jobOn } from '../../test/support/worker-job.ts';
import {
  type ClosedChunk,
  flatTombstones,
  HeadSeriesReader,
  HeadTombstones,
  STORED_ENTRY_WORDS,
  writeStoredEntry,
} from '../kernel/index.ts';
import { headQuery } from './job.ts';

const STEP_MS = 15_000;
const T0 = 1_700_006_400_000;

/** 300 samples of `ahead`, of which those up to 240 lie in files, and of `few`, which has none in files. */
function newHead() {
  const head = new TestHead({ retentionMs: 0 });
  for (let i = 0; i < 300; i++) {
    head.write([{ labels: { __name__: 'ahead' }, t: T0 + i * STEP_MS, v: i === 100 ? ('stale' as const) : i }]);
    if (i >= 250) head.write([{ labels: { __name__: 'few' }, t: T0 + i * STEP_MS, v: i }]);
  }
  const series = new HeadSeriesReader(head.reader);
  const chunks: ClosedChunk[] = [];
  for (let slot = 1; slot !== 0; ) slot = series.closedChunks(slot, chunks);
  const entries = new Uint32Array(chunks.length * STORED_ENTRY_WORDS);
  for (const [i, chunk] of chunks.entries())
    writeStoredEntry(entries, i * STORED_ENTRY_WORDS, chunk.ref, chunk.ordinal, { ...chunk, file: 1, offset: 8 + i });
  expect(head.writer.storeChunks(new Uint8Array(entries.buffer))).toBe(2);
  series.dispose();
  head.reader.chunkFiles = { read: ({ offset }) => chunks[offset - 8].data };
  return head;
}

/** `name step value` of what is visible in the five minutes up to a step. */
async function visibleAt(head: TestHead, step: number, withStale = false): Promise<string[]> {
  const { reader } = head;
  const before = reader.arena.takenBytes;
  const maxT = T0 + step * STEP_MS;
  const found = await jobOn(head).select({ ...headQuery([[]]), minT: maxT - 300_000, maxT, withStale }, (visible) => {
    const texts = Array.from({ length: visible.count }, (_, i) => {
      const at = visible.address + i * 24;
      const name = reader.labels(reader.words[at / 4])[0][1];
      return `${name} ${(Number(reader.buffer.readBigInt64LE(at + 8)) - T0) / STEP_MS} ${reader.buffer.readDoubleLE(at + 16)}`;
    });
    visible.dispose();
    return texts;
  });
  while (reader.onPressure()); // kept selections
  expect(reader.arena.takenBytes).toBe(before);
  return found.sort();
}

test('the newest sample before now, in memory or in a file', async () => {
  const head = newHead();
  expect(await visibleAt(head, 299)).toEqual(['ahead 299 299', 'few 299 299']);
  expect(await visibleAt(head, 260)).toEqual(['ahead 260 260', 'few 260 260']);
  expect(await visibleAt(head, 200)).toEqual(['ahead 200 200']);
  expect(await visibleAt(head, 0)).toEqual(['ahead 0 0']);
  expect(await visibleAt(head, -1)).toEqual([]);
  // A stale marker hides what is before it.
  expect(await visibleAt(head, 100)).toEqual([]);
  expect(await visibleAt(head, 100, true)).toEqual(['ahead 100 NaN']);
  expect(await visibleAt(head, 101)).toEqual(['ahead 101 101']);
});

test('without what is deleted there', async () => {
  const head = newHead();
  const from = T0 + 195 * STEP_MS;
  head.reader.tombstones = new HeadTombstones().with(flatTombstones([{ ref: 1, minTimeMs: from, maxTimeMs: from + 5 * STEP_MS }]));
  expect(await visibleAt(head, 200)).toEqual(['ahead 194 194']);
  expect(await visibleAt(head, 260)).toEqual(['ahead 260 260', 'few 260 260']);
});
