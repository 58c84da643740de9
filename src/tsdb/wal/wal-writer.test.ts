// The checkpoints' writer under the suite of all encoders of the log.
import { readFileSync, rmSync } from 'node:fs';
import { samplesRecord, seriesRecord } from '../../../test/support/plain-log.ts';
import { type Compression, writeLog } from '../../../test/support/wal-folder.ts';
import { bitsOf, filler, type LogSample, sortedLabels, walFramingSuite } from '../../../test/support/wal-framing-suite.ts';
import { listSegments } from './index.ts';

/** For each batch a series record with what is new, and a samples record. */
function recordsOf(batches: readonly (readonly LogSample[])[]): Buffer[] {
  const refs = new Map<string, number>();
  const records: Buffer[] = [];
  for (const batch of batches) {
    const fresh: [number, string[]][] = [];
    const samples = batch.map(({ labels, t, v }): [number, number, bigint] => {
      const texts = sortedLabels(labels);
      const key = JSON.stringify(texts);
      const ref = refs.get(key) ?? refs.size + 1;
      if (!refs.has(key)) fresh.push([ref, texts]);
      refs.set(key, ref);
      return [ref, t, bitsOf(v)];
    });
    if (fresh.length > 0) records.push(seriesRecord(fresh));
    records.push(samplesRecord(samples));
  }
  return records;
}

walFramingSuite("the checkpoints' writer", {
  encode(batches: readonly (readonly LogSample[])[], compression: Compression, pageUsed: number): Buffer {
    const folder = writeLog([...filler(pageUsed), ...recordsOf(batches)], compression);
    const segment = readFileSync(listSegments(folder)[0].path);
    rmSync(folder, { recursive: true });
    return segment.subarray(pageUsed);
  },
});
