// `tributary tsdb dump`: every sample of the blocks as a line `{labels} value timestamp`, in label order, then in time order, as
// promtool prints it. Blocks may overlap: the same timestamp of a series is printed once.
import { compareUtf8, formatLabels, type Labels, type Matcher } from '../../model/index.ts';
import { formatG } from './go-text.ts';
import type { SampledSeries, StoredBlock } from './stored-block.ts';

/** Text is handed over in pieces of about so much. */
const PIECE_LENGTH = 64 * 1024;

export interface DumpOptions {
  /** Union; none for all series. */
  readonly selectors: readonly (readonly Matcher[])[];
  readonly minTimeMs: number;
  readonly maxTimeMs: number;
  readonly write: (text: string) => void;
}

/** A stream of series in label order, at its first one. */
interface Stream {
  readonly rest: Iterator<SampledSeries>;
  head: SampledSeries;
}

function compareLabels(a: Labels, b: Labels): number {
  const shorter = Math.min(a.length, b.length);
  for (let i = 0; i < shorter; i++) {
    const order = compareUtf8(a[i][0], b[i][0]) || compareUtf8(a[i][1], b[i][1]);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** All series of all streams that have the next label set, until there are no more. */
function* merged(streams: Stream[]): Generator<readonly SampledSeries[]> {
  let live = streams;
  while (live.length > 0) {
    const least = live.reduce((a, b) => (compareLabels(b.head.labels, a.head.labels) < 0 ? b : a));
    const equal = live.filter((stream) => compareLabels(stream.head.labels, least.head.labels) === 0);
    yield equal.map((stream) => stream.head);
    for (const stream of equal) {
      const next = stream.rest.next();
      if (next.done) live = live.filter((other) => other !== stream);
      else stream.head = next.value;
    }
  }
}

export function dumpSamples(blocks: readonly StoredBlock[], options: DumpOptions): void {
  const { selectors, minTimeMs, maxTimeMs, write } = options;
  const streams: Stream[] = [];
  for (const block of blocks) {
    if (block.meta.minTime > maxTimeMs || block.meta.maxTime <= minTimeMs) continue;
    for (const matchers of selectors.length === 0 ? [[]] : selectors) {
      const rest = block.select(matchers, minTimeMs, maxTimeMs)[Symbol.iterator]();
      const first = rest.next();
      if (!first.done) streams.push({ rest, head: first.value });
    }
  }
  let text = '';
  for (const series of merged(streams)) {
    const labels = formatLabels(series[0].labels);
    for (const [timeMs, value] of samplesOf(series)) {
      if (timeMs < minTimeMs || timeMs > maxTimeMs) continue;
      text += `${labels} ${formatG(value)} ${timeMs}\n`;
      if (text.length < PIECE_LENGTH) continue;
      write(text);
      text = '';
    }
  }
  if (text !== '') write(text);
}

/** In time order; of equal times the first stream's. */
function* samplesOf(series: readonly SampledSeries[]): Generator<readonly [timeMs: number, value: number]> {
  const parts = series.map((part) => ({ ...part.samples(), at: 0 }));
  for (;;) {
    let least: (typeof parts)[number] | null = null;
    for (const part of parts) if (part.at < part.times.length && (least === null || part.times[part.at] < least.times[least.at])) least = part;
    if (least === null) return;
    const timeMs = least.times[least.at];
    yield [timeMs, least.values[least.at]];
    for (const part of parts) if (part.times[part.at] === timeMs) part.at++;
  }
}
