// Deletion of series: in blocks their tombstones are written anew, of the head it is found out what is to be deleted, which the head then
// logs (head/head-deletions.ts). A tombstone reaches no further than the samples that its series has, as in Prometheus (tsdb/block.go, Delete).
import { join } from 'node:path';
import { flatTombstones, type HeadReader, HeadSeriesReader, HeadTombstones, type Tombstone } from '../../kernel/index.ts';
import { addInterval, Matcher, type TimeInterval } from '../../model/index.ts';
import { type BlockCodec, BlockReader, fulfils, writeBlockMeta, writeTombstones } from '../block/index.ts';
import type { DeleteSeriesResult, DeleteSeriesTask } from './messages.ts';

const SERIES_AN_EPOCH = 256;

/** @throws BlockError: blocks that come before are done then */
export function deleteSeries(reader: HeadReader, codec: BlockCodec, dataFolder: string, task: DeleteSeriesTask): DeleteSeriesResult {
  const matchers = task.matchers.map(({ name, op, value }) => new Matcher(name, op, value));
  for (const ulid of task.ulids) deleteFromBlock(join(dataFolder, ulid), codec, matchers, task);
  const added = flatTombstones(headStones(reader, matchers, task));
  const tombstones = added.length === 0 ? task.tombstones : new HeadTombstones(task.tombstones).with(added).shared;
  return { added, tombstones };
}

function deleteFromBlock(folder: string, codec: BlockCodec, matchers: readonly Matcher[], { minTimeMs, maxTimeMs }: TimeInterval): void {
  const block = new BlockReader(folder, codec);
  try {
    const stones = new Map(block.tombstones);
    let changed = false;
    for (const { ref, firstTimeMs, lastTimeMs } of block.select(matchers, minTimeMs, maxTimeMs)) {
      const deleted = { minTimeMs: Math.max(minTimeMs, firstTimeMs), maxTimeMs: Math.min(maxTimeMs, lastTimeMs) };
      stones.set(ref, addInterval(stones.get(ref) ?? [], deleted));
      changed = true;
    }
    if (!changed) return;
    writeTombstones(folder, stones, codec);
    const numTombstones = [...stones.values()].reduce((sum, intervals) => sum + intervals.length, 0);
    writeBlockMeta(folder, { ...block.meta, stats: { ...block.meta.stats, numTombstones } });
  } finally {
    block.close();
  }
}

function headStones(reader: HeadReader, matchers: readonly Matcher[], { minTimeMs, maxTimeMs }: TimeInterval): Tombstone[] {
  const series = new HeadSeriesReader(reader);
  const stones: Tombstone[] = [];
  const earliestMs = Math.max(minTimeMs, reader.minTimeMs);
  try {
    const refs = series.sortedRefs();
    for (let from = 0; from < refs.length; from += SERIES_AN_EPOCH) {
      for (const { ref, labels, newestMs } of series.newest(refs.subarray(from, from + SERIES_AN_EPOCH))) {
        const latestMs = Math.min(maxTimeMs, newestMs);
        if (latestMs >= earliestMs && fulfils(labels, matchers)) stones.push({ ref, minTimeMs: earliestMs, maxTimeMs: latestMs });
      }
    }
    return stones;
  } finally {
    series.dispose();
  }
}
