// Chunks that leave memory for files: what is read stays the same, memory is free again, and a start takes them up.
import { expect, test } from 'vitest';
import { TestHead } from '../../test/support/head.ts';
import {
  at,
  type ChunkFiles,
  type ClosedChunk,
  decodeStoredChunk,
  HeadSeriesReader,
  readWord,
  STORED_ENTRY_WORDS,
  type StoredChunk,
  storedChunksBehind,
  writeStoredEntry,
} from './index.ts';

const STEP_MS = 15_000;
const NAMES = ['a', 'b', 'c'];

/** Files of chunks, in memory. */
class TestFiles implements ChunkFiles {
  readonly chunks: (ClosedChunk & StoredChunk)[] = [];
  gone = false;

  add(chunk: ClosedChunk): StoredChunk {
    const place = { ...chunk, file: 1, offset: 8 + this.chunks.length };
    this.chunks.push(place);
    return place;
  }

  read({ offset }: StoredChunk, seriesRef: number): Uint8Array | null {
    const chunk = this.chunks[offset - 8];
    expect(chunk.ref).toBe(seriesRef);
    return this.gone ? null : chunk.data;
  }
}

function newHead() {
  const head = new TestHead({ checked: true, retentionMs: 0 });
  const files = new TestFiles();
  head.reader.chunkFiles = files;
  return { head, files, series: new HeadSeriesReader(head.reader) };
}

/** `samples` samples of each series, from that one on. */
function write(head: TestHead, from: number, samples: number): void {
  for (let i = from; i < from + samples; i++)
    head.write(
      NAMES.map((name, n) => ({ labels: { __name__: name }, t: i * STEP_MS, v: i % 50 === 49 ? ('stale' as const) : i * (n + 1) * 1.37 })),
    );
}

function closedChunks(series: HeadSeriesReader): ClosedChunk[] {
  const chunks: ClosedChunk[] = [];
  for (let slot = 1; slot !== 0; ) slot = series.closedChunks(slot, chunks);
  return chunks;
}

function storeAll(head: TestHead, files: TestFiles, series: HeadSeriesReader): number {
  const chunks = closedChunks(series);
  const entries = new Uint32Array(chunks.length * STORED_ENTRY_WORDS);
  for (const [i, chunk] of chunks.entries()) writeStoredEntry(entries, i * STORED_ENTRY_WORDS, chunk.ref, chunk.ordinal, files.add(chunk));
  return head.writer.storeChunks(new Uint8Array(entries.buffer));
}

const read = (series: HeadSeriesReader, minMs = -1e15, maxMs = 1e15) => series.read(series.sortedRefs(), minMs, maxMs);

test('what is read stays the same, and memory is free again', () => {
  const { head, files, series } = newHead();
  write(head, 0, 700);
  const before = read(series);
  expect(before.map(({ chunks }) => chunks.length)).toEqual([6, 6, 6]);
  const blocks = readWord(head.memory.buffer, at.LIVE_BLOCKS);
  expect(storeAll(head, files, series)).toBe(15);
  for (let i = 0; i < 3; i++) head.writer.reclaim();
  expect(readWord(head.memory.buffer, at.LIVE_BLOCKS)).toBeLessThan(blocks / 3);
  expect(head.writer.usage).toMatchObject({ chunks: 18, chunksStored: 15 });
  expect(read(series)).toEqual(before);
  expect(closedChunks(series)).toEqual([]);
  const [from, to] = [before[0].chunks[1].maxTimeMs, before[0].chunks[2].minTimeMs];
  expect(read(series, from, to).map(({ chunks }) => chunks)).toEqual(before.map(({ chunks }) => chunks.slice(1, 3)));
});

test('the head goes on, and stores what it closes later', () => {
  const { head, files, series } = newHead();
  const plain = newHead();
  write(head, 0, 300);
  storeAll(head, files, series);
  write(head, 300, 500);
  expect(storeAll(head, files, series)).toBeGreaterThan(0);
  write(head, 800, 10);
  write(plain.head, 0, 810);
  expect(read(series)).toEqual(read(plain.series));
});

test('a chunk whose older neighbour stays in memory stays too', () => {
  const { head, files, series } = newHead();
  write(head, 0, 500);
  const before = read(series);
  const [first, second] = closedChunks(series);
  const entry = (chunk: ClosedChunk) => {
    const entries = new Uint32Array(STORED_ENTRY_WORDS);
    writeStoredEntry(entries, 0, chunk.ref, chunk.ordinal, files.add(chunk));
    return new Uint8Array(entries.buffer);
  };
  expect(head.writer.storeChunks(entry(second))).toBe(0);
  expect(head.writer.storeChunks(entry(first))).toBe(1);
  expect(head.writer.storeChunks(entry(first))).toBe(0);
  expect(head.writer.storeChunks(entry(second))).toBe(1);
  expect(read(series)).toEqual(before);
});

test('they go when blocks have their samples, and with their series', () => {
  const { head, files, series } = newHead();
  write(head, 0, 500);
  storeAll(head, files, series);
  head.writer.truncateBefore(400 * STEP_MS);
  write(head, 500, 200);
  const chunks = read(series).map((one) => one.chunks.length);
  expect(chunks[0]).toBeLessThan(5);
  expect(head.writer.usage.chunksStored).toBeLessThan(12);
  head.writer.truncateBefore(1e12);
  while (head.writer.sweep(head.writer.nextTick(), 1e12, 1e6));
  for (let i = 0; i < 3; i++) head.writer.reclaim();
  expect(head.writer.usage).toMatchObject({ series: 0, chunks: 0, chunksStored: 0 });
});

test('a deleted file: what it had is in a block', () => {
  const { head, files, series } = newHead();
  write(head, 0, 300);
  const before = read(series);
  storeAll(head, files, series);
  files.gone = true;
  expect(read(series)).toEqual(before.map((one) => ({ ...one, chunks: one.chunks.slice(-1) })));
});

test('an old pin shows the samples that were there when it was taken', () => {
  const { head, files, series } = newHead();
  const { kernel, words, scratch, arena } = head.reader;
  const pin = arena.alloc(64);
  const renewed = arena.alloc(64);
  const samples = arena.alloc(2000 * 16);
  const check = (pinned: number, more: number) => {
    write(head, 0, pinned);
    const slot = kernel.refToSlot(1);
    kernel.pinSample(slot, kernel.horizon(), pin);
    write(head, pinned, more);
    storeAll(head, files, series);
    kernel.pinSample(slot, kernel.horizon(), renewed);
    words[pin / 4 + 5] = words[renewed / 4 + 5];
    const inMemory = kernel.pinnedSamples(pin, -1e15, 1e15, samples, samples + 16_000, 2000, scratch);
    const stored = storedChunksBehind(head.reader, -1e15, 1e15);
    const decoded = stored.flatMap((chunk) => {
      const { count, times } = decodeStoredChunk(head.reader, chunk, 1);
      return Array.from({ length: count }, (_, i) => words[times / 4 + i * 2] / STEP_MS);
    });
    expect(decoded).toEqual(Array.from({ length: pinned - inMemory }, (_, i) => i));
    expect(inMemory).toBe(0);
  };
  check(200, 300);
});

test('an idle series leaves memory as a whole, unless a sample comes meanwhile; the next one begins a chunk', () => {
  const { head, files, series } = newHead();
  const writeOne = (name: string, i: number) => head.write([{ labels: { __name__: name }, t: i * STEP_MS, v: i }]);
  for (let i = 0; i < 150; i++) for (const name of ['idle', 'late', 'live']) writeOne(name, i);
  for (let i = 150; i < 211; i++) writeOne('live', i);
  expect(series.oldestInMemory()).toBe(0);
  // 15 minutes are 60 steps.
  expect(closedChunks(series).length).toBe(3 + 2);
  const chunks = closedChunks(series);
  const before = read(series);
  writeOne('late', 211);
  const entries = new Uint32Array(chunks.length * STORED_ENTRY_WORDS);
  for (const [i, chunk] of chunks.entries()) writeStoredEntry(entries, i * STORED_ENTRY_WORDS, chunk.ref, chunk.ordinal, files.add(chunk));
  expect(head.writer.storeChunks(new Uint8Array(entries.buffer))).toBe(4);
  expect(read(series).map(({ chunks }) => chunks.length)).toEqual(before.map(({ chunks }) => chunks.length));
  expect(read(series)[0]).toEqual(before[0]);
  // Of the late one and the live one the open chunk, which began at sample 120 or a little later.
  expect(series.oldestInMemory()).toBeGreaterThanOrEqual(110 * STEP_MS);
  for (let i = 212; i < 400; i++) for (const name of ['idle', 'late', 'live']) writeOne(name, i);
  const plain = newHead();
  for (let i = 0; i < 400; i++)
    for (const name of ['idle', 'late', 'live'])
      if (i < 150 || i > 211 || (name === 'late' && i === 211) || (name === 'live' && i < 211))
        plain.head.write([{ labels: { __name__: name }, t: i * STEP_MS, v: i }]);
  const samplesOf = (all: ReturnType<typeof read>) =>
    all.map(({ labels, chunks }) => [
      labels,
      chunks.map(({ data }) => data[0] * 256 + data[1]).reduce((a, b) => a + b, 0),
      chunks[0].minTimeMs,
    ]);
  expect(samplesOf(read(series))).toEqual(samplesOf(read(plain.series)));
  expect(read(series)[1]).toEqual(read(plain.series)[1]);
  expect(read(series)[0].chunks[2].minTimeMs).toBe(212 * STEP_MS);
});
