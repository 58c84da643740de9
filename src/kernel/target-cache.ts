// The door to a target's cache in the kernel: a body goes in window by window, samples come out in a batch.
// Between scrapes the cache is a sequence of lines (hash, length, slot); in the steady state nothing is parsed but numbers.
// One scrape is begin, feed…, end, then finish or fail; scrapes of different targets may interleave between feeds.
import { isUtf8 } from 'node:buffer';
import { ExpositionError, malformedLine } from './exposition-error.ts';
import type { KernelExports } from './kernel-exports.ts';
import { at, SCRATCH_BYTES, WINDOW_BYTES } from './layout.ts';
import { encodeOwnTarget, type OwnTarget } from './own-target.ts';
import { event, field, type ScanExports } from './scan-exports.ts';

/** Gives slots for series, and ids for metadata lines, that the cache does not know yet. Both are called in the order of the body. */
export interface SeriesResolver {
  /**
   * The slot of a series that is new to this cache, or -1 when relabelling drops it. What it throws is thrown by `feed` and the scrape must fail.
   * @param text the series as exposed, `name{a="b"}`, grammar and UTF-8 already checked; valid during the call only
   * @param hasTimestamp the line carries a timestamp of its own that is honoured
   * @param type the last TYPE line's type: `le` and `quantile` are normalised by it
   */
  series(text: Buffer, hasTimestamp: boolean, type: SeriesType): number;
  /** Whether relabelling keeps the series, where its sample is not taken (sample limit, too far ahead): it must not be created. */
  keeps(text: Buffer, type: SeriesType): boolean;
  /** The id (0 to 2^31 - 1) of a `# HELP` or `# TYPE` line; without its line feed; valid during the call only. */
  metadata(line: Buffer): number;
}

/** What decides whether a label is normalised; every other type is `other`. */
export type SeriesType = 'other' | 'histogram' | 'summary';

export interface ScrapeStart {
  /** Where samples go; must live until finish or fail. */
  readonly batch: { readonly address: number };
  readonly timestampMs: number;
  readonly honorTimestamps: boolean;
  readonly trackTimestampsStaleness: boolean;
  /** Samples after relabelling; 0 = no limit. */
  readonly sampleLimit: number;
  /** Samples later than this are refused and counted as out of bounds. */
  readonly maxTimestampMs: number;
}

/** What a scrape counted until now, as Prometheus's report series count. */
export interface ScrapeCounts {
  /** Samples exposed. */
  readonly scraped: number;
  /** Of them those that relabelling kept (duplicates and those over the limit included). */
  readonly kept: number;
  /** Series that the cache did not know before. */
  readonly added: number;
  /** Series exposed again in the same scrape without a timestamp: not appended. */
  readonly duplicates: number;
  /** Later than maxTimestampMs: not appended. */
  readonly outOfBounds: number;
}

export interface ScrapeFinish extends ScrapeCounts {
  /** Series that the last scrape had and this one has not: stale markers in the batch. */
  readonly vanished: number;
  /** Whether metadataIds() differs from the last scrape's. */
  readonly metadataChanged: boolean;
}

const TYPES: readonly SeriesType[] = ['other', 'histogram', 'summary'];
/** The largest double that 64 bits hold. */
const LARGEST_TIME = 2 ** 63 - 1024;
const HONOR_TIMESTAMPS = 1;
const TRACK_TIMESTAMPS = 2;
/** Kinds of values that cacheValues gives. */
const METADATA = 0;
const TRACKED = 1;
const ALL_SERIES = 2;
/** Units of about 2 µs after which a feed lets others have their turn. */
const WORK_A_FEED = 400;

export interface TargetCacheOptions {
  /** Where nothing but the target's labels comes between an exposed series and the stored one: the kernel makes new series itself. */
  readonly target?: OwnTarget | null;
  /** For tests: see WORK_A_FEED. */
  readonly workAFeed?: number;
}
const SERIES_DROPPED = -1;
const SERIES_NOT_TAKEN = -2;

export class TargetCache {
  readonly #buffer: Buffer;
  readonly #kernel: ScanExports;
  /** The record in the kernel; 0 after dispose(). */
  #cache: number;
  readonly #workAFeed: number;

  /** @throws ExpositionError `out_of_memory` */
  constructor(kernel: { readonly buffer: Buffer; readonly exports: KernelExports }, options: TargetCacheOptions = {}) {
    this.#buffer = kernel.buffer;
    this.#kernel = kernel.exports as KernelExports & ScanExports;
    this.#workAFeed = options.workAFeed ?? WORK_A_FEED;
    this.#cache = this.#kernel.cacheNew() >>> 0;
    if (this.#cache === 0) throw noMemory();
    // Without it, or without memory for it, the resolver is asked about every series.
    const block = options.target ? encodeOwnTarget(options.target) : null;
    if (block === null) return;
    block.copy(this.#buffer, at.SCRATCH);
    this.#kernel.cacheTarget(this.#cache, at.SCRATCH, block.length);
  }

  /** A scrape that was running is dropped. */
  begin(start: ScrapeStart): void {
    const options = start.honorTimestamps ? HONOR_TIMESTAMPS | (start.trackTimestampsStaleness ? TRACK_TIMESTAMPS : 0) : 0;
    const { batch, timestampMs, maxTimestampMs, sampleLimit } = start;
    this.#kernel.scanBegin(this.#cache, batch.address, timestampMs, Math.min(maxTimestampMs, LARGEST_TIME), options, sampleLimit);
  }

  /**
   * Scans `length` bytes that stand `offset` bytes into the window. Returns how many of them are done with: fewer when much was new and
   * others should have their turn; the rest is to be fed again, at whatever offset. 0 is progress too.
   * @throws ExpositionError, and what the resolver throws: then call fail()
   */
  feed(length: number, resolver: SeriesResolver, offset = 0): number {
    if (offset + length > WINDOW_BYTES) throw new Error(`BUG: ${length} bytes at ${offset} are more than a window`);
    const spent = this.#scan(this.#kernel.scanFeed(this.#cache, offset, length, 0, this.#workAFeed), resolver);
    return spent ? Math.max(0, this.#read(field.CURSOR) - this.#read(field.FED_AT)) : length;
  }

  /** The body is complete: scans what is left when its last line has no line feed. False: call it again, in another turn. @throws as feed */
  end(resolver: SeriesResolver): boolean {
    return !this.#scan(this.#kernel.scanFeed(this.#cache, 0, 0, 1, this.#workAFeed), resolver);
  }

  /** Answers what the kernel asks until the window is used up, or (true) the work that this feed may do. */
  #scan(first: number, resolver: SeriesResolver): boolean {
    const kernel = this.#kernel;
    const cache = this.#cache;
    for (let happened = first; happened !== event.WINDOW_DONE; happened = kernel.scan(cache)) {
      let ok = 1;
      switch (happened) {
        case event.SPENT:
          return true;
        case event.MISS_SERIES: {
          const slot = resolver.series(this.#seriesText(), this.#read(field.EVENT_CODE) !== 0, this.#type());
          ok = kernel.resolveSeries(cache, slot < 0 ? SERIES_DROPPED : slot);
          break;
        }
        case event.MISS_NOT_TAKEN:
          ok = kernel.resolveSeries(cache, resolver.keeps(this.#seriesText(), this.#type()) ? SERIES_NOT_TAKEN : SERIES_DROPPED);
          break;
        case event.MISS_COMMENT: {
          const text = this.#eventText();
          if (!isUtf8(text)) throw this.#error('invalid_utf8', 'metadata is not valid UTF-8');
          kernel.resolveMetadata(cache, resolver.metadata(text));
          break;
        }
        case event.NUMBER:
          kernel.resolveNumber(cache, Number(this.#eventText().toString('latin1')));
          break;
        case event.BAD_LINE:
          throw this.#malformed();
        default:
          ok = 0;
      }
      if (ok === 0) throw noMemory();
    }
    return false;
  }

  /** Whether more samples came than the limit allows; the scan goes on counting, and finish() would throw: call fail(). */
  get overLimit(): boolean {
    return this.#read(field.OVER_LIMIT) !== 0;
  }

  /**
   * The newest timestamp that a line of the running, or last, scrape carried, honoured or not, later ones than maxTimestampMs left out; null
   * where none did.
   */
  get newestTimestampMs(): number | null {
    const low = this.#read(field.NEWEST);
    const high = this.#buffer.readInt32LE(this.#cache + field.NEWEST + 4);
    return high < 0 ? null : high * 2 ** 32 + low;
  }

  /** The scrape is good: stale markers for what vanished go into its batch. @throws ExpositionError `sample_limit`, `out_of_memory` */
  finish(): ScrapeFinish {
    if (this.overLimit) throw new ExpositionError('sample_limit', 'sample limit exceeded');
    if (this.#kernel.cacheFinish(this.#cache) === 0) throw noMemory();
    return { ...this.#counts(), vanished: this.#read(field.VANISHED), metadataChanged: this.#read(field.METADATA_CHANGED) !== 0 };
  }

  /**
   * The scrape failed (or the target goes away): its batch is the caller's to discard, and the series of the last good scrape get
   * stale markers at timestampMs in `batch`, once: a second fail() gives none. The lines stay known. Needs no begin().
   * @throws ExpositionError `out_of_memory`: `batch` is to be discarded too
   */
  fail(timestampMs: number, batch: { readonly address: number }): ScrapeCounts & { readonly vanished: number } {
    const counts = this.#counts();
    if (this.#kernel.cacheFail(this.#cache, batch.address, timestampMs) === 0) throw noMemory();
    return { ...counts, vanished: this.#read(field.VANISHED) };
  }

  /** Ids of the metadata lines of the last good scrape, in its order; a line that was repeated counts once. */
  metadataIds(): number[] {
    return this.#values(METADATA);
  }

  /** Slots of the series that fail() would mark stale now; none when they are marked already. */
  trackedSlots(): number[] {
    return this.#read(field.MARKED) !== 0 ? [] : this.#values(TRACKED);
  }

  /** Slots of all series of the last good scrape. */
  seriesSlots(): number[] {
    return this.#values(ALL_SERIES);
  }

  get memoryBytes(): number {
    return this.#kernel.cacheMemory(this.#cache) >>> 0;
  }

  /** Gives all memory back and lets go of the series. Nothing may be called after it but dispose(). */
  dispose(): void {
    if (this.#cache !== 0) this.#kernel.cacheFree(this.#cache);
    this.#cache = 0;
  }

  #values(kind: number): number[] {
    const limit = SCRATCH_BYTES / 4 - 1;
    const count = this.#read(field.COUNT);
    const values: number[] = [];
    for (let from = 0; from < count; ) {
      from = this.#kernel.cacheValues(this.#cache, kind, from, at.SCRATCH, limit) >>> 0;
      const found = this.#buffer.readUInt32LE(at.SCRATCH + limit * 4);
      for (let i = 0; i < found; i++) values.push(this.#buffer.readUInt32LE(at.SCRATCH + i * 4));
    }
    return values;
  }

  #read(offset: number): number {
    if (this.#cache === 0) throw new Error('BUG: the target cache was disposed of');
    return this.#buffer.readUInt32LE(this.#cache + offset);
  }

  #counts(): ScrapeCounts {
    return {
      scraped: this.#read(field.SCRAPED),
      kept: this.#read(field.KEPT),
      added: this.#read(field.ADDED),
      duplicates: this.#read(field.DUPLICATES),
      outOfBounds: this.#read(field.OUT_OF_BOUNDS),
    };
  }

  #type(): SeriesType {
    return TYPES[this.#read(field.TYPE)];
  }

  #eventText(): Buffer {
    const begin = this.#read(field.EVENT_AT);
    return this.#buffer.subarray(begin, begin + this.#read(field.EVENT_LENGTH));
  }

  #seriesText(): Buffer {
    const text = this.#eventText();
    if (!isUtf8(text)) throw this.#error('invalid_utf8', 'a name or label value is not valid UTF-8');
    return text;
  }

  /** An error of the whole pending line. */
  #error(code: ExpositionError['code'], reason: string): ExpositionError {
    return new ExpositionError(code, reason, this.#read(field.LINE), 1);
  }

  #malformed(): ExpositionError {
    const begin = this.#read(field.EVENT_AT);
    const rest = this.#buffer.subarray(begin, begin + 64);
    const feed = rest.indexOf(10);
    const excerpt = rest.toString('utf8', 0, feed < 0 ? rest.length : feed);
    return malformedLine(this.#read(field.EVENT_CODE), excerpt, this.#read(field.LINE), begin - this.#read(field.CURSOR) + 1);
  }
}

function noMemory(): ExpositionError {
  return new ExpositionError('out_of_memory', "cannot take the scrape: the head's memory is used up");
}
