// The kernel's exports as TypeScript sees them. Addresses and u32 come back signed: take them `>>> 0`.
// Times are f64 milliseconds (a BigInt argument costs more than the call).

import type { ReaderExports } from './reader-exports.ts';

export interface KernelExports extends ReaderExports {
  init(pages: number, arenas: number, arenaBytes: number, seedLow: number, seedHigh: number): number;
  configure(retentionMs: number, chunkRangeMs: number): void;
  decodeRun(
    bytes: number,
    length: number,
    offsets: number,
    from: number,
    to: number,
    times: number,
    values: number,
    capacity: number,
    state: number,
  ): number;
  crc32c(crc: number, address: number, length: number): number;
  snappyCompress(address: number, length: number, out: number, table: number): number;
  snappyDecompress(address: number, length: number, out: number): number;
  snappyLength(address: number, length: number): number;
  walBegin(pageUsed: number, mode: number): void;
  walBatch(batch: number, piece: number): number;
  walRecord(length: number): number;
  replaySamples(address: number, length: number, minT: number): number;
  truncateBefore(time: number): void;
  replaySeries(address: number, length: number): number;
  replayAliases(out: number, capacity: number): number;
  endReplay(scratch: number): void;
  /** Entries {u32 ref, u32 samples, u32 file, u32 offset, i64 first, i64 last timestamp}, ordered by ref, then time. */
  replayChunks(table: number, count: number): void;
  lacksNewest(slot: number): number;
  giveNewest(slot: number, value: number): void;
  /** Entries {u32 ref, u32 ordinal, u32 file, u32 offset, i64 first, i64 last timestamp}. */
  storeChunks(entries: number, count: number): number;
  heapFree(): number;
  batchNew(): number;
  batchPushValue(batch: number, slot: number, t: number, v: number): number;
  batchPushStale(batch: number, slot: number, t: number): number;
  batchLength(batch: number): number;
  batchFree(batch: number): void;
  appendPieces(batch: number, piece: number, pieces: number): number;
  commitBatch(): number;
  openTick(): number;
  clearEpoch(reader: number): void;
  enterEpoch(reader: number): void;
  leaveEpoch(reader: number): void;
  horizon(): number;
  limboFree(): number;
  reclaim(): number;
  findName(text: number, length: number): number;
  findPair(name: number, value: number, length: number): number;
  pinSample(slot: number, horizon: number, out: number): number;
  pinAll(slots: number, refs: number, ranks: number, count: number, horizon: number, pins: number, rankedRefs: number): number;
  timesToFloats(times: number, count: number): void;
  pinnedSamples(pin: number, minT: number, maxT: number, times: number, values: number, limit: number, scratch: number): number;
  newestAtOrBefore(pin: number, now: number, out: number, scratch: number): number;
  /** `urgent`: 1 for series that may use what others must leave free. */
  seriesFor(labels: number, count: number, owner: number, urgent: number): number;
  seriesError(): number;
  holdSeries(slot: number): void;
  unholdSeries(slot: number): void;
  refToSlot(ref: number): number;
  sweepStep(oldestTick: number, cutoff: number, budget: number): number;
}
