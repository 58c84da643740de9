// What Prometheus's API has and this server does not yet. Rules and alerts are the empty lists of a server without rules (the
// configuration warns when it names some); the rest says so, instead of looking like a wrong path.
import { ApiError } from './errors.ts';
import { type ApiRoute, get, getOrPost } from './route.ts';

const NOT_YET = ['/query_range', '/query_exemplars', '/format_query', '/parse_query'];

export function unsupportedRoutes(): ApiRoute[] {
  return [
    get('/rules', () => ({ data: { groups: [] } })),
    get('/alerts', () => ({ data: { alerts: [] } })),
    get('/alertmanagers', () => ({ data: { activeAlertmanagers: [], droppedAlertmanagers: [] } })),
    ...NOT_YET.map((path) =>
      getOrPost(path, () => {
        throw new ApiError('not_found', `/api/v1${path} is not supported yet`);
      }),
    ),
  ];
}
