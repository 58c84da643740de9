// Our server and the real one over the same blocks.
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { writeDataBlock } from './data-block.ts';
import { type Peer, startPrometheus } from './peers.ts';
import type { DataSeries } from './query-generator.ts';
import { temporaryFolder } from './server-process.ts';
import { startTributary, type Tributary } from './tributary.ts';

const CONFIG = 'global: {evaluation_interval: 1m}\n';

export interface SameBlocks {
  readonly ours: Tributary;
  readonly theirs: Peer;
}

/** `name`: of their folder; `flags`: of both. */
export async function startOverSameBlocks(name: string, data: readonly DataSeries[], flags: readonly string[] = []): Promise<SameBlocks> {
  const folder = await temporaryFolder(name);
  const [mine, other] = [join(folder, 'ours'), join(folder, 'theirs')];
  mkdirSync(mine);
  writeDataBlock(mine, data);
  cpSync(mine, other, { recursive: true });
  const all = ['--storage.tsdb.retention.time=100y', ...flags];
  const [ours, theirs] = await Promise.all([
    startTributary({ config: CONFIG, dataDir: mine, flags: all }),
    startPrometheus({ config: CONFIG, dataDir: other, flags: all }),
  ]);
  return { ours, theirs };
}
