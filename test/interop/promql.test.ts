// Queries at random, over the same blocks, by our server and by the real Prometheus: the same answers, or an error of the same kind. What 2.42
// and 3.14 do differently is left out by the data and the queries (test/support/query-generator.ts).
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seededRandom } from '../support/made-blocks.ts';
import { type Peer, requirePeer } from '../support/peers.ts';
import { QueryGenerator, queryData } from '../support/query-generator.ts';
import { startOverSameBlocks } from '../support/same-blocks.ts';
import type { Tributary } from '../support/tributary.ts';

const QUERIES = Number(process.env.TRIBUTARY_QUERIES ?? 1500);
const SEED = Number(process.env.TRIBUTARY_SEED ?? Date.now() % 1_000_000);
const START_MS = 1_600_000_000_000;
const STEPS = 480;
const TOLERANCE = 1e-9;

/** Of label sets. */
const CLASH = /same labelset|many-to-many matching|multiple matches for labels/;

interface Answer {
  readonly status: string;
  readonly errorType?: string;
  readonly error?: string;
  readonly data?: { readonly resultType: string; readonly result: unknown };
}

type Values = Map<number, number>;

const numberOf = (text: string): number => Number(text.replace('Inf', 'Infinity'));

/** Series by their labels, values by their times. */
function seriesOf({ resultType, result }: NonNullable<Answer['data']>): Map<string, Values> {
  if (resultType === 'scalar') return new Map([['', new Map([[0, numberOf((result as [number, string])[1])]])]]);
  const series = new Map<string, Values>();
  for (const { metric, value, values } of result as {
    metric: Record<string, string>;
    value?: [number, string];
    values?: [number, string][];
  }[]) {
    const key = JSON.stringify(Object.entries(metric).sort(([a], [b]) => (a < b ? -1 : 1)));
    series.set(key, new Map((values ?? [value!]).map(([time, text]) => [time, numberOf(text)])));
  }
  return series;
}

function close(a: number, b: number): boolean {
  return Object.is(a, b) || Math.abs(a - b) <= TOLERANCE * Math.max(1, Math.abs(a), Math.abs(b));
}

/** Null where the two are the same. */
function difference(ours: Answer, theirs: Answer): string | null {
  if (ours.status !== theirs.status) return `ours: ${ours.error ?? ours.status}, theirs: ${theirs.error ?? theirs.status}`;
  if (ours.status === 'error') {
    // Which two series are named in it is another matter, and 2.42 does not name the parameter of a range query.
    const said = ({ error }: Answer) => error!.replaceAll(/\{[^}]*\}/g, '{}').replace('invalid parameter "query": ', '');
    // Where two places of a query clash it is a matter of order which one is met.
    const clash = ({ errorType, error }: Answer) => errorType === 'execution' && CLASH.test(error!);
    if (clash(ours) && clash(theirs)) return null;
    return ours.errorType === theirs.errorType && said(ours) === said(theirs) ? null : `ours: ${ours.error}, theirs: ${theirs.error}`;
  }
  if (ours.data!.resultType !== theirs.data!.resultType) return `ours: ${ours.data!.resultType}, theirs: ${theirs.data!.resultType}`;
  const left = seriesOf(ours.data!);
  const right = seriesOf(theirs.data!);
  for (const key of new Set([...left.keys(), ...right.keys()])) {
    const mine = left.get(key);
    const other = right.get(key);
    if (mine === undefined || other === undefined) return `${key}: only ${mine === undefined ? 'theirs' : 'ours'}`;
    for (const time of new Set([...mine.keys(), ...other.keys()])) {
      const [a, b] = [mine.get(time), other.get(time)];
      if (a === undefined || b === undefined || !close(a, b)) return `${key} at ${time}: ours ${a}, theirs ${b}`;
    }
  }
  return null;
}

describe.runIf(requirePeer('prometheus'))('queries at random', () => {
  let ours: Tributary;
  let theirs: Peer;

  beforeAll(async () => {
    ({ ours, theirs } = await startOverSameBlocks('promql', queryData(seededRandom(SEED), START_MS, STEPS)));
  }, 60_000);
  afterAll(async () => {
    await Promise.all([ours?.stop(), theirs?.stop()]);
  });

  async function ask(server: Peer, path: string, parameters: Record<string, string>): Promise<Answer> {
    const response = await fetch(`${server.url}/api/v1/${path}`, { method: 'POST', body: new URLSearchParams(parameters) });
    return (await response.json()) as Answer;
  }

  test(`seed ${SEED}`, { timeout: 600_000 }, async () => {
    const random = seededRandom(SEED + 1);
    const generator = new QueryGenerator(random);
    const found: string[] = [];
    let errors = 0;
    let empty = 0;
    for (let i = 0; i < QUERIES && found.length < 10; i++) {
      const query = generator.query();
      // Half a second beside the subqueries' grid, whose windows differ at their old end as well.
      const start = START_MS / 1000 + 600.5 + Math.floor(random() * 3000);
      const step = [15, 60, 90, 300][Math.floor(random() * 4)];
      const steps = Math.floor(random() * 30);
      const isRange = random() < 0.6;
      const path = isRange ? 'query_range' : 'query';
      const times: Record<string, string> = isRange
        ? { start: String(start), end: String(start + steps * step), step: String(step) }
        : { time: String(start) };
      const [a, b] = await Promise.all([ask(ours, path, { query, ...times }), ask(theirs, path, { query, ...times })]);
      if (b.status === 'error') errors++;
      else if ((b.data!.result as unknown[]).length === 0) empty++;
      const wrong = difference(a, b);
      if (wrong !== null) found.push(`${path} ${JSON.stringify(times)} ${query}\n  ${wrong}`);
    }
    expect(found.join('\n'), `seed ${SEED}`).toBe('');
    // It must not be about nothing.
    expect(errors + empty).toBeLessThan(QUERIES * 0.6);
  });
});
