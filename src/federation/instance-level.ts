// Which sources bring series of single instances: seen in the head, since a Prometheus that is pulled from does not tell. Looked for when somebody
// asks for the tree, so that pulls cost nothing more, and kept for some time. Best effort: so many series are looked at.

import type { Clock } from '../model/index.ts';
import { WorkerError, type WorkerPool } from '../worker/index.ts';
import type { Asked } from './asked.ts';
import type { SourceTarget } from './source-target.ts';

/** Of each source, by its history: series with an instance of their own. Sources without any are not in it. */
export type InstanceCounts = ReadonlyMap<SourceTarget['pulls'], number>;

export interface InstanceLevelOptions {
  readonly pool: Pick<WorkerPool, 'run'>;
  /** The source whose id stands in a series' record; null when that is another target, or is gone. */
  readonly source: (owner: number) => SourceTarget | null;
  readonly clock: Clock;
}

const KEPT_MS = 10_000;
const TIMEOUT_MS = 10_000;
/** Series whose newest sample is older have ended. */
const RECENT_MS = 5 * 60_000;
const MOST_SERIES = 100_000;
const MOST_SELECTORS = 100;
/** Times of JavaScript's Date, in ms. */
const MOST_MS = 8.64e15;

export class InstanceLevel {
  readonly #options: InstanceLevelOptions;
  #counts: InstanceCounts = new Map();
  #askedMs = Number.NEGATIVE_INFINITY;
  #underWay: Promise<InstanceCounts> | null = null;

  constructor(options: InstanceLevelOptions) {
    this.#options = options;
  }

  /** What was found last. */
  get last(): InstanceCounts {
    return this.#counts;
  }

  /** Found anew unless that was done some seconds ago. A source whose external labels are known is told apart by them from what is scraped here. */
  find(sources: readonly { readonly target: SourceTarget; readonly asked: Asked }[]): Promise<InstanceCounts> {
    if (this.#underWay !== null) return this.#underWay;
    const nowMs = this.#options.clock.monotonicMs();
    if (sources.length === 0 || nowMs - this.#askedMs < KEPT_MS) return Promise.resolve(this.#counts);
    this.#askedMs = nowMs;
    this.#underWay = this.#look(sources.slice(0, MOST_SELECTORS).map(({ target, asked }) => selectorOf(target, asked))).finally(() => {
      this.#underWay = null;
    });
    return this.#underWay;
  }

  async #look(selectors: Selector[]): Promise<InstanceCounts> {
    const { pool, source, clock } = this.#options;
    const selection = { selectors, all: false, externalLabels: [], minT: clock.wallMs() - RECENT_MS, maxT: MOST_MS };
    try {
      const { owners } = await pool.run(
        { type: 'owners', ...selection, mostSeries: MOST_SERIES, mostNames: 0 },
        {},
        { timeoutMs: TIMEOUT_MS },
      );
      this.#counts = new Map(
        owners.flatMap(({ id, series }) => [source(id)].flatMap((target) => (target === null ? [] : [[target.pulls, series]]))),
      );
    } catch (error) {
      // No worker has time: what was found before holds.
      if (!(error instanceof WorkerError)) throw error;
    }
    return this.#counts;
  }
}

type Selector = { readonly name: string; readonly op: '=' | '!='; readonly value: string }[];

/** What comes without an instance, from a server that does not say `instance=""`, has the target's. What scrapes report has no source (`owners`). */
function selectorOf({ instance, honorLabels }: SourceTarget, { server, labelsKnown }: Asked): Selector {
  const label = honorLabels ? 'instance' : 'exported_instance';
  const external = labelsKnown && server !== null ? Object.entries(server.externalLabels) : [];
  return [
    { name: label, op: '!=', value: '' },
    { name: label, op: '!=', value: instance },
    ...external.map(([name, value]) => ({ name, op: '=' as const, value })),
  ];
}
