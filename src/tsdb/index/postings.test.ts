// Operations on posting lists against plain sets.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { intersect, union, without } from './index.ts';

const list = fc.uniqueArray(fc.nat(200), { maxLength: 120 }).map((refs) => Uint32Array.from(refs).sort());
const check = (operation: (a: Uint32Array, b: Uint32Array) => Uint32Array, isIn: (inA: boolean, inB: boolean) => boolean) =>
  fc.assert(
    fc.property(list, list, (a, b) => {
      const expected = Array.from({ length: 201 }, (_, ref) => ref).filter((ref) => isIn(a.includes(ref), b.includes(ref)));
      expect([...operation(a, b)]).toEqual(expected);
    }),
  );

test('intersect', () => check(intersect, (inA, inB) => inA && inB));
test('without', () => check(without, (inA, inB) => inA && !inB));
test('union', () =>
  check(
    (a, b) => union([a, b]),
    (inA, inB) => inA || inB,
  ));
test('union of none and of one', () => {
  expect([...union([])]).toEqual([]);
  expect([...union([Uint32Array.of(1, 5)])]).toEqual([1, 5]);
});
test('references beyond 2^31', () => {
  expect([...union([Uint32Array.of(2 ** 32 - 1), Uint32Array.of(2 ** 31), Uint32Array.of(3)])]).toEqual([3, 2 ** 31, 2 ** 32 - 1]);
});
