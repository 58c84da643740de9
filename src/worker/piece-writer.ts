// Pieces of shared memory on their way to a socket. A piece is given back to its worker when the socket has taken it, or never will.

/** As much of a response as is written to. */
export interface PieceTarget {
  write(chunk: Uint8Array | string, done?: (error?: Error | null) => void): boolean;
  end(chunk?: Uint8Array | string): unknown;
  once(event: 'close', listener: () => void): unknown;
}

export class PieceWriter {
  readonly #target: PieceTarget;
  readonly #gone = new AbortController();
  readonly #unsent = new Set<() => void>();
  #onSent: (() => void) | null = null;
  #ended = false;
  /** The connection was closed before the body had ended. */
  clientGone = false;
  bytes = 0;

  constructor(target: PieceTarget) {
    this.#target = target;
    target.once('close', () => {
      this.clientGone = !this.#ended;
      if (this.clientGone) this.#gone.abort();
      // The socket is closed: what it had not sent it never will.
      for (const sent of [...this.#unsent]) sent();
      this.#onSent?.();
    });
  }

  /** Aborted when the connection is closed before the body has ended. */
  get signal(): AbortSignal {
    return this.#gone.signal;
  }

  write(bytes: Buffer, release: () => void): void {
    if (this.#gone.signal.aborted) {
      release();
      return;
    }
    this.bytes += bytes.length;
    const sent = () => {
      if (this.#unsent.delete(sent)) release();
      if (this.#unsent.size === 0) this.#onSent?.();
    };
    this.#unsent.add(sent);
    this.#target.write(bytes, sent);
  }

  /** Nothing comes after what was written. */
  ended(): void {
    this.#ended = true;
  }

  /** Ends the body; 'sent' when the socket has taken all of it. @param timeoutMs 0: no limit */
  async finish(timeoutMs: number): Promise<'sent' | 'late' | 'gone'> {
    this.#target.end();
    if (this.#unsent.size > 0) {
      let timer: NodeJS.Timeout | null = null;
      const late = await new Promise<boolean>((resolve) => {
        this.#onSent = () => resolve(false);
        if (timeoutMs > 0) timer = setTimeout(() => resolve(true), timeoutMs);
      });
      if (timer !== null) clearTimeout(timer);
      if (late) return 'late';
    }
    if (this.clientGone) return 'gone';
    this.#ended = true;
    return 'sent';
  }
}
