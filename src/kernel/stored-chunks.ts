// Closed chunks of the head that lie in files: which of them a look at a series leads to, and their samples. Inside the epoch of that look;
// what opens and reads the files is given to the reader (HeadReader.chunkFiles).
import type { StoredChunk } from './chunk-files.ts';
import type { HeadReader } from './head-reader.ts';

/** An entry of the kernel's tables of stored chunks. */
export const STORED_ENTRY_BYTES = 32;
export const STORED_ENTRY_WORDS = STORED_ENTRY_BYTES / 4;

/** Writes an entry, `at` in words: `second` is the ordinal of the chunk's first sample, or how many samples it has. */
export function writeStoredEntry(
  into: Uint32Array,
  at: number,
  ref: number,
  second: number,
  { file, offset, minTimeMs, maxTimeMs }: StoredChunk,
): void {
  into[at] = ref;
  into[at + 1] = second;
  into[at + 2] = file;
  into[at + 3] = offset;
  into[at + 4] = minTimeMs;
  into[at + 5] = Math.floor(minTimeMs / 0x100000000);
  into[at + 6] = maxTimeMs;
  into[at + 7] = Math.floor(maxTimeMs / 0x100000000);
}

/** Of assembly/chunk.ts: where the bit stream of a gathered chunk begins, and its room. */
const STREAM_AT = 8;
const GATHER_BYTES = 8192;
const MOST_SAMPLES = 256;
/** Of a record: older link, file, offset, times (assembly/layout.ts, STORED_…). */
const [OLDER, FILE, OFFSET, MIN, MAX] = [1, 2, 3, 4, 6];

/** As a look at a series shows it. */
export interface VisibleStoredChunk extends StoredChunk {
  /** Of its first sample, among all that its series ever had. */
  readonly ordinal: number;
  /** How many of its samples the pin shows: an old one may show only the first. */
  readonly samples: number;
}

/** The stored chunks that the last pinnedSamples or exportChunks came to, with samples in the interval (ms, both ends included); oldest first. */
export function storedChunksBehind(reader: HeadReader, minTimeMs: number, maxTimeMs: number): VisibleStoredChunk[] {
  const { words, scratch } = reader;
  const found: VisibleStoredChunk[] = [];
  let end = words[scratch / 4 + 1];
  for (let link = words[scratch / 4]; link !== 0; ) {
    const record = Math.floor(link / 4);
    const ordinal = words[record];
    const chunk = {
      file: words[record + FILE],
      offset: words[record + OFFSET],
      minTimeMs: timeAt(words, record + MIN),
      maxTimeMs: timeAt(words, record + MAX),
      ordinal,
      samples: end - ordinal,
    };
    if (chunk.maxTimeMs < minTimeMs) break;
    if (chunk.samples > 0 && chunk.minTimeMs <= maxTimeMs) found.push(chunk);
    end = Math.min(end, ordinal);
    link = words[record + OLDER];
  }
  return found.reverse();
}

/** As it stands in its file, or null; see ChunkFiles. */
export function readStoredChunk(reader: HeadReader, chunk: StoredChunk, seriesRef: number): Uint8Array | null {
  if (reader.chunkFiles === null) throw new Error('BUG: a reader without chunk files came to a stored chunk');
  return reader.chunkFiles.read(chunk, seriesRef);
}

/**
 * Decodes the chunk into the reader's scratch; returns how many samples it shows: i64 times at `times`, values' bits at `values`. 0 when its
 * file is gone.
 */
export function decodeStoredChunk(
  reader: HeadReader,
  chunk: VisibleStoredChunk,
  seriesRef: number,
): { count: number; times: number; values: number } {
  const times = reader.scratch + GATHER_BYTES;
  const values = times + MOST_SAMPLES * 8;
  const data = readStoredChunk(reader, chunk, seriesRef);
  if (data === null) return { count: 0, times, values };
  const whole = data[0] * 256 + data[1];
  const count = Math.min(whole, chunk.samples);
  // Checksums hold, so that this is a chunk that another writer made longer than ours are.
  if (whole > MOST_SAMPLES || data.length > GATHER_BYTES - 128)
    throw new Error(
      `cannot read a stored chunk of series ${seriesRef}: got ${whole} samples in ${data.length} bytes, want at most ${MOST_SAMPLES}`,
    );
  reader.buffer.set(data.subarray(2), reader.scratch + STREAM_AT);
  reader.kernel.decodeChunk(reader.scratch, count, times, values);
  return { count, times, values };
}

/** An i64 of ms as a number; times are safe integers. */
function timeAt(words: Uint32Array, at: number): number {
  return (words[at + 1] | 0) * 0x100000000 + words[at];
}
