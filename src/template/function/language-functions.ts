// The functions that belong to the language itself. `and` and `or` are here for their names and counts of arguments
// alone: the execution evaluates their arguments one by one and stops at the first that decides.

import { FunctionError } from '../error.ts';
import { sprint, sprintf, sprintln } from '../format/printf.ts';
import { indirect, isTrue, typeName } from '../value/kind.ts';
import { Integer, Pointer, unboxed, type Value } from '../value/value.ts';
import { equalsAny, isLess, isLessOrEqual } from './comparison.ts';
import { escapeHtml, escapeJs, escapeQuery } from './escape.ts';
import { indexInto, lengthOf, sliceOf } from './indexing.ts';
import type { FunctionContext, ParameterType, TemplateFunction } from './template-function.ts';

type Call = (args: readonly Value[], context: FunctionContext) => Value;

export function defineFunction(parameters: readonly ParameterType[], rest: ParameterType | null, call: Call): TemplateFunction {
  return { parameters, rest, call };
}

const value = 'reflect.Value';
const any = 'interface {}';

function comparison(compare: (a: Value, b: Value) => boolean): TemplateFunction {
  return defineFunction([value, value], null, ([a, b]) => compare(a, b));
}

function escaper(escapeText: (text: string) => string): TemplateFunction {
  return defineFunction([], any, (args) => escapeText(printed(args)));
}

export const languageFunctions: ReadonlyMap<string, TemplateFunction> = new Map<string, TemplateFunction>([
  ['and', defineFunction([value], value, ([first]) => first)],
  ['call', defineFunction([value], value, ([first]) => refuseCall(first))],
  ['eq', defineFunction([value], value, ([first, ...others]) => equalsAny(first, others))],
  ['ge', comparison((a, b) => !isLess(a, b))],
  ['gt', comparison((a, b) => !isLessOrEqual(a, b))],
  ['html', escaper(escapeHtml)],
  ['index', defineFunction([value], value, ([item, ...indexes]) => indexInto(item, indexes))],
  ['js', escaper(escapeJs)],
  ['le', comparison(isLessOrEqual)],
  ['len', defineFunction([value], null, ([item]) => new Integer(BigInt(lengthOf(item))))],
  ['lt', comparison(isLess)],
  ['ne', comparison((a, b) => !equalsAny(a, [b]))],
  ['not', defineFunction([value], null, ([first]) => !isTrue(first))],
  ['or', defineFunction([value], value, ([first]) => first)],
  ['print', defineFunction([], any, (args) => sprint(args))],
  ['printf', defineFunction(['string'], any, ([format, ...args]) => sprintf(format as string, args))],
  ['println', defineFunction([], any, (args) => sprintln(args))],
  ['slice', defineFunction([value], value, ([item, ...indexes]) => sliceOf(item, indexes))],
  ['urlquery', escaper(escapeQuery)],
]);

/** No value of our templates is a function. The execution puts the argument's own text in place of the name. */
function refuseCall(argument: Value): never {
  const callee = unboxed(argument);
  if (callee === undefined) throw new FunctionError('call of nil');
  throw new FunctionError(`non-function ${CALLEE} of type ${typeName(callee)}`);
}

/** Stands in refuseCall's message for the argument as it was written. */
export const CALLEE = '\0';

/** The arguments as an action would print them. */
function printed(args: readonly Value[]): string {
  if (args.length === 1 && typeof args[0] === 'string') return args[0];
  return sprint(args.map((arg) => (arg === null || arg === undefined ? '<no value>' : arg instanceof Pointer ? indirect(arg) : arg)));
}
