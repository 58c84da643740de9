import { expect, test } from 'vitest';
import type { FederationServer, FederationWarning } from '../../src/answers/index.ts';
import { consumerOf, serverOf, sourceOf } from './simulated-tree.ts';
import { treeOf } from './tree.ts';
import { warningList } from './warning-list.ts';

const warning = (code: FederationWarning['code'], message: string = code): FederationWarning => ({ code, message });
const check = (server: Partial<FederationServer>, ...wanted: [message: string, ...places: string[]][]) =>
  expect(warningList(treeOf(serverOf(server))).map(({ message, places }) => [message, ...places.map(({ name }) => name)])).toEqual(wanted);

test('warnings of this server, its consumers, its sources and what they tell', () => {
  check({});
  check({ externalLabels: { dc: 'top' }, warnings: [warning('no_external_labels')] }, ['no_external_labels', 'dc=top']);
  check({ consumers: [consumerOf('10.0.0.1', { warnings: [warning('instance_level_series')] })] }, [
    'instance_level_series',
    'consumer 10.0.0.1',
  ]);
  const below = serverOf({
    externalLabels: { dc: 'eu1' },
    warnings: [warning('no_external_labels')],
    sources: [sourceOf('x:1', { warnings: [warning('no_honor_labels')] })],
    consumers: [consumerOf('10.0.0.2', { warnings: [warning('instance_level_series')] })],
  });
  check(
    { sources: [sourceOf('a:1', { server: below })] },
    ['no_external_labels', 'dc=eu1'],
    ['no_honor_labels', 'dc=eu1 › x:1'],
    ['instance_level_series', 'dc=eu1, consumer 10.0.0.2'],
  );
});

test('the same sentence is told once, with all places', () => {
  const warnings = [warning('selector_matches_nothing')];
  check({ sources: ['a:1', 'b:1', 'c:1'].map((at) => sourceOf(at, { warnings })) }, ['selector_matches_nothing', 'a:1', 'b:1', 'c:1']);
  check(
    { sources: [sourceOf('a:1', { warnings: [...warnings, warning('selector_matches_nothing', 'another')] })] },
    ['selector_matches_nothing', 'a:1'],
    ['another', 'a:1'],
  );
});

test('what spoils data comes first', () => {
  const warnings = [warning('instance_level_series'), warning('no_honor_labels'), warning('loop')];
  expect(warningList(treeOf(serverOf({ sources: [sourceOf('a:1', { warnings })] }))).map(({ code }) => code)).toEqual([
    'loop',
    'no_honor_labels',
    'instance_level_series',
  ]);
});

test('sources that cannot be pulled come before all warnings', () => {
  const down = { health: 'down', lastError: 'refused' } as const;
  const below = serverOf({ externalLabels: { dc: 'eu1' }, sources: [sourceOf('x:1', down)] });
  check(
    { sources: [sourceOf('a:1', { server: below, warnings: [warning('loop')] }), sourceOf('b:1', down)] },
    ['Cannot be pulled now: the series from there are missing or old.', 'dc=eu1 › x:1', 'b:1'],
    ['loop', 'dc=eu1'],
  );
});
