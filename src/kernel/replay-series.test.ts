// Replay of series records: refs of the log are kept, in whatever order they come; two refs of one series lead to one series.
import { expect, test } from 'vitest';
import { TestHead } from '../../test/support/head.ts';
import { seriesRecord } from '../../test/support/plain-log.ts';
import { at } from './layout.ts';

const MALFORMED = 0xffffffff;

type Series = [ref: number, labels: Record<string, string>];
const recordOf = (...series: Series[]) =>
  seriesRecord(series.map(([ref, labels]): [number, string[]] => [ref, Object.entries(labels).flat()]));

function open(checked: boolean) {
  const head = new TestHead({ bytes: 64 * 1024 * 1024, checked });
  const { exports, buffer } = head.memory;
  const window = at.WINDOW;
  const replay = (record: Buffer) => {
    record.copy(buffer, window);
    return exports.replaySeries(window, record.length) >>> 0;
  };
  const slot = (ref: number) => exports.refToSlot(ref) >>> 0;
  const refsOf = (list: number) => {
    const count = buffer.readUInt32LE(list);
    const refs: number[] = [];
    for (let block = list; block !== 0; block = buffer.readUInt32LE(block + 8))
      for (let i = 0; i < buffer.readUInt32LE(block + 12) && refs.length < count; i++) refs.push(buffer.readUInt32LE(block + 16 + i * 4));
    return refs;
  };
  const all = () => refsOf(exports.allPostings() >>> 0);
  /** Of a series' label, by the order of its names. */
  const listOf = (slot: number, label: number) =>
    refsOf(exports.postingsOf(buffer.readUInt32LE((exports.seriesPairs(slot) >>> 0) + label * 4)) >>> 0);
  return { head, exports, replay, slot, all, listOf };
}

for (const checked of [false, true]) {
  test(`refs are kept and lists ascend, whatever order they come in (checked: ${checked})`, () => {
    const { head, exports, replay, slot, all, listOf } = open(checked);
    const order = Array.from({ length: 5000 }, (_, i) => ((i * 2741) % 5000) * 3 + 7);
    for (let i = 0; i < order.length; i += 100)
      expect(replay(recordOf(...order.slice(i, i + 100).map((ref): Series => [ref, { __name__: 'm', i: String(ref) }])))).toBe(100);
    const ascending = [...order].sort((a, b) => a - b);
    expect(all()).not.toEqual(ascending);
    exports.endReplay(exports.arenaOf(0) >>> 0);
    expect(all()).toEqual(ascending);
    // The metric name's list is as long, that of a value has one ref.
    expect(listOf(slot(7), 0)).toEqual(ascending);
    expect(listOf(slot(7), 1)).toEqual([7]);
    const one = head.writer.series(
      [
        ['__name__', 'm'],
        ['i', '7'],
      ],
      1,
    );
    expect(one).toBe(slot(7));
    const fresh = head.writer.series([['__name__', 'new']], 1);
    expect(head.memory.buffer.readUInt32LE(head.memory.buffer.readUInt32LE(at.COLD_BASE) + fresh * 32)).toBe(Math.max(...order) + 1);
  });

  test(`another ref of a known series leads to it until the replay ends (checked: ${checked})`, () => {
    const { head, exports, replay, slot, all } = open(checked);
    replay(recordOf([5, { a: 'x' }], [9, { a: 'x' }], [6, { a: 'y' }]));
    expect(slot(9)).toBe(slot(5));
    const out = exports.arenaOf(0) >>> 0;
    expect([exports.replayAliases(out, 10), exports.replayAliases(out, 0), head.memory.buffer.readUInt32LE(out)]).toEqual([1, 1, 9]);
    exports.endReplay(exports.arenaOf(0) >>> 0);
    expect(exports.replayAliases(out, 10)).toBe(0);
    expect([slot(5) > 0, slot(9), all()]).toEqual([true, 0, [5, 6]]);
  });

  test(`what is no series record is refused, and empty labels are none (checked: ${checked})`, () => {
    const { replay, slot, head } = open(checked);
    const good = recordOf([1, { a: 'x', b: '' }]);
    expect(replay(Buffer.alloc(0))).toBe(MALFORMED);
    expect(replay(Buffer.concat([Buffer.from([2]), good.subarray(1)]))).toBe(MALFORMED);
    expect(replay(good)).toBe(1);
    expect(head.writer.series([['a', 'x']], 1)).toBe(slot(1));
    // Twice the same name, no label at all, a ref that we cannot have: passed over and counted.
    expect(replay(recordOf([2, {}], [2 ** 33, { a: 'z' }]))).toBe(2);
    expect(head.memory.buffer.readUInt32LE(at.REPLAY_REFUSED)).toBe(2);
  });
}
