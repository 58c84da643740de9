// What a stock Prometheus shows of its configuration (/api/v1/status/config), as far as federation asks: its external labels, and which jobs
// honour labels. Prometheus prints that text itself, so sections and jobs are found by their lines. The YAML parser sees the external labels
// alone, and some kilobytes at most: a stranger's text can hold it for 20 µs a byte.
import { parse } from 'yaml';
import type { LabelMap } from '../answers/index.ts';
import { labelsOf } from './foreign-values.ts';

const LABELS_LENGTH = 4 * 1024;

export interface PrometheusConfig {
  readonly externalLabels: LabelMap;
  readonly honoringJobs: ReadonlySet<string>;
}

/** Null when the text is not what a Prometheus prints, or its external labels cannot be read. */
export function readPrometheusConfig(text: string): PrometheusConfig | null {
  const global = sectionOf(text, 'global');
  if (!/^ {2}scrape_interval: /m.test(global)) return null;
  const labels = plainYaml(/^ {2}external_labels:\n((?: {4}.*\n?)*)/m.exec(global)?.[1] ?? '{}');
  if (labels === null) return null;
  return { externalLabels: labelsOf(labels), honoringJobs: honoringJobs(sectionOf(text, 'scrape_configs')) };
}

/** From the line of the key to the next one that is not indented and begins no list entry. */
function sectionOf(text: string, key: string): string {
  const start = `\n${text}`.indexOf(`\n${key}:\n`);
  if (start < 0) return '';
  const rest = text.slice(start);
  const end = rest.slice(1).search(/\n[^\s-]/);
  return end < 0 ? rest : rest.slice(0, end + 2);
}

function honoringJobs(section: string): Set<string> {
  const jobs = new Set<string>();
  for (const block of section.split(/\n(?=- )/)) {
    const name = /^- job_name: (.+)/.exec(block)?.[1];
    if (name !== undefined && /^ {2}honor_labels: true$/m.test(block)) jobs.add(unquoted(name));
  }
  return jobs;
}

/** Names that need quotes are printed with either kind. */
function unquoted(name: string): string {
  if (name.startsWith("'")) return name.slice(1, -1).replaceAll("''", "'");
  if (!name.startsWith('"')) return name;
  try {
    return String(JSON.parse(name));
  } catch {
    return name;
  }
}

/** Scalars stay text. Null for what is too long or no YAML. */
function plainYaml(text: string): unknown {
  if (text.length > LABELS_LENGTH) return null;
  try {
    return parse(text, { schema: 'failsafe', maxAliasCount: 0, logLevel: 'error' });
  } catch {
    return null;
  }
}
