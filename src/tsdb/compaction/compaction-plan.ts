// Which blocks are compacted next: the decisions of Prometheus (tsdb/compact.go, LeveledCompactor.Plan), over metas alone. They differ in one
// thing: blocks whose compaction failed are left alone in every way, not only where they would fill a range, since a plan that cannot succeed
// would stand before all others each time.
import type { BlockMeta } from '../block/index.ts';

/** Times that blocks of growing levels span: each three times the one before, up to the longest (ms). */
export function blockRanges(minBlockMs: number, maxBlockMs: number): number[] {
  const ranges: number[] = [];
  for (let range = minBlockMs, i = 0; i < 10 && range <= Math.max(minBlockMs, maxBlockMs); range *= 3, i++) ranges.push(range);
  return ranges;
}

/** Blocks with more tombstones than this part of their series are written again. */
const TOMBSTONES_PART = 0.05;

/**
 * The hint of a block that has only series that were stale when the head let them go. Such blocks are compacted with one another alone, so
 * that the hint stays true: their times do not tell up to where the log is in blocks.
 */
const FROM_STALE_SERIES = 'from-stale-series';

/** The blocks to make one of, in time order; a single one is to be written again without what is deleted; none: nothing is to be done. */
export function planCompaction(metas: readonly BlockMeta[], ranges: readonly number[]): BlockMeta[] {
  const sorted = [...metas].sort((a, b) => a.minTime - b.minTime || (a.ulid < b.ulid ? -1 : 1));
  const plan = planAmong(
    sorted.filter((meta) => !isFromStaleSeries(meta)),
    ranges,
  );
  return plan.length > 0 ? plan : planAmong(sorted.filter(isFromStaleSeries), ranges);
}

function isFromStaleSeries({ compaction }: BlockMeta): boolean {
  return Array.isArray(compaction.hints) && compaction.hints.includes(FROM_STALE_SERIES);
}

function planAmong(sorted: readonly BlockMeta[], ranges: readonly number[]): BlockMeta[] {
  const overlapping = overlappingBlocks(sorted);
  if (overlapping.length > 0) return overlapping;
  // The newest block stays as it is for the time of another one, so that it can be copied away in peace.
  const old = sorted.slice(0, -1);
  const whole = fullRange(old, ranges);
  return whole.length > 0 ? whole : withMuchDeleted(old, ranges);
}

/** The first blocks in time that overlap one another. */
function overlappingBlocks(sorted: readonly BlockMeta[]): BlockMeta[] {
  for (let from = 0; from < sorted.length; ) {
    let to = from + 1;
    for (let maxTime = sorted[from].maxTime; to < sorted.length && sorted[to].minTime < maxTime; to++)
      maxTime = Math.max(maxTime, sorted[to].maxTime);
    const part = sorted.slice(from, to);
    if (part.length > 1 && !part.some(({ compaction }) => compaction.failed)) return part;
    from = to;
  }
  return [];
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

/** The newest block that is large enough to stay as it is for long, and has much deleted; or, before all of those, a small one with nothing left. */
function withMuchDeleted(sorted: readonly BlockMeta[], ranges: readonly number[]): BlockMeta[] {
  const large = ranges[Math.floor(ranges.length / 2)];
  for (const meta of [...sorted].reverse()) {
    const { numTombstones = 0, numSeries } = meta.stats;
    const isSmall = meta.maxTime - meta.minTime < large;
    const isMuch = isSmall ? numTombstones > 0 && numTombstones >= numSeries : numTombstones / (numSeries + 1) > TOMBSTONES_PART;
    if (isMuch && !meta.compaction.failed) return [meta];
    if (isSmall) break;
  }
  return [];
}
