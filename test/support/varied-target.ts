// A target whose samples are of all kinds, and what a server has stored of it.
import { StaticTarget } from './static-target.ts';

/** Counters, floats, infinities, NaN, awkward labels, a series that comes and goes, timestamps of its own. */
export async function startVariedTarget(): Promise<StaticTarget> {
  let scrape = 0;
  return StaticTarget.start(() => {
    scrape++;
    const lines = Array.from(
      { length: 40 },
      (_, i) => `m${i % 3}{i="${i}",text="a\\"b\\\\c ü 😀"} ${i % 4 === 0 ? scrape : (scrape * i) / 7}\n`,
    );
    lines.push(
      `special{kind="nan"} NaN\nspecial{kind="inf"} ${scrape % 2 ? '+Inf' : '-Inf'}\nspecial{kind="tiny"} 5e-324\nspecial{kind="zero"} -0\n`,
    );
    if (scrape % 10 < 5) lines.push(`sometimes{x="1"} ${scrape}\n`);
    lines.push(`own_time ${scrape} ${Date.now()}\n`);
    return { body: lines.join('') };
  });
}

/** A configuration: five scrapes a second, as job `t`. */
export const scraping = (target: StaticTarget) =>
  `global: {scrape_interval: 200ms, scrape_timeout: 200ms}\nscrape_configs: [{job_name: t, static_configs: [{targets: ['${target.address}']}]}]\n`;

/** Samples by label set. */
export type Stored = Record<string, [time: number, value: string][]>;

/** All that a server has of job `t` of the last hour, by the API. */
export async function stored(url: string): Promise<Stored> {
  const response = await fetch(`${url}/api/v1/query?query=${encodeURIComponent('{job="t"}[1h]')}`);
  const { status, data, error } = (await response.json()) as {
    status: string;
    error?: string;
    data: { result: { metric: Record<string, string>; values: [number, string][] }[] };
  };
  if (status !== 'success') throw new Error(`${url}: ${error}`);
  return Object.fromEntries(data.result.map(({ metric, values }) => [JSON.stringify(Object.entries(metric).sort()), values]));
}
