// The newest sample of each of some series, a stale marker too: what no query tells.
import { Matcher } from '../model/index.ts';
import { SeriesSamples } from '../storage/index.ts';
import type { Job } from './job.ts';
import { openQuerier } from './job-querier.ts';
import type { NewestRequest, NewestResult, NewestSample } from './rule-messages.ts';

export async function runNewest(job: Job, { matchers, minTimeMs, maxTimeMs }: NewestRequest): Promise<NewestResult> {
  // Labels at once: they are all wanted.
  const querier = openQuerier(job, true);
  try {
    const query = { matchers: matchers.map(({ name, value }) => new Matcher(name, '=', value)), minTimeMs, maxTimeMs };
    const [set] = await querier.select([query]);
    const samples: NewestSample[] = [];
    const newest = new SeriesSamples();
    for await (const batch of set) {
      for (const series of batch) {
        if (!series.readNewest(minTimeMs, maxTimeMs, newest)) continue;
        const { floats } = newest;
        samples.push({ labels: series.labels, timeMs: floats.times[0], value: floats.values[0], isStale: floats.isStale(0) });
      }
    }
    return { samples };
  } finally {
    querier.dispose();
  }
}
