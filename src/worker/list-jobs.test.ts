// The lists as JSON, and their limits; that head and blocks are joined is the querier's (merged-querier.test.ts).
import { expect, test } from 'vitest';
import { TestHead } from '../../test/support/head.ts';
import { jobOn } from '../../test/support/worker-job.ts';
import type { Job } from './job.ts';
import { runLabelNames, runLabelValues, runSeries } from './list-jobs.ts';

const T0 = 1_700_000_000_000;

function jobWith(series: readonly Record<string, string>[]): Job {
  const head = new TestHead({ bytes: 128 * 1024 * 1024 });
  if (series.length > 0) head.write(series.map((labels) => ({ labels, t: T0, v: 1 })));
  return jobOn(head);
}

const request = (limit = 0) => ({ selectors: [], all: true, externalLabels: [], minT: T0 - 1, maxT: T0 + 1, limit });
const json = ({ json, truncated }: { json: Uint8Array; truncated: boolean }) => [JSON.parse(Buffer.from(json).toString()), truncated];

const check = (name: string, series: Record<string, string>[], limit: number, expected: unknown) =>
  test(`series: ${name}`, async () =>
    expect(json(await runSeries(jobWith(series), { type: 'series', ...request(limit) }))).toEqual(expected));

const a = { __name__: 'm', x: 'a' };
const b = { __name__: 'm', x: 'b"\\' };
const many = Array.from({ length: 1000 }, (_, i) => ({ __name__: 'm', x: String(1000 + i) }));
check('in label order', [b, a], 0, [[a, b], false]);
check('none', [], 0, [[], false]);
check('fewer than there are', [a, b], 1, [[a], true]);
check('as many as there are', [a, b], 2, [[a, b], false]);
check('many', many, 0, [many, false]);
check('as many as a batch has', many, 256, [many.slice(0, 256), true]);
check('all of many', many, 1000, [many, false]);

test('label names and values, each once, in order', async () => {
  const job = () =>
    jobWith([
      { __name__: 'm', b: '2' },
      { __name__: 'n', a: '1', b: '2' },
    ]);
  expect(json(await runLabelNames(job(), { type: 'labelNames', ...request() }))).toEqual([['__name__', 'a', 'b'], false]);
  expect(json(await runLabelNames(job(), { type: 'labelNames', ...request(2) }))).toEqual([['__name__', 'a'], true]);
  expect(json(await runLabelValues(job(), { type: 'labelValues', name: '__name__', ...request() }))).toEqual([['m', 'n'], false]);
  expect(json(await runLabelValues(job(), { type: 'labelValues', name: 'b', ...request(1) }))).toEqual([['2'], false]);
  expect(json(await runLabelValues(job(), { type: 'labelValues', name: '__name__', ...request(1) }))).toEqual([['m'], true]);
});
