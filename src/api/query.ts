// /api/v1/query, as far as it goes before there is an engine: a selector's samples as they are stored, at one time (`up`) or of a
// range (`up[5m]`), with offset and @. Everything else is refused by name.
import { PromqlUnsupportedError, parseRawSelector } from '../promql/index.ts';
import { badData, invalidParameter } from './errors.ts';
import { durationParameter, timeParameter } from './parameters.ts';
import type { ApiOptions, ApiPorts, RawQuery } from './ports.ts';
import { type ApiRoute, getOrPost } from './route.ts';

const DEFAULT_TIMEOUT_MS = 120_000;

/** @throws ApiError */
function rawQueryOf(params: URLSearchParams, nowMs: number, lookbackDeltaMs: number): RawQuery {
  const timeMs = timeParameter(params, 'time', nowMs);
  const timeoutMs = Math.max(1, Math.min(durationParameter(params, 'timeout', DEFAULT_TIMEOUT_MS), DEFAULT_TIMEOUT_MS));
  const selector = parse(params.get('query') ?? '');
  const maxTimeMs = (selector.atMs ?? timeMs) - selector.offsetMs;
  const rangeMs = selector.rangeMs ?? lookbackDeltaMs;
  return {
    matchers: selector.matchers,
    // Ranges and the lookback are open at their old end.
    minTimeMs: maxTimeMs - rangeMs + 1,
    maxTimeMs,
    result: selector.rangeMs === null ? { type: 'vector', timeMs } : { type: 'matrix' },
    timeoutMs,
  };
}

function parse(text: string): ReturnType<typeof parseRawSelector> {
  try {
    return parseRawSelector(text);
  } catch (error) {
    const { message } = error as Error;
    throw error instanceof PromqlUnsupportedError ? badData(message) : invalidParameter('query', message);
  }
}

export function queryRoutes(
  { rawQuery }: Pick<ApiPorts, 'rawQuery'>,
  { lookbackDeltaMs }: Pick<ApiOptions, 'lookbackDeltaMs'>,
): ApiRoute[] {
  return [
    getOrPost('/query', async ({ params, signal }) => {
      const query = rawQueryOf(params, rawQuery.now(), lookbackDeltaMs);
      return { json: await rawQuery.select(query, signal) };
    }),
  ];
}
