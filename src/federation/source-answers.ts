// What other servers say about themselves, read with care: an answer is whatever the source sends.
import { parse } from 'yaml';
import { compareUtf8, type Label, type Labels } from '../model/index.ts';

export interface SourceRule {
  readonly name: string;
  readonly query: string;
}

/** What a source tells of itself. */
export interface SourceIdentity {
  readonly externalLabels: Labels;
  /** Where a browser finds it; null: it does not say. */
  readonly webUrl: string | null;
}

/** What an answer should have been and is not. */
export class SourceAnswerError extends Error {
  readonly code = 'answer';

  constructor(message: string) {
    super(message);
    this.name = 'SourceAnswerError';
  }
}

const MOST_RULES = 200;
const MOST_QUERY_LENGTH = 16 * 1024;
const MOST_LABELS = 63;
const MOST_LABEL_LENGTH = 4096;

type Plain = Readonly<Record<string, unknown>>;

const isPlain = (value: unknown): value is Plain => typeof value === 'object' && value !== null && !Array.isArray(value);
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** The data of an answer of an HTTP API like ours. @throws SourceAnswerError */
export function dataOf(body: Buffer): Plain {
  let answer: unknown;
  try {
    answer = JSON.parse(body.toString());
  } catch {
    throw new SourceAnswerError('its answer is no JSON');
  }
  if (!isPlain(answer) || answer.status !== 'success' || !isPlain(answer.data)) throw new SourceAnswerError('its answer has no data');
  return answer.data;
}

/** Recording rules for the names, each once; of more than are kept, or of too long ones, `left` says so. Older servers answer with all rules. */
export function recordingRules(data: Plain, names: ReadonlySet<string>): { readonly rules: readonly SourceRule[]; readonly left: boolean } {
  if (!Array.isArray(data.groups)) throw new SourceAnswerError('its answer has no rule groups');
  const rules = new Map<string, SourceRule>();
  let left = false;
  for (const group of data.groups) {
    for (const rule of isPlain(group) ? list(group.rules) : []) {
      if (!isPlain(rule) || rule.type !== 'recording' || typeof rule.name !== 'string' || typeof rule.query !== 'string') continue;
      if (!names.has(rule.name)) continue;
      const { name, query } = rule as { name: string; query: string };
      const key = JSON.stringify([name, query]);
      if (query.length > MOST_QUERY_LENGTH || (rules.size >= MOST_RULES && !rules.has(key))) left = true;
      else rules.set(key, { name, query });
    }
  }
  return { rules: [...rules.values()], left };
}

/** What /api/v1/federation says of the server that answers. @throws SourceAnswerError */
export function identityOf(data: Plain): SourceIdentity {
  const url = typeof data.externalUrl === 'string' ? URL.parse(data.externalUrl) : null;
  const isWeb = url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
  return { externalLabels: labelsOf(data.externalLabels), webUrl: isWeb ? url.href.replace(/\/+$/, '') : null };
}

/** What a configuration says, as /api/v1/status/config shows it. Of it the section `global` alone is read. @throws SourceAnswerError */
export function identityOfConfig(data: Plain): SourceIdentity {
  if (typeof data.yaml !== 'string') throw new SourceAnswerError('its answer has no configuration');
  const section = /^global:.*\n(?:(?:[ #].*)?\n)*/m.exec(`${data.yaml}\n`)?.[0] ?? '';
  let config: unknown;
  try {
    // All scalars are texts in this schema, as labels' values are.
    config = parse(section, { schema: 'failsafe', maxAliasCount: 0, logLevel: 'error' });
  } catch {
    throw new SourceAnswerError('its configuration cannot be read');
  }
  const global = isPlain(config) && isPlain(config.global) ? config.global : {};
  return { externalLabels: labelsOf(global.external_labels ?? {}), webUrl: null };
}

function labelsOf(value: unknown): Labels {
  if (!isPlain(value)) throw new SourceAnswerError('its answer has no external labels');
  const labels: Label[] = [];
  for (const [name, text] of Object.entries(value)) {
    if (typeof text !== 'string' || name.length + text.length > MOST_LABEL_LENGTH || labels.length === MOST_LABELS)
      throw new SourceAnswerError('its external labels are none');
    labels.push([name, text]);
  }
  return labels.sort((a, b) => compareUtf8(a[0], b[0]));
}
