// match and reReplaceAll: regular expressions that may match anywhere in a text. Alerts expand the same few templates
// again and again, so the compiled expressions are kept.

import { compileSearch, quoteGo, RegexpError, type SearchRegexp } from '../../model/index.ts';
import { MAX_OUTPUT_LENGTH } from '../bounds.ts';
import { FunctionError } from '../error.ts';
import { canBackquote } from '../format/scalar.ts';
import type { FunctionContext } from './template-function.ts';

/** Expressions that are kept; a rule file has fewer, and one that makes them up as it goes may pay for it. */
const MAX_KEPT = 256;
/** How much matching counts as a step: the engine goes through its program once a character. */
const WORK_PER_STEP = 64;
/** Each character may be a match, and to replace one costs a microsecond. */
const REPLACED_PER_STEP = 4;

const kept = new Map<string, SearchRegexp>();

export function matches(pattern: string, text: string, context: FunctionContext): boolean {
  try {
    return compiled(pattern, text, context).matches(text);
  } catch (error) {
    if (error instanceof RegexpError) throw new FunctionError(error.message, { cause: error });
    throw error;
  }
}

export interface Replacement {
  readonly pattern: string;
  readonly replacement: string;
  readonly text: string;
}

export function replaceAll({ pattern, replacement, text }: Replacement, context: FunctionContext): string {
  let regexp: SearchRegexp;
  try {
    regexp = compiled(pattern, text, context);
  } catch (error) {
    if (!(error instanceof RegexpError)) throw error;
    const quoted = canBackquote(pattern) ? `\`${pattern}\`` : quoteGo(pattern);
    throw new FunctionError(`regexp: Compile(${quoted}): ${error.message}`, { cause: error });
  }
  context.charge(Math.ceil(text.length / REPLACED_PER_STEP));
  const work = Math.ceil(replacement.length / WORK_PER_STEP);
  const replaced = regexp.replaceAll(text, replacement, MAX_OUTPUT_LENGTH, () => context.charge(work));
  if (replaced === null) throw new FunctionError(`result is longer than ${MAX_OUTPUT_LENGTH} characters`);
  return replaced;
}

function compiled(pattern: string, text: string, context: FunctionContext): SearchRegexp {
  let regexp = kept.get(pattern);
  if (regexp === undefined) {
    context.charge(pattern.length);
    regexp = compileSearch(pattern);
    if (kept.size >= MAX_KEPT) kept.clear();
    kept.set(pattern, regexp);
  }
  context.charge(Math.ceil(((regexp.programSize + 1) * (text.length + 1)) / WORK_PER_STEP));
  return regexp;
}
