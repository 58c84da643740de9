// Scraping without network, kernel and time: a clock that a test moves, targets that a test answers for, an appender
// that keeps what was committed, and a plain target cache. For the logic of schedules and staleness.

import type { ScrapeClient, ScrapeRequest } from '../../src/http/index.ts';
import type { SampleBatch, SeriesResolver, SeriesSlot } from '../../src/kernel/index.ts';
import type { Clock } from '../../src/model/index.ts';
import { formatLabels, type Labels } from '../../src/model/index.ts';
import type { ScrapeCache } from '../../src/scrape/index.ts';
import type { Appender, AppendOutcome, SeriesMetadata } from '../../src/storage/index.ts';

/** Lets everything that waits for promises go on. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export class FakeClock implements Clock {
  #wallMs: number;
  #monotonicMs = 1_000;
  readonly #timers = new Set<{ readonly atMs: number; readonly callback: () => void }>();

  constructor(wallMs: number) {
    this.#wallMs = wallMs;
  }

  wallMs = (): number => Math.floor(this.#wallMs);
  monotonicMs = (): number => this.#monotonicMs;

  after(delayMs: number, callback: () => void): () => void {
    const timer = { atMs: this.#monotonicMs + delayMs, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  get timers(): number {
    return this.#timers.size;
  }

  /** Lets time pass, timers in their order, and what they set off run to its end. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#monotonicMs + ms;
    for (;;) {
      await settle();
      const due = [...this.#timers].filter((timer) => timer.atMs <= endMs).sort((a, b) => a.atMs - b.atMs)[0];
      if (due === undefined) break;
      this.#timers.delete(due);
      this.#move(Math.max(0, due.atMs - this.#monotonicMs));
      due.callback();
    }
    this.#move(endMs - this.#monotonicMs);
    await settle();
  }

  /** The wall clock alone. */
  setWall(ms: number): void {
    this.#wallMs = ms;
  }

  #move(ms: number): void {
    this.#monotonicMs += ms;
    this.#wallMs += ms;
  }
}

export interface FakeAnswer {
  readonly body?: string;
  readonly contentType?: string;
  readonly error?: Error;
  /** How long it takes, on the clock. */
  readonly tookMs?: number;
}

export interface FakeRequest {
  readonly url: string;
  readonly wallMs: number;
  readonly request: ScrapeRequest;
}

/** Answers every URL with what `answers` says for it; without an entry, an empty body. */
export class FakeClient implements ScrapeClient {
  readonly answers = new Map<string, FakeAnswer>();
  readonly requests: FakeRequest[] = [];
  readonly window = Buffer.alloc(65_536);
  running = 0;
  mostRunning = 0;
  readonly #clock: FakeClock;
  readonly #waits = new Set<() => void>();

  constructor(clock: FakeClock) {
    this.#clock = clock;
  }

  async scrape(request: ScrapeRequest, sink: Parameters<ScrapeClient['scrape']>[1]) {
    this.requests.push({ url: request.url.href, wallMs: this.#clock.wallMs(), request });
    const { body = '', contentType = 'text/plain', error, tookMs = 0 } = this.answers.get(request.url.href) ?? {};
    this.running++;
    this.mostRunning = Math.max(this.mostRunning, this.running);
    try {
      if (tookMs > 0) await this.#wait(tookMs);
      if (error !== undefined) throw error;
      sink.head(200, contentType);
      const length = this.window.write(body);
      if (length > 0) sink.data(length, 0);
      return { status: 200, bodyBytes: length };
    } finally {
      this.running--;
    }
  }

  close(): void {
    for (const cancel of this.#waits) cancel();
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const cancelTimer = this.#clock.after(ms, () => {
        this.#waits.delete(cancel);
        resolve();
      });
      const cancel = () => {
        cancelTimer();
        reject(new Error('context canceled'));
      };
      this.#waits.add(cancel);
    });
  }
}

type StoredSample = readonly [timestampMs: number, value: number | 'stale'];

class FakeBatch {
  readonly samples: { slot: number; timestampMs: number; value: number | 'stale' }[] = [];
  readonly address = 1;
  push(slot: number, timestampMs: number, value: number): void {
    this.samples.push({ slot, timestampMs, value });
  }
  pushStale(slot: number, timestampMs: number): void {
    this.samples.push({ slot, timestampMs, value: 'stale' });
  }
  get length(): number {
    return this.samples.length;
  }
}

/** Takes samples in order only, as the head does. */
export class FakeAppender implements Appender {
  /** By the series as formatLabels writes it. */
  readonly stored = new Map<string, StoredSample[]>();
  readonly owners = new Map<string, number>();
  /** Series for which the head has no memory, by formatLabels. */
  readonly refuse = new Map<string, Error>();
  openBatches = 0;
  held = 0;
  commits = 0;
  /** Is thrown by commits, whose batches are lost then. */
  failCommits: Error | null = null;
  /** There is no memory for any sample. */
  isFull = false;
  readonly #slots: string[] = ['none'];
  readonly #slotOf = new Map<string, number>();
  wantsMetadata = false;
  /** What was told of series whose batches were committed, by formatLabels; several times where it was. */
  readonly described: [series: string, metadata: SeriesMetadata][] = [];
  readonly #describing = new Map<SampleBatch, [series: string, metadata: SeriesMetadata][]>();

  series(labels: Labels, owner: number): SeriesSlot {
    const text = formatLabels(labels);
    const refusal = this.refuse.get(text);
    if (refusal !== undefined) throw refusal;
    this.owners.set(text, owner);
    let slot = this.#slotOf.get(text);
    if (slot === undefined) {
      slot = this.#slots.push(text) - 1;
      this.#slotOf.set(text, slot);
    }
    return slot;
  }

  hold(): void {
    this.held++;
  }

  release(): void {
    this.held--;
  }

  metricName(slot: SeriesSlot): string {
    return /__name__="([^"]*)"/.exec(this.#slots[slot])?.[1] ?? /^[^{]*/.exec(this.#slots[slot])![0];
  }

  describe(batch: SampleBatch, slot: SeriesSlot, metadata: SeriesMetadata): void {
    const list = this.#describing.get(batch) ?? [];
    list.push([this.#slots[slot], metadata]);
    this.#describing.set(batch, list);
  }

  openBatch(): SampleBatch {
    this.openBatches++;
    return new FakeBatch() as unknown as SampleBatch;
  }

  async commit(batch: SampleBatch): Promise<AppendOutcome> {
    this.described.push(...(this.#describing.get(batch) ?? []));
    this.discard(batch);
    if (this.failCommits !== null) throw this.failCommits;
    this.commits++;
    const outcome = { appended: 0, outOfOrder: 0, duplicate: 0, tooOld: 0, outOfMemory: 0 };
    for (const { slot, timestampMs, value } of (batch as unknown as FakeBatch).samples) {
      const series = this.stored.get(this.#slots[slot]) ?? [];
      this.stored.set(this.#slots[slot], series);
      const newest = series.at(-1);
      if (this.isFull) outcome.outOfMemory++;
      else if (newest !== undefined && newest[0] > timestampMs) outcome.outOfOrder++;
      else if (newest !== undefined && newest[0] === timestampMs) outcome.duplicate += newest[1] === value ? 0 : 1;
      else {
        series.push([timestampMs, value]);
        outcome.appended++;
      }
    }
    return outcome;
  }

  discard(batch: SampleBatch): void {
    this.#describing.delete(batch);
    this.openBatches--;
  }

  /** What was stored for the first series whose text contains `part`. */
  samples(part: string): readonly StoredSample[] {
    for (const [text, series] of this.stored) if (text.includes(part)) return series;
    return [];
  }
}

interface FakeLine {
  readonly slot: number;
  readonly tracked: boolean;
}

/** Lines `series value [timestamp]` and comments, whole lines only. Does what a TargetCache promises, slowly. */
export class FakeCache implements ScrapeCache {
  static alive = 0;
  readonly memoryBytes = 0;
  newestTimestampMs: number | null = null;
  readonly #window: Buffer;
  #lines = new Map<string, FakeLine>();
  #current = new Map<string, FakeLine>();
  #metadata: number[] = [];
  #newMetadata: number[] = [];
  #marked = false;
  #batch: FakeBatch | null = null;
  #start: Parameters<ScrapeCache['begin']>[0] | null = null;
  #counts = { scraped: 0, kept: 0, added: 0, duplicates: 0, outOfBounds: 0 };

  constructor(window: Buffer) {
    this.#window = window;
    FakeCache.alive++;
  }

  begin(start: Parameters<ScrapeCache['begin']>[0]): void {
    this.#start = start;
    this.#batch = start.batch as FakeBatch;
    this.newestTimestampMs = null;
    this.#current = new Map();
    this.#newMetadata = [];
    this.#counts = { scraped: 0, kept: 0, added: 0, duplicates: 0, outOfBounds: 0 };
  }

  feed(length: number, resolver: SeriesResolver): number {
    for (const line of this.#window.toString('utf8', 0, length).split('\n')) {
      if (line.startsWith('#')) this.#newMetadata.push(resolver.metadata(Buffer.from(line)));
      else if (line !== '') this.#sample(line, resolver);
    }
    return length;
  }

  #sample(line: string, resolver: SeriesResolver): void {
    const match = /^(\S+) (\S+)(?: (\d+))?$/.exec(line);
    if (match === null) throw new Error(`line 1: bad ${line}`);
    const [, text, value, timestamp] = match;
    const start = this.#start!;
    if (timestamp !== undefined) this.newestTimestampMs = Math.max(this.newestTimestampMs ?? 0, Number(timestamp));
    const own = start.honorTimestamps && timestamp !== undefined;
    const known = this.#lines.get(text) ?? this.#current.get(text);
    const slot = known?.slot ?? resolver.series(Buffer.from(text), own, 'other');
    this.#counts.scraped++;
    if (known === undefined && slot >= 0) this.#counts.added++;
    this.#current.set(text, { slot, tracked: slot >= 0 && (!own || start.trackTimestampsStaleness) });
    if (slot < 0) return;
    this.#counts.kept++;
    this.#batch!.push(slot, own ? Number(timestamp) : start.timestampMs, Number(value));
  }

  end(): boolean {
    return true;
  }

  seriesSlots(): number[] {
    return [...this.#lines.values()].filter((line) => line.slot >= 0).map((line) => line.slot);
  }

  finish() {
    const live = new Set([...this.#current.values()].map((line) => line.slot));
    let vanished = 0;
    for (const { slot, tracked } of this.#marked ? [] : this.#lines.values()) {
      if (!tracked || live.has(slot)) continue;
      this.#batch!.pushStale(slot, this.#start!.timestampMs);
      vanished++;
    }
    const metadataChanged = String(this.#metadata) !== String(this.#newMetadata);
    this.#lines = this.#current;
    this.#metadata = this.#newMetadata;
    this.#marked = false;
    return { ...this.#counts, vanished, metadataChanged };
  }

  fail(timestampMs: number, batch: { readonly address: number }) {
    const slots = this.trackedSlots();
    for (const slot of slots) (batch as FakeBatch).pushStale(slot, timestampMs);
    this.#marked = true;
    return { ...this.#counts, vanished: slots.length };
  }

  metadataIds(): number[] {
    return this.#metadata;
  }

  trackedSlots(): Uint32Array {
    if (this.#marked) return new Uint32Array();
    return Uint32Array.from([...this.#lines.values()].filter((line) => line.tracked).map((line) => line.slot));
  }

  dispose(): void {
    FakeCache.alive--;
  }
}
