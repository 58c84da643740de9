import { expect, test } from 'vitest';
import { type FakeRules, fakeRules, START_MS } from '../../test/support/fake-rules.ts';
import { settle } from '../../test/support/fake-scrape.ts';
import { StorageError } from '../storage/index.ts';
import { WorkerError } from '../worker/index.ts';
import { offsetOf, slotBefore } from './group-loop.ts';
import type { AlertingSpec, RecordingSpec, RuleGroupSpec, RuleSpec } from './rule-spec.ts';

const INTERVAL_MS = 10_000;

const record = (name: string, query: string, labels: RecordingSpec['labels'] = []): RecordingSpec => ({
  kind: 'recording',
  name,
  index: 0,
  query,
  labels,
  place: '',
});

const alert = (name: string, query: string, more: Partial<AlertingSpec> = {}): AlertingSpec => ({
  kind: 'alerting',
  name,
  index: 0,
  query,
  labels: [],
  annotations: [['summary', 'is $value']],
  forMs: 0,
  keepFiringForMs: 0,
  place: '',
  ...more,
});

const group = (rules: readonly RuleSpec[], more: Partial<RuleGroupSpec> = {}): RuleGroupSpec => ({
  name: 'g',
  file: 'f',
  intervalMs: 0,
  queryOffsetMs: null,
  limit: 0,
  rules,
  ...more,
});

/** The first evaluation of a group after the start. */
const firstMs = (key = 'f;g', intervalMs = INTERVAL_MS): number => slotBefore(START_MS, intervalMs, offsetOf(key, intervalMs)) + intervalMs;

/** From just after one evaluation to just after another one, which has ended. */
async function evaluations({ clock }: FakeRules, count: number, from = 0): Promise<void> {
  for (let n = from; n < count; n++) {
    await clock.advance(n === 0 ? firstMs() - START_MS : INTERVAL_MS);
    // It gives way in between.
    for (let turns = 0; clock.timers === 0 && turns < 1000; turns++) await settle();
  }
}

const nth = (n: number): number => firstMs() + (n - 1) * INTERVAL_MS;

test('groups are evaluated on a grid of their own, and missed evaluations are counted', async () => {
  const rules = fakeRules();
  rules.apply([group([record('a', 'x')])]);
  expect(rules.supervisor.groups[0].rules[0].status.health).toBe('unknown');
  await evaluations(rules, 2);
  expect(rules.evaluator.requests.map(({ timeMs }) => timeMs)).toEqual([nth(1), nth(2)]);
  expect((firstMs() - offsetOf('f;g', INTERVAL_MS)) % INTERVAL_MS).toBe(0);
  let go: () => void = () => undefined;
  rules.evaluator.hold = new Promise((resolve) => {
    go = resolve;
  });
  await rules.clock.advance(4 * INTERVAL_MS);
  expect(rules.evaluator.requests).toHaveLength(3);
  go();
  await rules.clock.advance(0);
  expect(rules.evaluator.requests.slice(2).map(({ timeMs }) => timeMs)).toEqual([nth(3), nth(6)]);
  await evaluations(rules, 7, 6);
  expect(rules.evaluator.requests.at(-1)?.timeMs).toBe(nth(7));
  expect(rules.metric('prometheus_rule_group_iterations_missed_total')).toEqual(new Map([['f;g', 2]]));
  expect(rules.metric('prometheus_rule_group_iterations_total')).toEqual(new Map([['f;g', 7]]));
  await rules.supervisor.stop();
  expect(rules.clock.timers).toBe(0);
  expect(rules.appender.held).toBe(0);
});

test('a wall clock that is set back takes the times of evaluation with it', async () => {
  const rules = fakeRules();
  rules.apply([group([record('a', 'x')])]);
  await evaluations(rules, 2);
  rules.clock.setWall(nth(2) - 3_600_000);
  await evaluations(rules, 4, 2);
  const times = rules.evaluator.requests.map(({ timeMs }) => timeMs);
  expect(times[2]).toBeLessThanOrEqual(nth(3) - 3_600_000);
  expect(times[3] - times[2]).toBe(INTERVAL_MS);
});

test('what is recorded, and that it ends', async () => {
  const rules = fakeRules();
  const { results } = rules.evaluator;
  rules.apply([group([record('a', 'x', [['own', 'l']])])]);
  results.set('x', [
    [{ job: '1' }, 5],
    [{ job: '2' }, 6],
  ]);
  await evaluations(rules, 2);
  results.set('x', [[{ job: '2' }, 7]]);
  await evaluations(rules, 3, 2);
  results.set('x', 'it failed');
  await evaluations(rules, 4, 3);
  expect(rules.supervisor.groups[0].rules[0].status).toMatchObject({ health: 'err', lastError: 'it failed' });
  results.set('x', []);
  await evaluations(rules, 6, 4);
  expect(rules.appender.samples('job="1"')).toEqual([
    [nth(1), 5],
    [nth(2), 5],
    [nth(3), 'stale'],
  ]);
  expect(rules.appender.samples('job="2"')).toEqual([
    [nth(1), 6],
    [nth(2), 6],
    [nth(3), 7],
    [nth(5), 'stale'],
  ]);
  expect([...rules.appender.stored.keys()]).toEqual(['{__name__="a", job="1", own="l"}', '{__name__="a", job="2", own="l"}']);
  expect(rules.supervisor.groups[0].rules[0].status).toMatchObject({ health: 'ok', lastError: '' });
  expect(rules.metric('prometheus_rule_evaluation_failures_total')).toEqual(new Map([['f;g', 1]]));
  expect(rules.appender.held).toBe(0);
});

test('series of many pages that come and go', async () => {
  const rules = fakeRules();
  rules.apply([group([record('a', 'x')])]);
  const all = Array.from({ length: 1000 }, (_, i) => [{ i: String(i).padStart(4, '0') }, i] as const);
  const lists = [all, all.filter((_, i) => i !== 3), all.slice(500), all, [], all];
  for (const [i, list] of lists.entries()) {
    rules.evaluator.results.set('x', list);
    await (i === 0 ? evaluations(rules, 1) : evaluations(rules, i + 1, i));
  }
  for (const [labels, value] of [all[0], all[3], all[400], all[999]]) {
    const expected: [number, number | 'stale'][] = [];
    for (const [i, list] of lists.entries()) {
      if (list.some(([other]) => other.i === labels.i)) expected.push([nth(i + 1), value]);
      else if (expected.at(-1)?.[1] !== 'stale') expected.push([nth(i + 1), 'stale']);
    }
    expect(rules.appender.samples(`i="${labels.i}"`), labels.i).toEqual(expected);
  }
  expect(rules.appender.held).toBe(1000);
  await rules.supervisor.stop();
  expect(rules.appender.held).toBe(0);
});

test('rules wait for the series of those before them', async () => {
  const rules = fakeRules({ sharedLanes: 3 });
  rules.evaluator.results.set('x', [[{}, 1]]);
  rules.apply([group([record('a', 'x'), record('b', 'x'), record('c', 'a + b'), record('d', 'x')])]);
  const committed: number[] = [];
  const evaluate = rules.evaluator.evaluate.bind(rules.evaluator);
  rules.evaluator.evaluate = (request) => {
    committed.push(rules.appender.commits);
    return evaluate(request);
  };
  await evaluations(rules, 1);
  expect(rules.evaluator.requests.map(({ tasks }) => tasks.map(({ name }) => name))).toEqual([
    ['a', 'b'],
    ['c', 'd'],
  ]);
  expect(committed).toEqual([0, 2]);
});

test('a query offset', async () => {
  const rules = fakeRules();
  rules.evaluator.results.set('x', [[{}, 1]]);
  rules.apply([group([record('a', 'x')])], { queryOffsetMs: 5000 });
  await evaluations(rules, 1);
  expect(rules.evaluator.requests[0]).toMatchObject({ timeMs: nth(1), queryTimeMs: nth(1) - 5000 });
  expect(rules.appender.samples('"a"')).toEqual([[nth(1) - 5000, 1]]);
});

test('a worker that is lost fails the rules it had, and they go on', async () => {
  const rules = fakeRules();
  rules.evaluator.results.set('x', [[{}, 1]]);
  rules.apply([group([record('a', 'x')])]);
  rules.evaluator.failure = new WorkerError('worker_died', 'the query worker crashed');
  await evaluations(rules, 1);
  expect(rules.supervisor.groups[0].rules[0].status).toMatchObject({ health: 'err', lastError: 'the query worker crashed' });
  rules.evaluator.failure = null;
  await evaluations(rules, 2, 1);
  expect(rules.appender.samples('"a"')).toEqual([[nth(2), 1]]);
});

test('a store that refuses series fails the rule alone, and nothing of it is written', async () => {
  const rules = fakeRules();
  rules.evaluator.results.set('x', [
    [{ job: '1' }, 1],
    [{ job: '2' }, 1],
  ]);
  rules.evaluator.results.set('y', [[{}, 1]]);
  rules.appender.refuse.set('{__name__="a", job="2"}', new StorageError('out_of_memory', 'no room'));
  rules.apply([group([record('a', 'x'), record('b', 'y')])]);
  await evaluations(rules, 1);
  expect(rules.supervisor.groups[0].rules.map(({ status }) => status.lastError)).toEqual(['no room', '']);
  expect([...rules.appender.stored.keys()]).toEqual(['{__name__="b"}']);
  // Only what is written is held.
  expect(rules.appender.held).toBe(1);
  rules.appender.refuse.clear();
  await evaluations(rules, 2, 1);
  expect(rules.appender.samples('job="2"')).toEqual([[nth(2), 1]]);
  expect(rules.appender.openBatches).toBe(0);
});

test('the same series of two rules at the same time is the second one’s error', async () => {
  const rules = fakeRules();
  rules.evaluator.results.set('x', [[{}, 1]]);
  rules.evaluator.results.set('y', [[{}, 2]]);
  rules.apply([group([record('a', 'x'), record('a', 'y')])]);
  await evaluations(rules, 1);
  expect(rules.supervisor.groups[0].rules.map(({ status }) => status.lastError)).toEqual(['', 'duplicate sample for timestamp']);
});

test('a reload leaves groups that are the same as they are', async () => {
  const rules = fakeRules();
  rules.apply([group([record('a', 'x')])]);
  const [before] = rules.supervisor.groups;
  rules.apply([group([{ ...record('a', 'x'), place: 'elsewhere' }])]);
  expect(rules.supervisor.groups[0]).toBe(before);
  rules.apply([group([record('a', 'y')])]);
  // Until it has taken over, the one before is shown.
  expect(rules.supervisor.groups[0]).toBe(before);
  await settle();
  expect(rules.supervisor.groups[0]).not.toBe(before);
});

test('a changed group takes over what it can, also through two reloads in a row', async () => {
  const rules = fakeRules();
  const { results } = rules.evaluator;
  for (const query of ['x', 'y', 'z']) results.set(query, [[{ q: query }, 1]]);
  rules.apply([group([record('a', 'x'), record('b', 'x'), alert('A', 'y', { forMs: 60_000 })])]);
  await evaluations(rules, 3);
  const active = rules.supervisor.groups[0].rules[2];
  const since = active.kind === 'alerting' ? active.active[0].activeMs : 0;
  results.set('x', []);
  rules.apply([group([record('a', 'z'), alert('A', 'y', { forMs: 60_000 })])]);
  rules.apply([group([record('a', 'z'), alert('A', 'y', { forMs: 60_000, annotations: [] })])]);
  await settle();
  await evaluations(rules, 4, 3);
  expect(rules.appender.samples('"a", q="x"').at(-1)).toEqual([nth(4), 'stale']);
  expect(rules.appender.samples('"b", q="x"').at(-1)).toEqual([nth(4), 'stale']);
  expect(rules.appender.samples('"a", q="z"')).toEqual([[nth(4), 1]]);
  const later = rules.supervisor.groups[0].rules[1];
  expect(later.kind === 'alerting' ? later.active[0].activeMs : 0).toBe(since);
});

test('the series of a group that is gone end, unless another one goes on with them', async () => {
  const rules = fakeRules();
  rules.evaluator.results.set('x', [[{}, 1]]);
  rules.apply([group([record('a', 'x'), record('b', 'x')])]);
  await evaluations(rules, 2);
  await rules.clock.advance(100);
  const goneMs = rules.clock.wallMs();
  rules.apply([group([record('a', 'x')], { name: 'other' })]);
  await rules.clock.advance(4 * INTERVAL_MS);
  expect(rules.appender.samples('"b"').at(-1)).toEqual([goneMs, 'stale']);
  expect(rules.appender.samples('"a"').some(([, value]) => value === 'stale')).toBe(false);
  expect(rules.appender.samples('"a"').length).toBeGreaterThan(4);
  expect(rules.metric('prometheus_rule_group_rules')).toEqual(new Map([['f;other', 1]]));
});

test('an alert from pending to resolved', async () => {
  const rules = fakeRules();
  const { results } = rules.evaluator;
  rules.apply([group([alert('A', 'x', { forMs: 2 * INTERVAL_MS, labels: [['severity', 'page']] })])]);
  // The first two evaluations of a server are for what was before.
  await evaluations(rules, 3);
  const rule = () => rules.supervisor.groups[0].rules[0];
  const state = () => {
    const one = rule();
    return one.kind === 'alerting' ? one.state : '';
  };
  expect(state()).toBe('inactive');
  results.set('x', [[{ job: '1' }, 5]]);
  const states: string[] = [];
  for (let n = 4; n <= 7; n++) {
    await evaluations(rules, n, n - 1);
    states.push(state());
  }
  expect(states).toEqual(['pending', 'pending', 'firing', 'firing']);
  results.set('x', []);
  await evaluations(rules, 8, 7);
  expect(state()).toBe('inactive');
  const series = 'alertname="A", alertstate="pending", job="1", severity="page"';
  expect(rules.appender.samples(series)).toEqual([
    [nth(4), 1],
    [nth(5), 1],
    [nth(6), 'stale'],
  ]);
  expect(rules.appender.samples(series.replace('pending', 'firing'))).toEqual([
    [nth(6), 1],
    [nth(7), 1],
    [nth(8), 'stale'],
  ]);
  expect(rules.appender.samples('ALERTS_FOR_STATE').map(([timeMs]) => timeMs)).toEqual([nth(4), nth(5), nth(6), nth(7), nth(8)]);
  expect(rules.appender.samples('ALERTS_FOR_STATE')[0][1]).toBe(Math.floor(nth(4) / 1000));
  expect(rules.sent.map(({ atMs, startsMs, endsMs }) => [atMs, startsMs, endsMs])).toEqual([
    [nth(6), nth(6), nth(6) + 240_000],
    [nth(8), nth(6), nth(8)],
  ]);
  expect(rules.sent[0]).toMatchObject({ annotations: [['summary', 'is 5']], query: 'x' });
  expect(rules.appender.held).toBe(0);
});

test('what fires is sent again after the delay, what is resolved for 15 minutes', async () => {
  const rules = fakeRules();
  rules.apply([group([alert('A', 'x')])]);
  rules.evaluator.results.set('x', [[{}, 1]]);
  await evaluations(rules, 15);
  expect(rules.sent.map(({ atMs }) => atMs)).toEqual([nth(1), nth(8), nth(15)]);
  rules.evaluator.results.set('x', []);
  await evaluations(rules, 200, 15);
  const resolved = rules.sent.slice(3);
  expect(new Set(resolved.map(({ endsMs }) => endsMs))).toEqual(new Set([nth(16)]));
  expect(resolved.at(-1)!.atMs - nth(16)).toBeGreaterThanOrEqual(14 * 60_000);
  expect(resolved.at(-1)!.atMs - nth(16)).toBeLessThanOrEqual(15 * 60_000 + INTERVAL_MS);
});

test('keep_firing_for', async () => {
  const rules = fakeRules();
  rules.apply([group([alert('A', 'x', { keepFiringForMs: 25_000 })])]);
  rules.evaluator.results.set('x', [[{}, 1]]);
  await evaluations(rules, 3);
  rules.evaluator.results.set('x', []);
  const firing: boolean[] = [];
  for (let n = 4; n <= 8; n++) {
    await evaluations(rules, n, n - 1);
    const [rule] = rules.supervisor.groups[0].rules;
    firing.push(rule.kind === 'alerting' && rule.state === 'firing');
  }
  expect(firing).toEqual([true, true, true, false, false]);
});

test('more alerts than the limit are none', async () => {
  const rules = fakeRules();
  rules.apply([group([alert('A', 'x')], { limit: 1 })]);
  rules.evaluator.results.set('x', [[{ i: '1' }, 1]]);
  await evaluations(rules, 3);
  rules.evaluator.results.set('x', [
    [{ i: '1' }, 1],
    [{ i: '2' }, 1],
  ]);
  await evaluations(rules, 4, 3);
  const [rule] = rules.supervisor.groups[0].rules;
  expect(rule.status.lastError).toBe('exceeded limit of 1 with 2 alerts');
  expect(rule.kind === 'alerting' && rule.active).toEqual([]);
  rules.evaluator.results.set('x', []);
  await evaluations(rules, 5, 4);
  expect(rules.appender.samples('alertstate="firing", i="1"').at(-1)).toEqual([nth(5), 'stale']);
});

test('after a restart alerts go on where they were', async () => {
  const check = async (
    forMs: number,
    before: { activeAgoMs: number; downAgoMs: number; stale?: boolean },
    expected: (restoredMs: number) => number,
  ) => {
    const rules = fakeRules();
    rules.apply([group([alert('A', 'x', { forMs })])]);
    rules.evaluator.results.set('x', [[{ job: '1' }, 1]]);
    const restoredMs = nth(2);
    rules.evaluator.newestSamples = [
      {
        labels: [
          ['__name__', 'ALERTS_FOR_STATE'],
          ['alertname', 'A'],
          ['job', '1'],
        ],
        timeMs: restoredMs - before.downAgoMs,
        value: (restoredMs - before.activeAgoMs) / 1000,
        isStale: before.stale ?? false,
      },
    ];
    await evaluations(rules, 1);
    expect([...rules.appender.stored.keys()]).toEqual([]);
    await evaluations(rules, 2, 1);
    const [rule] = rules.supervisor.groups[0].rules;
    expect(rule.kind === 'alerting' && rule.active[0].activeMs, JSON.stringify([forMs, before])).toBe(Math.floor(expected(restoredMs)));
    await evaluations(rules, 3, 2);
    expect(rules.appender.samples('ALERTS_FOR_STATE')).toHaveLength(1);
  };
  const minutes = (n: number): number => n * 60_000;
  const floor = (ms: number): number => Math.floor(ms / 1000) * 1000;
  // `for` is below the grace period.
  await check(minutes(5), { activeAgoMs: minutes(20), downAgoMs: minutes(1) }, () => nth(1));
  // It fired.
  await check(minutes(15), { activeAgoMs: minutes(40), downAgoMs: minutes(1) }, (ms) => floor(ms - minutes(40)));
  // Little time is left: it fires after the grace period.
  await check(minutes(15), { activeAgoMs: minutes(12), downAgoMs: minutes(1) }, (ms) => ms + minutes(10) - minutes(15));
  // The outage is added.
  await check(
    minutes(60),
    { activeAgoMs: minutes(12), downAgoMs: minutes(2) },
    (ms) => floor(ms - minutes(12)) + ms - floor(ms - minutes(2)),
  );
  await check(minutes(60), { activeAgoMs: minutes(12), downAgoMs: minutes(2), stale: true }, () => nth(1));
});

test('a commit that fails loses no stale marker, and a series that comes back has none', async () => {
  const rules = fakeRules();
  const { results } = rules.evaluator;
  const both = [
    [{ job: '1' }, 1],
    [{ job: '2' }, 1],
  ] as const;
  results.set('x', both);
  rules.apply([group([record('a', 'x')])]);
  await evaluations(rules, 1);
  results.set('x', []);
  rules.appender.failCommits = new StorageError('disk_full', 'no space');
  await evaluations(rules, 2, 1);
  expect(rules.supervisor.groups[0].rules[0].status.lastError).toBe('no space');
  rules.appender.failCommits = null;
  results.set('x', [[{ job: '2' }, 5]]);
  await evaluations(rules, 3, 2);
  expect(rules.appender.samples('job="1"').at(-1)).toEqual([nth(3), 'stale']);
  expect(rules.appender.samples('job="2"')).toEqual([
    [nth(1), 1],
    [nth(3), 5],
  ]);
  expect(rules.appender.held).toBe(1);
});

test('markers that failed are told after a reload as well', async () => {
  const rules = fakeRules();
  rules.evaluator.results.set('x', [[{}, 1]]);
  const rule = alert('A', 'x');
  rules.apply([group([record('a', 'x'), rule])]);
  await evaluations(rules, 3);
  rules.evaluator.results.set('x', []);
  rules.appender.failCommits = new StorageError('disk_full', 'no space');
  await evaluations(rules, 4, 3);
  rules.appender.failCommits = null;
  rules.apply([group([record('a', 'x'), { ...rule, annotations: [] }])]);
  await settle();
  await evaluations(rules, 5, 4);
  for (const name of ['"a"', '"ALERTS"', '"ALERTS_FOR_STATE"'])
    expect(rules.appender.samples(name).at(-1), name).toEqual([nth(5), 'stale']);
  expect(rules.appender.held).toBe(0);
});

test('a full head delays markers', async () => {
  const rules = fakeRules();
  rules.evaluator.results.set('x', [[{}, 1]]);
  rules.apply([group([record('a', 'x')])]);
  await evaluations(rules, 1);
  rules.evaluator.results.set('x', []);
  rules.appender.isFull = true;
  await evaluations(rules, 2, 1);
  rules.appender.isFull = false;
  await evaluations(rules, 3, 2);
  expect(rules.appender.samples('"a"').at(-1)).toEqual([nth(3), 'stale']);
});

test('a marker that another rule’s sample forestalls is no error', async () => {
  const rules = fakeRules();
  const { results } = rules.evaluator;
  results.set('y', [[{}, 1]]);
  rules.apply([group([record('a', 'x'), record('a', 'y')])]);
  await evaluations(rules, 1);
  results.set('x', [[{}, 2]]);
  results.set('y', []);
  await evaluations(rules, 2, 1);
  expect(rules.supervisor.groups[0].rules.map(({ status }) => status.lastError)).toEqual(['', '']);
  expect(rules.appender.samples('"a"').at(-1)).toEqual([nth(2), 2]);
});

test('a rule that ends its worker takes no other rule with it', async () => {
  const rules = fakeRules();
  rules.evaluator.results.set('x', [[{}, 1]]);
  rules.evaluator.deadly = 'bad';
  rules.apply([group([record('a', 'x'), record('b', 'bad'), record('c', 'x')])]);
  await evaluations(rules, 1);
  expect(rules.supervisor.groups[0].rules.map(({ status }) => status.health)).toEqual(['ok', 'err', 'ok']);
  expect([rules.appender.samples('"a"'), rules.appender.samples('"c"')]).toEqual([[[nth(1), 1]], [[nth(1), 1]]]);
});

test('a wall clock that is set back by less than an interval', async () => {
  const rules = fakeRules();
  rules.apply([group([record('a', 'x')])]);
  await evaluations(rules, 2);
  rules.clock.setWall(nth(2) - 9000);
  await evaluations(rules, 5, 2);
  // The slot that was evaluated already is passed over; after that times are at most the clock's.
  expect(rules.evaluator.requests.map(({ timeMs }) => timeMs)).toEqual([nth(1), nth(2), nth(3), nth(4)]);
  expect(rules.evaluator.requests.at(-1)!.timeMs).toBeLessThanOrEqual(rules.clock.wallMs());
});

test('stopping breaks an evaluation off', async () => {
  const rules = fakeRules();
  rules.evaluator.results.set('x', [[{}, 1]]);
  rules.evaluator.hold = new Promise(() => undefined);
  rules.apply([group(Array.from({ length: 200 }, (_, i) => record(`a${i}`, 'x')))]);
  await rules.clock.advance(firstMs() - START_MS);
  expect(rules.evaluator.requests).toHaveLength(1);
  await rules.supervisor.stop();
  expect([rules.evaluator.requests.length, rules.appender.commits, rules.clock.timers]).toEqual([1, 0, 0]);
  rules.apply([group([record('b', 'x')])]);
  expect(rules.clock.timers).toBe(0);
});

test('stopping while the series of a removed group wait for their end', async () => {
  const rules = fakeRules();
  rules.evaluator.results.set('x', [[{}, 1]]);
  rules.apply([group([record('a', 'x')])]);
  await evaluations(rules, 1);
  rules.apply([]);
  await settle();
  await rules.supervisor.stop();
  expect([rules.clock.timers, rules.appender.held]).toEqual([0, 0]);
  expect(rules.appender.samples('"a"').at(-1)).toEqual([nth(1), 1]);
});

test('an alert that comes back within keep_firing_for begins to be kept anew', async () => {
  const rules = fakeRules();
  rules.apply([group([alert('A', 'x', { keepFiringForMs: 25_000 })])]);
  const firing: boolean[] = [];
  for (const [i, isThere] of [true, true, true, false, false, true, false, false, false, false].entries()) {
    rules.evaluator.results.set('x', isThere ? [[{}, 1]] : []);
    await evaluations(rules, i + 1, i);
    const [rule] = rules.supervisor.groups[0].rules;
    firing.push(rule.kind === 'alerting' && rule.state === 'firing');
  }
  expect(firing).toEqual([true, true, true, true, true, true, true, true, true, false]);
});

test('an alert that fires again soon after it was resolved is another one', async () => {
  const rules = fakeRules();
  rules.apply([group([alert('A', 'x')])]);
  for (const [i, isThere] of [true, true, true, false, true].entries()) {
    rules.evaluator.results.set('x', isThere ? [[{}, 1]] : []);
    await evaluations(rules, i + 1, i);
  }
  const [rule] = rules.supervisor.groups[0].rules;
  expect(rule.kind === 'alerting' && rule.active.map(({ activeMs, state }) => [activeMs, state])).toEqual([[nth(5), 'firing']]);
  expect(rules.sent.map(({ startsMs }) => startsMs)).toEqual([nth(1), nth(1), nth(5)]);
});

test('many alerts that begin to fire at once', async () => {
  const rules = fakeRules();
  rules.apply([group([alert('A', 'x', { forMs: INTERVAL_MS })])]);
  await evaluations(rules, 2);
  rules.evaluator.results.set(
    'x',
    Array.from({ length: 5000 }, (_, i) => [{ i: String(i) }, i]),
  );
  await evaluations(rules, 4, 2);
  expect(rules.appender.stored.size).toBe(15_000);
  expect(rules.appender.held).toBe(10_000);
});
