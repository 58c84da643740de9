// The texts of src/promql/parser/parser.test.ts are the real Prometheus's.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Peer, requirePeer, startPrometheus } from '../support/peers.ts';
import { PRINTED, REFUSED } from '../support/promql-texts.ts';

describe.runIf(requirePeer('prometheus'))('queries as texts', () => {
  let theirs: Peer;
  beforeAll(async () => {
    theirs = await startPrometheus({ config: 'global: {}\n' });
  }, 60_000);
  afterAll(() => theirs?.stop());

  const formatted = async (query: string) => {
    const response = await fetch(`${theirs.url}/api/v1/format_query`, { method: 'POST', body: new URLSearchParams({ query }) });
    return (await response.json()) as { data?: string; error?: string };
  };

  test('what is refused', async () => {
    const said = await Promise.all(REFUSED.map(async ([query]) => [query, (await formatted(query)).error]));
    expect(said).toEqual(REFUSED.map(([query, message]) => [query, `invalid parameter "query": ${message}`]));
  });

  test('what is printed', async () => {
    expect(await Promise.all(PRINTED.map(async ([query]) => [query, (await formatted(query)).data]))).toEqual(PRINTED);
  });
});
