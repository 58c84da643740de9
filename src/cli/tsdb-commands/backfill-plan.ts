// Which blocks a text becomes, and in how many readings of it: blocks of two hours, each of one reading as many as memory takes.

export const BLOCK_MS = 2 * 3_600_000;
/** Samples that are held at once; 16 bytes each. */
const MOST_SAMPLES = 8_000_000;

/** Which block a time belongs to: the block's first millisecond. */
export function blockStart(timeMs: number): number {
  return Math.floor(timeMs / BLOCK_MS) * BLOCK_MS;
}

export class BackfillPlan {
  readonly #counts = new Map<number, number>();
  readonly #mostSamples: number;

  constructor(mostSamples = MOST_SAMPLES) {
    this.#mostSamples = mostSamples;
  }

  count(timeMs: number): void {
    const start = blockStart(timeMs);
    this.#counts.set(start, (this.#counts.get(start) ?? 0) + 1);
  }

  /** The blocks' starts, by time, those of one reading together. A block that is too large by itself is read alone. */
  readings(): number[][] {
    const readings: number[][] = [];
    let samples = 0;
    for (const [start, count] of [...this.#counts].sort(([a], [b]) => a - b)) {
      if (readings.length === 0 || samples + count > this.#mostSamples) {
        readings.push([]);
        samples = 0;
      }
      readings.at(-1)!.push(start);
      samples += count;
    }
    return readings;
  }
}
