// One TCP connection that reads straight into the window. libuv asks for the buffer, reads and calls back in one go, so
// all connections share one window: what it holds belongs to the callback that runs, and to nobody after it.
// (That is so where readiness is polled, on Linux, macOS and the BSDs; Windows hands buffers out ahead of time.)

import { connect, type Socket } from 'node:net';
import { ResponseHeadParser } from './response-head.ts';

/** Whose turn it is on the connection. None of these may throw. */
export interface ConnectionUser {
  /** The first `length` bytes of the window were just read. False: read no more until resume(). */
  received(length: number): boolean;
  /** The other side closed in good order. */
  ended(): void;
  failed(error: Error): void;
}

export class PlainConnection {
  readonly key: string;
  /** Of the response that is awaited. */
  readonly head = new ResponseHeadParser();
  closed = false;
  readonly #socket: Socket;
  readonly #onIdleClose: (connection: PlainConnection) => void;
  #user: ConnectionUser | null = null;

  constructor(url: URL, window: Buffer, onIdleClose: (connection: PlainConnection) => void) {
    this.key = url.host;
    this.#onIdleClose = onIdleClose;
    this.#socket = connect({
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: Number(url.port || 80),
      noDelay: true,
      onread: { buffer: window, callback: (length) => this.#received(length) },
    });
    // It does not keep the process alive: that is for the deadline of the scrape that uses it.
    this.#socket.unref();
    this.#socket.on('end', () => this.#over(null));
    this.#socket.on('error', (error) => this.#over(error));
    this.#socket.on('close', () => this.#over(null));
  }

  use(user: ConnectionUser): void {
    this.#user = user;
    this.head.restart();
  }

  /** Leaves it open without a user; one that says something is closed. */
  rest(): void {
    this.#user = null;
  }

  write(text: string): void {
    this.#socket.write(text, 'latin1');
  }

  resume(): void {
    this.#socket.resume();
  }

  destroy(): void {
    this.closed = true;
    this.#user = null;
    this.#socket.destroy();
  }

  #received(length: number): boolean {
    if (this.#user !== null) return this.#user.received(length);
    if (!this.closed) {
      this.destroy();
      this.#onIdleClose(this);
    }
    return false;
  }

  #over(error: Error | null): void {
    if (this.closed) return;
    const user = this.#user;
    this.destroy();
    if (user === null) this.#onIdleClose(this);
    else if (error === null) user.ended();
    else user.failed(error);
  }
}
