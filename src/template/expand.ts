// Expands a template: executes it, and where it asks for a query that was not asked yet, asks that and executes it
// again. Most templates ask nothing; their text is there at once, without a promise.

import type { Labels } from '../model/index.ts';
import { MAX_QUERIES } from './bounds.ts';
import { FunctionError, TemplateError } from './error.ts';
import { execute } from './execute/executor.ts';
import type { SpentSteps } from './execute/run-state.ts';
import { functionTable } from './function/function-table.ts';
import { parse } from './parse/parser.ts';
import type { Template } from './parse/template.ts';
import { fromBytes, toBytes } from './value/byte-text.ts';
import { SampleList, samplePointer, type Value } from './value/value.ts';

export interface TemplateSample {
  readonly labels: Labels;
  readonly value: number;
}

export interface TemplateEnvironment {
  /** The instant vector of a PromQL text at the evaluation's time; a text says why there is none. What it rejects with ends the expansion. */
  query(text: string): Promise<readonly TemplateSample[] | string>;
  /** Under which the server is reached from outside, without a slash at its end. */
  readonly externalUrl: string;
  /** The evaluation's time. */
  readonly nowMs: number;
}

/** Throws TemplateError where the text is no template or names functions that do not exist. */
export function parseTemplate(name: string, text: string): Template {
  return parse(name, text, functionTable);
}

/** The error of a text, worded as Go words it, or null when it is a template. */
export function checkTemplate(name: string, text: string): string | null {
  try {
    parseTemplate(name, text);
    return null;
  } catch (error) {
    if (error instanceof TemplateError) return error.message;
    throw error;
  }
}

/**
 * The template's text for `data`; a promise only where a query had to be asked. Throws TemplateError, or rejects with it.
 * The result is well-formed: bytes that are no UTF-8 have become U+FFFD.
 */
export function expand(template: Template, data: Value, environment: TemplateEnvironment): Promise<string> | string {
  const answers: Answers = { byQuery: new Map(), spent: { steps: 0 } };
  const result = attempt(template, data, environment, answers);
  return typeof result === 'string' ? result : askAndRetry(result, template, data, { environment, answers });
}

interface Answers {
  /** Samples, or the text of an error. */
  readonly byQuery: Map<string, readonly TemplateSample[] | string>;
  readonly spent: SpentSteps;
}

/** Breaks an execution off, for the query that it needs. */
class QueryNeeded {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

async function askAndRetry(
  needed: QueryNeeded,
  template: Template,
  data: Value,
  { environment, answers }: { environment: TemplateEnvironment; answers: Answers },
): Promise<string> {
  let next = needed;
  for (;;) {
    answers.byQuery.set(next.text, await environment.query(next.text));
    const result = attempt(template, data, environment, answers);
    if (typeof result === 'string') return result;
    next = result;
  }
}

function attempt(template: Template, data: Value, environment: TemplateEnvironment, answers: Answers): QueryNeeded | string {
  try {
    const text = execute(template, data, {
      externalUrl: environment.externalUrl,
      nowMs: environment.nowMs,
      query: (query) => answerOf(query, answers),
      spent: answers.spent,
    });
    return text.isWellFormed() ? text : fromBytes(toBytes(text)).toWellFormed();
  } catch (error) {
    if (error instanceof QueryNeeded) return error;
    throw error;
  }
}

/** A list of its own for each call: templates sort it in place. */
function answerOf(query: string, answers: Answers): SampleList {
  const answer = answers.byQuery.get(query);
  if (answer === undefined) {
    if (answers.byQuery.size >= MAX_QUERIES) throw new FunctionError(`exceeded maximum number of queries (${MAX_QUERIES})`);
    throw new QueryNeeded(query);
  }
  if (typeof answer === 'string') throw new FunctionError(answer);
  return new SampleList(answer.map(({ labels, value }) => samplePointer(labels, value)));
}
