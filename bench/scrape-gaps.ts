// Whether a server went on scraping: from the times of its own `up` and from `scrape_duration_seconds` of every target. A scrape that
// waited for the store begins no later, but the next one does, or is left out.

export interface Interval {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface ScrapeGaps {
  /** Between two scrapes of a target, the largest of all targets. */
  readonly gapSeconds: number;
  /** Longest scrape, from its start to the appended samples. */
  readonly durationSeconds: number;
}

type Values = [number, string][];

/** One answer an interval. @throws when the server has no samples in one */
export async function largestGaps(serverUrl: string, intervals: readonly Interval[]): Promise<ScrapeGaps[]> {
  const ups = await samples(serverUrl, 'up', intervals);
  const durations = await samples(serverUrl, 'scrape_duration_seconds', intervals);
  return intervals.map(({ fromMs, toMs }) => {
    let gapSeconds = Number.NEGATIVE_INFINITY;
    let durationSeconds = Number.NEGATIVE_INFINITY;
    for (const values of ups)
      for (let i = 1; i < values.length; i++)
        if (values[i - 1][0] * 1000 >= fromMs && values[i][0] * 1000 <= toMs)
          gapSeconds = Math.max(gapSeconds, values[i][0] - values[i - 1][0]);
    for (const values of durations)
      for (const [time, value] of values)
        if (time * 1000 >= fromMs && time * 1000 <= toMs) durationSeconds = Math.max(durationSeconds, Number(value));
    if (gapSeconds < 0 || durationSeconds < 0) throw new Error(`cannot measure gaps of ${serverUrl}: got no scrapes in an interval`);
    return { gapSeconds, durationSeconds };
  });
}

async function samples(serverUrl: string, name: string, intervals: readonly Interval[]): Promise<Values[]> {
  const fromMs = Math.min(...intervals.map((interval) => interval.fromMs));
  const toMs = Math.max(...intervals.map((interval) => interval.toMs));
  const query = encodeURIComponent(`${name}[${Math.ceil((toMs - fromMs) / 1000)}s]`);
  const response = await fetch(`${serverUrl}/api/v1/query?query=${query}&time=${toMs / 1000}`);
  if (response.status !== 200) throw new Error(`cannot measure gaps of ${serverUrl}: got HTTP status ${response.status}, want 200`);
  const { data } = (await response.json()) as { data: { result: { values: Values }[] } };
  return data.result.map(({ values }) => values);
}
