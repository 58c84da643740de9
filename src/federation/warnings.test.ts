import { expect, test } from 'vitest';
import { fakeAsked, fakeServer, fakeSource } from '../../test/support/fake-federation.ts';
import type { FederationServer } from '../answers/index.ts';
import { type Asked, notAsked } from './asked.ts';
import { Consumers } from './consumers.ts';
import type { SourceTarget } from './source-target.ts';
import { consumerWarnings, LOOP, ownWarnings, sourceWarnings } from './warnings.ts';

const OWN = { id: 'OWN', externalLabels: { dc: 'top' } };
const below = (id: string, ...servers: FederationServer[]): Partial<FederationServer> => ({
  id,
  externalLabels: { dc: id },
  sources: servers.map((server) => ({ server }) as FederationServer['sources'][number]),
});

/** The codes of each source's warnings. */
function check(sources: readonly (readonly [SourceTarget, Asked])[], expected: readonly string[], own = OWN): void {
  const warnings = sourceWarnings(
    sources.map(([target, asked]) => ({ target, asked })),
    own,
    new Map(),
  );
  expect(warnings.map((list) => list.map(({ code }) => code).join(' '))).toEqual(expected);
}

test('of one source', () => {
  check([[fakeSource('a'), fakeAsked()]], ['']);
  check([[fakeSource('a'), notAsked('down')]], ['']);
  check([[fakeSource('a', { honorLabels: false }), notAsked('down')]], ['no_honor_labels']);
  check([[fakeSource('a', {}, [3, 0]), fakeAsked()]], ['selector_matches_nothing']);
  check([[fakeSource('a', {}, [0, 3]), fakeAsked()]], ['']);
  check([[fakeSource('a', {}, [0, null]), fakeAsked()]], ['']);
  check([[fakeSource('a'), fakeAsked({ externalLabels: {} })]], ['no_external_labels']);
  check([[fakeSource('a'), { ...fakeAsked({ externalLabels: {} }), labelsKnown: false }]], ['']);
  const [[{ message }]] = sourceWarnings(
    [{ target: fakeSource('a', { honorLabels: false, job: 'x"y' }), asked: fakeAsked() }],
    OWN,
    new Map(),
  );
  expect(message).toMatch(/^Job "x\\"y" pulls .* Set honor_labels: true in the job\.$/);
});

test('circles', () => {
  check([[fakeSource('a'), fakeAsked({ id: 'OWN', externalLabels: { dc: 'top' } })]], ['loop']);
  check([[fakeSource('a'), fakeAsked({ warnings: [LOOP] })]], ['loop']);
  check([[fakeSource('a'), fakeAsked(below('A', fakeServer(below('B', fakeServer({ id: 'OWN' })))))]], ['loop']);
  check([[fakeSource('a'), fakeAsked(below('A', fakeServer(below('B', fakeServer({ id: 'C' })))))]], ['']);
});

test('external labels that cannot be told apart', () => {
  const server = (id: string, labels: Record<string, string>) => fakeAsked({ id, externalLabels: labels });
  const [a, b, c] = ['a', 'b', 'c'].map((name) => fakeSource(name));
  const eu = { dc: 'eu1', replica: 'a' };
  const collides = 'colliding_external_labels';
  check(
    [
      [a, server('A', eu)],
      [b, server('B', { replica: 'a', dc: 'eu1' })],
      [c, server('C', { dc: 'eu1' })],
    ],
    [collides, collides, ''],
  );
  // One server that is pulled from by two jobs.
  check(
    [
      [a, server('A', eu)],
      [b, server('A', eu)],
    ],
    ['', ''],
  );
  check(
    [
      [a, server('', eu)],
      [fakeSource('a', { job: 'second' }), server('', eu)],
    ],
    ['', ''],
  );
  check(
    [
      [a, server('', eu)],
      [b, server('', eu)],
    ],
    [collides, collides],
  );
  check([[a, server('A', OWN.externalLabels)]], [collides]);
  check(
    [
      [a, server('A', {})],
      [b, server('B', {})],
    ],
    ['no_external_labels', 'no_external_labels'],
    { id: 'OWN', externalLabels: {} as never },
  );
  const many = Array.from({ length: 9 }, (_, i) => ({ target: fakeSource(`s${i}`), asked: server(String(i), OWN.externalLabels) }));
  expect(sourceWarnings(many, OWN, new Map())[0][0].message).toContain(
    'same external_labels as this server, federate s1:1, federate s2:1 and 6 more: ',
  );
});

test('of consumers, and of the server that they pull from', () => {
  const consumers = new Consumers(() => 5);
  const ask = (userAgent: string, series: number | null, hasInstances = false): void =>
    consumers.record({ address: 'a', userAgent }, ['up'], {
      error: series === null ? 'bad' : '',
      durationSeconds: 0,
      answer: series === null ? null : { series, textBytes: 1, newestMs: null, hasInstances },
    });
  ask('none', 0);
  ask('aggregates', 5);
  ask('instances', 5, true);
  ask('failing', 0);
  ask('failing', null);
  expect(
    Object.fromEntries(
      consumers.list().map((one) => [
        one.userAgent,
        consumerWarnings(one)
          .map(({ code }) => code)
          .join(' '),
      ]),
    ),
  ).toEqual({
    none: 'selector_matches_nothing',
    aggregates: '',
    instances: 'instance_level_series',
    failing: '',
  });
  const consumer = (requests: number, failures: number) => ({ requests, failures }) as Parameters<typeof ownWarnings>[1][number];
  const codes = (labels: Record<string, string>, ...list: ReturnType<typeof consumer>[]) =>
    ownWarnings({ id: 'OWN', externalLabels: labels }, list).map(({ code }) => code);
  expect(codes({}, consumer(1, 0))).toEqual(['no_external_labels']);
  expect(codes({}, consumer(1, 1))).toEqual([]);
  expect(codes({})).toEqual([]);
  expect(codes({ dc: 'eu1' }, consumer(1, 0))).toEqual([]);
});
