// What a stock Prometheus shows of its configuration (/api/v1/status/config), as far as federation asks: its external labels, and which jobs
// honour labels. Prometheus prints that text itself, so sections and jobs are found by their lines, and the YAML parser, which is slow and need not
// be trusted with a stranger's text, sees some kilobytes at most.
import { parse } from 'yaml';
import type { LabelMap } from '../answers/index.ts';
import { fieldsOf, labelsOf } from './foreign-values.ts';

/** Of one section. */
const SECTION_LENGTH = 16 * 1024;
const JOB_NAME_LENGTH = 512;

export interface PrometheusConfig {
  readonly externalLabels: LabelMap;
  readonly honoringJobs: ReadonlySet<string>;
}

/** Null when the text is not what a Prometheus prints. */
export function readPrometheusConfig(text: string): PrometheusConfig | null {
  const global = fieldsOf(fieldsOf(plainYaml(sectionOf(text, 'global'))).global);
  if (typeof global.scrape_interval !== 'string') return null;
  return { externalLabels: labelsOf(global.external_labels), honoringJobs: honoringJobs(sectionOf(text, 'scrape_configs')) };
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
    const name = /^- job_name: (.*)/.exec(block)?.[1] ?? '';
    if (name === '' || name.length > JOB_NAME_LENGTH || !/^ {2}honor_labels: true$/m.test(block)) continue;
    const plain = plainYaml(name);
    if (typeof plain === 'string') jobs.add(plain);
  }
  return jobs;
}

/** Scalars stay text. Null for what is too long or no YAML. */
function plainYaml(text: string): unknown {
  if (text.length > SECTION_LENGTH) return null;
  try {
    return parse(text, { schema: 'failsafe', maxAliasCount: 0, logLevel: 'silent' });
  } catch {
    return null;
  }
}
