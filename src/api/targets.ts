// /api/v1/targets, /api/v1/scrape_pools and /api/v1/targets/metadata.
import type { ScrapePoolsAnswer, TargetAnswer, TargetMetadataAnswer, TargetsAnswer } from '../answers/index.ts';
import { formatDuration, type Labels, labelValue, type Matcher } from '../model/index.ts';
import { NEVER, objectOf } from './answers.ts';
import { invalidParameter } from './errors.ts';
import { countParameter, selectorParameter } from './parameters.ts';
import type { ActiveTarget, ApiPorts } from './ports.ts';
import { type ApiRoute, get } from './route.ts';

function showTarget(target: ActiveTarget): TargetAnswer {
  return {
    discoveredLabels: objectOf(target.discoveredLabels),
    labels: objectOf(target.labels),
    scrapePool: target.scrapePool,
    scrapeUrl: target.scrapeUrl,
    globalUrl: target.globalUrl,
    lastError: target.lastError,
    lastScrape: target.lastScrapeMs === 0 ? NEVER : new Date(target.lastScrapeMs).toISOString(),
    // Whole nanoseconds: the difference of two clock readings has more digits than it knows.
    lastScrapeDuration: Math.round(target.lastScrapeDurationSeconds * 1e9) / 1e9,
    health: target.health,
    scrapeInterval: formatDuration(target.scrapeIntervalMs),
    scrapeTimeout: formatDuration(target.scrapeTimeoutMs),
  };
}

const satisfies = (labels: Labels, matchers: readonly Matcher[]): boolean => matchers.every((m) => m.matches(labelValue(labels, m.name)));

export function targetRoutes({ targets, metadata }: Pick<ApiPorts, 'targets' | 'metadata'>): ApiRoute[] {
  return [
    get('/targets', ({ params }) => {
      const state = (params.get('state') ?? '').toLowerCase();
      const pool = params.get('scrapePool') ?? '';
      const wanted = <T extends { readonly scrapePool: string }>(list: readonly T[]): T[] =>
        list
          .filter((t) => pool === '' || t.scrapePool === pool)
          .sort((a, b) => (a.scrapePool < b.scrapePool ? -1 : a.scrapePool > b.scrapePool ? 1 : 0));
      const showDropped = ['', 'any', 'dropped'].includes(state);
      const data: TargetsAnswer = {
        activeTargets: ['', 'any', 'active'].includes(state) ? wanted(targets.active()).map(showTarget) : [],
        droppedTargets: showDropped
          ? wanted(targets.dropped()).map((t) => ({ discoveredLabels: objectOf(t.discoveredLabels), scrapePool: t.scrapePool }))
          : [],
        droppedTargetCounts: showDropped ? Object.fromEntries(targets.droppedCounts()) : null,
      };
      return { data };
    }),
    get('/scrape_pools', () => ({ data: { scrapePools: [...targets.scrapePools()].sort() } satisfies ScrapePoolsAnswer })),
    get('/targets/metadata', ({ params }) => {
      const limit = countParameter(params, 'limit');
      const metric = params.get('metric') ?? '';
      const selector = params.get('match_target') ?? '';
      const matchers = selector === '' ? [] : selectorParameter(selector, (message) => invalidParameter('match_target', message));
      const data: TargetMetadataAnswer[] = [];
      for (const { labels, metrics } of metadata.byTarget()) {
        // As Prometheus: the limit is looked at between targets.
        if (limit >= 0 && data.length >= limit) break;
        if (!satisfies(labels, matchers)) continue;
        const target = objectOf(labels);
        const one = metrics.get(metric);
        if (metric === '')
          for (const m of metrics.values()) data.push({ target, metric: m.metric, type: m.type, help: m.help, unit: m.unit });
        else if (one !== undefined) data.push({ target, type: one.type, help: one.help, unit: one.unit });
      }
      return { data };
    }),
  ];
}
