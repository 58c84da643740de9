// HTTP/1.1 over plain TCP without a proxy: the way of nearly every scrape. A read lands in the window, the head is parsed
// there, the body is moved to the window's front and handed on from there: no copy, no garbage.
// undici was measured for the same work (bench/scrape-client.ts; docs/benchmarks.md has the figures).

import type { BodyFraming } from './body-framing.ts';
import { ConnectionPool } from './connection-pool.ts';
import { ScrapeError } from './errors.ts';
import type { Exchange, ExchangeHandler, ExchangeRequest, Transport } from './exchange.ts';
import type { ConnectionUser, PlainConnection } from './plain-connection.ts';
import { framingOf } from './response-framing.ts';
import type { ResponseHeadParser } from './response-head.ts';

export class PlainTransport implements Transport {
  readonly #window: Buffer;
  readonly #pool: ConnectionPool;

  constructor(window: Buffer) {
    this.#window = window;
    this.#pool = new ConnectionPool(window);
  }

  exchange(request: ExchangeRequest, handler: ExchangeHandler): Exchange {
    return new PlainExchange(this.#window, this.#pool, request, handler);
  }

  close(): void {
    this.#pool.close();
  }
}

class PlainExchange implements Exchange, ConnectionUser {
  readonly #window: Buffer;
  readonly #pool: ConnectionPool;
  readonly #request: ExchangeRequest;
  readonly #handler: ExchangeHandler;
  /** The connection's. */
  #head: ResponseHeadParser;
  #framing: BodyFraming | null = null;
  #connection: PlainConnection | null;
  #reused: boolean;

  constructor(window: Buffer, pool: ConnectionPool, request: ExchangeRequest, handler: ExchangeHandler) {
    this.#window = window;
    this.#pool = pool;
    this.#request = request;
    this.#handler = handler;
    this.#connection = pool.take(request.url);
    this.#reused = this.#connection !== null;
    this.#connection ??= pool.open(request.url);
    this.#head = this.#connection.head;
    this.#send(this.#connection);
  }

  resume(): void {
    this.#connection?.resume();
  }

  cancel(): void {
    this.#connection?.destroy();
    this.#connection = null;
  }

  received(length: number): boolean {
    try {
      return this.#read(length);
    } catch (error) {
      this.#fail(error);
      return false;
    }
  }

  ended(): void {
    if (this.#framing?.close()) this.#finish();
    else if (!this.#retry()) this.#fail(new ScrapeError('eof', this.#head.begun ? 'unexpected EOF' : 'EOF'));
  }

  failed(error: Error): void {
    if (!this.#retry()) this.#fail(error);
  }

  #send(connection: PlainConnection): void {
    connection.use(this);
    connection.write(this.#request.text);
  }

  #read(length: number): boolean {
    let start = 0;
    if (this.#framing === null) {
      start = this.#head.feed(this.#window, 0, length);
      const head = this.#head.head;
      if (head === null) return true;
      this.#framing = framingOf(head);
      if (!this.#handler.head(head)) {
        this.#leave(start, length);
        return true;
      }
    }
    const bodyLength = this.#framing.take(this.#window, start, length);
    const wantsMore = bodyLength === 0 || this.#handler.data(this.#window, bodyLength);
    if (!this.#framing.done) return wantsMore;
    // The handler may have cancelled while it took the data. A connection never goes back to the pool with its reading stopped.
    if (this.#connection !== null) this.#finish();
    return true;
  }

  /** The response is not wanted; if all of it has come already, as that of a redirect mostly has, the connection lives on. */
  #leave(start: number, length: number): void {
    this.#framing!.take(this.#window, start, length);
    if (this.#framing!.done) this.#release();
    else this.cancel();
  }

  #finish(): void {
    this.#release();
    this.#handler.end();
  }

  #release(): void {
    const connection = this.#connection;
    if (connection === null) return;
    this.#connection = null;
    if (this.#framing!.reusable && this.#framing!.surplusBytes === 0) this.#pool.give(connection);
    else connection.destroy();
  }

  /** A kept connection may have been closed by the server just as it was used again: then the request goes out once more. */
  #retry(): boolean {
    if (!this.#reused || this.#head.begun) return false;
    this.#reused = false;
    this.#connection = this.#pool.open(this.#request.url);
    this.#head = this.#connection.head;
    this.#send(this.#connection);
    return true;
  }

  #fail(error: unknown): void {
    this.cancel();
    this.#handler.failed(error);
  }
}
