// When a group is evaluated: at times that lie on a grid of its interval, spread among groups by a hash of their names, so that they are the
// same after a restart. Waits run on the monotonic clock. Source: run() and EvalTimestamp() of rules/group.go of Prometheus.
import { createHash } from 'node:crypto';
import type { Clock } from '../model/index.ts';
import type { RuleGroup } from './rule-group.ts';
import type { GroupMetrics } from './rule-metrics.ts';

/** Of an interval: a timer may be that early, and the clocks that far apart. */
const EARLY = 0.1;

export class GroupLoop {
  /** It has what it takes over from another group, and is under way. */
  ready: Promise<void> = Promise.resolve();
  /** What stands for it until then. */
  #before: RuleGroup | null = null;
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

  /** The group that has the state. */
  get shown(): RuleGroup {
    return this.#before ?? this.group;
  }

  /** Goes on with another loop's group, once that has ended. */
  replace(old: GroupLoop): void {
    this.#before = old.shown;
    this.ready = this.#takeOver(old);
  }

  async #takeOver(old: GroupLoop): Promise<void> {
    await old.ready;
    await old.stop();
    this.group.adopt(old.group);
    this.#before = null;
    this.start();
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
    const slots = this.#advance();
    this.#metrics.scheduled(Math.max(1, slots));
    if (slots > 1) this.#metrics.missed(slots - 1);
    const ticks = Math.floor((this.#clock.monotonicMs() - this.#firstMs) / intervalMs + EARLY) + 1;
    if (slots > 0) {
      await this.group.evaluate(this.#timeMs);
      if (++this.#evaluations === 2 && this.group.needsRestoring && !this.#stopped) await this.group.restore(this.#clock.wallMs());
    }
    if (!this.#stopped) this.#wait(this.#firstMs + ticks * intervalMs - this.#clock.monotonicMs());
  }

  /** To the newest slot that has come. @returns how many it is ahead of the last one; 0: there is none, since the wall clock was set back */
  #advance(): number {
    const { intervalMs } = this.group;
    const sinceMs = this.#clock.wallMs() - this.#timeMs;
    // A timer may be a little early, and the clocks a little apart.
    const slots = Math.floor(sinceMs / intervalMs + EARLY);
    if (slots > 0) {
      this.#timeMs += slots * intervalMs;
      return slots;
    }
    const slotMs = slotBefore(this.#clock.wallMs(), intervalMs, this.#offsetMs);
    const isOther = slotMs < this.#timeMs;
    this.#timeMs = slotMs;
    return isOther ? 1 : 0;
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
