// Tombstones of the head against a plain set of deleted milliseconds.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { flatTombstones, HeadTombstones, type Tombstone } from './index.ts';

/** Refs that share their lowest bits too. */
const ref = fc.constantFrom(1, 2, 3, 65_537, 131_073, 4_294_967_294);
const stone = fc
  .tuple(ref, fc.integer({ min: -40, max: 40 }), fc.nat(12))
  .map(([ref, minTimeMs, length]): Tombstone => ({ ref, minTimeMs, maxTimeMs: minTimeMs + length }));

function deletedMs(tombstones: HeadTombstones, ref: number): number[] {
  const times: number[] = [];
  for (const { minTimeMs, maxTimeMs } of tombstones.of(ref)) for (let t = minTimeMs; t <= maxTimeMs; t++) times.push(t);
  return times;
}

test('what is deleted, whatever comes in whatever order, and in another thread', () => {
  fc.assert(
    fc.property(fc.array(fc.array(stone, { maxLength: 8 }), { maxLength: 5 }), (deletions) => {
      const plain = new Map<number, Set<number>>();
      let tombstones = new HeadTombstones();
      for (const stones of deletions) {
        const before = tombstones.size;
        const earlier = tombstones;
        tombstones = tombstones.with(flatTombstones(stones));
        expect(earlier.size).toBe(before);
        for (const { ref, minTimeMs, maxTimeMs } of stones) {
          if (!plain.has(ref)) plain.set(ref, new Set());
          for (let t = minTimeMs; t <= maxTimeMs; t++) plain.get(ref)!.add(t);
        }
      }
      const elsewhere = new HeadTombstones(tombstones.shared);
      expect(elsewhere.latestMs).toBe(Math.max(Number.NEGATIVE_INFINITY, ...[...plain.values()].flatMap((times) => [...times])));
      for (const ref of [...plain.keys(), 4, 65_538]) {
        const wanted = [...(plain.get(ref) ?? [])].sort((a, b) => a - b);
        expect(deletedMs(elsewhere, ref)).toEqual(wanted);
        const intervals = elsewhere.of(ref);
        expect(intervals.every(({ minTimeMs }, i) => i === 0 || minTimeMs > intervals[i - 1].maxTimeMs + 1)).toBe(true);
      }
    }),
  );
});

test('those that end before a time are forgotten', () => {
  const stones = [
    { ref: 1, minTimeMs: 0, maxTimeMs: 9 },
    { ref: 1, minTimeMs: 20, maxTimeMs: 29 },
    { ref: 2, minTimeMs: 5, maxTimeMs: 10 },
  ];
  const all = new HeadTombstones().with(flatTombstones(stones));
  expect(all.reaching(9)).toBe(all);
  const left = all.reaching(10);
  expect(left.size).toBe(2);
  expect([left.of(1), left.of(2)]).toEqual([[{ minTimeMs: 20, maxTimeMs: 29 }], [{ minTimeMs: 5, maxTimeMs: 10 }]]);
  expect(left.reaching(30).size).toBe(0);
});
