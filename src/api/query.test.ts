import { expect, test } from 'vitest';
import { apiRequest } from '../../test/support/api-request.ts';
import { STABLE_LANGUAGE } from '../promql/index.ts';
import { ApiError } from './errors.ts';
import type { QueryInput } from './ports.ts';
import { queryRoutes } from './query.ts';

const NOW = 1_000_000;

async function ask(path: string, query: string): Promise<QueryInput | string> {
  let asked: QueryInput | null = null;
  const port = {
    now: () => NOW,
    run: async (input: QueryInput) => {
      asked = input;
      return Buffer.from('{}');
    },
  };
  const route = queryRoutes({ query: port }, { promqlFeatures: STABLE_LANGUAGE }).find((route) => route.path === path)!;
  try {
    const answer = await route.handle(apiRequest(query));
    if (asked === null) return JSON.stringify((answer as { data: unknown }).data);
    return asked;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return `${error.code}: ${error.message}`;
  }
}

test('what is asked of the workers', async () => {
  const check = async (path: string, query: string, want: Partial<QueryInput>) => expect(await ask(path, query), query).toMatchObject(want);
  const byDefault = { timeoutMs: null, lookbackMs: null, statistics: 'none', limit: 0, encoding: 'identity' } as const;
  await check('/query', 'query=up', { query: 'up', startMs: NOW, endMs: NOW, stepMs: 0, ...byDefault });
  await check('/query', 'query=up&time=2000.5', { startMs: 2_000_500, endMs: 2_000_500, stepMs: 0 });
  await check('/query', 'query=up&timeout=1.5&lookback_delta=1m&stats=all&limit=3', {
    timeoutMs: 1500,
    lookbackMs: 60_000,
    statistics: 'all',
    limit: 3,
  });
  await check('/query_range', 'query=up&start=10&end=70&step=15', { startMs: 10_000, endMs: 70_000, stepMs: 15_000, ...byDefault });
  await check('/query_range', 'query=up&start=10&end=10&step=1m&stats=1', { endMs: 10_000, stepMs: 60_000, statistics: 'basic' });
});

test('what is refused', async () => {
  const check = async (path: string, query: string, want: string) => expect(await ask(path, query), query).toBe(want);
  const invalid = (name: string, problem: string) => `bad_data: invalid parameter "${name}": ${problem}`;
  await check('/query', 'query=up&time=x', invalid('time', `Invalid time value for 'time': cannot parse "x" to a valid timestamp`));
  await check('/query', 'query=up&timeout=x', invalid('timeout', 'cannot parse "x" to a valid duration'));
  const time = (text: string) => invalid('time', `Invalid time value for 'time': cannot parse "${text}" to a valid timestamp`);
  await check('/query', 'query=up&time=2023-02-29T00:00:00Z', time('2023-02-29T00:00:00Z'));
  await check('/query', 'query=up&time=2023-03-01T24:00:00Z', time('2023-03-01T24:00:00Z'));
  await check('/query', 'query=up&time=1e999', time('1e999'));
  await check('/query', 'query=up&timeout=1e10', invalid('timeout', 'cannot parse "1e10" to a valid duration. It overflows int64'));
  await check('/query', 'query=up&limit=-1', invalid('limit', 'limit must be non-negative'));
  await check('/query', 'lookback_delta=x', 'bad_data: error parsing lookback delta duration: cannot parse "x" to a valid duration');
  const range = (start: string, end: string, step: string) => `query=up&start=${start}&end=${end}&step=${step}`;
  await check('/query_range', range('', '2', '1'), invalid('start', 'cannot parse "" to a valid timestamp'));
  await check('/query_range', range('1', 'x', '1'), invalid('end', 'cannot parse "x" to a valid timestamp'));
  await check('/query_range', range('2', '1', '1'), invalid('end', 'end timestamp must not be before start time'));
  await check('/query_range', range('1', '2', ''), invalid('step', 'cannot parse "" to a valid duration'));
  const zero = 'zero or negative query resolution step widths are not accepted. Try a positive integer';
  await check('/query_range', range('1', '2', '0'), invalid('step', zero));
  await check('/query_range', range('1', '2', '-1'), invalid('step', zero));
  const tooFine = 'bad_data: exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)';
  await check('/query_range', range('0', '11001', '1'), tooFine);
});

test('what needs no worker', async () => {
  const check = async (path: string, query: string, want: string) => expect(await ask(path, query), query).toBe(want);
  await check('/format_query', 'query=sum(up)by(job)', '"sum by (job) (up)"');
  await check(
    '/format_query',
    'query=',
    'bad_data: invalid parameter "query": unknown position: parse error: no expression found in input',
  );
  await check('/query_exemplars', 'query=up&start=1&end=2', '[]');
  await check('/query_exemplars', 'query=up{&start=1&end=2', 'bad_data: 1:4: parse error: unexpected end of input inside braces');
  await check('/parse_query', 'query=-1', '{"type":"numberLiteral","val":"-1"}');
});
