// All notifying of the server: brings the Alertmanagers in line with a configuration and hands alerts to each of them. An Alertmanager that a
// configuration leaves where it is keeps its queue and its connection, whatever else changes about it. Behaviour: Prometheus 3.14's notifier.

import type { AlertmanagerConfig, Config } from '../config/index.ts';
import type { PostClient } from '../http/index.ts';
import type { MetricRegistry } from '../metrics/index.ts';
import { type Clock, type Labels, type Logger, type RelabelRule, systemClock } from '../model/index.ts';
import { type Alert, relabelAlerts } from './alert.ts';
import { alertmanagerTargets } from './alertmanager-targets.ts';
import { NotifierMetrics } from './notifier-metrics.ts';
import { SendLoop, type SendServices } from './send-loop.ts';

/** The command line's. */
export interface NotifierSettings {
  /** Alerts that may wait for one Alertmanager, at least 1. */
  readonly queueCapacity: number;
  /** Most alerts of one request, at least 1. */
  readonly batchSize: number;
  /** Whether alerts that wait when the server stops, or an Alertmanager goes, are sent before. */
  readonly drainOnShutdown: boolean;
}

export interface NotifierOptions {
  /** Closed by stop(). */
  readonly client: PostClient;
  readonly registry: MetricRegistry;
  readonly logger: Logger;
  readonly userAgent: string;
  readonly settings: NotifierSettings;
  /** How long sending the rest may take. */
  readonly drainLimitMs: number;
  readonly clock?: Clock;
}

/** An entry of `alerting.alertmanagers` at work. */
interface AlertmanagerSet {
  readonly config: AlertmanagerConfig;
  readonly loops: readonly SendLoop[];
  readonly dropped: readonly string[];
}

export class Notifier {
  readonly #services: SendServices;
  readonly #options: NotifierOptions;
  readonly #clock: Clock;
  #externalLabels: Labels = [];
  #rules: readonly RelabelRule[] = [];
  #sets: readonly AlertmanagerSet[] = [];
  /** Loops that are ending, and when they have. */
  readonly #leaving = new Map<SendLoop, Promise<void>>();
  #stopped = false;

  constructor(options: NotifierOptions) {
    const { client, registry, logger, userAgent, settings } = options;
    const { queueCapacity, batchSize } = settings;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    const metrics = new NotifierMetrics(registry, queueCapacity, () => this.active().length);
    this.#services = { client, clock: this.#clock, logger, metrics, userAgent, queueCapacity, batchSize };
  }

  /** The addresses that alerts are posted to. */
  active(): string[] {
    return this.#sets.flatMap(({ loops }) => loops.map(({ url }) => url));
  }

  /** Those that relabelling took out. */
  dropped(): string[] {
    return this.#sets.flatMap(({ dropped }) => dropped);
  }

  /** Loops that end do so by themselves, after this returned. */
  apply(config: Config): void {
    if (this.#stopped) return;
    const { alertRelabelConfigs, alertmanagers } = config.alerting;
    this.#externalLabels = config.global.externalLabels;
    this.#rules = alertRelabelConfigs;
    const before = Map.groupBy(this.#loops(), ({ url }) => url);
    this.#sets = alertmanagers.map((one) => this.#setOf(one, before));
    for (const loops of before.values()) for (const loop of loops) this.#retire(loop);
  }

  /** Returns at once; the alerts are sent when their turn comes. They may not change any more. */
  send(alerts: readonly Alert[]): void {
    if (this.#stopped) return;
    const relabelled = relabelAlerts(alerts, this.#externalLabels, this.#rules);
    for (const { config, loops } of this.#sets) {
      const own = config.alertRelabelConfigs.length === 0 ? relabelled : relabelAlerts(relabelled, [], config.alertRelabelConfigs);
      for (const loop of loops) loop.add(own);
    }
  }

  /** Sends what waits where it is to be sent, within the limit; what is left then is dropped. Nothing is under way any more when this resolves. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    for (const loop of this.#loops()) this.#retire(loop);
    const cancel = this.#clock.after(this.#options.drainLimitMs, () => {
      for (const loop of this.#leaving.keys()) loop.dropWaiting();
      this.#options.client.close();
    });
    await Promise.all(this.#leaving.values());
    cancel();
    this.#options.client.close();
  }

  #loops(): SendLoop[] {
    return this.#sets.flatMap(({ loops }) => loops);
  }

  /** Takes the loops that it goes on with out of `before`. */
  #setOf(config: AlertmanagerConfig, before: Map<string, SendLoop[]>): AlertmanagerSet {
    const { active, dropped, problems } = alertmanagerTargets(config);
    for (const problem of problems)
      this.#options.logger.error('Cannot send alerts to an Alertmanager of the configuration', { err: problem });
    const loops = active.map((url) => {
      const kept = before.get(url)?.shift();
      kept?.configure(config);
      return kept ?? new SendLoop(this.#services, url, config);
    });
    return { config, loops, dropped };
  }

  #retire(loop: SendLoop): void {
    const cancel = this.#clock.after(this.#options.drainLimitMs, () => loop.dropWaiting());
    const ended = loop.stop(this.#options.settings.drainOnShutdown).finally(() => {
      cancel();
      this.#leaving.delete(loop);
    });
    this.#leaving.set(loop, ended);
  }
}
