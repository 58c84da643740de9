// `tributary tsdb analyze`: where a block's series, labels and churn come from, in promtool's words.
import type { BlockReader, StoredBlockSeries } from '../../tsdb/index.ts';
import { formatGoDuration } from './go-text.ts';

/** Names and how much of each. */
type Counts = Map<string, number>;

function add(counts: Counts, key: string, amount: number): void {
  counts.set(key, (counts.get(key) ?? 0) + amount);
}

/** The largest first, equal ones in the order of their names. */
function table(title: string, counts: Iterable<readonly [string, number]>, limit: number): string {
  const rows = [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).slice(0, Math.max(0, limit));
  return `\n${title}:\n${rows.map(([name, count]) => `${count} ${name}\n`).join('')}`;
}

/** What is counted over all series of a block. */
class LabelCounts {
  readonly pairs: Counts = new Map();
  /** Milliseconds of the block in which series with the pair or name had no samples, at their two ends. */
  readonly uncoveredByPair: Counts = new Map();
  readonly uncoveredByName: Counts = new Map();
  readonly valuesByName = new Map<string, Set<string>>();
  entries = 0;

  read(block: BlockReader): void {
    const blockMs = block.meta.maxTime - block.meta.minTime;
    for (const series of block.select([], -Infinity, Infinity)) {
      const { labels } = series;
      const uncovered = blockMs - coveredMs(series);
      for (const [name, value] of labels) {
        const pair = `${name}=${value}`;
        add(this.uncoveredByName, name, uncovered);
        add(this.uncoveredByPair, pair, uncovered);
        add(this.pairs, pair, 1);
        const values = this.valuesByName.get(name);
        if (values === undefined) this.valuesByName.set(name, new Set([value]));
        else values.add(value);
        this.entries++;
      }
    }
  }

  metricNames(): [string, number][] {
    const prefix = '__name__=';
    return [...this.pairs].filter(([pair]) => pair.startsWith(prefix)).map(([pair, count]) => [pair.slice(prefix.length), count]);
  }
}

/** From its first sample to its last one, deleted ones too. */
function coveredMs(series: StoredBlockSeries): number {
  let first: number | null = null;
  let last = 0;
  for (const { minTimeMs, maxTimeMs } of series.chunks()) {
    first ??= minTimeMs;
    last = maxTimeMs;
  }
  return first === null ? 0 : last - first;
}

export function analyzeBlock(block: BlockReader, limit: number): string {
  const { meta } = block;
  const counts = new LabelCounts();
  counts.read(block);
  const blockMs = meta.maxTime - meta.minTime;
  // As many series as would leave the block empty at their ends for as long.
  const churn = (uncovered: Counts) => [...uncovered].map(([name, ms]): [string, number] => [name, Math.floor(ms / blockMs)]);
  const ofValues = (measure: (values: ReadonlySet<string>) => number) =>
    [...counts.valuesByName].map(([name, values]): [string, number] => [name, measure(values)]);
  const lengths = (values: ReadonlySet<string>) => [...values].reduce((sum, value) => sum + Buffer.byteLength(value), 0);
  return [
    `Block ID: ${meta.ulid}\n`,
    `Duration: ${formatGoDuration(blockMs)}\n`,
    `Series: ${meta.stats.numSeries}\n`,
    `Label names: ${counts.valuesByName.size}\n`,
    `Postings (unique label pairs): ${counts.pairs.size}\n`,
    `Postings entries (total label pairs): ${counts.entries}\n`,
    table('Label pairs most involved in churning', churn(counts.uncoveredByPair), limit),
    table('Label names most involved in churning', churn(counts.uncoveredByName), limit),
    table('Most common label pairs', counts.pairs, limit),
    table('Label names with highest cumulative label value length', ofValues(lengths), limit),
    table(
      'Highest cardinality labels',
      ofValues((values) => values.size),
      limit,
    ),
    table('Highest cardinality metric names', counts.metricNames(), limit),
  ].join('');
}
