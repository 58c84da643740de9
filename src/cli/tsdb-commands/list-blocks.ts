// `tributary tsdb list`: the blocks as a table, as promtool prints it.
import type { BlockMeta } from '../../tsdb/index.ts';
import { formatBytes } from '../flag-values.ts';
import { formatGoDuration, formatGoTime, formatTable } from './go-text.ts';

const HEADER = ['BLOCK ULID', 'MIN TIME', 'MAX TIME', 'DURATION', 'NUM SAMPLES', 'NUM CHUNKS', 'NUM SERIES', 'SIZE'];

/** What a line says: an open block is one. */
export interface ListedBlock {
  readonly meta: BlockMeta;
  /** Of all its files. */
  readonly sizeBytes: number;
}

/** `header`: whether the columns' names come first. */
export function blockTable(blocks: readonly ListedBlock[], { humanReadable, header }: { humanReadable: boolean; header: boolean }): string {
  const time = (ms: number) => (humanReadable ? formatGoTime(ms) : String(ms));
  const rows = blocks.map(({ meta, sizeBytes }) => [
    meta.ulid,
    time(meta.minTime),
    time(meta.maxTime),
    formatGoDuration(meta.maxTime - meta.minTime),
    String(meta.stats.numSamples),
    String(meta.stats.numChunks),
    String(meta.stats.numSeries),
    humanReadable ? formatBytes(sizeBytes) : String(sizeBytes),
  ]);
  return formatTable(header ? [HEADER, ...rows] : rows);
}
