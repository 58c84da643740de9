// The functions that Prometheus adds for alerting rules (3.x, text mode: `tmpl` is one of console templates alone).
// Source of their behaviour: Prometheus's docs/configuration/template_reference.md and its template package.

import { compareUtf8, DurationError, lowerCase, parseDuration, quoteGo, upperCase } from '../../model/index.ts';
import { FunctionError } from '../error.ts';
import { toInt64 } from '../value/duration.ts';
import { AnyMap, Html, Integer, Pointer, type SampleList, type StringMap, Struct, type Value } from '../value/value.ts';
import { escapeQuery } from './escape.ts';
import { stripDomain, stripPort } from './host-port.ts';
import { humanize, humanize1024, humanizeDuration, humanizePercentage, humanizeTimestamp, toFloat, toTime } from './humanize.ts';
import { defineFunction } from './language-functions.ts';
import { graphLink, tableLink } from './links.ts';
import { matches, replaceAll } from './regexp-functions.ts';
import type { FunctionContext, TemplateFunction } from './template-function.ts';
import { titleCase } from './title-case.ts';

const any = 'interface {}';
const sample = '*template.sample';
const queryResult = 'template.queryResult';

function ofText(call: (text: string, context: FunctionContext) => Value): TemplateFunction {
  return defineFunction(['string'], null, ([text], context) => call(text as string, context));
}

function ofNumber(call: (value: number) => Value): TemplateFunction {
  return defineFunction([any], null, ([value]) => call(toFloat(value)));
}

export const prometheusFunctions: ReadonlyMap<string, TemplateFunction> = new Map<string, TemplateFunction>([
  ['args', defineFunction([], any, namedArguments)],
  ['externalURL', defineFunction([], null, (_, { externalUrl }) => externalUrl)],
  ['first', defineFunction([queryResult], null, ([list]) => firstSample(list as SampleList))],
  ['graphLink', ofText(graphLink)],
  ['humanize', ofNumber(humanize)],
  ['humanize1024', ofNumber(humanize1024)],
  ['humanizeDuration', ofNumber(humanizeDuration)],
  ['humanizePercentage', ofNumber(humanizePercentage)],
  ['humanizeTimestamp', ofNumber(humanizeTimestamp)],
  ['label', defineFunction(['string', sample], null, ([name, pointer]) => labelsOf(pointer).get(name as string))],
  ['match', defineFunction(['string', 'string'], null, ([pattern, text], context) => matches(pattern as string, text as string, context))],
  ['now', defineFunction([], null, (_, { nowMs }) => nowMs / 1000)],
  ['parseDuration', ofText(durationInSeconds)],
  ['pathPrefix', defineFunction([], null, (_, { externalUrl }) => pathOf(externalUrl))],
  ['query', ofText(samplesOf)],
  [
    'reReplaceAll',
    defineFunction(['string', 'string', 'string'], null, ([pattern, replacement, text], context) =>
      replaceAll({ pattern: pattern as string, replacement: replacement as string, text: text as string }, context),
    ),
  ],
  ['safeHtml', ofText((text) => new Html(text))],
  ['sortByLabel', defineFunction(['string', queryResult], null, sortByLabel)],
  ['stripDomain', ofText(stripDomain)],
  ['stripPort', ofText(stripPort)],
  ['strvalue', defineFunction([sample], null, ([pointer]) => labelsOf(pointer).get('__value__'))],
  ['tableLink', ofText(tableLink)],
  ['title', ofText(titleCase)],
  ['toDuration', ofNumber((seconds) => new Pointer('*time.Duration', new Integer(toInt64(seconds * 1e9), 'time.Duration')))],
  ['toLower', ofText(lowerCase)],
  ['toTime', ofNumber((seconds) => new Pointer('*time.Time', toTime(seconds)))],
  ['toUpper', ofText(upperCase)],
  ['urlQueryEscape', ofText(escapeQuery)],
  ['value', defineFunction([sample], null, ([pointer]) => fieldsOf(pointer)[1])],
]);

/** arg0, arg1, …: several values for a template that takes one. */
function namedArguments(args: readonly Value[], context: FunctionContext): AnyMap {
  context.charge(args.length);
  const entries = args.map((value, i) => [`arg${i}`, value] as const);
  return new AnyMap(entries.length > 10 ? entries.sort((a, b) => compareUtf8(a[0], b[0])) : entries);
}

function samplesOf(query: string, context: FunctionContext): SampleList {
  const list = context.query(query);
  context.charge(list.samples.length);
  return list;
}

function firstSample({ samples }: SampleList): Pointer {
  if (samples.length === 0) throw new FunctionError('first() called on vector with no elements');
  return samples[0];
}

function sortByLabel([label, list]: readonly Value[], context: FunctionContext): SampleList {
  const { samples } = list as SampleList;
  context.charge(samples.length * 4);
  samples.sort((a, b) => compareUtf8(labelsOf(a).get(label as string), labelsOf(b).get(label as string)));
  return list as SampleList;
}

function labelsOf(pointer: Value): StringMap {
  return fieldsOf(pointer)[0] as StringMap;
}

/** Labels and value of a sample. */
function fieldsOf(pointer: Value): readonly Value[] {
  const { target } = pointer as Pointer;
  if (!(target instanceof Struct)) throw new FunctionError('runtime error: invalid memory address or nil pointer dereference');
  return target.values;
}

function durationInSeconds(text: string): number {
  const isNegative = text.startsWith('-');
  try {
    // By way of nanoseconds, which a float64 rounds where there are many.
    const seconds = (parseDuration(isNegative ? text.slice(1) : text) * 1e6) / 1e9;
    return isNegative && seconds !== 0 ? -seconds : seconds;
  } catch (error) {
    if (error instanceof DurationError) throw new FunctionError(error.message, { cause: error });
    throw error;
  }
}

/** The path of the external URL, decoded; no slash at its end where the URL has none. */
function pathOf(url: string): string {
  const path = /^[a-zA-Z][\w+.-]*:\/\/[^/?#]*([^?#]*)/.exec(url)?.[1] ?? '';
  try {
    return decodeURIComponent(path);
  } catch {
    throw new FunctionError(`invalid path in external URL ${quoteGo(url)}`);
  }
}
