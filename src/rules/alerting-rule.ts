// An alerting rule: what its alerts are, from evaluation to evaluation. Its queries and templates are evaluated elsewhere (the query workers);
// here their result meets the alerts that are known. Source: rules/alerting.go of Prometheus.
import type { SampleBatch } from '../kernel/index.ts';
import type { Labels } from '../model/index.ts';
import type { GiveWay, NewestSample } from '../worker/index.ts';
import { type Alert, newAlert } from './alert.ts';
import { AlertSeries } from './alert-series.ts';
import { type ResultPage, readPage } from './result-pages.ts';
import type { RuleAppender } from './rule-appender.ts';
import type { AlertingSpec } from './rule-spec.ts';
import { RuleStatus } from './rule-status.ts';

/** A resolved alert is kept, and told again and again, for so long: the Alertmanager may have missed it. */
const RESOLVED_RETENTION_MS = 15 * 60_000;

/** Some tenths of a millisecond. */
const ALERTS_AT_ONCE = 512;
/** Of JavaScript's times. */
const MOST_SECONDS = 8.64e12;

/** `unknown` before the first evaluation. */
export type AlertingState = 'unknown' | Alert['state'];

interface Element {
  readonly key: string;
  readonly labels: Labels;
  readonly annotations: Labels;
}

interface Page {
  readonly bytes: Uint8Array;
  readonly elements: readonly Element[];
}

export class AlertingRule {
  readonly kind = 'alerting';
  readonly spec: AlertingSpec;
  readonly status = new RuleStatus();
  readonly series: AlertSeries;
  /** What was before a restart is known, or will not be: until then no series are written. */
  restored: boolean;
  /** Alerts that were pending or firing after the last evaluation. */
  activeCount = 0;
  /** By their labels, as JSON. */
  #alerts = new Map<string, Alert>();
  #pages: readonly Page[] = [];

  constructor(spec: AlertingSpec, appender: RuleAppender, restored: boolean) {
    this.spec = spec;
    this.series = new AlertSeries(appender);
    this.restored = restored;
  }

  get state(): AlertingState {
    if (this.status.lastEvaluationMs === 0) return 'unknown';
    let state: Alert['state'] = 'inactive';
    for (const alert of this.#alerts.values()) {
      if (alert.state === 'firing') return 'firing';
      if (alert.state === 'pending') state = 'pending';
    }
    return state;
  }

  /** All that are known, those that are resolved too. */
  get alerts(): Iterable<Alert> {
    return this.#alerts.values();
  }

  /** Pending or firing. */
  get active(): Alert[] {
    return [...this.#alerts.values()].filter(({ resolvedMs }) => resolvedMs === 0);
  }

  /** Takes the alerts of a rule over that this one replaces. */
  adopt(before: AlertingRule): void {
    this.#alerts = before.#alerts;
    this.activeCount = before.activeCount;
    this.series.ended.adopt(before.series.ended);
    this.restored ||= before.restored;
    before.#alerts = new Map();
    before.activeCount = 0;
  }

  /**
   * A result of the rule's query at `timeMs`. @param pages of `[labels, annotations]`
   * @throws RuleError more alerts than the limit: then there are none
   */
  async update(pages: readonly ResultPage[], timeMs: number, limit: number, giveWay: GiveWay): Promise<void> {
    const found = new Set<Alert>();
    const before = this.#pages;
    const now: Page[] = [];
    for (const [i, { bytes, values }] of pages.entries()) {
      let page = before[i];
      if (page === undefined || Buffer.compare(page.bytes, bytes) !== 0) page = { bytes: bytes.slice(), elements: elementsOf(bytes) };
      now.push(page);
      for (const [j, element] of page.elements.entries()) found.add(this.#meet(element, values[j], timeMs));
      await giveWay();
    }
    this.#pages = now;
    let [active, looked] = [0, 0];
    for (const [key, alert] of this.#alerts) {
      if (this.#move(key, alert, found.has(alert), timeMs)) active++;
      if (++looked % ALERTS_AT_ONCE === 0) await giveWay();
    }
    this.activeCount = active;
    if (limit > 0 && active > limit) {
      for (const alert of this.#alerts.values()) this.series.end(alert);
      this.#forget();
      throw new RuleError(`exceeded limit of ${limit} with ${active} alerts`);
    }
  }

  /** The samples of pending and firing alerts, and the ends of those that are neither any more. @throws StorageError, KernelError */
  write(batch: SampleBatch, timeMs: number, giveWay: GiveWay): Promise<{ samples: number; markers: number }> {
    const written = this.restored ? [...this.#alerts.values()].filter(({ state }) => state !== 'inactive') : [];
    return this.series.write(batch, written, timeMs, giveWay);
  }

  /** The rule is no more: its series end. */
  end(): void {
    for (const alert of this.#alerts.values()) this.series.end(alert);
    this.#forget();
  }

  /** Lets go of all series without a word. */
  release(): void {
    for (const alert of this.#alerts.values()) this.series.release(alert);
    this.#forget();
    this.series.ended.release();
  }

  /**
   * Sets back since when its alerts are active, by what was last written of them before a restart. Source: RestoreForState of rules/group.go.
   * @param samples of ALERTS_FOR_STATE @param timeMs now
   */
  restore(samples: readonly NewestSample[], timeMs: number, gracePeriodMs: number): void {
    const byLabels = new Map(samples.map((sample) => [keyOf(sample.labels.filter(([name]) => name !== '__name__')), sample]));
    for (const [key, alert] of this.#alerts) {
      const sample = byLabels.get(key);
      // Whoever stores such series can store anything in them.
      if (sample === undefined || sample.isStale || !(Math.abs(sample.value) <= MOST_SECONDS)) continue;
      alert.activeMs = activeSince(sample, timeMs, { forMs: this.spec.forMs, gracePeriodMs });
    }
  }

  #forget(): void {
    this.#alerts.clear();
    this.activeCount = 0;
  }

  #meet({ key, labels, annotations }: Element, value: number, timeMs: number): Alert {
    const known = this.#alerts.get(key);
    if (known !== undefined && known.state !== 'inactive') {
      known.value = value;
      known.annotations = annotations;
      return known;
    }
    const alert = newAlert(labels, annotations, value, timeMs);
    this.#alerts.set(key, alert);
    return alert;
  }

  /** @returns whether it is pending or firing now */
  #move(key: string, alert: Alert, found: boolean, timeMs: number): boolean {
    const { forMs, keepFiringForMs } = this.spec;
    if (found) alert.keepFiringSinceMs = 0;
    else if (!this.#keepsFiring(alert, timeMs, keepFiringForMs)) {
      if (alert.state === 'pending' || (alert.resolvedMs !== 0 && timeMs - alert.resolvedMs > RESOLVED_RETENTION_MS))
        this.#alerts.delete(key);
      if (alert.state !== 'inactive') {
        alert.state = 'inactive';
        alert.resolvedMs = timeMs;
        this.series.end(alert);
      }
      return false;
    }
    if (alert.state === 'pending' && timeMs - alert.activeMs >= forMs) {
      alert.state = 'firing';
      alert.firedMs = timeMs;
    }
    return true;
  }

  #keepsFiring(alert: Alert, timeMs: number, keepFiringForMs: number): boolean {
    if (alert.state !== 'firing' || keepFiringForMs === 0) return false;
    if (alert.keepFiringSinceMs === 0) alert.keepFiringSinceMs = timeMs;
    return timeMs - alert.keepFiringSinceMs < keepFiringForMs;
  }
}

/** What is wrong with a rule's result. */
export class RuleError extends Error {
  readonly code = 'rule_result';
  override name = 'RuleError';
}

function elementsOf(bytes: Uint8Array): readonly Element[] {
  return (readPage(bytes) as [Labels, Labels][]).map(([labels, annotations]) => ({ key: keyOf(labels), labels, annotations }));
}

function keyOf(labels: Labels): string {
  return JSON.stringify(labels);
}

function activeSince(
  { timeMs: downMs, value }: NewestSample,
  nowMs: number,
  { forMs, gracePeriodMs }: { forMs: number; gracePeriodMs: number },
): number {
  const activeMs = Math.trunc(value) * 1000;
  // Both in whole seconds, as Prometheus has them.
  const downSinceMs = Math.floor(downMs / 1000) * 1000;
  const leftMs = forMs - (downSinceMs - activeMs);
  // It fired: the next evaluation makes it fire again.
  if (leftMs <= 0) return activeMs;
  if (leftMs < gracePeriodMs) return nowMs + gracePeriodMs - forMs;
  // The time without a server counts for nothing.
  return activeMs + (nowMs - downSinceMs);
}
