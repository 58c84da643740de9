// What is remembered of a source from one question to the next, for as long as its target's history is kept: a reload that keeps the address
// keeps both, and what is remembered goes with the target. So it is bounded as the targets are.
import type { Asked } from './asked.ts';
import type { SourceTarget } from './source-target.ts';

export interface Remembered {
  /** The last question that came to an end was not answered in its time. */
  isLate: boolean;
}

const NOTHING: Readonly<Remembered> = { isLate: false };

export class SourceMemory {
  readonly #bySource = new WeakMap<SourceTarget['pulls'], Remembered>();

  of({ pulls }: SourceTarget): Readonly<Remembered> {
    return this.#bySource.get(pulls) ?? NOTHING;
  }

  /** A question has come to its end. */
  record({ pulls }: SourceTarget, asked: Asked): void {
    this.#bySource.set(pulls, { isLate: asked.isLate === true });
  }
}
