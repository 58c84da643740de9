// When a target is scraped: a timer on the target's schedule, one scrape at a time, and the end of its series when it is removed.
// States: running (from start), then either retired (its series end after two intervals and a tenth, unless another loop takes
// them over) or aborted (the server stops: nothing is written any more).
import { formatDuration } from '../model/index.ts';
import { isFatal } from './errors.ts';
import type { ScrapeSchedule } from './schedule.ts';
import type { ScrapeServices, TargetScraper } from './scraper.ts';

export class ScrapeLoop {
  readonly scraper: TargetScraper;
  /** The settings it runs by; see settings.ts. */
  settingsKey: string;
  /** Why its target must not be scraped: the pool has too many. */
  forcedError: string | null = null;
  readonly #services: ScrapeServices;
  readonly #schedule: ScrapeSchedule;
  readonly #intervalLabel: string;
  #cancelTimer: () => void = () => undefined;
  #running: Promise<void> = Promise.resolve();
  #stopped = false;
  /** The server stops: nothing is written any more. */
  #aborted = false;
  /** Another loop goes on with its series. */
  #handedOver = false;
  #ended = false;
  /** The loop whose last scrape this one waits for. */
  #predecessor: ScrapeLoop | null = null;
  #lastStartMs: number | null = null;

  constructor(services: ScrapeServices, scraper: TargetScraper, schedule: ScrapeSchedule, settingsKey: string) {
    this.#services = services;
    this.scraper = scraper;
    this.#schedule = schedule;
    this.settingsKey = settingsKey;
    this.#intervalLabel = formatDuration(schedule.intervalMs);
  }

  /** Begins to scrape. @param predecessor a loop of the same series, stopped for good by this: its scraper is taken over */
  start(predecessor: ScrapeLoop | null): void {
    if (predecessor === null) {
      this.#arm();
      return;
    }
    predecessor.#handedOver = true;
    this.#predecessor = predecessor;
    this.#running = predecessor.#stop().then(() => {
      this.#predecessor = null;
      if (!predecessor.#ended) this.scraper.adopt(predecessor.scraper);
      if (!this.#stopped) this.#arm();
    });
  }

  /**
   * The target is gone. Its series end at the time of the first scrape that it misses, but not before another loop, should
   * there be one soon, has had the time to go on with them.
   * @param done called when they have ended
   */
  retire(done: () => void): void {
    this.#running = this.#stop().then(() => {
      if (this.#handedOver || this.#aborted) return;
      const { clock } = this.#services;
      const { intervalMs, tickWallMs, tickMonotonicMs } = this.#schedule;
      const endMonotonicMs = this.scraper.hasSeries ? tickMonotonicMs + intervalMs * 1.1 : 0;
      this.#cancelTimer = clock.after(Math.max(0, endMonotonicMs - clock.monotonicMs()), () => {
        this.#ended = true;
        this.#running = this.#endSeries(tickWallMs).then(done);
      });
    });
  }

  /** The server stops, and the client of the scrapes is closed. Resolves when nothing of the loop runs any more. */
  async abort(): Promise<void> {
    for (let loop: ScrapeLoop | null = this; loop !== null; loop = loop.#predecessor) loop.#aborted = true;
    await this.#stop();
    this.scraper.close();
  }

  get aborted(): boolean {
    return this.#aborted;
  }

  /** No tick from now on. Resolves when what was under way has ended. */
  #stop(): Promise<void> {
    this.#stopped = true;
    this.#cancelTimer();
    return this.#running;
  }

  #arm(): void {
    const { clock } = this.#services;
    this.#cancelTimer = clock.after(this.#schedule.waitMs(clock.monotonicMs()), () => {
      this.#running = this.#tick();
    });
  }

  async #tick(): Promise<void> {
    const { clock, metrics } = this.#services;
    const startMs = clock.monotonicMs();
    const timestampMs = this.#schedule.timestampMs(startMs, clock.wallMs());
    if (this.#lastStartMs !== null) {
      metrics.intervalLength.labels(this.#intervalLabel).observe((startMs - this.#lastStartMs) / 1000);
    }
    this.#lastStartMs = startMs;
    try {
      await this.scraper.scrape(timestampMs, this.forcedError, this);
    } catch (error) {
      if (isFatal(error)) throw error;
      const message = error instanceof Error ? error.message : String(error);
      this.scraper.target.report = { health: 'down', error: message, timestampMs, durationSeconds: (clock.monotonicMs() - startMs) / 1000 };
      this.#services.logger.error('Scrape commit failed', { target: this.scraper.target.discovered.url, err: message });
    }
    this.#schedule.advance(clock.monotonicMs());
    if (!this.#stopped) this.#arm();
  }

  async #endSeries(timestampMs: number): Promise<void> {
    try {
      if (this.scraper.hasSeries) await this.scraper.endSeries(timestampMs);
    } catch (error) {
      if (isFatal(error)) throw error;
      this.#services.logger.warn('Stale append failed', { err: error instanceof Error ? error.message : String(error) });
    }
    this.scraper.close();
  }
}
