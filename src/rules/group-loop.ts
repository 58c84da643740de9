// When a group is evaluated: at times that lie on a grid of its interval, spread among groups by a hash of their names, so that they are the
// same after a restart. Waits run on the monotonic clock. Source: run() and EvalTimestamp() of rules/group.go of Prometheus.
import { createHash } from 'node:crypto';
import type { Clock } from '../model/index.ts';
import type { RuleGroup } from './rule-group.ts';
import type { GroupMetrics } from './rule-metrics.ts';

/** Of an interval: a timer may be that early, and the clocks that far apart. */
const EARLY = 0.1;

export class GroupLoop {
  /** It has what it takes over from another group. */
  ready: Promise<void> = Promise.resolve();
  readonly group: RuleGroup;
  readonly #clock: Clock;
  readonly #metrics: GroupMetrics;
  readonly #offsetMs: number;
  #cancel: () => void = () => undefined;
  #stopped = false;
  /** The evaluation under way. */
  #running: Promise<void> = Promise.resolve();
  #evaluations = 0;
  /** Of the last evaluation. */
  #timeMs = 0;
  /** On the monotonic clock: when the first one was due. */
  #firstMs = 0;

  constructor(group: RuleGroup, clock: Clock, metrics: GroupMetrics) {
    this.group = group;
    this.#clock = clock;
    this.#metrics = metrics;
    this.#offsetMs = offsetOf(group.key, group.intervalMs);
  }

  start(): void {
    if (this.#stopped) return;
    const nowMs = this.#clock.wallMs();
    this.#timeMs = slotBefore(nowMs, this.group.intervalMs, this.#offsetMs);
    const delayMs = this.#timeMs + this.group.intervalMs - nowMs;
    this.#firstMs = this.#clock.monotonicMs() + delayMs;
    this.#wait(delayMs);
  }

  /** Resolves when nothing is evaluated any more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#cancel();
    this.group.stop();
    await this.#running;
  }

  #wait(delayMs: number): void {
    this.#cancel = this.#clock.after(Math.max(0, delayMs), () => {
      this.#running = this.#run();
    });
  }

  async #run(): Promise<void> {
    const { intervalMs } = this.group;
    const skipped = this.#advance();
    this.#metrics.scheduled(skipped + 1);
    if (skipped > 0) this.#metrics.missed(skipped);
    const ticks = Math.floor((this.#clock.monotonicMs() - this.#firstMs) / intervalMs + EARLY) + 1;
    await this.group.evaluate(this.#timeMs);
    if (++this.#evaluations === 2 && this.group.needsRestoring && !this.#stopped) await this.group.restore(this.#clock.wallMs());
    if (!this.#stopped) this.#wait(this.#firstMs + ticks * intervalMs - this.#clock.monotonicMs());
  }

  /** To the newest slot that has come. @returns how many were passed over */
  #advance(): number {
    const { intervalMs } = this.group;
    const sinceMs = this.#clock.wallMs() - this.#timeMs;
    // The wall clock was set back: times go with it.
    if (sinceMs < -intervalMs) {
      this.#timeMs = slotBefore(this.#clock.wallMs(), intervalMs, this.#offsetMs);
      return 0;
    }
    const slots = Math.max(1, Math.floor(sinceMs / intervalMs + EARLY));
    this.#timeMs += slots * intervalMs;
    return slots - 1;
  }
}

/** The newest time of the grid that is not after `nowMs`. */
export function slotBefore(nowMs: number, intervalMs: number, offsetMs: number): number {
  const sinceOffset = nowMs - offsetMs;
  return sinceOffset - (((sinceOffset % intervalMs) + intervalMs) % intervalMs) + offsetMs;
}

/** Always the same for the same group and interval; whole ms below the interval. */
export function offsetOf(key: string, intervalMs: number): number {
  return createHash('sha256').update(key).digest().readUIntBE(0, 6) % intervalMs;
}
