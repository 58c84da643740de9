// /api/v1/notifications/live: what the operator should know, as server-sent events (HTML standard, 9.2). A subscriber is told what is active,
// then what begins, and what ends with `active: false`. Their number is bounded, and so is what waits for a slow one.
import type { NotificationAnswer } from '../answers/index.ts';
import type { MetricRegistry } from '../metrics/index.ts';
import type { ApiPorts, RawResponse } from './ports.ts';
import { type ApiRoute, get } from './route.ts';

/** How often changes are looked for, while anybody listens. */
const LOOK_EVERY_MS = 500;
/** So that proxies keep the connection. */
const SIGN_OF_LIFE_EVERY_MS = 15_000;
/** Events that may wait for one subscriber. */
const MOST_WAITING = 10;

interface Subscriber {
  readonly response: RawResponse;
  waiting: number;
}

/** `limit`: of subscribers; one more is answered with 204, which tells an EventSource not to come back. */
export function liveNotificationsRoute(
  { status, lifecycle, registry }: Pick<ApiPorts, 'status' | 'lifecycle' | 'registry'>,
  limit: number,
): ApiRoute {
  const live = new LiveNotifications(status.notifications, () => lifecycle.state() === 'stopping', registry);
  const route = get('/notifications/live', ({ begin, signal }) => {
    if (live.subscribers >= limit) return null;
    live.add(begin({ 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' }), signal);
    return 'written';
  });
  return { ...route, early: true };
}

class LiveNotifications {
  readonly #now: () => readonly NotificationAnswer[];
  readonly #isEnding: () => boolean;
  readonly #sent;
  readonly #dropped;
  readonly #subscribers = new Set<Subscriber>();
  /** By text, as the subscribers know them. */
  #known = new Map<string, NotificationAnswer>();
  #timer: NodeJS.Timeout | null = null;
  #quietMs = 0;

  constructor(now: () => readonly NotificationAnswer[], isEnding: () => boolean, registry: MetricRegistry) {
    this.#now = now;
    this.#isEnding = isEnding;
    registry.observed(
      'gauge',
      { name: 'prometheus_api_notification_active_subscribers', help: 'The current number of active notification subscribers.' },
      () => this.#subscribers.size,
    );
    this.#sent = registry
      .counter({
        name: 'prometheus_api_notification_updates_sent_total',
        help: 'Total number of notification updates sent.',
      })
      .labels();
    this.#dropped = registry
      .counter({
        name: 'prometheus_api_notification_updates_dropped_total',
        help: 'Total number of notification updates dropped, since a subscriber did not take them.',
      })
      .labels();
  }

  get subscribers(): number {
    return this.#subscribers.size;
  }

  add(response: RawResponse, gone: AbortSignal): void {
    // The others first: what this one is told next is what changes from here on.
    this.#look();
    const subscriber = { response, waiting: 0 };
    this.#subscribers.add(subscriber);
    gone.addEventListener('abort', () => this.#remove(subscriber), { once: true });
    this.#timer ??= setInterval(() => this.#look(), LOOK_EVERY_MS).unref();
    response.write(': Notifications follow.\n\n');
    for (const notification of this.#known.values()) this.#tell(subscriber, notification);
    if (this.#isEnding()) this.#endAll();
  }

  #look(): void {
    const now = new Map(this.#now().map((notification) => [notification.text, notification]));
    const changes = [...now.values()].filter(({ text, date }) => this.#known.get(text)?.date !== date);
    for (const [text, notification] of this.#known) if (!now.has(text)) changes.push({ ...notification, active: false });
    this.#known = now;
    for (const subscriber of this.#subscribers) for (const change of changes) this.#tell(subscriber, change);
    this.#quietMs = changes.length > 0 ? 0 : this.#quietMs + LOOK_EVERY_MS;
    if (this.#quietMs >= SIGN_OF_LIFE_EVERY_MS) {
      this.#quietMs = 0;
      for (const subscriber of this.#subscribers) this.#write(subscriber, ':\n\n');
    }
    if (this.#isEnding()) this.#endAll();
  }

  #tell(subscriber: Subscriber, notification: NotificationAnswer): void {
    this.#sent.inc();
    if (!this.#write(subscriber, `data: ${JSON.stringify(notification)}\n\n`)) this.#dropped.inc();
  }

  #write(subscriber: Subscriber, text: string): boolean {
    if (subscriber.waiting >= MOST_WAITING) return false;
    subscriber.waiting++;
    subscriber.response.write(text, () => {
      subscriber.waiting--;
    });
    return true;
  }

  /** They need not wait for the end of the grace that running requests have. */
  #endAll(): void {
    for (const subscriber of [...this.#subscribers]) {
      subscriber.response.end();
      this.#remove(subscriber);
    }
  }

  #remove(subscriber: Subscriber): void {
    this.#subscribers.delete(subscriber);
    if (this.#subscribers.size > 0 || this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }
}
