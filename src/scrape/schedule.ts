// When one target is scraped, and which timestamp its samples bear.
// Ticks are an interval apart on the monotonic clock. Each tick knows its wall-clock time too: multiples of the interval plus the target's
// offset, so that a restarted server goes on at the same times and equal deltas cost one bit in a chunk.
import type { Clock } from '../model/index.ts';

export interface ScheduleOptions {
  readonly intervalMs: number;
  /** Where in the interval the target is scraped, from 0 to just below `intervalMs`. */
  readonly offsetMs: number;
  /** Scheduled times stand for real ones that are at most this late (and at most 1 % of the interval); 0 = never. */
  readonly toleranceMs: number;
}

/** Milliseconds from `wallMs` to the next time that is `offsetMs` past a multiple of the interval: more than 0, at most an interval. */
export function untilFirstTick(wallMs: number, intervalMs: number, offsetMs: number): number {
  const into = (((wallMs - offsetMs) % intervalMs) + intervalMs) % intervalMs;
  return intervalMs - into;
}

/** Steps of which each divides the one before, so that the targets of a fine grid meet those of a coarse one. */
const GRIDS_MS = [1000, 500, 250, 125, 25, 5];
/** Places in an interval, at least. */
const LEAST_PLACES = 5;
/** Scrapes that begin together, on average. */
const MOST_TOGETHER = 4;

/**
 * Where few targets are scraped the process sleeps between any two scrapes, and each then pays for waking up and for cold caches, which is
 * more than half of its cost (`npm run bench small`). So offsets lie on a grid that brings some scrapes together: as coarse as leaves it some
 * places in an interval and few scrapes a place.
 */
export function offsetGridMs(intervalMs: number, targets: number): number {
  return GRIDS_MS.find((gridMs) => gridMs * LEAST_PLACES <= intervalMs && gridMs * targets <= MOST_TOGETHER * intervalMs) ?? 1;
}

/** A wall clock that is off by more than this against the monotonic one was set, not read late. */
const STEP_MS = 2;

export class ScrapeSchedule {
  readonly intervalMs: number;
  readonly #toleranceMs: number;
  #tickMonotonicMs: number;
  #tickWallMs: number;

  constructor(options: ScheduleOptions, clock: Clock) {
    this.intervalMs = options.intervalMs;
    this.#toleranceMs = Math.min(options.toleranceMs, options.intervalMs / 100);
    const wallMs = clock.wallMs();
    const delayMs = untilFirstTick(wallMs, options.intervalMs, options.offsetMs);
    this.#tickMonotonicMs = clock.monotonicMs() + delayMs;
    this.#tickWallMs = wallMs + delayMs;
  }

  /** How long until the tick that is due next; 0 when it is overdue. */
  waitMs(monotonicMs: number): number {
    return Math.max(0, this.#tickMonotonicMs - monotonicMs);
  }

  /** The due tick's time on the monotonic clock, and on the wall clock: a removed target's series end at the latter. */
  get tickMonotonicMs(): number {
    return this.#tickMonotonicMs;
  }
  get tickWallMs(): number {
    return this.#tickWallMs;
  }

  /** The timestamp of the scrape that begins now for the due tick. */
  timestampMs(monotonicMs: number, wallMs: number): number {
    const lateMs = monotonicMs - this.#tickMonotonicMs;
    const tickWallMs = Math.round(wallMs - lateMs);
    if (Math.abs(tickWallMs - this.#tickWallMs) > STEP_MS) this.#tickWallMs = tickWallMs;
    return Math.abs(lateMs) <= this.#toleranceMs ? this.#tickWallMs : wallMs;
  }

  /**
   * On to the next tick. Ticks that passed while a scrape ran are skipped, but for the newest, which is then due at once:
   * otherwise a target that takes exactly its interval would be scraped every second time only.
   */
  advance(monotonicMs: number): void {
    const passed = Math.floor((monotonicMs - this.#tickMonotonicMs) / this.intervalMs);
    const stepMs = Math.max(1, passed) * this.intervalMs;
    this.#tickMonotonicMs += stepMs;
    this.#tickWallMs += stepMs;
  }
}
