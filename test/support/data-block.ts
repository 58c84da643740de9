// A block of given series, made by our own writer.
import { createCodec } from '../../src/kernel/index.ts';
import { compareLabels, labelsOf } from '../../src/model/index.ts';
import { FloatSamples } from '../../src/storage/index.ts';
import { writeBlock } from '../../src/tsdb/index.ts';
import { chunked } from './made-blocks.ts';
import type { DataSeries } from './query-generator.ts';

const BLOCK_MS = 7_200_000;
const STALE = [2, 0x7ff00000] as const;

/** Writes a block for each two hours that have samples. */
export function writeDataBlock(folder: string, data: readonly DataSeries[]): void {
  const times = data.flatMap(({ samples }) => samples.map(({ timeMs }) => timeMs));
  const least = times.reduce((a, b) => Math.min(a, b));
  const most = times.reduce((a, b) => Math.max(a, b));
  for (let fromMs = Math.floor(least / BLOCK_MS) * BLOCK_MS; fromMs <= most; fromMs += BLOCK_MS) {
    const series = data.map((one) => ({ labels: labelsOf(one.labels), samples: floatsOf(one, fromMs) }));
    const made = series.filter(({ samples }) => samples.count > 0).sort((a, b) => compareLabels(a.labels, b.labels));
    writeBlock(folder, { minTimeMs: fromMs, maxTimeMs: fromMs + BLOCK_MS, codec: createCodec() }, chunked(made));
  }
}

function floatsOf({ samples }: DataSeries, fromMs: number): FloatSamples {
  const floats = new FloatSamples();
  const value = new Float64Array(1);
  const words = new Uint32Array(value.buffer);
  for (const { timeMs, value: next } of samples) {
    if (timeMs < fromMs || timeMs >= fromMs + BLOCK_MS) continue;
    if (next === 'stale') floats.push(timeMs, ...STALE);
    else {
      value[0] = next;
      floats.push(timeMs, words[0], words[1]);
    }
  }
  return floats;
}
