// The head's closed chunks at a start: what lies in the head chunk files becomes a table in the kernel's memory, from which series take their
// chunks as the log brings them back; so the samples in them need not be replayed. Before any reader and any scrape.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { at, type HeadMemory, STORED_ENTRY_BYTES, STORED_ENTRY_WORDS, writeStoredEntry } from '../../kernel/index.ts';
import { FloatSamples } from '../../storage/index.ts';
import { ChunkEncoding } from '../block/index.ts';
import { decodeXorChunk } from '../chunk/index.ts';
import {
  type Checksum,
  type HeadChunkAddress,
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
const HOT_BYTES = 64;
const HOT_CHUNK = 52;

/** The event loop lives at least so often. */
const LONGEST_TURN_MS = 20;
/** The clock is looked at now and then: some tenths of a millisecond. */
const CALLS_A_LOOK = 256;
/** Entries are gathered in pieces of 1 MiB. */
const PIECE_ENTRIES = 32_768;

export interface HeadChunkTableOptions {
  readonly memory: HeadMemory;
  readonly dataFolder: string;
  readonly checksum: Checksum;
  /** Chunks that end before it are in blocks. */
  readonly minTimeMs: number;
  /** A chunk to look out for. */
  readonly mark?: HeadChunkAddress & { readonly checksum: number };
}

export class HeadChunkTable {
  readonly files: readonly HeadChunkFile[];
  readonly damage: HeadChunkDamage | null;
  /** Chunks that are in the table, and those that are not: of other encodings or out of order, or for want of memory. */
  readonly count: number;
  readonly left: number;
  /** Whether the chunk of the options is there as it was. */
  readonly hasMark: boolean;
  readonly #options: HeadChunkTableOptions;
  readonly #address: number;

  private constructor(
    options: HeadChunkTableOptions,
    scan: HeadChunkScan,
    table: { address: number; count: number; left: number; hasMark: boolean },
  ) {
    this.#options = options;
    this.files = scan.files;
    this.damage = scan.damage;
    this.count = table.count;
    this.left = table.left;
    this.hasMark = table.hasMark;
    this.#address = table.address;
  }

  /** @throws HeadChunkError `read_failed` */
  static async load(options: HeadChunkTableOptions): Promise<HeadChunkTable> {
    const { memory, dataFolder, checksum, minTimeMs, mark } = options;
    const { exports } = memory;
    const words = wordsOf(memory);
    const scan = new HeadChunkScan(dataFolder, checksum);
    const pause = pauses();
    const pieces: Uint32Array[] = [];
    let found = 0;
    let left = 0;
    let hasMark = false;
    for (const chunk of scan.chunks()) {
      const paused = pause();
      if (paused !== undefined) await paused;
      if (chunk.file === mark?.file && chunk.offset === mark.offset) hasMark = checksum.crc32c(chunk.data) === mark.checksum;
      if (chunk.maxTimeMs < minTimeMs) continue;
      const samples = headChunkSamples(chunk);
      if (
        chunk.encoding !== ChunkEncoding.XOR ||
        chunk.outOfOrder ||
        samples === 0 ||
        chunk.seriesRef > MOST_REF ||
        chunk.maxTimeMs > LATEST_MS
      ) {
        left++;
        continue;
      }
      const inPiece = found++ % PIECE_ENTRIES;
      if (inPiece === 0) pieces.push(new Uint32Array(PIECE_ENTRIES * STORED_ENTRY_WORDS));
      writeStoredEntry(pieces[pieces.length - 1], inPiece * STORED_ENTRY_WORDS, chunk.seriesRef, samples, chunk);
    }
    // The arena of a reader that is not there yet; the first one's has the log's records (head-replay.ts).
    const address = exports.arenaOf(1) >>> 0;
    const count = Math.min(found, Math.floor((exports.arenaBytes() >>> 0) / STORED_ENTRY_BYTES));
    const order = orderByRef(pieces, found);
    for (let i = 0; i < count; i++) {
      const entry = order[i * 2];
      const piece = pieces[Math.floor(entry / PIECE_ENTRIES)];
      const from = (entry % PIECE_ENTRIES) * STORED_ENTRY_WORDS;
      const to = address / 4 + i * STORED_ENTRY_WORDS;
      for (let word = 0; word < STORED_ENTRY_WORDS; word++) words[to + word] = piece[from + word];
      const paused = pause();
      if (paused !== undefined) await paused;
    }
    exports.replayChunks(address, count);
    return new HeadChunkTable(options, scan, { address, count, left: left + found - count, hasMark });
  }

  /** After the replay: series whose newest sample is in a file get its value. @throws HeadChunkError */
  finish(): void {
    const { memory, dataFolder, checksum } = this.#options;
    const { exports } = memory;
    exports.replayChunks(0, 0);
    const reader = new HeadChunkReader({ dataFolder, checksum });
    const words = wordsOf(memory);
    try {
      let before = 0;
      for (let i = 0; i < this.count; i++) {
        const ref = words[(this.#address + i * STORED_ENTRY_BYTES) / 4];
        if (ref === before) continue;
        before = ref;
        const slot = exports.refToSlot(ref) >>> 0;
        if (slot === 0 || exports.lacksNewest(slot) === 0) continue;
        const hot = words[at.HOT_BASE / 4] + slot * HOT_BYTES;
        const record = (words[(hot + HOT_CHUNK) / 4] - 1) / 4;
        const samples = new FloatSamples();
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

/** Pairs {index of an entry, its ref}, by ref; the chunks of a series stay in the order of their times. */
function orderByRef(pieces: readonly Uint32Array[], count: number): Uint32Array {
  const keys = new BigUint64Array(count);
  const halves = new Uint32Array(keys.buffer);
  for (let i = 0; i < count; i++) {
    halves[i * 2] = i;
    halves[i * 2 + 1] = pieces[Math.floor(i / PIECE_ENTRIES)][(i % PIECE_ENTRIES) * STORED_ENTRY_WORDS];
  }
  keys.sort();
  return halves;
}

function wordsOf({ buffer }: HeadMemory): Uint32Array {
  return new Uint32Array(buffer.buffer, 0, Math.floor(buffer.length / 4));
}

/** Gives way to others from time to time; a promise is made, and to be awaited, then only. */
function pauses(): () => Promise<void> | undefined {
  let since = performance.now();
  let calls = 0;
  return () => {
    if (++calls % CALLS_A_LOOK !== 0 || performance.now() - since < LONGEST_TURN_MS) return undefined;
    return nextTurn().then(() => {
      since = performance.now();
    });
  };
}
