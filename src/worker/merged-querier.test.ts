// Head and blocks together under the read contract's suite, and whose sample stands where they differ.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { TestHead } from '../../test/support/head.ts';
import { END, querierSuite, START, seriesOf, textOf } from '../../test/support/querier-suite.ts';
import { byTime, type StoredRow, wordsOf, writeRows } from '../../test/support/stored-rows.ts';
import { jobOn } from '../../test/support/worker-job.ts';
import { openBlocks } from '../cli/stored-blocks.ts';
import { SeriesSamples } from '../storage/index.ts';
import { openQuerier } from './job-querier.ts';

/** In blocks up to the one time, in the head from the other on. */
function underTest(blocksToMs: number, headFromMs: number) {
  return (stored: readonly StoredRow[]) => {
    const path = mkdtempSync(join(tmpdir(), 'tributary-test-merged-querier-'));
    writeRows(path, stored, START, blocksToMs);
    const head = new TestHead();
    for (const samples of byTime(stored)) if (samples[0].t >= headFromMs) head.write(samples);
    const { reader, memory } = head;
    const before = reader.arena.takenBytes;
    const job = jobOn(head, openBlocks(path, memory.module));
    return {
      open: (pause: () => Promise<void>) => openQuerier(Object.create(job, { pause: { value: pause } })),
      expectNothingHeld: () => {
        while (reader.onPressure()); // kept selections
        expect(reader.arena.takenBytes).toBe(before);
      },
      close: () => rmSync(path, { recursive: true }),
    };
  };
}

const MIDDLE = START + Math.floor((END - START) / 2);
querierSuite('blocks, and the head behind them', underTest(MIDDLE, MIDDLE + 1));
querierSuite('blocks, and a head that still has their end', underTest(MIDDLE, MIDDLE - 900_000));
querierSuite('blocks that have all that the head has', underTest(END, START));
querierSuite('a head beside no blocks', underTest(START - 1, START));

test("at equal times the block's sample stands; a block may reach beyond the head", async () => {
  const path = mkdtempSync(join(tmpdir(), 'tributary-test-merged-querier-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  const m = (x: string) => ({ __name__: 'm', x });
  const at = (...samples: [t: number, v: number | 'stale'][]) => samples.map(([t, v]) => [START + t, v] as const);
  writeRows(
    path,
    [
      [m('both'), at([0, 1], [10, 2], [90, 3])],
      [m('block'), at([5, 1])],
    ],
    START,
    END,
  );
  const head = new TestHead();
  for (const samples of byTime([
    [m('both'), at([5, 9], [10, 9], [20, 'stale'], [30, 9])],
    [m('head'), at([30, 1])],
  ]))
    head.write(samples);
  const querier = openQuerier(jobOn(head, openBlocks(path, head.memory.module)));
  const [set] = await querier.select([{ matchers: [], minTimeMs: START, maxTimeMs: END }]);
  const [block, both, alone] = await seriesOf(set);
  expect([block, both, alone].map(({ labels }) => labels[1][1])).toEqual(['block', 'both', 'head']);
  const samples = new SeriesSamples();
  const text = (t: number, v: number | 'stale') => {
    const [low, high] = wordsOf(v);
    return `${START + t}:${high.toString(16)}.${low.toString(16)}`;
  };
  both.read(START, END, samples);
  expect(textOf(samples)).toEqual([text(0, 1), text(5, 9), text(10, 2), text(20, 'stale'), text(30, 9), text(90, 3)]);
  const checkNewest = (t: number, wanted: string) => {
    expect(both.readNewest(START, START + t, samples)).toBe(true);
    expect(textOf(samples)).toEqual([wanted]);
  };
  checkNewest(99, text(90, 3));
  checkNewest(89, text(30, 9));
  checkNewest(29, text(20, 'stale'));
  checkNewest(19, text(10, 2));
  checkNewest(9, text(5, 9));
  checkNewest(4, text(0, 1));
  querier.dispose();
});
