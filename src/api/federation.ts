// /api/v1/federation: this server between its sources and its consumers, with the tree below (docs/federation-api.md).
import { badData } from './errors.ts';
import { countParameter, durationParameter } from './parameters.ts';
import type { ApiPorts } from './ports.ts';
import { type ApiRoute, get } from './route.ts';

const DEFAULT_DEPTH = 8;
const DEFAULT_PULLS = 120;
/** More servers than a tree may have levels, so that a long way is refused by the tree and not here. */
const MOST_IDS = 64;
const ID = /^[A-Za-z0-9_-]{1,64}$/;

export function federationRoutes({ federation }: Pick<ApiPorts, 'federation'>): ApiRoute[] {
  return [
    get('/federation', async ({ params }) => {
      const depth = countOr(params, 'depth', DEFAULT_DEPTH);
      const pulls = countOr(params, 'history', DEFAULT_PULLS);
      const timeoutMs = durationParameter(params, 'timeout', -1);
      return { data: await federation.answer({ depth, via: idsOf(params), timeoutMs: timeoutMs < 0 ? null : timeoutMs, pulls }) };
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
