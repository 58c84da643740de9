// Brings the log back into the head: the last checkpoint, then the segments behind it, record by record in the kernel. Before any
// scrape and any reader. A damaged place ends it: what is before it is kept, the rest is set aside (wal-repair.ts).
import { setImmediate as nextTurn } from 'node:timers/promises';
import { at, type HeadMemory, KernelError, readWord } from '../../kernel/index.ts';
import { OtherRecords } from '../wal/other-records.ts';
import { PIECE_FIELDS, type RecordPiece } from '../wal/record-feed.ts';
import { type WalCorruption, type WalPart, wholeSegments } from '../wal/wal-reader.ts';
import { lastCheckpoint, listSegments, type WalCheckpoint, type WalSegment } from '../wal/wal-segments.ts';
import type { ReplayStart } from './replay-start.ts';

const SERIES = 1;
const SAMPLES = 2;
const TOMBSTONES = 3;
const METADATA = 6;
/** The event loop lives, and progress is told, at least so often. */
const LONGEST_TURN_MS = 20;
const MALFORMED = 0xffffffff;
const NO_MEMORY = 0xfffffffe;

export interface ReplayProgress {
  /** Segment numbers, as /api/v1/status/walreplay tells them. */
  min: number;
  max: number;
  current: number;
}

export interface ReplayOutcome {
  readonly series: number;
  readonly samples: number;
  /** Samples whose series the log does not have. */
  readonly unknownSamples: number;
  /** Series that no head can have. */
  readonly refusedSeries: number;
  /** Other refs that the log has for series of the head: its samples need them for as long as it has them. */
  readonly aliases: Uint32Array;
  /** Records of kinds that are not replayed, by their type. */
  readonly otherRecords: ReadonlyMap<number, number>;
  readonly segments: number;
  /** That were read. */
  readonly bytes: number;
  /** Where records are that are none of samples: of the whole log, as far as it could be read. */
  readonly others: OtherRecords;
  /** Where the checkpoint, and where the log, could not be read any further. */
  readonly corruptions: readonly { readonly folder: string; readonly corruption: WalCorruption }[];
}

/** Reads parts of the log, in whatever thread: gives pieces up to the last one, which says so. A piece is good until the next is asked for. */
export type PiecesOf = (parts: readonly WalPart[]) => AsyncIterable<RecordPiece> | Iterable<RecordPiece>;

export interface ReplayOptions {
  readonly piecesOf: PiecesOf;
  /** Where samples begin that are needed; null: at the log's begin. */
  readonly start: ReplayStart | null;
  readonly memory: HeadMemory;
  readonly walFolder: string;
  /** Samples before it are in blocks (ms). */
  readonly minTimeMs: number;
  readonly progress: ReplayProgress;
  /** Is given tombstone records, each behind those of its series; false when one is malformed. */
  readonly onTombstones: (record: Buffer) => boolean;
  /** The same for metadata records. */
  readonly onMetadata: (record: Buffer) => boolean;
}

export async function replayLog(options: ReplayOptions): Promise<ReplayOutcome> {
  const { walFolder, progress } = options;
  const segments = listSegments(walFolder);
  const checkpoint = lastCheckpoint(walFolder);
  const behind = segments.filter(({ number }) => number > (checkpoint?.number ?? -1));
  progress.min = progress.current = behind.at(0)?.number ?? 0;
  progress.max = behind.at(-1)?.number ?? 0;
  const replay = new Replay(options);
  const corruptions: { folder: string; corruption: WalCorruption }[] = [];
  for (const { folder, stretches, isLog } of [
    ...(checkpoint === null
      ? []
      : [{ folder: checkpoint.path, stretches: stretchesOfCheckpoint(checkpoint, options.start), isLog: false }]),
    { folder: walFolder, stretches: stretchesOfLog(behind, options.start), isLog: true },
  ]) {
    for (const { parts, withSamples } of stretches) {
      const corruption = await replay.run(parts, { isLog, withSamples });
      if (corruption === null) continue;
      corruptions.push({ folder, corruption });
      break;
    }
  }
  const aliases = replay.aliases();
  replay.end();
  return { ...replay.counts(), aliases, others: replay.others, segments: behind.length, corruptions };
}

/** A stretch of the log. */
interface Stretch {
  readonly parts: readonly WalPart[];
  /** False where all samples are in head chunk files or in blocks. */
  readonly withSamples: boolean;
}

function stretchesOfCheckpoint({ number, path }: WalCheckpoint, start: ReplayStart | null): Stretch[] {
  return [{ parts: wholeSegments(listSegments(path)), withSamples: start === null || start.segment <= number }];
}

function stretchesOfLog(segments: readonly WalSegment[], start: ReplayStart | null): Stretch[] {
  if (start === null) return [{ parts: wholeSegments(segments), withSamples: true }];
  const passedOver = start.others.flatMap(({ segment: number, from, to }) => {
    const segment = segments.find((one) => one.number === number);
    return segment === undefined ? [] : [{ segment, from, to }];
  });
  const rest = wholeSegments(segments.filter(({ number }) => number >= start.segment));
  return [
    { parts: passedOver, withSamples: false },
    { parts: rest.map((part) => (part.segment.number === start.segment ? { ...part, from: start.offset } : part)), withSamples: true },
  ];
}

class Replay {
  readonly others = new OtherRecords();
  readonly #options: ReplayOptions;
  /** Records are copied here, into the arena of a reader that is not there yet. */
  readonly #address: number;
  readonly #roomBytes: number;
  #series = 0;
  #samples = 0;
  readonly #otherRecords = new Map<number, number>();
  #bytes = 0;

  constructor(options: ReplayOptions) {
    this.#options = options;
    const { exports } = options.memory;
    this.#address = exports.arenaOf(0) >>> 0;
    this.#roomBytes = (exports.arenaBytes() >>> 0) - 64;
  }

  /** @throws KernelError `out_of_memory`, WalError `read_failed` */
  async run(
    parts: readonly WalPart[],
    { isLog, withSamples }: { readonly isLog: boolean; readonly withSamples: boolean },
  ): Promise<WalCorruption | null> {
    const { progress, piecesOf } = this.#options;
    let corruption: WalCorruption | null = null;
    let since = performance.now();
    for await (const piece of piecesOf(parts)) {
      const { bytes, index } = piece;
      const records = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
      for (let i = 0, begin = 0; i < index.length; begin = index[i], i += PIECE_FIELDS) {
        const record = records.subarray(begin, index[i]);
        const [segment, goodBytes, offset] = [index[i + 1], index[i + 2], index[i + 3]];
        const isSamples = record[0] === SAMPLES;
        if (isLog && !isSamples) this.others.add({ segment, from: goodBytes, to: offset });
        if ((withSamples || !isSamples) && !this.#take(record)) {
          const part = parts.find((one) => one.segment.number === segment)!;
          return { segment: part.segment, goodBytes, offset, reason: 'malformed record' };
        }
        if (performance.now() - since < LONGEST_TURN_MS) continue;
        if (isLog) progress.current = segment;
        await nextTurn();
        since = performance.now();
      }
      if (piece.isLast) {
        corruption = piece.corruption;
        this.#bytes += piece.readBytes;
      }
    }
    if (isLog) progress.current = progress.max;
    return corruption;
  }

  /** Readers may come now. */
  end(): void {
    const { exports, buffer } = this.#options.memory;
    const seriesRoom = Math.floor((this.#roomBytes - 1024) / 8);
    if (readWord(buffer, at.LIVE_SERIES) > seriesRoom)
      throw new KernelError(
        'out_of_memory',
        `cannot order the series of the log: got ${readWord(buffer, at.LIVE_SERIES)}, want at most ${seriesRoom}`,
      );
    exports.endReplay(this.#address);
  }

  aliases(): Uint32Array {
    const { exports, buffer } = this.#options.memory;
    const capacity = Math.floor(this.#roomBytes / 4);
    const count = Math.min(exports.replayAliases(this.#address, capacity) >>> 0, capacity);
    return new Uint32Array(buffer.buffer, this.#address, count).slice();
  }

  counts() {
    const { buffer } = this.#options.memory;
    return {
      series: this.#series,
      samples: this.#samples,
      unknownSamples: readWord(buffer, at.REPLAY_UNKNOWN),
      refusedSeries: readWord(buffer, at.REPLAY_REFUSED),
      otherRecords: this.#otherRecords,
      bytes: this.#bytes,
    };
  }

  #take(record: Buffer): boolean {
    const { memory, minTimeMs, onTombstones, onMetadata } = this.#options;
    const type = record.length === 0 ? 0 : record[0];
    if (type === TOMBSTONES) return onTombstones(record);
    if (type === METADATA) return onMetadata(record);
    if (type !== SERIES && type !== SAMPLES) {
      this.#otherRecords.set(type, (this.#otherRecords.get(type) ?? 0) + 1);
      return true;
    }
    if (record.length > this.#roomBytes) {
      throw new KernelError(
        'out_of_memory',
        `cannot replay the log: got a record of ${record.length} bytes, want at most ${this.#roomBytes} (see --storage.head.max-bytes)`,
      );
    }
    record.copy(memory.buffer, this.#address);
    const replayed =
      type === SERIES
        ? memory.exports.replaySeries(this.#address, record.length) >>> 0
        : memory.exports.replaySamples(this.#address, record.length, minTimeMs) >>> 0;
    if (replayed === MALFORMED) return false;
    if (replayed === NO_MEMORY)
      throw new KernelError('out_of_memory', "cannot replay the log: the head's memory is used up (see --storage.head.max-bytes)");
    if (type === SERIES) this.#series += replayed;
    else this.#samples += replayed;
    return true;
  }
}
