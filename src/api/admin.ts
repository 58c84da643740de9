// /api/v1/admin/tsdb/…: snapshots and the deletion of series, for those who started the server with --web.enable-admin-api.
// Parameters and errors as in web/api/v1/api.go of Prometheus.
import { ApiError, badData, invalidParameter } from './errors.ts';
import { selectorParameter, timeParameter } from './parameters.ts';
import type { ApiOptions, ApiPorts } from './ports.ts';
import { type ApiRoute, postOrPut } from './route.ts';

/** As Go's strconv.ParseBool. */
const TRUE = new Set(['1', 't', 'T', 'true', 'TRUE', 'True']);
const FALSE = new Set(['0', 'f', 'F', 'false', 'FALSE', 'False']);

function booleanParameter(params: URLSearchParams, name: string): boolean {
  const text = params.get(name) ?? '';
  if (text === '' || FALSE.has(text)) return false;
  if (TRUE.has(text)) return true;
  throw invalidParameter(name, `unable to parse boolean: strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`);
}

/** What the store says when it cannot is the server's fault, not the request's. */
async function internal<T>(what: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    if (cause instanceof ApiError) throw cause;
    throw new ApiError('internal', `${what}${(cause as Error).message}`, { cause });
  }
}

export function adminRoutes(
  { tsdbAdmin }: Pick<ApiPorts, 'tsdbAdmin'>,
  { enableAdminApi }: Pick<ApiOptions, 'enableAdminApi'>,
): ApiRoute[] {
  const route = (path: string, handle: ApiRoute['handle']): ApiRoute =>
    postOrPut(`/admin/tsdb/${path}`, (request) => {
      // Prometheus has no status of its own for this type.
      if (!enableAdminApi) throw new ApiError('unavailable', 'admin APIs disabled', { status: 500 });
      return handle(request);
    });
  return [
    route('snapshot', async ({ params }) => {
      const skipHead = booleanParameter(params, 'skip_head');
      return { data: { name: await internal('create snapshot: ', tsdbAdmin.snapshot(!skipHead)) } };
    }),
    route('delete_series', async ({ params }) => {
      const texts = params.getAll('match[]');
      if (texts.length === 0) throw badData('no match[] parameter provided');
      const startMs = timeParameter(params, 'start', Number.NEGATIVE_INFINITY);
      const endMs = timeParameter(params, 'end', Number.POSITIVE_INFINITY);
      // All are read before the first one deletes something.
      const selectors = texts.map((text) => selectorParameter(text, (message) => invalidParameter('match[]', message)));
      for (const matchers of selectors) await internal('', tsdbAdmin.deleteSeries(matchers, startMs, endMs));
      return null;
    }),
    route('clean_tombstones', async () => {
      await internal('', tsdbAdmin.cleanTombstones());
      return null;
    }),
  ];
}
