import { expect, test } from 'vitest';
import { Consumers, type FederateOutcome } from './consumers.ts';

const NOW = 1_700_000_000_000;
let now = NOW;
const consumers = (limits?: { consumers: number; textBytes: number }): Consumers => new Consumers(() => now, limits);
const GOOD: FederateOutcome = {
  error: '',
  durationSeconds: 0.25,
  answer: { series: 3, textBytes: 300, newestMs: NOW - 4000, hasInstances: true },
};
const BAD: FederateOutcome = { error: 'too slow', durationSeconds: 5, answer: null };

test('address, User-Agent and selectors together are one consumer', () => {
  const all = consumers();
  const ask = (address: string, userAgent: string, ...selectors: string[]): void => all.record({ address, userAgent }, selectors, GOOD);
  const check = (expected: string[]): void =>
    expect(all.list().map((one) => `${one.address} ${one.userAgent} ${one.selectors.join(',')} ${one.requests.pulls}`)).toEqual(expected);
  ask('10.0.0.1', 'P', 'up');
  ask('::ffff:10.0.0.1', 'P', 'up');
  check(['10.0.0.1 P up 2']);
  ask('10.0.0.2', 'P', 'up');
  ask('10.0.0.2', 'Q', 'up');
  ask('10.0.0.2', 'Q', 'up', 'down');
  ask('10.0.0.2', 'Q', 'updown');
  ask('::1', '');
  ask('10.0.0.1', 'P', 'up');
  check(['10.0.0.1 P up 3', '::1   1', '10.0.0.2 Q updown 1', '10.0.0.2 Q up,down 1', '10.0.0.2 Q up 1', '10.0.0.2 P up 1']);
});

test('what is kept of the requests', () => {
  now = NOW;
  const all = consumers();
  const client = { address: 'a', userAgent: 'P' };
  all.record(client, ['up'], GOOD);
  now += 1000;
  all.record(client, ['up'], BAD);
  const [one] = all.list();
  expect(one).toMatchObject({ firstRequestMs: NOW, lastRequestMs: NOW + 1000, lastError: 'too slow', hasInstances: true });
  expect(one.requests.failures).toBe(1);
  expect(one.requests.columns()).toEqual({
    timesMs: [NOW, NOW + 1000],
    ok: [true, false],
    series: [3, null],
    bytes: [300, null],
    durationSeconds: [0.25, 5],
    lagSeconds: [4, null],
  });
  all.record(client, ['up'], { ...GOOD, answer: { series: 0, textBytes: 0, newestMs: null, hasInstances: false } });
  expect(all.list()[0]).toMatchObject({ lastError: '', hasInstances: false });
});

test('the longest unseen goes first', () => {
  const few = consumers({ consumers: 3, textBytes: 10_000 });
  const ask = (name: string): void => few.record({ address: name, userAgent: '' }, [], GOOD);
  for (const name of 'abcad') ask(name);
  expect(few.list().map(({ address }) => address)).toEqual(['d', 'a', 'c']);
});

test('texts are bounded, each and together', () => {
  const all = consumers({ consumers: 100, textBytes: 100_000 });
  const ask = (userAgent: string, selectors: string[]): void =>
    all.record({ address: 'a', userAgent }, selectors, { ...BAD, error: 'e'.repeat(9999) });
  ask('u'.repeat(9999), ['x'.repeat(20_000), 'y']);
  const [one] = all.list();
  expect([one.userAgent.length, one.selectors.map((text) => text.length), one.lastError.length]).toEqual([200, [16_384], 500]);
  ask(
    '',
    Array.from({ length: 1000 }, () => 'x'),
  );
  expect(all.list()[0].selectors).toHaveLength(100);
  // What is not shown still tells one from the other.
  ask(
    '',
    Array.from({ length: 1001 }, () => 'x'),
  );
  expect(all.list()).toHaveLength(3);
  for (let i = 0; i < 10; i++) ask(String(i), ['z'.repeat(16_384)]);
  expect(all.list().map(({ userAgent }) => userAgent)).toEqual(['9', '8', '7']);
});
