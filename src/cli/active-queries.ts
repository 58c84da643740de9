// The queries that are being answered, in a file beside the data (queries.active, as Prometheus has it): what a start finds there did not come to
// its end in the run before, and may be why that ended. Source: promql/query_logger.go.
import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { Logger } from '../model/index.ts';

/** Each query has a place of so many bytes: JSON, zeros, and a comma at the end. */
const ENTRY_BYTES = 1000;
/** A longer file is none of ours: the greatest --query.max-concurrency that makes sense has much less. */
const MOST_BYTES = 64 * 1024 * 1024;

export class ActiveQueries {
  readonly #file: number;
  readonly #free: number[] = [];
  readonly #entry = Buffer.alloc(ENTRY_BYTES);

  /** Tells what an earlier run left. @throws Error of the file system */
  constructor(path: string, places: number, logger: Logger) {
    const left = unfinishedQueries(path);
    if (left.length > 0) logger.warn("These queries didn't finish in the last run", { queries: JSON.stringify(left) });
    this.#file = openSync(path, 'w+', 0o666);
    ftruncateSync(this.#file, 1 + places * ENTRY_BYTES);
    writeSync(this.#file, '[', 0);
    for (let place = places - 1; place >= 0; place--) this.#free.push(place);
  }

  /** Its place, to be given to delete(). There are as many as queries run at once. */
  insert(query: string, nowMs: number): number {
    const place = this.#free.pop();
    if (place === undefined) throw new Error('BUG: more queries run than there are places for');
    this.#entry.fill(0);
    this.#entry.write(entryText(query, Math.floor(nowMs / 1000)));
    this.#entry[ENTRY_BYTES - 1] = 0x2c;
    this.#write(place);
    return place;
  }

  delete(place: number): void {
    this.#entry.fill(0);
    this.#write(place);
    this.#free.push(place);
  }

  close(): void {
    closeSync(this.#file);
  }

  /** The file has its length: this takes some microseconds, and fails when the disk does. A query is not the worse for it. */
  #write(place: number): void {
    try {
      writeSync(this.#file, this.#entry, 0, ENTRY_BYTES, 1 + place * ENTRY_BYTES);
    } catch (error) {
      if (typeof (error as NodeJS.ErrnoException).code !== 'string') throw error;
    }
  }
}

/** Cut where it is too long. */
function entryText(query: string, timestamp_sec: number): string {
  for (let length = Math.min(query.length, ENTRY_BYTES); ; length = Math.floor(length * 0.9)) {
    const text = JSON.stringify({ query: query.slice(0, length), timestamp_sec });
    if (Buffer.byteLength(text) < ENTRY_BYTES) return text;
  }
}

function unfinishedQueries(path: string): unknown[] {
  let text: string;
  try {
    const bytes = readFileSync(path);
    if (bytes.length > MOST_BYTES) return [];
    text = bytes.toString('utf8').replaceAll('\0', '');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  // Nothing, or the bracket that all of it begins with.
  if (text.length <= 1) return [];
  try {
    return JSON.parse(text.replace(/,?$/, ']')) as unknown[];
  } catch {
    // It broke off in the middle of an entry: what can be read of it is better than nothing.
    return [text];
  }
}
