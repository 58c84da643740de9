// What is remembered of a source from one question to the next, for as long as its target's history is kept: a reload that keeps the address
// keeps both, and what is remembered goes with the target. So it is bounded as the targets are.
import { type Asked, withoutBelow } from './asked.ts';
import type { SourceTarget } from './source-target.ts';

export interface Remembered {
  /** The last question that came to an end was not answered in its time. */
  readonly isLate: boolean;
  /** What it said of itself when it answered last, alone; null where it never did. Of one that was late half-way only where there is no more. */
  readonly known: Known | null;
}

export type Known = Asked & { readonly asOfMs: number };

const NOTHING: Remembered = { isLate: false, known: null };

export class SourceMemory {
  readonly #bySource = new WeakMap<SourceTarget['pulls'], Remembered>();

  of({ pulls }: SourceTarget): Remembered {
    return this.#bySource.get(pulls) ?? NOTHING;
  }

  /** A question has come to its end. @param nowMs wall clock */
  record({ pulls }: SourceTarget, asked: Asked, nowMs: number): void {
    const { server, isLate = false } = asked;
    const before = this.#bySource.get(pulls)?.known ?? null;
    const isLess = server === null || (isLate && before !== null && !before.isLate);
    // Who answers otherwise, or lacks labels now, says so for itself.
    this.#bySource.set(pulls, { isLate, known: isLess ? before : { ...withoutBelow(asked), asOfMs: nowMs } });
  }
}
