// What another server sends may be anything: what comes out has the contract's shape, or nothing comes out.
import { describe, expect, test } from 'vitest';
import type { FederationServer } from '../answers/index.ts';
import { ForeignServerReader } from './foreign-server.ts';

const read = (value: unknown, { depth = 8, nodes = 1000 } = {}): FederationServer | null =>
  new ForeignServerReader(nodes).read(value, depth);
const server = (more: object = {}): object => ({ id: 'A', sources: [], ...more });
const source = (more: object = {}): object => ({ job: 'j', server: null, ...more });
const NOTHING: FederationServer = {
  id: 'A',
  software: 'unknown',
  version: '',
  externalUrl: '',
  externalLabels: {},
  timeMs: 0,
  sources: [],
  consumers: [],
  warnings: [],
  truncated: false,
};
const NO_HISTORY = { timesMs: [], ok: [], series: [], bytes: [], durationSeconds: [], lagSeconds: [] };

test('what is no such answer', () => {
  for (const value of [
    null,
    undefined,
    1,
    'x',
    true,
    [],
    {},
    [server()],
    { id: 'A' },
    { sources: [] },
    { id: 1, sources: [] },
    { id: 'A', sources: {} },
  ])
    expect([value, read(value)]).toEqual([value, null]);
});

test('what is good comes through as it is', () => {
  const history = {
    timesMs: [1, 2],
    ok: [true, false],
    series: [3, null],
    bytes: [4, null],
    durationSeconds: [0.5, 0.25],
    lagSeconds: [-1, null],
  };
  const warnings = [{ code: 'loop', message: 'round' } as const];
  const good: FederationServer = {
    id: '01ABC',
    software: 'tributary',
    version: '1.2.3',
    externalUrl: 'https://a/x',
    externalLabels: { dc: 'eu1' },
    timeMs: 5,
    sources: [
      {
        job: 'j',
        instance: 'i',
        labels: { a: 'b' },
        url: 'http://a:1/federate',
        webUrl: 'https://a',
        selectors: ['up', '{a="b"}'],
        honorLabels: true,
        intervalSeconds: 15,
        health: 'down',
        lastError: 'e',
        lastPullMs: 7,
        pulls: 2,
        failures: 1,
        history,
        warnings,
        server: { ...NOTHING, software: 'prometheus' },
        serverAsOfMs: 8,
        serverError: 'why',
      },
    ],
    consumers: [
      {
        address: '10.0.0.1',
        userAgent: 'P',
        selectors: ['up'],
        requests: 3,
        failures: 1,
        firstRequestMs: 1,
        lastRequestMs: 2,
        lastError: 'e',
        history,
        warnings,
      },
    ],
    warnings,
    truncated: true,
  };
  expect(read(JSON.parse(JSON.stringify(good)))).toEqual(good);
});

describe('what is wrong becomes nothing', () => {
  const check = (fields: object, expected: object): void => expect(read(server(fields))).toEqual({ ...NOTHING, ...expected });
  test('of a server', () => {
    check({ software: 'x', version: 7, externalLabels: [1], timeMs: '5', consumers: 'x', warnings: {}, truncated: 'yes', more: 1 }, {});
    check({ timeMs: 1e300 }, {});
    check({ timeMs: -1 }, {});
    check({ id: 'i'.repeat(1000), version: 'v'.repeat(1000) }, { id: 'i'.repeat(64), version: 'v'.repeat(64) });
    check(
      { externalLabels: { a: 'x', b: 1, c: null, d: { e: 'f' }, g: 'y'.repeat(5000) } },
      { externalLabels: { a: 'x', g: 'y'.repeat(1024) } },
    );
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`l${i}`, 'x']));
    expect(Object.keys(read(server({ externalLabels: many }))!.externalLabels)).toHaveLength(64);
    check(
      { warnings: [1, null, { code: 'x', message: 'm' }, { code: 'loop' }, { code: 'loop', message: 5 }] },
      {
        warnings: [
          { code: 'loop', message: '' },
          { code: 'loop', message: '' },
        ],
      },
    );
  });
  test('a field named __proto__ is a field', () => {
    const labels = read(JSON.parse('{"id":"A","sources":[],"externalLabels":{"__proto__":"x"}}'))!.externalLabels;
    expect(Object.entries(labels)).toEqual([['__proto__', 'x']]);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
    const nested = read(JSON.parse('{"__proto__":{"id":"A","sources":[]}}'));
    expect(nested).toBeNull();
  });
  test('of a source', () => {
    const one = (fields: object): unknown => read(server({ sources: [source(fields)] }))!.sources[0];
    expect(
      one({ honorLabels: 1, health: 'x', pulls: -1, failures: 1e300, intervalSeconds: -5, selectors: ['a', 1, null], labels: null }),
    ).toEqual({
      job: 'j',
      instance: '',
      labels: {},
      url: '',
      webUrl: '',
      selectors: ['a'],
      honorLabels: false,
      intervalSeconds: 0,
      health: 'unknown',
      lastError: '',
      lastPullMs: 0,
      pulls: 0,
      failures: 0,
      history: NO_HISTORY,
      warnings: [],
      server: null,
      serverAsOfMs: 0,
      serverError: '',
    });
    expect(one({ server: [] })).toMatchObject({ server: { id: '', sources: [] } });
    expect(read(server({ sources: [1, null, 'x', []] }))!.sources).toHaveLength(4);
  });
  test('of a history', () => {
    const history = (value: object): unknown => read(server({ sources: [source({ history: value })] }))!.sources[0].history;
    expect(history({ ...NO_HISTORY, timesMs: [1, 2, 3] })).toEqual(NO_HISTORY);
    expect(
      history({
        timesMs: [1, 'x'],
        ok: [1, true],
        series: [1e308, -1],
        bytes: ['', 2],
        durationSeconds: [1e300, 1],
        lagSeconds: [null, {}],
      }),
    ).toEqual({
      timesMs: [1, 0],
      ok: [false, true],
      series: [null, null],
      bytes: [null, 2],
      durationSeconds: [null, 1],
      lagSeconds: [null, null],
    });
    const long = Array.from({ length: 5000 }, () => 1);
    const columns = { timesMs: long, ok: long, series: long, bytes: long, durationSeconds: long, lagSeconds: long };
    expect((history(columns) as typeof NO_HISTORY).timesMs).toHaveLength(120);
  });
});

test('addresses that a browser must not be sent to', () => {
  const check = (webUrl: unknown, expected: string): void =>
    expect([webUrl, read(server({ sources: [source({ webUrl, url: webUrl })] }))!.sources[0]]).toMatchObject([
      webUrl,
      { webUrl: expected, url: expected },
    ]);
  check('http://a:1/x', 'http://a:1/x');
  check('HTTPS://a/', 'https://a');
  check('https://a/x/?y=z#w', 'https://a/x');
  check(`https://a/${'x'.repeat(2000)}`, '');
  for (const bad of [
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    ' javascript:alert(1)',
    'java\nscript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    '//a/b',
    '/a',
    'vbscript:x',
    5,
    null,
  ])
    check(bad, '');
  check('http://user:password@a/', 'http://a');
});

test('depth and number are bounded, and what is left out is told', () => {
  let deep = server({ id: 'leaf' });
  for (let i = 0; i < 20_000; i++) deep = server({ sources: [source({ server: deep })] });
  const depthOf = (one: FederationServer | null | undefined): number =>
    one === null || one === undefined ? 0 : 1 + depthOf(one.sources[0]?.server);
  expect(depthOf(read(deep))).toBe(8);
  expect(depthOf(read(deep, { depth: 3 }))).toBe(3);
  expect(depthOf(read(deep, { depth: 99 }))).toBe(8);
  expect(read(deep, { depth: 1 })!.sources[0]).toMatchObject({ server: null, serverError: expect.stringContaining('left out') });
  const wide = server({ sources: Array.from({ length: 5000 }, () => source({ server: server({ consumers: [{}, {}] }) })) });
  const reader = new ForeignServerReader(100);
  expect(reader.read(wide)!.truncated).toBe(true);
  expect(reader.nodes).toBeLessThanOrEqual(100);
  expect(read(server({ sources: [source(), source()] }))!.truncated).toBe(false);
});
