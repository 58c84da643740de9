// This server in the middle of its federation: its sources, each with what it says of itself, and its consumers. Answers /api/v1/federation,
// which servers above ask too: each level asks the next, one level less deep and in less time, and says who is on the way (`via`), so that a
// circle ends where it began.
import type { FederationConsumer, FederationServer, FederationSource } from '../answers/index.ts';
import type { Clock, Labels } from '../model/index.ts';
import { type Asked, NOT_ASKED, notAsked, withoutBelow } from './asked.ts';
import type { Consumer, Consumers } from './consumers.ts';
import { MOST_DEPTH } from './foreign-server.ts';
import type { InstanceCounts, InstanceLevel } from './instance-level.ts';
import { PART_OF_WAITING, type SourceQuestion, type SourceQuestions, WHOLE_ANSWER_MS } from './source-questions.ts';
import { type SourceTarget, shownTarget, webUrlOf } from './source-target.ts';
import { type AskedSource, consumerWarnings, LOOP, ownWarnings, sourceWarnings } from './warnings.ts';

/**
 * A source that did not answer in time when it was asked last is not waited for: what is known of its pulls is told at once. This much is for one
 * that answers again. The question goes on, so that one that does so slowly is waited for again.
 */
const LATE_WAIT_MS = 100;
/** For looking through the head; what was found before holds then. */
const LOOK_MS = 300;
/** Sources that one server shows. */
const MOST_SOURCES = 500;
/** Servers, sources and consumers below the sources, in one answer: for a reader, and for a server above, which takes less. */
const MOST_NODES = { reader: 3000, server: 900 };
/** Consumers that a server above is told of, so that nobody who makes some up swells the whole tree. */
const CONSUMERS_ABOVE = 20;

export interface TreeQuestion {
  /** Levels of servers, this one included, more than 8 being 8; 0: this one without its sources and consumers. */
  readonly depth: number;
  /** Ids of the servers on the way. */
  readonly via: readonly string[];
  /** How long to wait for the sources; null: as long as it may be. */
  readonly timeoutMs: number | null;
  /** The last pulls of each source and consumer, at most. */
  readonly pulls: number;
}

export interface FederationTreeOptions {
  /** Of this run of the server. */
  readonly id: string;
  readonly version: string;
  /** Where the operator says that browsers find it; '' where nothing is said. */
  readonly externalUrl: string;
  /** Asked anew each time. */
  readonly externalLabels: () => Labels;
  readonly sources: () => Iterable<SourceTarget>;
  readonly consumers: Pick<Consumers, 'list'>;
  readonly questions: Pick<SourceQuestions, 'ask' | 'remembered'>;
  readonly instances: Pick<InstanceLevel, 'find' | 'last'>;
  readonly clock: Clock;
}

export class FederationTree {
  readonly #options: FederationTreeOptions;

  constructor(options: FederationTreeOptions) {
    this.#options = options;
  }

  async answer({ depth, via, timeoutMs, pulls }: TreeQuestion): Promise<FederationServer> {
    const { id, version, externalUrl, clock, consumers } = this.#options;
    const externalLabels = Object.fromEntries(this.#options.externalLabels());
    const self = { id, software: 'tributary', version, externalUrl, externalLabels, timeMs: clock.wallMs() } as const;
    if (via.includes(id)) return { ...self, sources: [], consumers: [], warnings: [LOOP], truncated: false };
    if (depth === 0) return { ...self, sources: [], consumers: [], warnings: [], truncated: true };
    const all = [...this.#options.sources()];
    const targets = all.slice(0, MOST_SOURCES);
    const asked = await this.#askAll(targets, Math.min(depth, MOST_DEPTH), via, timeoutMs);
    const both = targets.map((target, i) => ({ target, asked: asked[i] }));
    const warnings = sourceWarnings(both, self, await this.#instances(both));
    const room = new Room(via.length === 0 ? MOST_NODES.reader : MOST_NODES.server);
    const sources = targets.map((target, i): FederationSource => {
      const { server, error, asOfMs = 0 } = room.cut(asked[i]);
      return {
        ...shownTarget(target, pulls),
        webUrl: webUrlOf(target, server),
        warnings: warnings[i],
        server,
        serverAsOfMs: asOfMs,
        serverError: error,
      };
    });
    const listed = consumers.list().slice(0, via.length === 0 ? undefined : CONSUMERS_ABOVE);
    const shown = listed.map((consumer) => shownConsumer(consumer, pulls));
    return {
      ...self,
      timeMs: clock.wallMs(),
      sources,
      consumers: shown,
      warnings: ownWarnings(self, shown),
      truncated: all.length > targets.length || asked.includes(NOT_ASKED),
    };
  }

  async #instances(sources: readonly AskedSource[]): Promise<InstanceCounts> {
    const { instances, clock } = this.#options;
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = clock.after(LOOK_MS, resolve);
    try {
      return (await Promise.race([instances.find(sources), promise])) ?? instances.last;
    } finally {
      cancel();
    }
  }

  /** In the order of the targets. Those that are down or late are asked last, since they are likely to take all of the time. */
  async #askAll(targets: readonly SourceTarget[], depth: number, via: readonly string[], timeoutMs: number | null): Promise<Asked[]> {
    // An honest way is no longer than the tree may be deep.
    if (depth === 1 || via.length >= MOST_DEPTH) return targets.map(() => NOT_ASKED);
    const { id, questions } = this.#options;
    const question: SourceQuestion = { depth: depth - 1, via: [...via, id] };
    const answers = new Map<SourceTarget, Promise<Asked>>();
    const late = new Set(targets.filter((target) => questions.remembered(target).isLate));
    const isLikelyToHang = (target: SourceTarget): boolean => target.report.health === 'down' || late.has(target);
    const first = targets.filter((target) => !isLikelyToHang(target));
    const last = targets.filter(isLikelyToHang);
    for (const target of [...first, ...last]) answers.set(target, questions.ask(target, question));
    const waitMs = Math.min(timeoutMs ?? WHOLE_ANSWER_MS, WHOLE_ANSWER_MS) * PART_OF_WAITING;
    const whole = this.#timeUp(waitMs, 'it did not answer in time');
    const short = this.#timeUp(Math.min(waitMs, LATE_WAIT_MS), 'it did not answer in time, and is asked again in the background');
    try {
      const asked = targets.map((target) => Promise.race([answers.get(target)!, (late.has(target) ? short : whole).asked]));
      const answered = await Promise.all(asked);
      return answered.map((one, i) => this.#orAsBefore(targets[i], one));
    } finally {
      whole.cancel();
      short.cancel();
    }
  }

  /** A source that goes down keeps its name, and one that hangs half-way its labels. */
  #orAsBefore(target: SourceTarget, asked: Asked): Asked {
    const { known } = this.#options.questions.remembered(target);
    if (known === null || (asked.server !== null && (!asked.isLate || known.isLate))) return asked;
    return { ...known, error: `${asked.error}; what is told of it is what it said before` };
  }

  /** What is told instead of an answer that is not there then; the question goes on, for those who ask next. */
  #timeUp(waitMs: number, error: string): { readonly asked: Promise<Asked>; readonly cancel: () => void } {
    const { promise, resolve } = Promise.withResolvers<Asked>();
    return { asked: promise, cancel: this.#options.clock.after(waitMs, () => resolve(notAsked(error))) };
  }
}

/** How much one answer may hold: what comes first stays whole. */
class Room {
  #left: number;

  constructor(nodes: number) {
    this.#left = nodes;
  }

  cut(asked: Asked): Asked {
    if (asked.server === null || asked.nodes <= this.#left) {
      this.#left -= asked.nodes;
      return asked;
    }
    return withoutBelow(asked);
  }
}

function shownConsumer(consumer: Consumer, pulls: number): FederationConsumer {
  const { address, userAgent, selectors, firstRequestMs, lastRequestMs, lastError, requests } = consumer;
  return {
    address,
    userAgent,
    selectors,
    requests: requests.pulls,
    failures: requests.failures,
    firstRequestMs,
    lastRequestMs,
    lastError,
    history: requests.columns(pulls),
    warnings: consumerWarnings(consumer),
  };
}
