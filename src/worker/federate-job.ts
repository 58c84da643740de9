// The answer of /federate: selected, limited, then rendered window by window into pieces of the ring. Between two pieces
// the worker does other jobs' work; a job whose client is slow waits for a free piece and holds nothing but its copies.
import { Rendering, type RenderState } from '../kernel/index.ts';
import { createEncoder, type Encoder } from './encoder.ts';
import { WorkerError } from './errors.ts';
import type { Job } from './job.ts';
import { answeredQuery, countLeftOut } from './left-out.ts';
import type { FederateRequest, FederateResult } from './messages.ts';

export async function runFederate(job: Job, request: FederateRequest): Promise<FederateResult> {
  const { externalLabels, utf8, headers, maxSeries } = request;
  const { minT, maxT } = request;
  // Before anything is held that others may wait for.
  const leftOut = await countLeftOut(job, request);
  const query = { ...answeredQuery(request), minT, maxT, withStale: false };
  const { visible, rendering } = await job.select(query, (visible) => {
    if (maxSeries === 0 || visible.count <= maxSeries) {
      return { visible, rendering: new Rendering(job.parts.reader, visible, { externalLabels, utf8, headers }) };
    }
    visible.dispose();
    return { visible, rendering: null };
  });
  if (rendering === null) {
    throw new WorkerError('too_many_series', `the answer has ${visible.count} series, more than the limit of ${maxSeries}`);
  }
  job.parts.memory.hold(job.id);
  job.parts.ring.join(job.id);
  try {
    job.parts.post({ kind: 'begin', job: job.id, series: visible.count });
    const textBytes = await new FederateBody(job, rendering, createEncoder(request.encoding)).send();
    const { gone, newestMs, hasInstances } = rendering;
    return { series: visible.count - gone, textBytes, gone, leftOut, newestMs, hasInstances };
  } finally {
    rendering.dispose();
    job.parts.ring.leave(job.id);
    job.parts.memory.leave(job.id);
  }
}

/** The text, encoded and handed over piece by piece. */
class FederateBody {
  readonly #job: Job;
  readonly #rendering: Rendering;
  readonly #encoder: Encoder | null;
  #textBytes = 0;

  constructor(job: Job, rendering: Rendering, encoder: Encoder | null) {
    this.#job = job;
    this.#rendering = rendering;
    this.#encoder = encoder;
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
      if (this.#encoder !== null) await this.#sendCopy(await this.#encoder.end());
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
    await this.#sendCopy(encoded);
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
      await this.#sendCopy(this.#encoder === null || text.length === 0 ? text : await this.#encoder.encode(text));
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
