// `tributary tsdb dump`: every sample of the blocks as a line `{labels} value timestamp`, in label order, then in time order, as
// promtool prints it. Blocks may overlap: the same timestamp of a series is printed once.
import { formatG, formatLabels, type Matcher } from '../../model/index.ts';
import { SeriesSamples } from '../../storage/index.ts';
import { type BlockReader, selectFromBlocks } from '../../tsdb/index.ts';

/** Text is handed over in pieces of about so much. */
const PIECE_LENGTH = 64 * 1024;

export interface DumpOptions {
  /** Union; none for all series. */
  readonly selectors: readonly (readonly Matcher[])[];
  readonly minTimeMs: number;
  readonly maxTimeMs: number;
  readonly write: (text: string) => void;
}

/** @returns how many chunks of native histograms were passed over @throws BlockError, StorageError */
export function dumpSamples(blocks: readonly BlockReader[], options: DumpOptions): number {
  const { minTimeMs, maxTimeMs, write } = options;
  const selectors = options.selectors.length === 0 ? [[]] : options.selectors;
  const samples = new SeriesSamples();
  let text = '';
  let histograms = 0;
  for (const series of selectFromBlocks(blocks, { selectors, minTimeMs, maxTimeMs, onOtherChunk: () => histograms++ })) {
    const labels = formatLabels(series.labels);
    series.read(minTimeMs, maxTimeMs, samples);
    const { times, values, count } = samples.floats;
    for (let i = 0; i < count; i++) {
      text += `${labels} ${formatG(values[i])} ${times[i]}\n`;
      if (text.length < PIECE_LENGTH) continue;
      write(text);
      text = '';
    }
  }
  if (text !== '') write(text);
  return histograms;
}
