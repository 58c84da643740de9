import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createCodec } from '../kernel/index.ts';
import { labelsOf, Matcher } from '../model/index.ts';
import { BlockReader, encodeXorChunks, Samples, writeBlock } from '../tsdb/index.ts';
import { SampleList } from '../worker/index.ts';
import { BlockSource } from './block-source.ts';

const folder = mkdtempSync(join(tmpdir(), 'tributary-test-source-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a worker reads the samples of the blocks that there are now, stale markers too', () => {
  const codec = createCodec();
  const blocks: BlockReader[] = [];
  const source = new BlockSource(() => blocks);
  const read = (value: string, minTimeMs: number, maxTimeMs: number): string[] => {
    const samples = new SampleList();
    const found: string[] = [];
    for (const series of source.select([new Matcher('job', '=', value)], minTimeMs, maxTimeMs)) {
      series.read(minTimeMs, maxTimeMs, samples);
      for (let i = 0; i < samples.count; i++) found.push(`${samples.time(i)} ${samples.isStale(i) ? 'stale' : samples.value(i)}`);
    }
    return found;
  };
  expect(read('a', 0, 99)).toEqual([]);
  const samples = new Samples();
  samples.push(5, 0, 0x3ff00000);
  samples.push(6, 2, 0x7ff00000);
  samples.push(7, 0, 0x40000000);
  const series = [{ labels: labelsOf({ __name__: 'm', job: 'a' }), chunks: encodeXorChunks(samples) }];
  const meta = writeBlock(folder, { minTimeMs: 5, maxTimeMs: 8, codec }, series)!;
  blocks.push(new BlockReader(join(folder, meta.ulid), codec));
  expect(read('a', 0, 99)).toEqual(['5 1', '6 stale', '7 2']);
  expect(read('a', 6, 6)).toEqual(['6 stale']);
  expect(read('b', 0, 99)).toEqual([]);
  blocks[0].close();
});
