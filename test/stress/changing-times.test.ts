// A reader thread asks for the head's oldest and newest time while this thread changes them: it must never see half of a change.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { createHeadMemory } from '../../src/kernel/index.ts';
import { at } from '../../src/kernel/layout.ts';
import { type ChangingTimesReport, HIGH, LOW } from './changing-times-reader.ts';

test('a time that is changed is read whole', { timeout: 60_000 }, async () => {
  const { memory, module, exports } = createHeadMemory({ bytes: 64 * 1024 * 1024 });
  const times = new BigInt64Array(memory.buffer);
  const set = (time: number): void => {
    for (const address of [at.MIN_TIME, at.MAX_TIME]) times[address / 8] = BigInt(time);
  };
  set(LOW);
  expect(exports.horizon()).toBe(0);
  const worker = new Worker(new URL('./changing-times-reader.ts', import.meta.url), { workerData: { memory, module, index: 0 } });
  let report: ChangingTimesReport | null = null;
  const done = once(worker, 'message').then(([message]) => {
    report = message as ChangingTimesReport;
  });
  while (report === null) {
    for (let i = 0; i < 100_000; i++) set(i % 2 === 0 ? HIGH : LOW);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await done;
  const { low, high, others } = report as ChangingTimesReport;
  expect(others).toEqual([]);
  // That it was changed while it was read.
  expect(low).toBeGreaterThan(100);
  expect(high).toBeGreaterThan(100);
});
