// The log of queries (global.query_log_file): a line of JSON for each that was answered, as Prometheus writes it (promql/engine.go).
import { createWriteStream, openSync, type WriteStream } from 'node:fs';
import type { Logger } from '../model/index.ts';

/** What waits for the disk, bytes: beyond it lines are lost, and counted. */
const MOST_WAITING_BYTES = 8 * 1024 * 1024;

export interface LoggedQuery {
  readonly query: string;
  readonly startMs: number;
  readonly endMs: number;
  /** 0 for an instant query. */
  readonly stepMs: number;
  /** Null when it was answered. */
  readonly error: string | null;
  /** Timings and counts, as JSON. */
  readonly statistics: string;
  readonly origin: QueryOrigin;
}

/** Who asked, under Prometheus's keys. */
export type QueryOrigin =
  | { readonly httpRequest: { readonly clientIP: string; readonly method: string; readonly path: string } }
  | { readonly ruleGroup: { readonly file: string; readonly name: string } };

export class QueryLog {
  readonly #logger: Logger;
  readonly #now: () => number;
  #stream: WriteStream | null = null;
  #path = '';
  failures = 0;

  constructor(logger: Logger, now: () => number) {
    this.#logger = logger;
    this.#now = now;
  }

  get enabled(): boolean {
    return this.#stream !== null;
  }

  /** Opens the file (again: it may have been moved away); '' for no log. The one before goes on when this cannot be opened. */
  open(path: string): void {
    if (path === '') {
      this.close();
      return;
    }
    let file: number;
    try {
      file = openSync(path, 'a', 0o666);
    } catch (error) {
      this.#logger.error('Cannot open the query log file', { path, err: (error as Error).message });
      return;
    }
    this.close();
    this.#path = path;
    const stream = createWriteStream('', { fd: file });
    stream.on('error', (error) => this.#fail(stream, error));
    this.#stream = stream;
  }

  write({ query, startMs, endMs, stepMs, error, statistics, origin }: LoggedQuery): void {
    const stream = this.#stream;
    if (stream === null) return;
    if (stream.writableLength > MOST_WAITING_BYTES) {
      this.failures++;
      return;
    }
    const line = {
      time: new Date(this.#now()).toISOString(),
      level: 'INFO',
      msg: 'promql query logged',
      params: { end: new Date(endMs).toISOString(), query, start: new Date(startMs).toISOString(), step: Math.floor(stepMs / 1000) },
      ...(error === null ? {} : { error }),
      stats: JSON.parse(statistics) as unknown,
      ...origin,
    };
    stream.write(`${JSON.stringify(line)}\n`);
  }

  close(): void {
    this.#stream?.end();
    this.#stream = null;
  }

  /** A full disk: the log ends until the next reload. */
  #fail(stream: WriteStream, error: Error): void {
    this.failures++;
    if (this.#stream !== stream) return;
    this.#stream = null;
    this.#logger.error('Cannot write the query log file, which is closed until the next reload', { path: this.#path, err: error.message });
  }
}
