// Idle keep-alive connections by host and port. Bounded by number and by age; the one used last is used first, so that those
// not needed grow old. A connection is either here or has a user, never both.

import { PlainConnection } from './plain-connection.ts';

/** More than a scrape interval can sensibly be; the same as Prometheus's. */
const IDLE_LIMIT_MS = 5 * 60_000;
const IDLE_PER_HOST = 8;
const IDLE_TOTAL = 20_000;
const SWEEP_MS = 30_000;

interface Idle {
  readonly connection: PlainConnection;
  readonly sinceMs: number;
}

export class ConnectionPool {
  readonly #window: Buffer;
  /** Empty lists go at the next sweep. */
  readonly #idle = new Map<string, Idle[]>();
  #count = 0;
  #closed = false;
  readonly #sweeper: NodeJS.Timeout;

  constructor(window: Buffer) {
    this.#window = window;
    this.#sweeper = setInterval(() => this.#sweep(), SWEEP_MS).unref();
  }

  /** An idle connection to that host and port, if there is one. */
  take(url: URL): PlainConnection | null {
    const last = this.#idle.get(url.host)?.pop();
    if (last === undefined) return null;
    this.#count--;
    return last.connection;
  }

  open(url: URL): PlainConnection {
    return new PlainConnection(url, this.#window, (connection) => this.#forget(connection));
  }

  give(connection: PlainConnection): void {
    let idle = this.#idle.get(connection.key);
    if (idle === undefined) {
      idle = [];
      this.#idle.set(connection.key, idle);
    }
    if (this.#closed || connection.closed || idle.length >= IDLE_PER_HOST || this.#count >= IDLE_TOTAL) {
      connection.destroy();
      return;
    }
    connection.rest();
    idle.push({ connection, sinceMs: performance.now() });
    this.#count++;
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#sweeper);
    for (const idle of this.#idle.values()) for (const { connection } of idle) connection.destroy();
    this.#idle.clear();
    this.#count = 0;
  }

  #forget(connection: PlainConnection): void {
    this.#keep(connection.key, (idle) => idle.connection !== connection);
  }

  #sweep(): void {
    const oldest = performance.now() - IDLE_LIMIT_MS;
    for (const [key, idle] of this.#idle) {
      for (const { connection, sinceMs } of idle) if (sinceMs < oldest) connection.destroy();
      this.#keep(key, ({ connection }) => !connection.closed);
    }
  }

  #keep(key: string, wanted: (idle: Idle) => boolean): void {
    const before = this.#idle.get(key) ?? [];
    const after = before.filter(wanted);
    this.#count -= before.length - after.length;
    if (after.length === 0) this.#idle.delete(key);
    else this.#idle.set(key, after);
  }
}
