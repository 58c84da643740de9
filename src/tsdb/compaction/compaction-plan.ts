// Which blocks are compacted next: the decisions of Prometheus (tsdb/compact.go, LeveledCompactor.Plan), over metas alone.
import type { BlockMeta } from '../block/index.ts';

/** Times that blocks of growing levels span: each three times the one before, up to the longest (ms). */
export function blockRanges(minBlockMs: number, maxBlockMs: number): number[] {
  const ranges: number[] = [];
  for (let range = minBlockMs, i = 0; i < 10 && range <= Math.max(minBlockMs, maxBlockMs); range *= 3, i++) ranges.push(range);
  return ranges;
}

/** Blocks with more deleted series than this part of all are written again. */
const TOMBSTONES_PART = 0.05;

/** The blocks to make one of, in time order; a single one is to be written again without what is deleted; none: nothing is to be done. */
export function planCompaction(metas: readonly BlockMeta[], ranges: readonly number[]): BlockMeta[] {
  const sorted = [...metas].sort((a, b) => a.minTime - b.minTime);
  const overlapping = overlappingBlocks(sorted);
  if (overlapping.length > 0) return overlapping;
  // The newest block stays as it is for the time of another one, so that it can be copied away in peace.
  const old = sorted.slice(0, -1);
  const whole = fullRange(old, ranges);
  if (whole.length > 0) return whole;
  for (const meta of old.reverse()) {
    if (meta.maxTime - meta.minTime < ranges[Math.floor(ranges.length / 2)]) break;
    if ((meta.stats.numTombstones ?? 0) / (meta.stats.numSeries + 1) > TOMBSTONES_PART) return [meta];
  }
  return [];
}

/** The first blocks in time that overlap one another. */
function overlappingBlocks(sorted: readonly BlockMeta[]): BlockMeta[] {
  const found: BlockMeta[] = [];
  let maxTime = sorted[0]?.maxTime ?? 0;
  for (let i = 1; i < sorted.length; i++) {
    if (sorted[i].minTime < maxTime) {
      if (found.length === 0) found.push(sorted[i - 1]);
      found.push(sorted[i]);
    } else if (found.length > 0) break;
    maxTime = Math.max(maxTime, sorted[i].maxTime);
  }
  return found;
}

/** Blocks that fill a range of the next level, or that lie before the newest and can only become fewer. */
function fullRange(sorted: readonly BlockMeta[], ranges: readonly number[]): BlockMeta[] {
  const newest = sorted.at(-1);
  if (newest === undefined) return [];
  for (const range of ranges.slice(1)) {
    for (const part of splitByRange(sorted, range)) {
      if (part.length < 2 || part.some(({ compaction }) => compaction.failed)) continue;
      const maxTime = part[part.length - 1].maxTime;
      if (maxTime - part[0].minTime === range || maxTime <= newest.minTime) return part;
    }
  }
  return [];
}

/** Blocks by the multiples of the range that they lie in; those that reach beyond one are left out. */
function splitByRange(sorted: readonly BlockMeta[], range: number): BlockMeta[][] {
  const parts: BlockMeta[][] = [];
  for (let i = 0; i < sorted.length; ) {
    const end = Math.floor(sorted[i].minTime / range) * range + range;
    if (sorted[i].maxTime > end) {
      i++;
      continue;
    }
    const part: BlockMeta[] = [];
    for (; i < sorted.length && sorted[i].maxTime <= end; i++) part.push(sorted[i]);
    parts.push(part);
  }
  return parts;
}
