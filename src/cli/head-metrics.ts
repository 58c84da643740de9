// The head as metrics: Prometheus's names where the same thing is counted, ours for its memory.
import type { TsdbStatusAnswer } from '../answers/index.ts';
import type { MetricRegistry } from '../metrics/index.ts';
import type { Head } from '../tsdb/index.ts';

/** Samples carry their type as a label since Prometheus 2.40. */
const FLOAT = 'float';

/** @param seriesLimit how many series there is room for, however small they are */
export function registerHeadMetrics(registry: MetricRegistry, head: Pick<Head, 'usage' | 'totals'>, seriesLimit: number): void {
  const gauge = (name: string, help: string, read: () => number): void => registry.observed('gauge', { name, help }, read);
  const counter = (name: string, help: string, read: () => number): void => registry.observed('counter', { name, help }, read);
  const typed = (name: string, help: string, read: () => number): void => {
    const child = registry.counter({ name, help, labelNames: ['type'] }).labels(FLOAT);
    registry.onCollect(() => {
      child.value = read();
    });
  };

  gauge('prometheus_tsdb_head_series', 'Total number of series in the head block.', () => head.usage.series);
  counter('prometheus_tsdb_head_series_created_total', 'Total number of series created in the head.', () => head.usage.seriesCreated);
  counter('prometheus_tsdb_head_series_removed_total', 'Total number of series removed in the head.', () => head.usage.seriesRemoved);
  gauge('prometheus_tsdb_head_chunks', 'Total number of chunks in the head block.', () => head.usage.chunks);
  counter('prometheus_tsdb_head_chunks_created_total', 'Total number of chunks created in the head.', () => head.usage.chunksCreated);
  counter('prometheus_tsdb_head_chunks_removed_total', 'Total number of chunks removed in the head.', () => head.usage.chunksRemoved);
  gauge('prometheus_tsdb_head_max_time', 'Maximum timestamp of the head block, in milliseconds.', () => head.usage.maxTimeMs || 0);
  gauge('prometheus_tsdb_head_min_time', 'Minimum time bound of the head block, in milliseconds.', () => head.usage.minTimeMs || 0);
  gauge('prometheus_tsdb_head_min_time_seconds', 'Minimum time bound of the head block.', () => (head.usage.minTimeMs || 0) / 1000);
  gauge('prometheus_tsdb_head_max_time_seconds', 'Maximum timestamp of the head block.', () => (head.usage.maxTimeMs || 0) / 1000);
  typed('prometheus_tsdb_head_samples_appended_total', 'Total number of appended samples.', () => head.totals.appended);
  typed(
    'prometheus_tsdb_out_of_order_samples_total',
    'Total number of samples refused for being out of order.',
    () => head.totals.outOfOrder,
  );
  typed(
    'prometheus_tsdb_out_of_bound_samples_total',
    'Total number of samples refused for being too old for the head.',
    () => head.totals.tooOld,
  );
  // Of an out-of-order window, which there is none of: too old for the head counts as out of bound.
  typed('prometheus_tsdb_too_old_samples_total', 'Total number of samples refused for being older than the out-of-order window.', () => 0);
  gauge('tributary_head_memory_bytes', "Bytes of the head's memory in use by records, labels, postings, chunks and caches.", () =>
    usedBytes(head),
  );
  gauge(
    'tributary_head_memory_limit_bytes',
    "Bytes of the head's memory; new series are refused before it is full.",
    () => head.usage.limitBytes,
  );
  gauge(
    'tributary_head_series_limit',
    'Series that the head has room for; more are refused, as they are when its memory is used up.',
    () => seriesLimit,
  );
  gauge('tributary_head_label_pairs', 'Label pairs (name and value) in the head, each kept once.', () => head.usage.pairs);
  gauge('tributary_head_label_names', 'Label names in the head.', () => head.usage.labelNames);
  counter(
    'tributary_head_chunks_dropped_early_total',
    'Closed chunks dropped before the retention because memory was short.',
    () => head.usage.chunksDroppedEarly,
  );
  counter('tributary_head_batches_total', 'Sample batches committed.', () => head.totals.batches);
  counter('tributary_head_series_refused_total', 'New series refused, most often for want of memory.', () => head.totals.seriesRefused);
  counter('tributary_head_samples_duplicate_total', 'Samples refused: same timestamp, another value.', () => head.totals.duplicate);
  counter('tributary_head_samples_out_of_memory_total', 'Samples refused for want of memory.', () => head.totals.outOfMemory);
}

function usedBytes({ usage }: Pick<Head, 'usage'>): number {
  return usage.heapBytes + usage.recordBytes - usage.heapFreeBytes;
}

/** For /api/v1/status/tsdb: what is known without looking at the series. */
export type HeadTotals = Pick<TsdbStatusAnswer, 'headStats' | 'headMemory'>;

export function headTotals(head: Pick<Head, 'usage'>): HeadTotals {
  const { series, pairs, chunks, minTimeMs, maxTimeMs, limitBytes } = head.usage;
  return {
    headStats: {
      numSeries: series,
      numLabelPairs: pairs,
      chunkCount: chunks,
      minTime: Number.isNaN(minTimeMs) ? 0 : minTimeMs,
      maxTime: Number.isNaN(maxTimeMs) ? 0 : maxTimeMs,
    },
    headMemory: { usedBytes: usedBytes(head), limitBytes },
  };
}
