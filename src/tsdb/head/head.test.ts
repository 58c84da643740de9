// When the head lets go of series.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { TestHead } from '../../../test/support/head.ts';
import { labelsOf } from '../../model/index.ts';
import { Head } from './head.ts';

test('series without samples stay while a log is replayed, whatever is truncated, and go when sweeps are started', async () => {
  const head = new Head(new TestHead().memory, { retentionMs: 0, sweepIntervalMs: 1 });
  head.series(labelsOf({ __name__: 'a' }), 1);
  head.truncate(1_700_000_000_000);
  // Several sweeps' time.
  await sleep(100);
  expect(head.usage.series).toBe(1);
  head.startSweeps();
  await vi.waitFor(() => expect(head.usage.series).toBe(0), { timeout: 10_000 });
  await head.close();
});
