// The labels and annotations of an alerting rule's alerts, out of its templates. Source: rules/alerting.go of Prometheus.
import type { Label, Labels } from '../model/index.ts';
import { labelsOf } from '../model/index.ts';
import { EvaluationError } from '../promql/index.ts';
import { AlertTemplate, alertData, failedExpansion, type TemplateEnvironment, TemplateError } from '../template/index.ts';
import { type Element, mergeLabels } from './rule-elements.ts';
import type { RulesRequest, RuleTask } from './rule-messages.ts';

/** Templates that are kept parsed. A rule has some, and they are the same at each evaluation. */
const MOST_TEMPLATES = 4096;

/** That are told. */
const MOST_ERRORS = 3;

/** The least recently used first. */
const templates = new Map<string, AlertTemplate>();

type Part = readonly [name: string, template: AlertTemplate];

export class AlertExpansion {
  /** Of templates that failed, the first few. */
  readonly errors: string[] = [];
  failures = 0;
  expansions = 0;
  readonly #request: RulesRequest;
  readonly #task: RuleTask;
  readonly #environment: TemplateEnvironment;

  constructor(request: RulesRequest, task: RuleTask, query: TemplateEnvironment['query']) {
    this.#request = request;
    this.#task = task;
    this.#environment = { query, externalUrl: request.externalUrl, nowMs: request.timeMs };
  }

  /** `[labels, annotations]` of each element's alert, as JSON. @throws EvaluationError two alerts have the same labels */
  async expand(elements: readonly Element[], breathe: () => Promise<void> | null): Promise<readonly string[]> {
    const { name, labels, annotations } = this.#task;
    const labelParts = partsOf(name, labels);
    const annotationParts = partsOf(name, annotations ?? []);
    const known = new Set<string>();
    const texts: string[] = [];
    for (const element of elements) {
      const own = [...(await this.#all(labelParts, element)), ['alertname', name] as const];
      const named = mergeLabels(element.labels, labelsOf({ ...Object.fromEntries(own), __name__: '' }));
      const text = JSON.stringify(named);
      if (known.has(text))
        throw new EvaluationError('execution', 'vector contains metrics with the same labelset after applying alert labels');
      known.add(text);
      texts.push(`[${text},${JSON.stringify(await this.#all(annotationParts, element))}]`);
      await breathe();
    }
    return texts;
  }

  async #all(parts: readonly Part[], { labels, value }: Element): Promise<readonly Label[]> {
    const { externalLabels, externalUrl } = this.#request;
    const data = alertData({ labels, externalLabels, externalUrl, value });
    const expanded: Label[] = [];
    for (const [name, template] of parts) {
      this.expansions++;
      try {
        const text = template.expand(data, this.#environment);
        expanded.push([name, typeof text === 'string' ? text : await text]);
      } catch (error) {
        // The alert is sent all the same, and says so.
        if (!(error instanceof TemplateError)) throw error;
        this.failures++;
        if (this.errors.length < MOST_ERRORS) this.errors.push(error.message);
        expanded.push([name, failedExpansion(error)]);
      }
    }
    return expanded;
  }
}

function partsOf(alertName: string, texts: Labels): readonly Part[] {
  return texts.map(([name, text]) => [name, templateOf(alertName, text)]);
}

function templateOf(alertName: string, text: string): AlertTemplate {
  const key = `${alertName}\0${text}`;
  let template = templates.get(key);
  if (template === undefined) {
    template = new AlertTemplate(alertName, text);
    if (templates.size >= MOST_TEMPLATES) templates.delete(templates.keys().next().value!);
  } else templates.delete(key);
  templates.set(key, template);
  return template;
}
