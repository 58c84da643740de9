// What the log says of the series' metrics (type, unit, help), so that it is written when it is new or another, and not again after a start.
// Only its writing is kept here: who wants to read it asks the targets.
import { type HeadMemory, ownRef, type SampleBatch } from '../../kernel/index.ts';
import type { SeriesMetadata } from '../../storage/index.ts';
import { decodeMetadata, encodeMetadata, type RefMetadata } from '../wal/metadata-record.ts';

/** Of different texts: beyond that nothing new is written, which is counted. */
const MOST_TEXT_BYTES = 64 * 1024 * 1024;
/** About so long, at most one entry longer. */
const RECORD_BYTES = 256 * 1024;

export class HeadMetadata {
  /** Not written for want of room for their texts. */
  refused = 0;
  readonly #memory: HeadMemory;
  /** An id for each text. */
  readonly #texts = new Map<string, number>();
  #textBytes = 0;
  #lastId = 0;
  /** By ref, what the log says of it: the id of its text. */
  readonly #known = new Map<number, number>();
  /** Of batches that are not written yet. */
  readonly #pending = new Map<SampleBatch, RefMetadata[]>();

  constructor(memory: HeadMemory) {
    this.#memory = memory;
  }

  /** To be written with the batch, which has a sample of the series, unless the log says it already. */
  describe(batch: SampleBatch, ref: number, { type, unit, help }: SeriesMetadata): void {
    const id = this.#idOf({ type, unit, help });
    if (id === 0) this.refused++;
    if (id === 0 || this.#known.get(ref) === id) return;
    this.#known.set(ref, id);
    const entries = this.#pending.get(batch);
    if (entries === undefined) this.#pending.set(batch, [{ ref, type, unit, help }]);
    else entries.push({ ref, type, unit, help });
  }

  /** What is to be written behind the batch. */
  recordsOf(batch: SampleBatch): readonly Buffer[] {
    const records: Buffer[] = [];
    let piece: RefMetadata[] = [];
    let bytes = 0;
    const cut = () => {
      if (piece.length > 0) records.push(encodeMetadata(piece));
      piece = [];
      bytes = 0;
    };
    for (const entry of this.#pending.get(batch) ?? []) {
      piece.push(entry);
      bytes += 32 + (entry.help.length + entry.unit.length) * 3;
      if (bytes >= RECORD_BYTES) cut();
    }
    cut();
    return records;
  }

  /** The batch is over: what was to be written with it is in the log, or is not. */
  settle(batch: SampleBatch, written: boolean): void {
    if (!written) for (const { ref } of this.#pending.get(batch) ?? []) this.#known.delete(ref);
    this.#pending.delete(batch);
  }

  /** A record of a log that is replayed, behind those of its series; false when it is malformed. */
  replay(record: Buffer): boolean {
    const entries = decodeMetadata(record);
    for (const entry of entries ?? []) {
      const ref = ownRef(this.#memory, entry.ref);
      if (ref !== 0) this.#known.set(ref, this.#idOf(entry));
    }
    return entries !== null;
  }

  /** Forgets series that are gone. */
  truncate(): void {
    for (const ref of this.#known.keys()) if (ownRef(this.#memory, ref) === 0) this.#known.delete(ref);
    const used = new Set(this.#known.values());
    for (const [text, id] of this.#texts) {
      if (used.has(id)) continue;
      this.#texts.delete(text);
      this.#textBytes -= text.length * 2;
    }
  }

  /** 0 when there is no room. */
  #idOf({ type, unit, help }: SeriesMetadata): number {
    const text = `${type}\0${unit}\0${help}`;
    const known = this.#texts.get(text);
    if (known !== undefined) return known;
    if (this.#textBytes + text.length * 2 > MOST_TEXT_BYTES) return 0;
    this.#textBytes += text.length * 2;
    this.#texts.set(text, ++this.#lastId);
    return this.#lastId;
  }
}
