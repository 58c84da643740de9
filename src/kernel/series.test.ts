// Series, pairs, postings and the sweep: identity, churn without growth, refs used once, and what happens when memory ends.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Labels } from '../model/index.ts';
import { compareUtf8 } from '../model/index.ts';
import { createHeadMemory, type HeadMemory, HeadWriter, KernelError } from './index.ts';
import { at } from './layout.ts';

const MIB = 1024 * 1024;
const T0 = 1_700_000_000_000;

function openHead(bytes = 64 * MIB, checked = true) {
  const head = createHeadMemory({ bytes, workers: 1, checked, retentionMs: 60_000, chunkRangeMs: 120_000 });
  return { head, writer: new HeadWriter(head) };
}

const word = ({ buffer }: HeadMemory, address: number) => buffer.readUInt32LE(address);
const pairText = (head: HeadMemory, id: number) => {
  const pair = word(head, at.PAIR_BASE) + id * 32;
  const text = word(head, pair);
  return head.buffer.toString('utf8', text, text + (word(head, pair + 8) & 0xffffff));
};
const coldRecord = (head: HeadMemory, slot: number) => word(head, at.COLD_BASE) + slot * 32;
const refOf = (head: HeadMemory, slot: number) => word(head, coldRecord(head, slot));
const pairsOf = (head: HeadMemory, slot: number) => {
  const cold = coldRecord(head, slot);
  return Array.from({ length: head.buffer.readUInt16LE(cold + 26) }, (_, i) => word(head, word(head, cold + 4) + i * 4));
};

function postings(head: HeadMemory, list: number): number[] {
  const refs: number[] = [];
  const count = word(head, list);
  for (let block = list; block !== 0; block = word(head, block + 8)) {
    for (let i = 0; i < word(head, block + 12) && refs.length < count; i++) refs.push(word(head, block + 16 + i * 4));
  }
  return refs;
}

function appendAll({ writer }: { writer: HeadWriter }, slots: readonly number[], t: number) {
  const batch = writer.openBatch();
  for (const slot of slots) batch.push(slot, t, slot % 7 === 0 ? Math.random() : t % 1000);
  for (let piece = 0; ; ) {
    piece = writer.append(batch, piece, 8);
    if (piece === 0) break;
  }
  const counts = writer.commit();
  batch.free();
  return counts;
}

function sweepAll({ writer }: { writer: HeadWriter }, cutoffMs: number) {
  for (let steps = 0; writer.sweep(writer.nextTick(), cutoffMs, 1000); steps++) if (steps > 1e6) throw new Error('the sweep does not end');
  // What was retired in the current epoch is freed in the next.
  for (let i = 0; i < 3; i++) writer.reclaim();
}

const text = fc.string({ unit: fc.constantFrom('a', 'b', '"', '\\', '\n', 'ü', '😀', '_', '.', ' '), maxLength: 20 });
const labelsArbitrary = fc
  .dictionary(
    fc.string({ unit: fc.constantFrom('a', 'b', '_', '.', 'é', '😀', '"'), minLength: 1, maxLength: 8 }),
    text.filter((s) => s !== ''),
    { minKeys: 1, maxKeys: 12 },
  )
  .map((record): Labels => Object.entries(record));

test('the same labels are the same series, whatever their order; texts are escaped and sorted by name', () => {
  const state = openHead();
  const known = new Map<string, number>();
  const quote = (s: string) => `"${s.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n')}"`;
  fc.assert(
    fc.property(labelsArbitrary, fc.boolean(), (labels, reversed) => {
      const slot = state.writer.series(reversed ? [...labels].reverse() : labels, 3);
      const sorted = [...labels].sort((a, b) => compareUtf8(a[0], b[0]));
      const wanted = sorted.map(([name, value]) => `${/^[a-zA-Z_]\w*$/.test(name) ? name : quote(name)}=${quote(value)}`);
      expect(pairsOf(state.head, slot).map((id) => pairText(state.head, id))).toEqual(wanted);
      const key = JSON.stringify(sorted);
      expect(known.get(key) ?? slot).toBe(slot);
      known.set(key, slot);
      // Every pair's posting list names the series, in ascending order, and the ref finds the slot.
      const ref = refOf(state.head, slot);
      expect(state.head.exports.refToSlot(ref)).toBe(slot);
      for (const id of pairsOf(state.head, slot)) {
        const refs = postings(state.head, word(state.head, word(state.head, at.PAIR_BASE) + id * 32 + 20));
        expect(refs).toContain(ref);
        expect(refs).toEqual([...new Set(refs)].sort((a, b) => a - b));
      }
    }),
    { numRuns: 500 },
  );
  expect(new Set(known.values()).size).toBe(known.size);
  expect(state.writer.usage.series).toBe(known.size);
});

test('a name twice, no label: refused with a sentence', () => {
  const { writer } = openHead();
  const check = (labels: Labels, message: RegExp) => expect(() => writer.series(labels, 0)).toThrow(message);
  check([], /got no label/);
  check(
    [
      ['a', '1'],
      ['a', '2'],
    ],
    /got a label name twice/,
  );
  check([['a', 'x'.repeat(2 * MIB)]], /more than 1 MiB/);
});

test('churn of 30 times the live series leaves the heap as it was, and no ref is given twice', { timeout: 120_000 }, () => {
  const state = openHead(128 * MIB, false);
  const live = 3000;
  let t = T0;
  let lastRef = 0;
  const firstRefs: number[] = [];
  let heapAfterWarmUp = 0;
  let touchedAfterWarmUp = 0;
  for (let generation = 0; generation < 30; generation++) {
    const slots = Array.from({ length: live }, (_, i) =>
      state.writer.series(
        [
          ['__name__', `churn_${i % 50}`],
          ['instance', `host-${i % 10}`],
          ['pod', `pod-${generation}-${i}`],
        ],
        1,
      ),
    );
    for (const slot of slots) {
      const ref = refOf(state.head, slot);
      expect(ref).toBeGreaterThan(lastRef);
      lastRef = ref;
    }
    firstRefs.push(refOf(state.head, slots[0]));
    for (let i = 0; i < 40; i++) {
      t += 5000;
      appendAll(state, slots, t);
    }
    sweepAll(state, t - 60_000);
    expect(state.writer.usage.series).toBe(live); // those of the generation before went with this sweep
    if (generation === 14) {
      heapAfterWarmUp = state.writer.usage.heapBytes;
      touchedAfterWarmUp = state.writer.usage.pairs;
    }
  }
  const { usage } = state.writer;
  expect(usage.heapBytes).toBeLessThanOrEqual(heapAfterWarmUp * 1.02);
  expect(usage.pairs).toBe(touchedAfterWarmUp);
  expect(usage.seriesRemoved).toBe(live * 29);
  expect(firstRefs.slice(0, -1).map((ref) => state.head.exports.refToSlot(ref))).toEqual(firstRefs.slice(0, -1).map(() => 0));
  expect(postings(state.head, word(state.head, 0x10000 + 100)).length).toBe(live);
});

test('a held series, one of an open batch and one with fresh samples survive the sweep', () => {
  const state = openHead();
  const make = (name: string) => state.writer.series([['__name__', name]], 0);
  const [held, fresh, old] = [make('held'), make('fresh'), make('old')];
  state.head.exports.holdSeries(held);
  appendAll(state, [held, fresh, old], T0);
  appendAll(state, [fresh], T0 + 50_000);
  const batch = state.writer.openBatch();
  const touched = make('touched');
  for (let i = 0; i < 3; i++) while (state.writer.sweep(batch.tick, T0 + 10_000, 10));
  expect(state.writer.usage.series).toBe(3);
  expect(make('touched')).toBe(touched);
  batch.free();
  state.head.exports.unholdSeries(held);
  sweepAll(state, T0 + 10_000);
  expect(state.writer.usage.series).toBe(1);
});

test('when memory ends new series are refused with an error, those that live go on, and removal makes room again', {
  timeout: 120_000,
}, () => {
  const state = openHead(64 * MIB, false);
  const slots: number[] = [];
  let refusal: unknown;
  for (let i = 0; i < 1e6 && refusal === undefined; i++) {
    try {
      slots.push(
        state.writer.series(
          [
            ['__name__', 'many'],
            ['i', String(i)],
            ['padding', `${'x'.repeat(100)}${i}`],
          ],
          0,
        ),
      );
    } catch (error) {
      refusal = error;
    }
  }
  expect(refusal).toBeInstanceOf(KernelError);
  expect((refusal as KernelError).code).toBe('out_of_memory');
  expect(slots.length).toBeGreaterThan(10_000);
  let t = T0;
  for (let i = 0; i < 130; i++) {
    t += 1000;
    const counts = appendAll(state, slots, t);
    expect(counts.appended + counts.outOfMemory).toBe(slots.length);
    expect(counts.outOfOrder).toBe(0);
  }
  sweepAll(state, t + 1);
  expect(state.writer.usage.series).toBe(0);
  expect(state.writer.usage.chunks).toBe(0);
  expect(state.writer.usage.pairs).toBe(0);
  const again = state.writer.series([['__name__', 'again']], 0);
  expect(appendAll(state, [again], t + 1)).toMatchObject({ appended: 1 });
});

test('when memory is short history goes before samples are refused', { timeout: 115_000 }, () => {
  const head = createHeadMemory({ bytes: 64 * MIB, workers: 1, retentionMs: 1e12, chunkRangeMs: 7_200_000 });
  const state = { head, writer: new HeadWriter(head) };
  const slots = Array.from({ length: 15_000 }, (_, i) => state.writer.series([['i', String(i)]], 0));
  const refused = { samples: 0 };
  for (let i = 0; i < 1200; i++) refused.samples += appendAll(state, slots, T0 + i * 15_000).outOfMemory;
  expect(refused.samples).toBe(0);
  expect(state.writer.usage.chunksDroppedEarly).toBeGreaterThan(10_000);
  // Each series still has its last hour.
  expect(state.writer.usage.chunks).toBeGreaterThanOrEqual(2 * slots.length);
});

test('the series that tell how a target fares find room when others are refused', () => {
  const state = openHead(64 * MIB, false);
  let refused = false;
  for (let i = 0; i < 1e6 && !refused; i++) {
    try {
      state.writer.series([['i', String(i)]], 0);
    } catch {
      refused = true;
    }
  }
  expect(refused).toBe(true);
  const urgent = Array.from({ length: 500 }, (_, i) =>
    state.writer.series(
      [
        ['__name__', 'up'],
        ['job', String(i)],
      ],
      0,
      true,
    ),
  );
  expect(appendAll(state, urgent, T0)).toMatchObject({ appended: 500, outOfMemory: 0 });
  expect(() => state.writer.series([['j', 'one more']], 0)).toThrow(/memory is used up/);
});
