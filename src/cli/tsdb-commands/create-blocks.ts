// `tributary tsdb create-blocks-from openmetrics`: a text's samples as blocks of two hours. The text is read once to see which blocks
// there are, and then once for as many of them as memory takes.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createCodec } from '../../kernel/index.ts';
import { compareLabels, compareUtf8, type Label } from '../../model/index.ts';
import { type BlockCodec, type BlockMeta, BlockReader, type BlockSeries, encodeXorChunks, reasonOf, writeBlock } from '../../tsdb/index.ts';
import { BackfillPlan, blockStart } from './backfill-plan.ts';
import { BackfillSeries } from './backfill-series.ts';
import { TsdbCommandError } from './command.ts';
import type { ListedBlock } from './list-blocks.ts';
import { openMetricsSamples } from './openmetrics-lines.ts';

/** One block to come: its series by their labels. */
type Collected = Map<string, BackfillSeries>;

export interface CreateOptions {
  readonly file: string;
  readonly folder: string;
  readonly onBlock: (block: ListedBlock) => void;
}

/** @throws TsdbCommandError, BlockError; blocks that are there by then stay */
export function createBlocks({ file, folder, onBlock }: CreateOptions): void {
  const plan = new BackfillPlan();
  for (const { timeMs } of openMetricsSamples(file)) plan.count(timeMs);
  try {
    mkdirSync(folder, { recursive: true });
  } catch (cause) {
    throw new TsdbCommandError(`cannot create the folder ${folder}: ${reasonOf(cause)}`, { cause });
  }
  const codec = createCodec();
  for (const starts of plan.readings()) {
    for (const collected of collect(file, starts)) onBlock(listed(join(folder, write(collected, folder, codec).ulid), codec));
  }
}

/** The samples of these blocks, block by block in their order. */
function collect(file: string, starts: readonly number[]): Collected[] {
  const collected = new Map(starts.map((start): [number, Collected] => [start, new Map()]));
  for (const { labels, timeMs, value } of openMetricsSamples(file)) {
    const block = collected.get(blockStart(timeMs));
    if (block === undefined) continue;
    const sorted = labels.filter(([, text]) => text !== '').sort(byName);
    const key = JSON.stringify(sorted);
    let series = block.get(key);
    if (series === undefined) {
      series = new BackfillSeries(sorted);
      block.set(key, series);
    }
    series.add(timeMs, value);
  }
  return starts.map((start) => collected.get(start)!);
}

function byName(a: Label, b: Label): number {
  return compareUtf8(a[0], b[0]);
}

/** Opened once, which shows that it can be. */
function listed(folder: string, codec: BlockCodec): ListedBlock {
  const block = new BlockReader(folder, codec);
  try {
    return { meta: block.meta, sizeBytes: block.sizeBytes };
  } finally {
    block.close();
  }
}

function write(collected: Collected, folder: string, codec: BlockCodec): BlockMeta {
  let minTimeMs = Number.POSITIVE_INFINITY;
  let maxTimeMs = Number.NEGATIVE_INFINITY;
  const sorted = [...collected.values()].sort((a, b) => compareLabels(a.labels, b.labels));
  for (const series of sorted) {
    const { times, count } = series.samples();
    minTimeMs = Math.min(minTimeMs, times[0]);
    maxTimeMs = Math.max(maxTimeMs, times[count - 1]);
  }
  function* blockSeries(): Generator<BlockSeries> {
    for (const series of sorted) yield { labels: series.labels, chunks: encodeXorChunks(series.samples()) };
  }
  const meta = writeBlock(folder, { minTimeMs, maxTimeMs: maxTimeMs + 1, codec }, blockSeries());
  if (meta === null) throw new Error('BUG: a block that was counted has no samples');
  return meta;
}
