// The lists of /api/v1/status/tsdb: where the head's series, values and label bytes are.
import type { HeadReader } from '../kernel/index.ts';
import type { Job } from './job.ts';
import { Largest } from './largest.ts';
import type { TsdbStatusRequest, TsdbStatusResult } from './messages.ts';

export async function runTsdbStatus(job: Job, request: TsdbStatusRequest): Promise<TsdbStatusResult> {
  const { reader } = job.parts;
  const { kernel } = reader;
  const metrics = new Largest(request.limit);
  const values = new Largest(request.limit);
  const bytes = new Largest(request.limit);
  const pairs = new Largest(request.limit);
  const names = kernel.nameTop() >>> 0;
  const metricName = reader.findName('__name__');
  for (let name = 1; name < names; name++) {
    const text = reader.nameText(name);
    const { count, valueBytes } = countPairs(reader, name, text, pairs, name === metricName ? metrics : null);
    values.add(count, () => text);
    bytes.add(valueBytes, () => text);
    await job.pause();
  }
  return {
    seriesCountByMetricName: metrics.list(),
    labelValueCountByLabelName: values.list(),
    memoryInBytesByLabelName: bytes.list(),
    seriesCountByLabelValuePair: pairs.list(),
  };
}

/** Looks at all values of a label name, in one epoch; the largest ones' texts are read in it. */
function countPairs(
  reader: HeadReader,
  name: number,
  text: string,
  pairs: Largest,
  metrics: Largest | null,
): { count: number; valueBytes: number } {
  const { kernel, words, arena } = reader;
  return reader.inEpoch(() => {
    const capacity = (kernel.pairCountOfName(name) >>> 0) + 1024;
    const list = reader.alloc(capacity * 4);
    try {
      const count = Math.min(kernel.pairsOfName(name, list, capacity) >>> 0, capacity);
      let valueBytes = 0;
      for (let i = 0; i < count; i++) {
        const pair = words[list / 4 + i];
        const series = kernel.listLength(kernel.postingsOf(pair)) >>> 0;
        valueBytes += kernel.pairValueLength(pair) >>> 0;
        pairs.add(series, () => `${text}=${reader.pairValue(pair)}`);
        metrics?.add(series, () => reader.pairValue(pair));
      }
      return { count, valueBytes };
    } finally {
      arena.free(list);
    }
  });
}
