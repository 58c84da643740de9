import { expect, test } from 'vitest';
import { consumerOf, NOW_MS, serverOf, sourceOf } from './simulated-tree.ts';
import { allSources, nodeAt, treeOf } from './tree.ts';

const keys = (...sources: ReturnType<typeof sourceOf>[]) => allSources(treeOf(serverOf({ sources })).sources).map(({ key }) => key);

test('keys tell all places apart and hold from one answer to the next', () => {
  const below = serverOf({ sources: [sourceOf('x:1'), sourceOf('x:1', { selectors: ['down'] })] });
  expect(keys(sourceOf('a:1', { server: below }), sourceOf('b:1', { server: below }))).toEqual([
    'federate,a:1',
    'federate,a:1~federate,x:1',
    'federate,a:1~federate,x:1,2',
    'federate,b:1',
    'federate,b:1~federate,x:1',
    'federate,b:1~federate,x:1,2',
  ]);
  expect(keys(sourceOf('b,c', { job: 'a' }), sourceOf('c', { job: 'a,b' }), sourceOf('x~y', { job: 'a' }))).toEqual([
    'a,b%2Cc',
    'a%2Cb,c',
    'a,x%7Ey',
  ]);
});

test('a place is found by its key', () => {
  const tree = treeOf(
    serverOf({ sources: [sourceOf('a:1', { server: serverOf({ sources: [sourceOf('x:1')] }) })], consumers: [consumerOf('10.0.0.1')] }),
  );
  for (const node of [...allSources(tree.sources), ...tree.consumers]) expect(nodeAt(tree, node.key)).toBe(node);
  expect(nodeAt(tree, '')).toBe(null);
  expect(nodeAt(tree, 'federate,gone:1')).toBe(undefined);
});

test('a source is named by its external labels, else by its instance', () => {
  const tree = treeOf(
    serverOf({
      sources: [
        sourceOf('a:1', { server: serverOf({ externalLabels: { dc: 'eu1', env: 'p' } }) }),
        sourceOf('b:1', { server: serverOf() }),
      ],
    }),
  );
  expect(tree.sources.map(({ name, place }) => [name, place])).toEqual([
    ['dc=eu1, env=p', 'federate a:1'],
    ['b:1', 'federate'],
  ]);
});

test('of two with the same external labels the instance tells which is which', () => {
  const server = serverOf({ externalLabels: { dc: 'eu1' } });
  const sources = [sourceOf('a:1', { server }), sourceOf('b:1', { server }), sourceOf('c:1'), sourceOf('c:1', { job: 'other' })];
  expect(treeOf(serverOf({ sources })).sources.map(({ name }) => name)).toEqual(['dc=eu1, a:1', 'dc=eu1, b:1', 'c:1', 'c:1']);
});

test('a circle ends where it began', () => {
  const again = serverOf({ id: 'me', externalLabels: { dc: 'top' }, sources: [sourceOf('a:1')] });
  const tree = treeOf(
    serverOf({
      id: 'me',
      externalLabels: { dc: 'top' },
      sources: [sourceOf('a:1', { server: serverOf({ id: 'a', sources: [sourceOf('top:1', { server: again })] }) })],
    }),
  );
  expect(allSources(tree.sources).map(({ key, loopTo }) => [key, loopTo])).toEqual([
    ['federate,a:1', ''],
    ['federate,a:1~federate,top:1', 'dc=top'],
  ]);
});

test('an answer that is deeper than any is followed no further', () => {
  let server = serverOf();
  for (let i = 0; i < 100; i++) server = serverOf({ sources: [sourceOf('a:1', { server })] });
  expect(allSources(treeOf(server).sources).length).toBeLessThan(20);
});

test('consumers keep their order while they ask; silent ones come last', () => {
  const silent = consumerOf('silent', { firstRequestMs: 1, lastRequestMs: NOW_MS - 3_600_000 });
  const [first, second] = [consumerOf('b', { firstRequestMs: 1 }), consumerOf('a', { firstRequestMs: 2 })];
  const order = (...consumers: ReturnType<typeof consumerOf>[]) => treeOf(serverOf({ consumers })).consumers.map(({ name }) => name);
  expect(order(silent, second, first)).toEqual(['b', 'a', 'silent']);
  expect(order(first, second, silent)).toEqual(['b', 'a', 'silent']);
});

test('a loopback address means the machine of the server that told it, at every level', () => {
  const at = (webUrl: string, ...sources: ReturnType<typeof sourceOf>[]) => sourceOf('x:1', { webUrl, server: serverOf({ sources }) });
  const here = at('http://127.0.0.1:1', at('http://localhost:2'));
  const there = at('http://eu1:1/p', at('http://127.0.0.1:2/p', at('http://[::1]:3')));
  const unknown = at('', at('http://127.0.0.1:4'));
  const { sources } = treeOf(serverOf({ sources: [here, there, unknown] }), 'top.example');
  expect(allSources(sources).map(({ webUrl }) => webUrl)).toEqual([
    'http://top.example:1',
    'http://top.example:2',
    'http://eu1:1/p',
    'http://eu1:2/p',
    'http://eu1:3',
    '',
    'http://top.example:4',
  ]);
});
