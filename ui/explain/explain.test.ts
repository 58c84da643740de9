import { expect, test } from 'vitest';
import type { QueryAnswer, VectorElement } from '../../src/answers/index.ts';
import { type Binary, parseExpr, WHOLE_LANGUAGE } from '../../src/promql/parser/index.ts';
import { ServerError } from '../server/server-error.ts';
import { type AskQuery, Explaining, labelCountsOf } from './explaining.ts';
import { matchGroups } from './matching-groups.ts';
import { askedNodes, nodesOf, treeOfNodes } from './node-tree.ts';
import { matchingSentences, sentenceOf, titleOf } from './node-words.ts';

const treeOf = (text: string) => treeOfNodes(parseExpr(text, WHOLE_LANGUAGE));

test('the parts of an expression and what counts their series', () => {
  const check = (text: string, parts: [string, string | null][]): void =>
    expect(nodesOf(treeOf(text)).map(({ id, countQuery }) => [id, countQuery])).toEqual(parts);
  check('up', [['0', 'count(up)']]);
  check('((up))', [['0', 'count(up)']]);
  check('rate(up[5m] offset 1h)', [
    ['0', 'count(rate(up[5m] offset 1h))'],
    ['0.0', 'count(last_over_time(up[5m] offset 1h))'],
  ]);
  check('max_over_time(sum(up)[1h:5m])', [
    ['0', 'count(max_over_time(sum(up)[1h:5m]))'],
    ['0.0', 'count(last_over_time(sum(up)[1h:5m]))'],
    ['0.0.0', 'count(sum(up))'],
    ['0.0.0.0', 'count(up)'],
  ]);
  check('topk(2 + 1, up)', [
    ['0', 'count(topk(2 + 1, up))'],
    ['0.0', 'count(up)'],
    ['0.1', '2 + 1'],
    ['0.1.0', null],
    ['0.1.1', null],
  ]);
  check('info(up, {a="b"})', [
    ['0', 'count(info(up, {a="b"}))'],
    ['0.0', 'count(up)'],
    ['0.1', null],
  ]);
  check('label_join(up, "a", "b")', [
    ['0', 'count(label_join(up, "a", "b"))'],
    ['0.0', 'count(up)'],
    ['0.1', null],
    ['0.2', null],
  ]);
});

test('what is deepest is asked first, and not without end', () => {
  expect(askedNodes(treeOf('sum(up) + down')).map(({ id }) => id)).toEqual(['0.0.0', '0.0', '0.1', '0']);
  expect(askedNodes(treeOf(Array(300).fill('up').join(' + ')))).toHaveLength(200);
});

test('parts are named', () => {
  const check = (text: string, title: string): void => expect(titleOf(treeOf(text))).toBe(title);
  check('up', 'vector selector');
  check('sum by (job, instance) (up)', 'aggregation: sum by (job, instance)');
  check('sum without (job) (up)', 'aggregation: sum without (job)');
  check('sum(up)', 'aggregation: sum');
  check('rate(up[5m])', 'function: rate');
  check('a / on (job) group_left (team) b', 'binary: / on (job) group_left (team)');
  check('a == bool 1', 'binary: == bool');
  check('-up', 'sign: -');
});

test('the lookback that the server has is said', () => {
  const check = (lookback: string | null, sentence: string): void =>
    expect(sentenceOf(treeOf('up'), { functions: new Map(), lookback })).toBe(sentence);
  check(
    '1m30s',
    'The newest sample of each series that fits, unless it is older than the lookback of this server, 1m30s, or the series has ended.',
  );
  check(null, 'The newest sample of each series that fits, unless it is older than the lookback or the series has ended.');
});

test('how series are matched, in words', () => {
  const check = (text: string, sentences: string[]): void => expect(matchingSentences(treeOf(text).expr as Binary)).toEqual(sentences);
  check('a + 1', []);
  check('a and on () b', ['All series belong together: no label is looked at.']);
  check('a / ignoring (code) group_left (team) b', [
    'Series belong together that have the same labels, but for the metric name and code.',
    'Many on the left go with one on the right; more on the right are an error.',
    'The result takes team from the side of one.',
  ]);
});

function vectorOf(...series: string[]): VectorElement[] {
  return series.map((labels) => ({ metric: Object.fromEntries(labels.split(' ').map((pair) => pair.split('='))), value: [0, '1'] }));
}

test('labels with the values that most series have', () => {
  const series = [...Array(12).keys()].flatMap((i) => vectorOf(`i=v${i} j=x`, ...(i === 7 ? ['i=v7 k='] : [])));
  const [i, j, k] = labelCountsOf(series);
  expect(i).toMatchObject({ name: 'i', values: 12 });
  expect(i.top.map(({ name, value }) => `${name} ${value}`).join(' ')).toBe('v7 2 v0 1 v1 1 v10 1 v11 1 v2 1 v3 1 v4 1 v5 1 v6 1');
  expect([j, k]).toEqual([
    { name: 'j', values: 1, top: [{ name: 'x', value: 12 }] },
    { name: 'k', values: 1, top: [{ name: '', value: 1 }] },
  ]);
});

test('groups of series that belong together', () => {
  const check = (text: string, left: string[], right: string[], groups: string[]): void => {
    const found = matchGroups(treeOf(text).expr as Binary, vectorOf(...left), vectorOf(...right));
    const told = found.map(
      ({ labels, left, right, kind, kept }) => `${JSON.stringify(labels)} ${left.length}:${right.length} ${kind} ${kept}`,
    );
    expect(told).toEqual(groups);
  };
  check('a + b', ['__name__=a j=1', '__name__=a j=2'], ['__name__=b j=1'], ['{"j":"2"} 1:0 alone false', '{"j":"1"} 1:1 matched true']);
  check('a + on (j) b', ['j=1 i=1', 'j=1 i=2'], ['j=1'], ['{"j":"1"} 2:1 doubled false']);
  check('a + on (j) b', ['j=1 i=1', 'j=1 i=2'], [], ['{"j":"1"} 2:0 alone false']);
  check('a + on (j) group_left () b', ['j=1 i=1', 'j=1 i=2'], ['j=1'], ['{"j":"1"} 2:1 matched true']);
  check('a + on (j) group_left () b', [], ['j=1 x=1', 'j=1 x=2'], ['{"j":"1"} 0:2 alone false']);
  check('a + on (j) group_left () b', ['j=2'], ['j=1 x=1', 'j=1 x=2'], ['{"j":"1"} 0:2 doubled false', '{"j":"2"} 1:0 alone false']);
  check('a + ignoring (i) group_right () b', ['j=1'], ['j=1 i=1', 'j=1 i=2'], ['{"j":"1"} 1:2 matched true']);
  check('a and b', ['j=1', 'j=2'], ['j=2'], ['{"j":"1"} 1:0 alone false', '{"j":"2"} 1:1 matched true']);
  check('a or b', ['j=1'], ['j=2'], ['{"j":"1"} 1:0 alone true', '{"j":"2"} 0:1 alone true']);
  check('a unless b', ['j=1', 'j=2'], ['j=2'], ['{"j":"1"} 1:0 alone true', '{"j":"2"} 1:1 matched false']);
  check('a + fill_right (0) b', ['j=1'], ['j=2'], ['{"j":"1"} 1:0 alone true', '{"j":"2"} 0:1 alone false']);
});

test('the result of each group', () => {
  const check = (text: string, result: string[], results: string[]): void => {
    const sides = [vectorOf('__name__=a j=1 i=1', '__name__=a j=1 i=2', '__name__=a j=2 i=1'), vectorOf('__name__=b j=1 x=7')] as const;
    const found = matchGroups(treeOf(text).expr as Binary, ...sides, vectorOf(...result));
    const told = found.map(
      ({ labels, result }) => `${labels.j}: ${result!.map(({ metric }) => JSON.stringify(Object.values(metric))).join(' ')}`,
    );
    expect(told).toEqual(results);
  };
  check('a + on (j) group_left (x) b', ['j=1 i=1 x=7', 'j=1 i=2 x=7'], ['2: ', '1: ["1","1","7"] ["1","2","7"]']);
  check('a > on (j) group_left () b', [], ['2: ', '1: ']);
  check('a and on (j) b', ['__name__=a j=1 i=1', '__name__=a j=1 i=2'], ['2: ', '1: ["a","1","1"] ["a","1","2"]']);
});

test('nodes are asked few at once; an error stays at its node', async () => {
  let running = 0;
  let most = 0;
  const ask: AskQuery = async (_path, { query }) => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, 1));
    running--;
    if (String(query).includes('bad')) throw new ServerError('refused', 'too much');
    const counting = String(query).startsWith('count(');
    const result = counting ? [{ metric: {}, value: [0, '2'] as const }] : vectorOf('a=1 b=1', 'a=1 b=2');
    const data: QueryAnswer = { resultType: 'vector', result };
    return { data, warnings: [], infos: [], durationMs: 5, bytes: 0 };
  };
  const root = treeOf('a + b + c + bad');
  const explaining = new Explaining(root, 0, ask);
  await expect
    .poll(() => [...explaining.states.values()].every((s) => s.kind === 'failed' || (s.kind === 'series' && s.labels !== null)))
    .toBe(true);
  expect(most).toBe(3);
  expect(explaining.states.get('0.1')).toMatchObject({ kind: 'failed' });
  expect(explaining.states.get('0.0.1')).toMatchObject({
    kind: 'series',
    count: 2,
    labels: [
      {
        name: 'b',
        values: 2,
        top: [
          { name: '1', value: 1 },
          { name: '2', value: 1 },
        ],
      },
      { name: 'a', values: 1, top: [{ name: '1', value: 2 }] },
    ],
  });
});

test('nothing is told after it was stopped', async () => {
  const ask: AskQuery = (_path, _parameters, { signal }) =>
    new Promise((_resolve, reject) => signal!.addEventListener('abort', () => reject(signal!.reason)));
  const explaining = new Explaining(treeOf('a + b + c + d'), 0, ask);
  explaining.stop();
  await new Promise((resolve) => setTimeout(resolve, 5));
  expect([...explaining.states.values()].every(({ kind }) => kind === 'waiting')).toBe(true);
});
