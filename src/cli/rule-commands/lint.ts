// What is doubtful about rules and jobs without being wrong, and which of it is looked for: promtool's --lint.
import { compareLabels, compareUtf8, formatDuration, type Labels, quoteGo } from '../../model/index.ts';
import type { RuleGroupSpec } from '../../rules/index.ts';

export interface Lint {
  readonly duplicateRules: boolean;
  readonly tooLongScrapeInterval: boolean;
}

/** @param known the names that mean something here, beside all and none @param warn is told of others */
export function parseLint(
  text: string,
  known: readonly ('duplicate-rules' | 'too-long-scrape-interval')[],
  warn: (line: string) => void,
): Lint {
  const names = text.split(',').filter((name) => name !== '');
  for (const name of names)
    if (name !== 'all' && name !== 'none' && !known.some((each) => each === name)) warn(`WARNING: unknown lint option: ${quoteGo(name)}`);
  const has = (name: (typeof known)[number]) =>
    known.includes(name) && !names.includes('none') && (names.includes('all') || names.includes(name));
  return { duplicateRules: has('duplicate-rules'), tooLongScrapeInterval: has('too-long-scrape-interval') };
}

/** Of the rules of a file those of the same name and labels, as promtool tells them; null: there are none. */
export function duplicateRules(groups: readonly RuleGroupSpec[]): string | null {
  const rules = groups.flatMap((group) => group.rules);
  const sorted = [...rules].sort((a, b) => compareUtf8(a.name, b.name) || compareLabels(a.labels, b.labels));
  const duplicates = new Map<string, readonly [name: string, labels: Labels]>();
  for (const [i, { name, labels }] of sorted.entries()) {
    const before = sorted[i - 1];
    if (before === undefined || before.name !== name || compareLabels(before.labels, labels) !== 0) continue;
    duplicates.set(JSON.stringify([name, labels]), [name, labels]);
  }
  if (duplicates.size === 0) return null;
  const told = [...duplicates.values()].map(
    ([name, labels]) => `Metric: ${name}\nLabel(s):\n${labels.map(([label, value]) => `\t${label}: ${value}\n`).join('')}`,
  );
  return `lint error ${duplicates.size} duplicate rule(s) found.\n${told.join('')}Might cause inconsistency while recording expressions`;
}

/** The first job that is scraped so seldom that its samples are too old for a query before the next ones come; null: there is none. */
export function tooLongScrapeInterval(
  jobs: readonly { readonly jobName: string; readonly scrapeIntervalMs: number }[],
  lookbackMs: number,
): string | null {
  const job = jobs.find(({ scrapeIntervalMs }) => lookbackMs > 0 && scrapeIntervalMs >= lookbackMs);
  if (job === undefined) return null;
  const interval = formatDuration(job.scrapeIntervalMs);
  return `too long scrape interval found, data point will be marked as stale - job: ${job.jobName}, interval: ${interval}`;
}
