// What completion asks the server for: names, labels, values, help. Bounded, remembered for a while, and never in anybody's way: where there
// is no answer there is nothing to choose from.
import type { PrometheusClient } from '@prometheus-io/codemirror-promql';
import { EqlRegex, EqlSingle, Neq, NeqRegex } from '@prometheus-io/lezer-promql';
import type { FlagsAnswer, LabelMap, MetadataAnswer, MetadataByName } from '../../src/answers/index.ts';
import { isClassicLabelName, isClassicMetricName, quoteGo } from '../../src/model/index.ts';
import { namesWith } from '../format/names-with.ts';
import { ask, type Parameters } from '../server/ask.ts';

const MOST_ENTRIES = 10_000;
const MOST_SERIES = 1_000;
const REMEMBERED_MS = 60_000;
const REMEMBERED_QUESTIONS = 200;
const TIMEOUT_MS = 10_000;

/** A matcher as completion reads it: `type` is a term of the grammar. */
interface ReadMatcher {
  readonly type: number;
  readonly name: string;
  readonly value: string;
}

const SIGNS: ReadonlyMap<number, string> = new Map([
  [EqlSingle, '='],
  [Neq, '!='],
  [EqlRegex, '=~'],
  [NeqRegex, '!~'],
]);

export class CompletionClient implements PrometheusClient {
  /** By question, oldest first. */
  readonly #answers = new Map<string, { readonly atMs: number; readonly answer: Promise<unknown> }>();

  /** Whether the server has more metrics than it was asked for: what else is typed is another question then. */
  hasMoreMetrics = false;

  async metricNames(typed = ''): Promise<string[]> {
    const first = await this.#ask<string[]>('/label/__name__/values', { limit: MOST_ENTRIES }, []);
    this.hasMoreMetrics = first.length >= MOST_ENTRIES;
    if (!this.hasMoreMetrics || typed === '') return first;
    return this.#ask('/label/__name__/values', { 'match[]': namesWith([typed]), limit: MOST_ENTRIES }, []);
  }

  async metricMetadata(): Promise<Record<string, MetadataAnswer[]>> {
    const byName = await this.#ask<MetadataByName>('/metadata', { limit: MOST_ENTRIES, limit_per_metric: 2 }, {});
    return byName as Record<string, MetadataAnswer[]>;
  }

  labelNames(metricName?: string): Promise<string[]> {
    return this.#ask('/labels', { 'match[]': selectorOf(metricName), limit: MOST_ENTRIES }, []);
  }

  labelValues(labelName: string, metricName?: string, matchers?: ReadMatcher[]): Promise<string[]> {
    // Where the value is typed its own matcher says nothing yet.
    const others = matchers?.filter(({ name }) => name !== labelName);
    return this.#ask(`/label/${escapeLabelName(labelName)}/values`, { 'match[]': selectorOf(metricName, others), limit: MOST_ENTRIES }, []);
  }

  async series(metricName: string, matchers?: ReadMatcher[]): Promise<Map<string, string>[]> {
    const series = await this.#ask<LabelMap[]>('/series', { 'match[]': selectorOf(metricName, matchers), limit: MOST_SERIES }, []);
    return series.map((labels) => new Map(Object.entries(labels)));
  }

  flags(): Promise<Record<string, string>> {
    return this.#ask<FlagsAnswer>('/status/flags', {}, {});
  }

  async #ask<T>(path: string, parameters: Parameters, otherwise: T): Promise<T> {
    const question = `${path} ${JSON.stringify(parameters)}`;
    const kept = this.#answers.get(question);
    if (kept !== undefined && Date.now() - kept.atMs < REMEMBERED_MS) return kept.answer as Promise<T>;
    const answer = ask<T>(path, parameters, { timeoutMs: TIMEOUT_MS }).then(
      ({ data }) => data,
      () => {
        this.#answers.delete(question);
        return otherwise;
      },
    );
    this.#answers.delete(question);
    this.#answers.set(question, { atMs: Date.now(), answer });
    if (this.#answers.size > REMEMBERED_QUESTIONS) this.#answers.delete(this.#answers.keys().next().value!);
    return answer;
  }
}

/** Undefined for every series. */
function selectorOf(metricName = '', matchers: readonly ReadMatcher[] = []): string | undefined {
  const parts = matchers
    .filter(({ value, type }) => value !== '' && SIGNS.has(type))
    .map(({ name, type, value }) => `${isClassicLabelName(name) ? name : quoteGo(name)}${SIGNS.get(type)}${quoteGo(value)}`);
  const classic = isClassicMetricName(metricName);
  if (metricName !== '' && !classic) parts.unshift(quoteGo(metricName));
  if (parts.length === 0) return classic ? metricName : undefined;
  return `${classic ? metricName : ''}{${parts.join(',')}}`;
}

/** As a path's segment: names that are not classic in Prometheus's escaping of values (`U__…`). */
function escapeLabelName(name: string): string {
  if (isClassicLabelName(name)) return name;
  const escaped = [...name].map((c) => (/[a-zA-Z0-9]/.test(c) ? c : c === '_' ? '__' : `_${c.codePointAt(0)!.toString(16)}_`));
  return `U__${escaped.join('')}`;
}
