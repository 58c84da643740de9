// Who pulls from this server: the same address, User-Agent and selectors are one consumer, with its last requests.
// Whoever reaches /federate can make consumers up, so their number and their texts are bounded: the one that was not seen for longest goes.
import { createHash } from 'node:crypto';
import { PullHistory } from '../model/index.ts';

/** Who asks, as the connection and the headers say. */
export interface FederateClient {
  /** With or without the prefix of an IPv4 address in IPv6. */
  readonly address: string;
  readonly userAgent: string;
}

/** How a request ended. */
export interface FederateOutcome {
  /** '' when it was answered as a whole. */
  readonly error: string;
  readonly durationSeconds: number;
  /** Null when it was not. */
  readonly answer: {
    readonly series: number;
    readonly textBytes: number;
    readonly newestMs: number | null;
    readonly hasInstances: boolean;
  } | null;
}

export interface Consumer {
  readonly address: string;
  readonly userAgent: string;
  readonly selectors: readonly string[];
  readonly firstRequestMs: number;
  readonly lastRequestMs: number;
  readonly lastError: string;
  /** Whether the last whole answer had series with a label `instance` of their own. */
  readonly hasInstances: boolean;
  readonly requests: PullHistory;
}

export interface ConsumerLimits {
  readonly consumers: number;
  /** Of the texts of all consumers together. */
  readonly textBytes: number;
}

const LIMITS: ConsumerLimits = { consumers: 256, textBytes: 1024 * 1024 };
const USER_AGENT_LENGTH = 200;
const ERROR_LENGTH = 500;
/** Of one consumer; what goes beyond is not shown, but tells it from others. */
const MOST_SELECTORS = 100;
const SELECTORS_LENGTH = 16 * 1024;

interface Entry extends Consumer {
  lastRequestMs: number;
  lastError: string;
  hasInstances: boolean;
  readonly textBytes: number;
}

export class Consumers {
  readonly #now: () => number;
  readonly #limits: ConsumerLimits;
  /** In the order of their last requests. */
  readonly #entries = new Map<string, Entry>();
  #textBytes = 0;

  /** @param now wall clock, ms */
  constructor(now: () => number, limits = LIMITS) {
    this.#now = now;
    this.#limits = limits;
  }

  /** A request is over. */
  record(client: FederateClient, selectors: readonly string[], outcome: FederateOutcome): void {
    const { answer, durationSeconds } = outcome;
    const timeMs = this.#now();
    const entry = this.#entryOf(client, selectors, timeMs);
    entry.lastRequestMs = timeMs;
    entry.lastError = outcome.error.slice(0, ERROR_LENGTH);
    if (answer !== null) entry.hasInstances = answer.hasInstances;
    const newestMs = answer?.newestMs ?? null;
    entry.requests.record({
      timeMs,
      ok: answer !== null,
      series: answer?.series ?? null,
      bytes: answer?.textBytes ?? null,
      durationSeconds,
      lagSeconds: newestMs === null ? null : (timeMs - newestMs) / 1000,
    });
  }

  /** The one that asked last comes first. */
  list(): readonly Consumer[] {
    return [...this.#entries.values()].reverse();
  }

  #entryOf(client: FederateClient, selectors: readonly string[], timeMs: number): Entry {
    const address = client.address.replace(/^::ffff:(?=\d+\.)/i, '');
    const key = keyOf([address, client.userAgent, ...selectors]);
    const known = this.#entries.get(key);
    this.#entries.delete(key);
    const entry = known ?? this.#newEntry({ ...client, address }, selectors, timeMs);
    this.#entries.set(key, entry);
    if (known === undefined) this.#makeRoom();
    return entry;
  }

  #newEntry({ address, userAgent }: FederateClient, selectors: readonly string[], timeMs: number): Entry {
    const shown = { address, userAgent: userAgent.slice(0, USER_AGENT_LENGTH), selectors: firstOf(selectors) };
    const textBytes = [address, shown.userAgent, ...shown.selectors].reduce((sum, text) => sum + text.length * 2, 0);
    this.#textBytes += textBytes;
    return {
      ...shown,
      textBytes,
      firstRequestMs: timeMs,
      lastRequestMs: timeMs,
      lastError: '',
      hasInstances: false,
      requests: new PullHistory(),
    };
  }

  #makeRoom(): void {
    for (const [key, { textBytes }] of this.#entries) {
      if (this.#entries.size <= this.#limits.consumers && this.#textBytes <= this.#limits.textBytes) return;
      this.#entries.delete(key);
      this.#textBytes -= textBytes;
    }
  }
}

/** A digest, so that no key is as long as a request may be. */
function keyOf(parts: readonly string[]): string {
  const hash = createHash('sha1');
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest('base64');
}

function firstOf(selectors: readonly string[]): string[] {
  const shown: string[] = [];
  let length = 0;
  for (const selector of selectors.slice(0, MOST_SELECTORS)) {
    const text = selector.slice(0, SELECTORS_LENGTH - length);
    if (text === '' && selector !== '') break;
    // A copy: a slice would keep the whole request alive.
    shown.push(Buffer.from(text).toString());
    length += text.length;
  }
  return shown;
}
