// One Alertmanager's alerts: a bounded queue of its own, sent batch by batch, one request at a time, so that an Alertmanager that is slow or
// down holds up no other. When there is no room the oldest alerts go. A batch that does not arrive is given up: whoever sent an alert sends it
// again while it fires (Prometheus does not repeat requests either).

import type { AlertmanagerConfig } from '../config/index.ts';
import { type PostClient, ScrapeError } from '../http/index.ts';
import type { Clock, Logger } from '../model/index.ts';
import { type Alert, encodeAlerts } from './alert.ts';
import type { NotifierMetrics, SendMetrics } from './notifier-metrics.ts';

/** What all loops share. */
export interface SendServices {
  readonly client: PostClient;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: NotifierMetrics;
  readonly userAgent: string;
  /** Alerts that wait, at least 1. */
  readonly queueCapacity: number;
  /** Alerts of one request, at least 1. */
  readonly batchSize: number;
}

export class SendLoop {
  readonly url: string;
  readonly #services: SendServices;
  readonly #metrics: SendMetrics;
  readonly #logger: Logger;
  #config: AlertmanagerConfig;
  /** The oldest first. */
  #queue: Alert[] = [];
  #running: Promise<void> | null = null;
  #stopped = false;

  constructor(services: SendServices, url: string, config: AlertmanagerConfig) {
    this.url = url;
    this.#services = services;
    this.#config = config;
    this.#metrics = services.metrics.of(url);
    this.#logger = services.logger.child({ alertmanager: url });
  }

  /** How it is sent from the next batch on. */
  configure(config: AlertmanagerConfig): void {
    this.#config = config;
  }

  add(alerts: readonly Alert[]): void {
    if (this.#stopped || alerts.length === 0) return;
    const waiting = this.#queue.length;
    const all = this.#queue.concat(alerts);
    const tooMany = all.length - this.#services.queueCapacity;
    this.#queue = tooMany > 0 ? all.slice(tooMany) : all;
    this.#metrics.queueLength.inc(this.#queue.length - waiting);
    if (tooMany > 0) this.#dropped(tooMany, 'No room in the queue of alerts, the oldest are dropped');
    this.#running ??= this.#run();
  }

  /** Takes no more. Resolves when what waits was sent, or at once dropped where it is not to be sent, and nothing is under way any more. */
  async stop(drain: boolean): Promise<void> {
    this.#stopped = true;
    if (!drain) this.dropWaiting();
    await this.#running;
    this.#services.metrics.release(this.url);
  }

  /** The request that is under way goes on. */
  dropWaiting(): void {
    const count = this.#queue.length;
    if (count === 0) return;
    this.#queue = [];
    this.#metrics.queueLength.dec(count);
    this.#dropped(count, 'Alerts that wait to be sent are dropped');
  }

  async #run(): Promise<void> {
    while (this.#queue.length > 0) await this.#sendBatch();
    this.#running = null;
  }

  async #sendBatch(): Promise<void> {
    const { clock, batchSize } = this.#services;
    const batch = this.#queue.splice(0, batchSize);
    this.#metrics.queueLength.dec(batch.length);
    const beganMs = clock.monotonicMs();
    const problem = await this.#post(batch);
    if (problem === null) {
      this.#metrics.sent.inc(batch.length);
      this.#metrics.latency((clock.monotonicMs() - beganMs) / 1000);
      return;
    }
    this.#logger.error('Sending alerts failed', { count: batch.length, err: problem });
    this.#metrics.errors.inc(batch.length);
    this.#metrics.dropped.inc(batch.length);
  }

  /** Null when the alerts arrived. */
  async #post(batch: readonly Alert[]): Promise<string | null> {
    const { client, userAgent } = this.#services;
    try {
      const { status, statusText } = await client.post({
        url: this.url,
        headers: { 'User-Agent': userAgent, 'Content-Type': 'application/json' },
        body: encodeAlerts(batch),
        timeoutMs: this.#config.timeoutMs,
        client: this.#config.httpClient,
      });
      return status >= 200 && status < 300 ? null : `bad response status ${status} ${statusText}`.trimEnd();
    } catch (error) {
      if (!(error instanceof ScrapeError)) throw error;
      return error.message;
    }
  }

  #dropped(count: number, message: string): void {
    this.#logger.warn(message, { count });
    this.#metrics.dropped.inc(count);
  }
}
