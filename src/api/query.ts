// The queries of the API: /query, /query_range, /query_exemplars, /format_query and /parse_query. Evaluated and encoded by the query workers.
import { chooseEncoding } from '../model/index.ts';
import { MOST_STEPS, PromqlParseError, parseExpr, prettyPrint, treeOf } from '../promql/index.ts';
import { type ApiError, badData, invalidParameter } from './errors.ts';
import { durationParameter, limitParameter, requiredTimeParameter, timeParameter } from './parameters.ts';
import type { ApiOptions, ApiPorts, QueryInput } from './ports.ts';
import { type ApiRequest, type ApiRoute, getOrPost, type RouteResult } from './route.ts';

/** Times of JavaScript's Date, in ms: what lies outside holds no sample. */
const MOST_MS = 8.64e15;

const bounded = (ms: number): number => Math.min(Math.max(ms, -MOST_MS), MOST_MS);

/** What instant and range queries have in common. @throws ApiError */
function inputOf({ params, acceptEncoding, client }: ApiRequest, times: Pick<QueryInput, 'startMs' | 'endMs' | 'stepMs'>): QueryInput {
  const stats = params.get('stats') ?? '';
  return {
    query: params.get('query') ?? '',
    ...times,
    timeoutMs: params.get('timeout') ? durationParameter(params, 'timeout', 0) : null,
    lookbackMs: lookbackOf(params),
    statistics: stats === '' ? 'none' : stats === 'all' ? 'all' : 'basic',
    limit: limitParameter(params, 'limit'),
    encoding: chooseEncoding(acceptEncoding, ['zstd', 'gzip']) as QueryInput['encoding'],
    client,
  };
}

function lookbackOf(params: URLSearchParams): number | null {
  if (!params.get('lookback_delta')) return null;
  try {
    return durationParameter(params, 'lookback_delta', 0);
  } catch (error) {
    throw badData(`error parsing lookback delta duration: ${(error as Error).message.replace('invalid parameter "lookback_delta": ', '')}`);
  }
}

function rangeOf(params: URLSearchParams): Pick<QueryInput, 'startMs' | 'endMs' | 'stepMs'> {
  const startMs = bounded(requiredTimeParameter(params, 'start'));
  const endMs = bounded(requiredTimeParameter(params, 'end'));
  if (endMs < startMs) throw invalidParameter('end', 'end timestamp must not be before start time');
  const stepMs = durationParameter(params, 'step', Number.NaN);
  if (Number.isNaN(stepMs)) throw invalidParameter('step', 'cannot parse "" to a valid duration');
  if (stepMs <= 0) throw invalidParameter('step', 'zero or negative query resolution step widths are not accepted. Try a positive integer');
  if (Math.floor((endMs - startMs) / stepMs) > MOST_STEPS) {
    throw badData('exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)');
  }
  // Evaluated at whole milliseconds.
  return { startMs, endMs, stepMs: Math.max(1, Math.trunc(stepMs)) };
}

export function queryRoutes({ query }: Pick<ApiPorts, 'query'>, { promqlFeatures }: Pick<ApiOptions, 'promqlFeatures'>): ApiRoute[] {
  const run = async (request: ApiRequest, times: Pick<QueryInput, 'startMs' | 'endMs' | 'stepMs'>): Promise<RouteResult> => {
    const input = inputOf(request, times);
    const begin = () =>
      request.begin({
        'Content-Type': 'application/json',
        Vary: 'Accept-Encoding, Origin',
        ...(input.encoding === 'identity' ? {} : { 'Content-Encoding': input.encoding }),
      });
    const body = await query.run(input, request.signal, begin);
    return body === null ? 'written' : { body };
  };
  const parsed = (params: URLSearchParams, refused: (message: string) => ApiError) => {
    try {
      return parseExpr(params.get('query') ?? '', promqlFeatures);
    } catch (error) {
      throw error instanceof PromqlParseError ? refused(error.message) : error;
    }
  };
  const parsedQuery = (params: URLSearchParams) => parsed(params, (message) => invalidParameter('query', message));
  return [
    getOrPost('/query', (request) => {
      const timeMs = bounded(timeParameter(request.params, 'time', query.now()));
      return run(request, { startMs: timeMs, endMs: timeMs, stepMs: 0 });
    }),
    getOrPost('/query_range', (request) => run(request, rangeOf(request.params))),
    getOrPost('/query_exemplars', ({ params }) => {
      const startMs = timeParameter(params, 'start', Number.NEGATIVE_INFINITY);
      const endMs = timeParameter(params, 'end', Number.POSITIVE_INFINITY);
      if (endMs < startMs) throw badData('end timestamp must not be before start timestamp');
      parsed(params, badData);
      // Exemplars are not kept yet.
      return { data: [] };
    }),
    getOrPost('/format_query', ({ params }) => ({ data: prettyPrint(parsedQuery(params)) })),
    getOrPost('/parse_query', ({ params }) => ({ data: treeOf(parsedQuery(params)) })),
  ];
}
