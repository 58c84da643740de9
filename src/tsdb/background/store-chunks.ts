// Closed chunks of the head go into head chunk files. What was written is told to the writer's thread, which then lets go of the chunks;
// one that it finds gone, or keeps, is harmless: at a start a chunk that comes twice counts once.
import { type ClosedChunk, type HeadReader, HeadSeriesReader, STORED_ENTRY_WORDS, writeStoredEntry } from '../../kernel/index.ts';
import { ChunkEncoding } from '../block/index.ts';
import { writeReplayStart } from '../head/replay-start.ts';
import { type Checksum, HeadChunkWriter } from '../head-chunks/index.ts';
import { OtherRecords } from '../wal/index.ts';
import type { ReplayStartTask, StoreChunksResult, StoreChunksTask, TruncateChunksResult, TruncateChunksTask } from './messages.ts';

/** Chunks of one write: about 100 KB. */
const CHUNKS_A_WRITE = 512;

/** @throws HeadChunkError when a write fails: nothing is to be let go of then */
export function storeChunks(reader: HeadReader, checksum: Checksum, dataFolder: string, task: StoreChunksTask): StoreChunksResult {
  const writer = new HeadChunkWriter({ dataFolder, checksum, files: task.files, resume: task.resume });
  const series = new HeadSeriesReader(reader);
  const entries: Buffer[] = [];
  let newest: StoreChunksResult['newest'] = null;
  let count = 0;
  let slot = 1;
  try {
    while (slot !== 0 && count < task.mostChunks) {
      const chunks: ClosedChunk[] = [];
      while (slot !== 0 && chunks.length < CHUNKS_A_WRITE) slot = series.closedChunks(slot, chunks);
      if (chunks.length === 0) break;
      const places = writer.write(
        chunks.map(({ ref, minTimeMs, maxTimeMs, data }) => ({
          seriesRef: ref,
          minTimeMs,
          maxTimeMs,
          encoding: ChunkEncoding.XOR,
          outOfOrder: false,
          data,
        })),
      );
      const block = new Uint32Array(chunks.length * STORED_ENTRY_WORDS);
      for (const [i, { ref, ordinal, minTimeMs, maxTimeMs }] of chunks.entries())
        writeStoredEntry(block, i * STORED_ENTRY_WORDS, ref, ordinal, { ...places[i], minTimeMs, maxTimeMs });
      entries.push(Buffer.from(block.buffer));
      count += chunks.length;
      newest = { ...places[chunks.length - 1], checksum: checksum.crc32c(chunks[chunks.length - 1].data) };
    }
  } finally {
    series.dispose();
    writer.close();
  }
  return { files: writer.files, entries: new Uint8Array(Buffer.concat(entries)), more: slot !== 0, newest };
}

/** Files that only have chunks from before the time go. @throws HeadChunkError */
export function truncateChunks(checksum: Checksum, dataFolder: string, task: TruncateChunksTask): TruncateChunksResult {
  const writer = new HeadChunkWriter({ dataFolder, checksum, files: task.files, resume: task.resume });
  try {
    const deleted = writer.truncate(task.minTimeMs).length;
    return { files: writer.files, deleted };
  } finally {
    writer.close();
  }
}

/** Returns which place it is, -1 for none. What a series has in memory alone begins behind all samples that were in the log at that place. */
export function markReplayStart(reader: HeadReader, checksum: Checksum, dataFolder: string, task: ReplayStartTask): number {
  const series = new HeadSeriesReader(reader);
  try {
    const oldestMs = series.oldestInMemory();
    const place = task.places.findLastIndex(({ maxTimeMs }) => maxTimeMs < oldestMs);
    if (place < 0) return place;
    const { segment, offset } = task.places[place];
    const others = new OtherRecords(task.others).before(segment, offset);
    writeReplayStart(dataFolder, { segment, offset, chunk: task.chunk, others }, checksum);
    return place;
  } finally {
    series.dispose();
  }
}
