import { beforeEach, describe, expect, test } from 'vitest';
import { fakeServer, fakeSource } from '../../test/support/fake-federation.ts';
import { FakeClock, settle } from '../../test/support/fake-scrape.ts';
import { type DocumentRequest, ScrapeError } from '../http/index.ts';
import type { Asked } from './asked.ts';
import { SourceClient } from './source-client.ts';
import { SourceQuestions } from './source-questions.ts';

let clock: FakeClock;
let questions: SourceQuestions;
/** Requests in the order in which they were sent. */
let requests: DocumentRequest[];
/** What is answered, by host and path: text, or an error; nothing where a request is to hang until its time is over. */
let answers: Map<string, string | Error>;

beforeEach(() => {
  clock = new FakeClock(1_700_000_000_000);
  requests = [];
  answers = new Map();
  const client = new SourceClient({
    client: {
      async get(request) {
        requests.push(request);
        const answer = answers.get(`${request.url.host}${request.url.pathname}`);
        if (answer instanceof Error) throw answer;
        if (answer !== undefined) return Buffer.from(answer);
        await new Promise<void>((resolve) => clock.after(request.timeoutMs, resolve));
        throw new ScrapeError('timeout', `Get "${request.url.href}": context deadline exceeded`);
      },
      close: () => undefined,
    },
    userAgent: 'Tributary/test',
    clock,
  });
  questions = new SourceQuestions(client, clock);
});

const success = (data: unknown): string => JSON.stringify({ status: 'success', data });
const status = (code: number): ScrapeError => new ScrapeError('status', `server returned HTTP status ${code}`, { status: code });
const OURS = '/api/v1/federation';
const A = fakeSource('a');
const TOP = { depth: 7, via: ['ME'] };
/** Asks, and lets as much time pass as may be needed. */
async function ask(target = A, question = TOP, waitMs = 0): Promise<Asked> {
  const answer = questions.ask(target, question);
  await clock.advance(waitMs);
  return answer;
}

test('how a source is asked', async () => {
  const check = async (url: string, via: string[], expected: string): Promise<void> => {
    answers.set(new URL(url).host + new URL(expected).pathname, success(fakeServer()));
    await ask(fakeSource('a', { base: url }), { depth: 3, via });
    expect(decodeURIComponent(requests.at(-1)!.url.href)).toBe(expected);
  };
  await check('http://a:1', ['ME'], 'http://a:1/api/v1/federation?depth=3&via=ME&timeout=4.000&history=30');
  await check('https://b/x/y', ['A', 'ME'], 'https://b/x/y/api/v1/federation?depth=3&via=A,ME&timeout=3.200&history=30');
  const [first, second] = requests;
  expect(first).toMatchObject({ timeoutMs: 4500, headers: { 'User-Agent': 'Tributary/test' }, client: A.client });
  expect(second.timeoutMs).toBe(3600);
  // About itself alone.
  answers.set('c/api/v1/federation', success(fakeServer({ consumers: [{} as never] })));
  expect(await ask(fakeSource('c', { base: 'http://c' }), { depth: 0, via: ['ME'] })).toMatchObject({
    server: { id: 'ID', consumers: [] },
    nodes: 1,
  });
  expect(requests[2].url.search).toBe('?depth=0&via=ME&timeout=4.000&history=0');
  expect(requests[2].timeoutMs).toBe(2000);
});

describe('what comes of it', () => {
  const check = (title: string, given: Record<string, string | Error>, expected: object): void =>
    test(title, async () => {
      answers = new Map(Object.entries(given).map(([path, answer]) => [`a:1${path}`, answer]));
      expect(await ask(A, TOP, 5000)).toMatchObject(expected);
    });
  const unknown = (error: string) => ({ server: { software: 'unknown', id: '', sources: [] }, labelsKnown: false, error });
  check(
    'one of ours',
    { [OURS]: success(fakeServer()) },
    { server: { id: 'ID', externalLabels: { dc: 'eu1' } }, error: '', labelsKnown: true, nodes: 1 },
  );
  check(
    'down',
    { [OURS]: new ScrapeError('connect', `Get "http://a:1${OURS}?via=ME": dial tcp 1.2.3.4:1: connect: connection refused`) },
    { server: null, error: 'cannot ask it: dial tcp 1.2.3.4:1: connect: connection refused' },
  );
  check('hung', {}, { server: null, error: 'cannot ask it: it did not answer in time' });
  check(
    'an answer without end',
    { [OURS]: new ScrapeError('body_too_large', 'body size limit exceeded') },
    { server: null, error: 'cannot ask it: its answer is too large' },
  );
  check('forbidden', { [OURS]: status(403) }, { server: null, error: 'cannot ask it: server returned HTTP status 403' });
  check('no JSON', { [OURS]: '<html>' }, unknown('its answer is no JSON'));
  check('JSON of another API', { [OURS]: '{"status":"error"}' }, unknown('its answer is not that of a Prometheus-like API'));
  check('JSON that is no object', { [OURS]: 'null' }, unknown('its answer is not that of a Prometheus-like API'));
  check('another answer', { [OURS]: success([]) }, unknown('it answers /api/v1/federation, but not with what that should be'));
  const build = success({ version: '2.42.0', goVersion: 'go1.20' });
  for (const code of [400, 404, 405, 501])
    check(
      `a Prometheus, ${code}`,
      {
        [OURS]: status(code),
        '/api/v1/status/buildinfo': build,
        '/api/v1/status/flags': status(404),
        '/api/v1/status/config': status(500),
        '/api/v1/targets': success({ activeTargets: [] }),
        '/api/v1/query': status(500),
      },
      {
        server: { software: 'prometheus', version: '2.42.0' },
        error: 'its external labels could not be asked: server returned HTTP status 500',
        labelsKnown: false,
      },
    );
  check(
    'neither',
    { [OURS]: status(404), '/api/v1/status/buildinfo': status(404) },
    unknown('it is neither a Tributary nor a Prometheus: it knows neither /api/v1/federation nor /api/v1/status/buildinfo'),
  );
  check(
    'a web page for every path',
    { [OURS]: status(404), '/api/v1/status/buildinfo': '<html>' },
    unknown('it is neither a Tributary nor a Prometheus: it knows neither /api/v1/federation nor /api/v1/status/buildinfo'),
  );
  check(
    'a Prometheus that hangs half-way',
    { [OURS]: status(404), '/api/v1/status/buildinfo': build },
    {
      server: { software: 'prometheus' },
      error: expect.stringContaining('its targets could not be asked: it did not answer in time'),
      isLate: true,
    },
  );
});

test('a Prometheus that hangs after its first answer is late, and what it said before is kept', async () => {
  const source = fakeSource('a', { job: 'half-way' });
  const paths: Record<string, string | Error> = {
    federation: status(404),
    'status/buildinfo': success({ version: '2.42.0', goVersion: 'go1.20' }),
    'status/flags': success({}),
    'status/config': success({ yaml: 'global:\n  scrape_interval: 15s\n  external_labels:\n    dc: eu1\n' }),
    targets: success({ activeTargets: [] }),
    query: success({ result: [] }),
  };
  const check = async (hangs: readonly string[], isLate: boolean, labels: object): Promise<void> => {
    answers = new Map(Object.entries(paths).flatMap(([path, answer]) => (hangs.includes(path) ? [] : [[`a:1/api/v1/${path}`, answer]])));
    expect(await ask(source, TOP, 5000)).toMatchObject({ isLate });
    expect(questions.remembered(source)).toMatchObject({ isLate, known: { server: { externalLabels: labels } } });
    await clock.advance(5000);
  };
  // Where nothing more is known, half an answer is something.
  await check(['status/config', 'targets'], true, {});
  await check([], false, { dc: 'eu1' });
  for (const hangs of [['status/config'], ['targets'], ['query'], ['status/flags', 'status/config', 'targets', 'query']])
    await check(hangs, true, { dc: 'eu1' });
  await check([], false, { dc: 'eu1' });
});

test('who did not answer in time is remembered until it does', async () => {
  const check = async (expected: boolean): Promise<void> => {
    await ask(A, TOP, 10_000);
    expect(questions.remembered(A)).toMatchObject({ isLate: expected });
    // What is kept is over.
    await clock.advance(5000);
  };
  expect(questions.remembered(A)).toMatchObject({ isLate: false });
  await check(true);
  await check(true);
  answers.set(`a:1${OURS}`, new ScrapeError('connect', 'connection refused'));
  await check(false);
  answers.delete(`a:1${OURS}`);
  await check(true);
  expect(questions.remembered(fakeSource('a'))).toMatchObject({ isLate: false });
  answers.set(`a:1${OURS}`, success(fakeServer()));
  await check(false);
});

test('what it said of itself is remembered for as long as its target is there', async () => {
  answers.set(`a:1${OURS}`, success(fakeServer({ sources: [{} as never] })));
  const source = fakeSource('a', { job: 'remembered' });
  expect(questions.remembered(source).known).toBeNull();
  await ask(source);
  const saidMs = clock.wallMs();
  await clock.advance(5000);
  answers.set(`a:1${OURS}`, new ScrapeError('connect', 'connection refused'));
  expect(await ask(source)).toMatchObject({ server: null });
  questions.forget();
  expect(questions.remembered(source).known).toMatchObject({
    server: { id: 'ID', sources: [], truncated: true },
    asOfMs: saidMs,
    nodes: 1,
  });
});

describe('many who ask are one', () => {
  beforeEach(() => answers.set(`a:1${OURS}`, success(fakeServer())));

  test('at the same time, and some seconds later', async () => {
    await Promise.all(Array.from({ length: 50 }, () => questions.ask(A, TOP)));
    await ask(A, TOP, 4999);
    expect(requests).toHaveLength(1);
    await clock.advance(1);
    await ask();
    expect(requests).toHaveLength(2);
  });

  test('failures are kept too; what is asked on the way elsewhere or less deep is another question', async () => {
    answers.clear();
    await ask(A, TOP, 5000);
    await ask();
    expect(requests).toHaveLength(1);
    answers.set(`a:1${OURS}`, success(fakeServer()));
    await ask(A, { ...TOP, depth: 6 });
    await ask(A, { ...TOP, via: ['B', 'ME'] });
    await ask(fakeSource('a', { job: 'other' }));
    expect(requests).toHaveLength(4);
  });

  test('another configuration asks anew', async () => {
    await ask();
    questions.forget();
    await ask();
    expect(requests).toHaveLength(2);
    await clock.advance(6000);
    await ask();
    expect(requests).toHaveLength(3);
  });

  test('made-up ways do not go through', async () => {
    const outcomes = [];
    for (let i = 0; i < 100; i++) outcomes.push(await ask(A, { depth: 7, via: [`X${i}`, 'ME'] }));
    expect(requests).toHaveLength(16);
    expect(outcomes[99]).toMatchObject({ server: null, error: expect.stringContaining('too many ways') });
    // Neither who asks here, nor another source, is kept from it; and it passes.
    expect(await ask()).toMatchObject({ error: '' });
    answers.set(`b:1${OURS}`, success(fakeServer()));
    expect(await ask(fakeSource('b'), { depth: 7, via: ['X', 'ME'] })).toMatchObject({ error: '' });
    await clock.advance(5000);
    expect(await ask(A, { depth: 7, via: ['X99', 'ME'] })).toMatchObject({ error: '' });
  });

  test('what is kept is bounded: of more, the servers alone', async () => {
    const sources = Array.from({ length: 999 }, () => ({}));
    answers.set(`a:1${OURS}`, success({ ...fakeServer(), sources }));
    const shown = [];
    for (let depth = 1; depth <= 25; depth++) shown.push((await ask(A, { depth, via: ['ME'] })).server!);
    for (let depth = 1; depth <= 25; depth++) await ask(A, { depth, via: ['ME'] });
    expect(requests).toHaveLength(25);
    expect(shown.map((server) => server.sources.length)).toEqual([...Array(20).fill(999), 0, 0, 0, 0, 0]);
    expect(shown[20]).toMatchObject({ id: 'ID', truncated: true });
    await clock.advance(5000);
    expect((await ask(A, { depth: 25, via: ['ME'] })).server!.sources).toHaveLength(999);
  });
});

test('who has no time left when its turn comes is not asked', async () => {
  const asked = Array.from({ length: 40 }, (_, i) => questions.ask(fakeSource(`s${i}`), TOP));
  await settle();
  answers.set(`s20:1${OURS}`, success(fakeServer()));
  await clock.advance(4500);
  const outcomes = await Promise.all(asked);
  expect(requests).toHaveLength(16);
  expect(outcomes.slice(0, 16).every(({ error }) => error === 'cannot ask it: it did not answer in time')).toBe(true);
  expect(outcomes.slice(16).every(({ error }) => error.startsWith('cannot ask it: too many sources'))).toBe(true);
});

test('a mistake of ours is no answer of theirs', async () => {
  answers.set(`a:1${OURS}`, new TypeError('BUG'));
  await expect(ask()).rejects.toThrow('BUG');
  answers.set(`a:1${OURS}`, success(fakeServer()));
  expect(await ask()).toMatchObject({ error: '' });
});

test('the end leaves no timer', async () => {
  answers.set(`a:1${OURS}`, success(fakeServer()));
  await ask();
  questions.close();
  await ask(fakeSource('a', { job: 'later' }));
  expect(clock.timers).toBe(0);
});
