// Targets by scrape pool: those with problems first, and what of them is shown.
import type { TargetAnswer, TargetHealth } from '../../src/answers/index.ts';
import { webUrl } from '../format/web-url.ts';
import { labelTexts, wordSearch } from '../format/word-search.ts';

export interface TargetFilter {
  /** '': all. */
  readonly pool: string;
  /** None: all. */
  readonly health: readonly string[];
  readonly search: string;
}

export interface TargetPool {
  readonly name: string;
  readonly total: number;
  readonly up: number;
  readonly down: number;
  /** What the filter leaves of them: those that are down first. */
  readonly shown: readonly TargetAnswer[];
}

const RANKS: Readonly<Record<TargetHealth, number>> = { down: 0, unknown: 1, up: 2 };
const MANY_POOLS = 20;
const MANY_TARGETS = 300;

/** `poolNames`: of the configuration; pools that have no target are among the answer. */
export function poolsOf(targets: readonly TargetAnswer[], poolNames: readonly string[], filter: TargetFilter): TargetPool[] {
  const byPool = new Map<string, TargetAnswer[]>(poolNames.map((name) => [name, []]));
  for (const target of targets) {
    const pool = byPool.get(target.scrapePool);
    if (pool === undefined) byPool.set(target.scrapePool, [target]);
    else pool.push(target);
  }
  const found = wordSearch(filter.search, targets.map(textsOf));
  const pools = [...byPool]
    .filter(([name]) => filter.pool === '' || name === filter.pool)
    .map(([name, all]) => ({
      name,
      total: all.length,
      up: all.filter(({ health }) => health === 'up').length,
      down: all.filter(({ health }) => health === 'down').length,
      shown: all
        .filter(({ health }) => filter.health.length === 0 || filter.health.includes(health))
        .filter((target) => found(textsOf(target)))
        .sort((a, b) => RANKS[a.health] - RANKS[b.health]),
    }));
  return pools
    .filter((pool) => !isNarrowed(filter) || pool.shown.length > 0)
    .sort((a, b) => Number(b.down > 0) - Number(a.down > 0) || a.name.localeCompare(b.name));
}

/** Whether targets are left out. */
export function isNarrowed({ health, search }: TargetFilter): boolean {
  return health.length > 0 || search.trim() !== '';
}

function* textsOf(target: TargetAnswer): Generator<string> {
  yield target.scrapePool;
  yield target.scrapeUrl;
  yield target.lastError;
  yield* labelTexts(target.labels);
}

/** All where they are few; else those with problems; none where those are many too. */
export function opensByItself(pools: readonly TargetPool[]): (pool: TargetPool) => boolean {
  const few = (some: readonly TargetPool[]): boolean =>
    some.length <= MANY_POOLS && some.reduce((sum, { shown }) => sum + shown.length, 0) <= MANY_TARGETS;
  if (few(pools)) return () => true;
  const ailing = pools.filter(({ down }) => down > 0);
  return few(ailing) ? ({ down }) => down > 0 : () => false;
}

export interface Endpoint {
  /** Null where it is none that a browser should open. */
  readonly href: string | null;
  readonly text: string;
  readonly params: readonly (readonly [name: string, value: string])[];
}

/** The URL without its parameters, and these as they were before they were escaped. */
export function endpointOf({ scrapeUrl, globalUrl }: Pick<TargetAnswer, 'scrapeUrl' | 'globalUrl'>): Endpoint {
  const url = webUrl(scrapeUrl);
  if (url === null) return { href: null, text: scrapeUrl, params: [] };
  return { href: webUrl(globalUrl)?.href ?? null, text: `${url.protocol}//${url.host}${url.pathname}`, params: [...url.searchParams] };
}
