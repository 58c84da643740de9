// /api/v1/federation and what lies below it: the tree of servers around this one, what a match[] would cost a server above, and which servers
// below some series came from (docs/federation-api.md). Not in Prometheus.
import { badData, invalidParameter } from './errors.ts';
import { booleanParameter, countParameter, durationParameter, selectorParameter, selectorsOf } from './parameters.ts';
import type { ApiPorts } from './ports.ts';
import { type ApiRoute, get, getOrPost } from './route.ts';

const DEFAULT_DEPTH = 8;
const DEFAULT_PULLS = 120;
/** More servers than a tree may have levels, so that a long way is refused by the tree and not here. */
const MOST_IDS = 64;
const ID = /^[A-Za-z0-9_-]{1,64}$/;
/** Of a preview: each is selected for itself, too. */
const MOST_SELECTORS = 100;

export function federationRoutes({ federation }: Pick<ApiPorts, 'federation'>): ApiRoute[] {
  return [
    get('/federation', async ({ params }) => {
      const depth = countOr(params, 'depth', DEFAULT_DEPTH);
      const pulls = countOr(params, 'history', DEFAULT_PULLS);
      const timeoutMs = durationParameter(params, 'timeout', -1);
      return { data: await federation.tree({ depth, via: idsOf(params), timeoutMs: timeoutMs < 0 ? null : timeoutMs, pulls }) };
    }),
    getOrPost('/federation/preview', async ({ params, signal }) => {
      const texts = params.getAll('match[]');
      if (texts.length === 0) throw badData('no match[] parameter provided');
      if (texts.length > MOST_SELECTORS) throw badData(`too many selectors: got ${texts.length}, want at most ${MOST_SELECTORS}`);
      // As /federate takes them: also such as an absent label satisfies.
      const selectors = texts.map((text) => ({
        text,
        matchers: selectorParameter(text, (message) => invalidParameter('match[]', message)),
      }));
      return { data: await federation.preview(selectors, signal) };
    }),
    getOrPost('/federation/origins', async ({ params, signal }) => {
      if (!params.has('match[]')) throw badData('no match[] parameter provided');
      const selectors = selectorsOf(params, (message) => invalidParameter('match[]', message));
      const ask = { labels: booleanParameter(params, 'labels', true), rules: booleanParameter(params, 'rules') };
      const { origins, warnings } = await federation.origins(selectors, ask, signal);
      return { data: origins, warnings };
    }),
  ];
}

function countOr(params: URLSearchParams, name: string, byDefault: number): number {
  const count = countParameter(params, name);
  return count < 0 ? byDefault : count;
}

function idsOf(params: URLSearchParams): string[] {
  const ids = params.getAll('via').flatMap((text) => text.split(',').filter((id) => id !== ''));
  if (ids.length > MOST_IDS) throw badData(`too many ids in via: got ${ids.length}, want at most ${MOST_IDS}`);
  for (const id of ids) if (!ID.test(id)) throw badData(`wrong id in via: got ${JSON.stringify(id)}, want letters, digits, - and _`);
  return ids;
}
