import { beforeEach, expect, test } from 'vitest';
import { fakeAsked, fakeServer, fakeSource } from '../../test/support/fake-federation.ts';
import { FakeClock } from '../../test/support/fake-scrape.ts';
import type { FederationServer } from '../answers/index.ts';
import { type Asked, notAsked } from './asked.ts';
import { Consumers } from './consumers.ts';
import type { InstanceCounts } from './instance-level.ts';
import type { Known } from './source-memory.ts';
import type { SourceQuestion } from './source-questions.ts';
import type { SourceTarget } from './source-target.ts';
import { FederationTree, type TreeQuestion } from './tree.ts';

const NOW = 1_700_000_000_000;
let clock: FakeClock;
let sources: SourceTarget[];
let consumers: Consumers;
let asked: [instance: string, question: SourceQuestion][];
let late: Set<string>;
let known: Known | null;
let instances: Map<unknown, number>;
let answerOf: (target: SourceTarget) => Promise<Asked>;
let tree: FederationTree;

beforeEach(() => {
  clock = new FakeClock(NOW);
  sources = [];
  asked = [];
  late = new Set();
  known = null;
  instances = new Map();
  consumers = new Consumers(clock.wallMs);
  answerOf = async ({ instance }) => fakeAsked({ id: instance, externalLabels: { dc: instance } });
  tree = new FederationTree({
    id: 'ME',
    version: '1.2',
    externalUrl: 'https://top.example',
    externalLabels: () => [['dc', 'top']],
    sources: () => sources,
    consumers,
    questions: {
      ask: (target, question) => {
        asked.push([target.instance, question]);
        return answerOf(target);
      },
      remembered: ({ instance }) => ({ isLate: late.has(instance), known }),
    },
    instances: { find: async () => instances as InstanceCounts, last: new Map() },
    clock,
  });
});

const answer = (question: Partial<TreeQuestion> = {}): Promise<FederationServer> =>
  tree.answer({ depth: 8, via: [], timeoutMs: null, pulls: 120, ...question });

test('the server between its sources and its consumers', async () => {
  sources = [fakeSource('a', {}, [3, 4]), fakeSource('b', { report: { health: 'down', error: 'no', timestampMs: 6 } }, [null])];
  consumers.record({ address: '10.0.0.1', userAgent: 'P' }, ['up'], {
    error: '',
    durationSeconds: 1,
    answer: { series: 2, textBytes: 20, newestMs: NOW - 1000, hasInstances: true },
  });
  answerOf = async ({ instance }) => (instance === 'b:1' ? notAsked('cannot ask it') : fakeAsked({ id: 'A' }));
  expect(await answer()).toEqual({
    id: 'ME',
    software: 'tributary',
    version: '1.2',
    externalUrl: 'https://top.example',
    externalLabels: { dc: 'top' },
    timeMs: NOW,
    sources: [
      {
        job: 'federate',
        instance: 'a:1',
        labels: { instance: 'a:1', job: 'federate' },
        url: 'http://a:1/federate',
        webUrl: 'http://a:1',
        selectors: ['up'],
        honorLabels: true,
        intervalSeconds: 15,
        health: 'up',
        lastError: '',
        lastPullMs: 5,
        pulls: 2,
        failures: 0,
        history: { timesMs: [5, 5], ok: [true, true], series: [3, 4], bytes: [10, 10], durationSeconds: [0.1, 0.1], lagSeconds: [2, 2] },
        warnings: [],
        server: fakeServer({ id: 'A' }),
        serverAsOfMs: 0,
        serverError: '',
      },
      expect.objectContaining({
        instance: 'b:1',
        health: 'down',
        lastError: 'no',
        failures: 1,
        server: null,
        serverError: 'cannot ask it',
      }),
    ],
    consumers: [
      {
        address: '10.0.0.1',
        userAgent: 'P',
        selectors: ['up'],
        requests: 1,
        failures: 0,
        firstRequestMs: NOW,
        lastRequestMs: NOW,
        lastError: '',
        history: { timesMs: [NOW], ok: [true], series: [2], bytes: [20], durationSeconds: [1], lagSeconds: [1] },
        warnings: [expect.objectContaining({ code: 'instance_level_series' })],
      },
    ],
    warnings: [],
    truncated: false,
  });
  expect((await answer({ pulls: 1 })).sources[0].history.timesMs).toHaveLength(1);
  expect(JSON.stringify(await answer())).not.toContain('client');
});

test('each level asks the next one, one less deep, and says who is on the way', async () => {
  sources = [fakeSource('a')];
  const check = async (question: Partial<TreeQuestion>, expected: SourceQuestion | null): Promise<void> => {
    asked = [];
    const { truncated, sources: shown } = await answer(question);
    expect([question, asked]).toEqual([question, expected === null ? [] : [['a:1', expected]]]);
    expect(truncated).toBe(expected === null);
    if (expected === null) expect(shown).toMatchObject([{ server: null, serverError: expect.stringContaining('not asked') }]);
  };
  await check({}, { depth: 7, via: ['ME'] });
  await check({ depth: 99 }, { depth: 7, via: ['ME'] });
  await check({ depth: 2, via: ['A', 'B'] }, { depth: 1, via: ['A', 'B', 'ME'] });
  await check({ depth: 1 }, null);
  asked = [];
  const alone = await answer({ depth: 0 });
  expect([alone.sources, alone.consumers, alone.truncated, asked]).toEqual([[], [], true, []]);
  // No honest way is as long.
  await check({ via: Array.from({ length: 8 }, (_, i) => `X${i}`) }, null);
});

test('a circle ends where it began', async () => {
  sources = [fakeSource('a')];
  expect(await answer({ via: ['A', 'ME', 'B'] })).toMatchObject({
    id: 'ME',
    sources: [],
    consumers: [],
    warnings: [{ code: 'loop' }],
    truncated: false,
  });
  expect(asked).toEqual([]);
});

test('who does not answer in time is left out, and keeps nobody waiting', async () => {
  sources = [fakeSource('hung'), fakeSource('a')];
  answerOf = ({ instance }) => (instance === 'a:1' ? Promise.resolve(fakeAsked()) : new Promise(() => undefined));
  const check = async (timeoutMs: number | null, waitMs: number): Promise<void> => {
    let done: FederationServer | null = null;
    void answer({ timeoutMs }).then((server) => {
      done = server;
    });
    await clock.advance(waitMs - 1);
    expect(done).toBeNull();
    await clock.advance(1);
    expect(done).toMatchObject({ sources: [{ server: null, serverError: 'it did not answer in time' }, { serverError: '' }] });
    expect(clock.timers).toBe(0);
  };
  await check(null, 4500);
  await check(1000, 900);
  await check(60_000, 4500);
});

test('who was late before keeps nobody waiting long', async () => {
  sources = [fakeSource('hung'), fakeSource('a')];
  late.add('hung:1');
  answerOf = ({ instance }) => (instance === 'a:1' ? Promise.resolve(fakeAsked()) : new Promise(() => undefined));
  const shown = answer();
  await clock.advance(100);
  expect(await shown).toMatchObject({ sources: [{ server: null, serverError: expect.stringContaining('in the background') }, {}] });
  expect(asked.map(([instance]) => instance)).toEqual(['a:1', 'hung:1']);
  expect(clock.timers).toBe(0);
  // Who is in a hurry waits no longer than that.
  const hurried = answer({ timeoutMs: 50 });
  await clock.advance(45);
  expect((await hurried).sources).toHaveLength(2);
});

test('a source that cannot be asked any more is told of as it was before', async () => {
  sources = [fakeSource('a')];
  known = { ...fakeAsked({ externalUrl: 'https://a.example' }), asOfMs: NOW - 1000 };
  answerOf = async () => notAsked('cannot ask it');
  expect((await answer()).sources).toMatchObject([
    {
      server: { id: 'ID', externalLabels: { dc: 'eu1' } },
      webUrl: 'https://a.example',
      serverAsOfMs: NOW - 1000,
      serverError: 'cannot ask it; what is told of it is what it said before',
    },
  ]);
  // Half an answer is less than what it said before, and more than half an answer before.
  answerOf = async () => ({ ...fakeAsked({ id: 'HALF' }), error: 'labels', isLate: true });
  expect((await answer()).sources).toMatchObject([{ server: { id: 'ID' }, serverError: expect.stringMatching(/^labels; what is told/) }]);
  known = { ...known, isLate: true };
  expect((await answer()).sources).toMatchObject([{ server: { id: 'HALF' }, serverAsOfMs: 0, serverError: 'labels' }]);
  answerOf = async () => fakeAsked({ id: 'NEW' });
  expect((await answer()).sources).toMatchObject([{ server: { id: 'NEW' }, serverAsOfMs: 0, serverError: '' }]);
  answerOf = async () => notAsked('cannot ask it');
  expect((await answer({ depth: 1 })).sources).toMatchObject([{ server: null, serverAsOfMs: 0 }]);
});

test('those that are down are asked last', async () => {
  const report = (health: 'up' | 'down' | 'unknown') => ({ report: { health, error: '', timestampMs: 0 } });
  sources = [fakeSource('a', report('down')), fakeSource('b', report('unknown')), fakeSource('c', report('up'))];
  const { sources: shown } = await answer();
  expect(asked.map(([instance]) => instance)).toEqual(['b:1', 'c:1', 'a:1']);
  expect(shown.map(({ server }) => server!.id)).toEqual(['a:1', 'b:1', 'c:1']);
});

test('an answer is bounded: sources, what is below them, and the consumers that a server above is told of', async () => {
  sources = Array.from({ length: 600 }, (_, i) => fakeSource(`s${i}`));
  const many = await answer({ depth: 1 });
  expect([many.sources.length, many.truncated]).toEqual([500, true]);
  sources = sources.slice(0, 5);
  const below = Array.from({ length: 3 }, () => ({ job: 'x', server: null }) as unknown as FederationServer['sources'][number]);
  answerOf = async () => ({ ...fakeAsked({ sources: below }), nodes: 800 });
  const left = async (via: string[]): Promise<string> =>
    (await answer({ via })).sources.map(({ server }) => (server!.truncated ? 'cut' : String(server!.sources.length))).join(' ');
  expect(await left([])).toBe('3 3 3 cut cut');
  expect(await left(['A'])).toBe('3 cut cut cut cut');
  for (let i = 0; i < 30; i++) {
    consumers.record({ address: String(i), userAgent: '' }, [], { error: 'e', durationSeconds: 0, answer: null });
  }
  expect((await answer()).consumers).toHaveLength(30);
  expect((await answer({ via: ['A'] })).consumers.map(({ address }) => address).slice(0, 2)).toEqual(['29', '28']);
  expect((await answer({ via: ['A'] })).consumers).toHaveLength(20);
});

test('where a browser finds the sources: as they say, or as they are scraped', async () => {
  const check = async (base: string, externalUrl: string, expected: string): Promise<void> => {
    sources = [fakeSource('a', { base })];
    answerOf = async () => fakeAsked({ externalUrl });
    const [{ url, webUrl }] = (await answer()).sources;
    expect([url, webUrl]).toEqual([`${base}/federate`, expected]);
  };
  await check('http://a:1/x', '', 'http://a:1/x');
  await check('http://127.0.0.1:1', '', 'http://127.0.0.1:1');
  await check('http://a:1', 'https://a.example/prom', 'https://a.example/prom');
  // Its own machine is told apart by where it is scraped.
  await check('http://a:1', 'http://localhost:9090', 'http://a:1');
  answerOf = async () => notAsked('down');
  expect((await answer()).sources).toMatchObject([{ webUrl: 'http://a:1' }]);
});

test('a source that brings instances is warned of, unless it says so itself', async () => {
  sources = [fakeSource('a')];
  instances.set(sources[0].pulls, 7);
  const codes = async (): Promise<string[]> =>
    (await answer()).sources[0].warnings.map(({ code, message }) => `${code} ${message.slice(0, 4)}`);
  expect(await codes()).toEqual(['instance_level_series Some']);
  consumers.record({ address: '10.0.0.1', userAgent: 'P' }, ['up'], {
    error: '',
    durationSeconds: 1,
    answer: { series: 2, textBytes: 20, newestMs: NOW, hasInstances: true },
  });
  const told = (await answer()).consumers;
  answerOf = async () => fakeAsked({ consumers: told });
  expect(await codes()).toEqual([]);
  answerOf = async () => fakeAsked({ consumers: told.map((consumer) => ({ ...consumer, selectors: ['down'] })) });
  expect(await codes()).toHaveLength(1);
});

test('a mistake of ours leaves no timer behind', async () => {
  sources = [fakeSource('a')];
  answerOf = () => Promise.reject(new TypeError('BUG'));
  await expect(answer()).rejects.toThrow('BUG');
  expect(clock.timers).toBe(0);
});
