// A raw query: the samples of a selector as they are stored, as an instant vector or a matrix, in label order.
import { SeriesSamples } from '../storage/index.ts';
import { type Job, selectorsOf } from './job.ts';
import { openQuerier } from './job-querier.ts';
import type { SelectRequest, SelectResult } from './messages.ts';
import { SampleText } from './sample-text.ts';

/** Samples between two looks at the event loop: about 5 ms. */
const SLICE_SAMPLES = 20_000;

export async function runSelect(job: Job, request: SelectRequest): Promise<SelectResult> {
  const { minT: minTimeMs, maxT: maxTimeMs, vectorTimeMs } = request;
  const querier = openQuerier(job);
  try {
    const [set] = await querier.select([{ matchers: selectorsOf(request)[0], minTimeMs, maxTimeMs }]);
    const text = new SampleText(job.parts.reader, vectorTimeMs === null ? 'matrix' : 'vector');
    try {
      const samples = new SeriesSamples();
      const { floats } = samples;
      let slice = 0;
      for await (const batch of set) {
        for (const series of batch) {
          if (vectorTimeMs !== null) {
            if (series.readNewest(minTimeMs, maxTimeMs, samples) && !floats.isStale(0))
              text.vector(series.labels, vectorTimeMs, floats.values[0]);
            continue;
          }
          series.read(minTimeMs, maxTimeMs, samples);
          text.matrix(series.labels, floats);
          slice += floats.count;
          if (slice < SLICE_SAMPLES) continue;
          slice = 0;
          await job.pause();
        }
      }
      return { json: text.end() };
    } finally {
      text.dispose();
    }
  } finally {
    querier.dispose();
  }
}
