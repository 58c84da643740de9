// The head's closed chunks at a start: what lies in the head chunk files becomes a table in the kernel's memory, from which series take their
// chunks as the log brings them back; so the samples in them need not be replayed. Before any reader and any scrape.
import { at, type HeadMemory, STORED_ENTRY_BYTES, type StoredChunk, writeStoredEntry } from '../../kernel/index.ts';
import { ChunkEncoding } from '../block/index.ts';
import { decodeXorChunk, Samples } from '../chunk/index.ts';
import {
  type Checksum,
  type HeadChunkDamage,
  type HeadChunkFile,
  HeadChunkReader,
  HeadChunkScan,
  headChunkSamples,
} from '../head-chunks/index.ts';

const LATEST_MS = 8.64e15;
const MOST_REF = 0xfffffffe;
/** Of a record of a stored chunk: file and offset, in words (assembly/layout.ts). */
const [FILE, OFFSET] = [2, 3];
const HOT_CHUNK = 52;

interface Entry extends StoredChunk {
  readonly ref: number;
  readonly samples: number;
}

export class HeadChunkTable {
  readonly files: readonly HeadChunkFile[];
  readonly damage: HeadChunkDamage | null;
  /** Chunks that are in the table, and those that are not: of other encodings or out of order, or for want of memory. */
  readonly count: number;
  readonly left: number;
  readonly #memory: HeadMemory;
  readonly #dataFolder: string;
  readonly #checksum: Checksum;
  readonly #refs: readonly number[];

  /** Chunks that end before minTimeMs are in blocks. @throws HeadChunkError `read_failed` */
  constructor(options: { memory: HeadMemory; dataFolder: string; checksum: Checksum; minTimeMs: number }) {
    const { memory, dataFolder, checksum, minTimeMs } = options;
    this.#memory = memory;
    this.#dataFolder = dataFolder;
    this.#checksum = checksum;
    const scan = new HeadChunkScan(dataFolder, checksum);
    const entries: Entry[] = [];
    let left = 0;
    for (const chunk of scan.chunks()) {
      if (chunk.maxTimeMs < minTimeMs) continue;
      const samples = headChunkSamples(chunk);
      const { seriesRef: ref, file, offset, minTimeMs: min, maxTimeMs: max } = chunk;
      const usable = chunk.encoding === ChunkEncoding.XOR && !chunk.outOfOrder && samples > 0 && ref <= MOST_REF && max <= LATEST_MS;
      if (usable) entries.push({ ref, samples, file, offset, minTimeMs: min, maxTimeMs: max });
      else left++;
    }
    this.files = scan.files;
    this.damage = scan.damage;
    // Stable: the chunks of a series stay in the order of their times.
    entries.sort((a, b) => a.ref - b.ref);
    // The arena of a reader that is not there yet; the first one's has the log's records (head-replay.ts).
    const { exports, buffer } = memory;
    const table = exports.arenaOf(1) >>> 0;
    this.count = Math.min(entries.length, Math.floor((exports.arenaBytes() >>> 0) / STORED_ENTRY_BYTES));
    this.left = left + entries.length - this.count;
    for (let i = 0; i < this.count; i++)
      writeStoredEntry(buffer, table + i * STORED_ENTRY_BYTES, entries[i].ref, entries[i].samples, entries[i]);
    this.#refs = [...new Set(entries.slice(0, this.count).map(({ ref }) => ref))];
    exports.replayChunks(table, this.count);
  }

  /** After the replay: series whose newest sample is in a file get its value. @throws HeadChunkError */
  finish(): void {
    const { exports, buffer } = this.#memory;
    exports.replayChunks(0, 0);
    const reader = new HeadChunkReader({ dataFolder: this.#dataFolder, checksum: this.#checksum });
    const words = new Uint32Array(buffer.buffer, 0, Math.floor(buffer.length / 4));
    try {
      for (const ref of this.#refs) {
        const slot = exports.refToSlot(ref) >>> 0;
        if (slot === 0 || exports.lacksNewest(slot) === 0) continue;
        const hot = words[at.HOT_BASE / 4] + slot * 64;
        const record = (words[(hot + HOT_CHUNK) / 4] - 1) / 4;
        const samples = new Samples();
        decodeXorChunk(reader.read({ file: words[record + FILE], offset: words[record + OFFSET] }, ref).data, samples);
        const last = samples.count - 1;
        words[at.SCRATCH / 4] = samples.words[last * 2];
        words[at.SCRATCH / 4 + 1] = samples.words[last * 2 + 1];
        exports.giveNewest(slot, at.SCRATCH);
      }
    } finally {
      reader.close();
    }
  }
}
