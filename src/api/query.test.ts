import { expect, test } from 'vitest';
import { ApiError } from './errors.ts';
import type { RawQuery } from './ports.ts';
import { queryRoutes } from './query.ts';

const NOW = 1_000_000;
const LOOKBACK = 300_000;

async function ask(query: string): Promise<unknown> {
  let asked: RawQuery | null = null;
  const rawQuery = {
    now: () => NOW,
    select: async (q: RawQuery) => {
      asked = q;
      return '"data"';
    },
  };
  const [route] = queryRoutes({ rawQuery }, { lookbackDeltaMs: LOOKBACK });
  try {
    const answer = await route.handle({ params: new URLSearchParams(query), path: {}, signal: new AbortController().signal });
    expect(answer).toEqual({ json: '"data"' });
    const { minTimeMs, maxTimeMs, result, timeoutMs, matchers } = asked!;
    return [matchers.map(String).join(), minTimeMs, maxTimeMs, result.type === 'vector' ? result.timeMs : 'matrix', timeoutMs];
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return `${error.code}: ${error.message}`;
  }
}

test('what is asked of the store', async () => {
  const check = async (query: string, ...want: unknown[]) => expect(await ask(query), query).toEqual(want);
  const up = '__name__="up"';
  await check('query=up', up, NOW - LOOKBACK + 1, NOW, NOW, 120_000);
  await check('query=up&time=2000', up, 2_000_000 - LOOKBACK + 1, 2_000_000, 2_000_000, 120_000);
  await check('query=up offset 1m&time=2000', up, 1_940_000 - LOOKBACK + 1, 1_940_000, 2_000_000, 120_000);
  await check('query=up @ 5&time=2000', up, 5000 - LOOKBACK + 1, 5000, 2_000_000, 120_000);
  await check('query=up[1m]&time=2000', up, 1_940_001, 2_000_000, 'matrix', 120_000);
  await check('query=up[1m] @ end() offset 10s&time=2000', up, 1_930_001, 1_990_000, 'matrix', 120_000);
  await check('query=up&timeout=10s', up, NOW - LOOKBACK + 1, NOW, NOW, 10_000);
  await check('query=up&timeout=1.5', up, NOW - LOOKBACK + 1, NOW, NOW, 1500);
  await check('query=up&timeout=1h', up, NOW - LOOKBACK + 1, NOW, NOW, 120_000);
});

test('what is refused', async () => {
  const check = async (query: string, want: string) => expect(await ask(query), query).toContain(want);
  await check('', 'bad_data: invalid parameter "query": unknown position: parse error: no expression found in input');
  await check('query=up{', 'bad_data: invalid parameter "query": 1:4: parse error: unexpected end of input inside braces');
  await check('query=rate(up[5m])', 'bad_data: not supported yet: "(" behind a selector');
  await check(
    'query=up&time=x',
    `bad_data: invalid parameter "time": Invalid time value for 'time': cannot parse "x" to a valid timestamp`,
  );
  await check('query=up&timeout=x', 'bad_data: invalid parameter "timeout": cannot parse "x" to a valid duration');
});
