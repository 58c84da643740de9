// The text of a rendering, handed over piece by piece: plain, right where the socket sends it from, or encoded.
import type { Rendering, RenderState } from '../kernel/index.ts';
import type { Encoder } from './encoder.ts';
import type { Job } from './job.ts';

export class FederateBody {
  readonly #job: Job;
  readonly #rendering: Rendering;
  readonly #encoder: Encoder | null;
  readonly #deliver: (bytes: Buffer) => Promise<void>;
  #textBytes = 0;

  /** `deliver`: where encoded text goes; the ring unless something else is said. Text that is not encoded goes there in any case. */
  constructor(job: Job, rendering: Rendering, encoder: Encoder | null, deliver?: (bytes: Buffer) => Promise<void>) {
    this.#job = job;
    this.#rendering = rendering;
    this.#encoder = encoder;
    this.#deliver = deliver ?? ((bytes) => this.#sendCopy(bytes));
  }

  /** Returns the length of the text. */
  async send(): Promise<number> {
    try {
      let state: RenderState = 'full';
      while (state !== 'done') {
        if (state === 'headers') {
          const names = this.#rendering.wantedHeaders();
          this.#rendering.giveHeaders(names, await this.#job.askHeaders(names));
        }
        state = await (this.#encoder === null ? this.#sendPlain() : this.#sendEncoded(this.#encoder));
        await this.#job.pause();
      }
      if (this.#encoder !== null) await this.#deliver(await this.#encoder.end());
      return this.#textBytes;
    } finally {
      this.#encoder?.dispose();
    }
  }

  /** Renders right into a piece of the ring. */
  async #sendPlain(): Promise<RenderState> {
    const { ring } = this.#job.parts;
    const slot = await ring.take(this.#job.id);
    const { state, written } = this.#rendering.fill(ring.addressOf(slot), ring.slotBytes);
    this.#textBytes += written;
    this.#post(slot, written);
    return state === 'full' && written === 0 ? this.#sendLarge(ring.slotBytes) : state;
  }

  /** Renders into the window, which is the job's until its text was encoded. */
  async #sendEncoded(encoder: Encoder): Promise<RenderState> {
    const { window, reader } = this.#job.parts;
    const [state, encoded] = await window.use(async () => {
      this.#job.check();
      const filled = this.#rendering.fill(window.address, window.bytes);
      this.#textBytes += filled.written;
      const text = reader.buffer.subarray(window.address, window.address + filled.written);
      return [filled.state, filled.written === 0 ? null : await encoder.encode(text)] as const;
    });
    if (encoded === null) return state === 'full' ? this.#sendLarge(window.bytes) : state;
    await this.#deliver(encoded);
    return state;
  }

  /** The next series has more text than `bytes`: it gets memory of its own, and is sent in parts. */
  async #sendLarge(bytes: number): Promise<RenderState> {
    const { reader } = this.#job.parts;
    for (let larger = bytes * 4; ; larger *= 4) {
      const address = reader.alloc(larger + 64);
      let filled: { state: RenderState; written: number };
      let text: Buffer;
      try {
        filled = this.#rendering.fill(address, larger);
        // A copy on the heap: what waits for the client must not hold the arena.
        text = Buffer.from(reader.buffer.subarray(address, address + filled.written));
      } finally {
        reader.arena.free(address);
      }
      if (filled.written === 0 && filled.state === 'full') continue;
      this.#textBytes += filled.written;
      await (this.#encoder === null ? this.#sendCopy(text) : this.#deliver(text.length === 0 ? text : await this.#encoder.encode(text)));
      return filled.state;
    }
  }

  async #sendCopy(bytes: Buffer): Promise<void> {
    const { ring, reader } = this.#job.parts;
    for (let at = 0; at < bytes.length; at += ring.slotBytes) {
      const slot = await ring.take(this.#job.id);
      const length = bytes.copy(reader.buffer, ring.addressOf(slot), at, Math.min(at + ring.slotBytes, bytes.length));
      this.#post(slot, length);
    }
  }

  #post(slot: number, length: number): void {
    const { ring, post } = this.#job.parts;
    if (length === 0) ring.free(this.#job.id, slot);
    else post({ kind: 'piece', job: this.#job.id, slot, address: ring.addressOf(slot), length });
  }
}
