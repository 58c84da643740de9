import type { Querier } from '../storage/index.ts';
import { HeadQuerier } from './head-querier.ts';
import type { Job } from './job.ts';
import { MergedQuerier } from './merged-querier.ts';

/** All that is stored: the head and, where there are any, the blocks. To be disposed of when the job ends. `labelsAtOnce`: see HeadQuerier. */
export function openQuerier(job: Job, labelsAtOnce = false): Querier {
  const head = new HeadQuerier(job, labelsAtOnce);
  const { openBlocks } = job.parts;
  return openBlocks === null ? head : new MergedQuerier([head, openBlocks(job.pause)]);
}
