// Blocks under the read contract's suite: cut by time, so that series lie in several of them, and overlapping ones.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { END, querierSuite, START } from '../../../test/support/querier-suite.ts';
import { type StoredRow, writeRows } from '../../../test/support/stored-rows.ts';
import { createCodec } from '../../kernel/index.ts';
import { BlockFolder } from '../block-folder.ts';
import { BlockQuerier } from './block-querier.ts';

const THIRD = Math.floor((END - START) / 3);

function underTest(intervals: readonly (readonly [fromMs: number, toMs: number])[]) {
  return (stored: readonly StoredRow[]) => {
    const path = mkdtempSync(join(tmpdir(), 'tributary-test-block-querier-'));
    for (const [from, to] of intervals) writeRows(path, stored, from, to);
    const folder = new BlockFolder(path, createCodec());
    let released = 0;
    let used = 0;
    const counted = {
      use: () => {
        const { blocks, release } = folder.use();
        used++;
        return {
          blocks,
          release: () => {
            released++;
            release();
          },
        };
      },
    } as BlockFolder;
    return {
      open: (pause: () => Promise<void>) => new BlockQuerier(counted, pause),
      expectNothingHeld: () => expect(released).toBe(used),
      close: () => {
        folder.close();
        rmSync(path, { recursive: true });
      },
    };
  };
}

querierSuite('one block', underTest([[START, END]]));
querierSuite(
  'blocks one after the other',
  underTest([
    [START, START + THIRD],
    [START + THIRD + 1, START + 2 * THIRD],
    [START + 2 * THIRD + 1, END],
  ]),
);
querierSuite(
  'overlapping blocks',
  underTest([
    [START + THIRD, END],
    [START, START + 2 * THIRD],
    [START + THIRD - 7, START + THIRD + 40_000],
  ]),
);
