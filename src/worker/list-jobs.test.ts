// Series, label names and values of head and blocks together: each once, limits of the whole.
import { expect, test } from 'vitest';
import { TestHead } from '../../test/support/head.ts';
import { SelectionCache } from '../kernel/index.ts';
import { type Labels, labelsOf } from '../model/index.ts';
import { Job } from './job.ts';
import { runLabelNames, runLabelValues, runSeries } from './list-jobs.ts';
import { MemoryQueue } from './memory-queue.ts';
import type { SampleSource } from './sample-source.ts';
import { SlotRing } from './slot-ring.ts';
import { TextWindow } from './text-window.ts';

const T0 = 1_700_000_000_000;

function jobOn(inHead: readonly Record<string, string>[], inBlocks: readonly Record<string, string>[]): Job {
  const head = new TestHead({ bytes: 128 * 1024 * 1024 });
  head.write(inHead.map((labels) => ({ labels, t: T0, v: 1 })));
  const { reader } = head;
  const sets: Labels[] = inBlocks.map(labelsOf);
  const source: SampleSource = {
    select: () => [],
    labelSets: () => sets,
    labelNames: () => sets.flat().map(([name]) => name),
    labelValues: (name) => sets.flat().flatMap((label) => (label[0] === name ? label[1] : [])),
  };
  return new Job(1, {
    reader,
    selections: new SelectionCache(reader, 10),
    ring: new SlotRing(reader.alloc(4 * 65_536), 4, 65_536),
    memory: new MemoryQueue(),
    window: new TextWindow(reader.alloc(65_536), 65_536 - 64),
    source,
    post: () => undefined,
  });
}

const request = (limit = 0) => ({ selectors: [], all: true, externalLabels: [], minT: T0 - 1, maxT: T0 + 1, limit });
const json = ({ json, truncated }: { json: Uint8Array; truncated: boolean }) => [JSON.parse(Buffer.from(json).toString()), truncated];

const check = (name: string, inHead: Record<string, string>[], inBlocks: Record<string, string>[], limit: number, expected: unknown) =>
  test(`series: ${name}`, async () =>
    expect(json(await runSeries(jobOn(inHead, inBlocks), { type: 'series', ...request(limit) }))).toEqual(expected));

const a = { __name__: 'm', x: 'a' };
const b = { __name__: 'm', x: 'b"\\' };
check('both', [a], [b], 0, [[a, b], false]);
check('the same in both', [a, b], [b, a], 0, [[a, b], false]);
check('of the head alone', [a], [], 0, [[a], false]);
check('of blocks alone', [], [a, b], 0, [[a, b], false]);
check('none', [], [], 0, [[], false]);
check('a limit that the head reaches', [a, b], [], 1, [[a], true]);
check('a limit that both reach', [a], [b], 1, [[a], true]);
check('a limit that holds them', [a], [b], 2, [[a, b], false]);

test('label names and values, each once, in order', async () => {
  const job = () => jobOn([{ __name__: 'm', b: '2' }], [{ __name__: 'n', a: '1', b: '2' }]);
  expect(json(await runLabelNames(job(), { type: 'labelNames', ...request() }))).toEqual([['__name__', 'a', 'b'], false]);
  expect(json(await runLabelValues(job(), { type: 'labelValues', name: '__name__', ...request() }))).toEqual([['m', 'n'], false]);
  expect(json(await runLabelValues(job(), { type: 'labelValues', name: 'b', ...request(1) }))).toEqual([['2'], false]);
  expect(json(await runLabelValues(job(), { type: 'labelValues', name: '__name__', ...request(1) }))).toEqual([['m'], true]);
});
