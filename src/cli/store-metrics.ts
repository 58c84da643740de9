// The store as metrics: Prometheus's names where the same thing is counted.
import type { MetricRegistry } from '../metrics/index.ts';
import type { Store } from '../tsdb/index.ts';

export function registerStoreMetrics(registry: MetricRegistry, store: Store): void {
  const gauge = (name: string, help: string, read: () => number): void => registry.observed('gauge', { name, help }, read);
  const counter = (name: string, help: string, read: () => number): void => registry.observed('counter', { name, help }, read);
  const upkeep = () => store.upkeepCounters;
  gauge('prometheus_tsdb_wal_segment_current', 'WAL segment that is written to.', () => store.walSegment);
  counter('prometheus_tsdb_wal_writes_failed_total', 'Writes to the WAL that failed.', () => store.walCounters.failures);
  counter('prometheus_tsdb_wal_truncations_total', 'Times that the WAL was cut back.', () => store.walCounters.truncations);
  counter('prometheus_tsdb_wal_corruptions_total', 'Places where the WAL could not be read.', () => store.corruptions);
  counter('tributary_wal_bytes_total', 'Bytes written to the WAL.', () => store.walCounters.bytes);
  counter(
    'tributary_wal_appends_total',
    'Writes to the WAL; batches that wait together are written together.',
    () => store.walCounters.appends,
  );
  counter(
    'tributary_wal_appends_elsewhere_total',
    'Of them those that the main thread handed to others: large ones, and all while the disk is slow.',
    () => store.walCounters.appendsElsewhere,
  );
  counter(
    'prometheus_tsdb_mmap_chunks_total',
    'Closed chunks of the head that left memory for files (Prometheus maps them into memory).',
    () => store.chunksStored,
  );
  gauge('prometheus_tsdb_head_chunks_storage_size_bytes', 'Size of the chunks_head directory.', () => store.headChunkBytes);
  counter('prometheus_tsdb_checkpoint_creations_total', 'Checkpoints of the WAL.', () => upkeep()?.checkpoints ?? 0);
  counter(
    'prometheus_tsdb_compactions_total',
    'Blocks written: out of the head, and of other blocks.',
    () => (upkeep()?.headBlocks ?? 0) + (upkeep()?.compactions ?? 0),
  );
  counter('prometheus_tsdb_vertical_compactions_total', 'Compactions of blocks that overlapped.', () => upkeep()?.verticalCompactions ?? 0);
  counter(
    'tributary_metadata_records_refused_total',
    'Metadata that was not written to the WAL since its texts would take too much memory.',
    () => store.metadata?.refused ?? 0,
  );
  counter(
    'prometheus_tsdb_compactions_failed_total',
    'Steps of compaction, checkpoint or retention that failed.',
    () => upkeep()?.failures ?? 0,
  );
  counter(
    'prometheus_tsdb_time_retentions_total',
    'Times that blocks were deleted for being beyond the time of the retention.',
    () => upkeep()?.timeRetentions ?? 0,
  );
  counter(
    'prometheus_tsdb_size_retentions_total',
    'Times that blocks were deleted for being beyond the size of the retention.',
    () => upkeep()?.sizeRetentions ?? 0,
  );
  gauge('prometheus_tsdb_blocks_loaded', 'Blocks that are served.', () => store.blocks.good().length);
  gauge(
    'tributary_tsdb_blocks_refused',
    'Blocks that are damaged or unknown, left as they are and not served.',
    () => store.blocks.refused().length,
  );
  gauge('prometheus_tsdb_storage_blocks_bytes', 'Bytes of the blocks that are served.', () => store.blocks.sizeBytes);
  gauge(
    'prometheus_tsdb_lowest_timestamp',
    'Lowest timestamp of the blocks and the head, in milliseconds.',
    () => store.blocks.good()[0]?.meta.minTime ?? (store.head.usage.minTimeMs || 0),
  );
  counter(
    'tributary_head_batches_refused_total',
    'Sample batches that could not be written to the WAL.',
    () => store.head.totals.batchesRefused,
  );
}
