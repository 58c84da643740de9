// Request parameters as Prometheus reads them: query string and form body together, times as RFC 3339 or seconds, limits, selectors.
import { type Matcher, parseDuration } from '../model/index.ts';
import { parseMetricSelector } from '../promql/index.ts';
import { badData, invalidParameter } from './errors.ts';
import type { SeriesQuery } from './ports.ts';

/** What Prometheus's clients send for "since ever" and "for ever". */
const MIN_TIME = '-292273086-05-16T16:47:06Z';
const MAX_TIME = '292277025-08-18T07:12:54.999999999Z';
const MAX_MATCHERS = 1000;
const SECONDS = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;

/** Body first, then the query string, as Go's Request.Form has them. */
export function mergeParameters(body: string, query: string): URLSearchParams {
  const merged = new URLSearchParams(body);
  for (const [name, value] of new URLSearchParams(query)) merged.append(name, value);
  return merged;
}

/** Of a duration, which Go counts in nanoseconds in 64 bits. */
const MOST_SECONDS = 2 ** 63 / 1e9;

function parseTime(text: string): number | null {
  if (text === MIN_TIME) return Number.NEGATIVE_INFINITY;
  if (text === MAX_TIME) return Number.POSITIVE_INFINITY;
  if (SECONDS.test(text)) return Number.isFinite(Number(text)) ? Math.round(Number(text) * 1000) : null;
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(text)) return null;
  const ms = Date.parse(text);
  // A day that its month has not, or the hour 24, would become another one.
  const [day, hour] = [Number(text.slice(8, 10)), Number(text.slice(11, 13))];
  const daysInMonth = new Date(Date.UTC(Number(text.slice(0, 4)), Number(text.slice(5, 7)), 0)).getUTCDate();
  return Number.isNaN(ms) || day > daysInMonth || hour > 23 ? null : ms;
}

/** Milliseconds since the epoch; `byDefault` when the parameter is missing or empty. */
export function timeParameter(params: URLSearchParams, name: string, byDefault: number): number {
  const text = params.get(name) ?? '';
  if (text === '') return byDefault;
  const ms = parseTime(text);
  if (ms === null)
    throw invalidParameter(name, `Invalid time value for '${name}': cannot parse ${JSON.stringify(text)} to a valid timestamp`);
  return ms;
}

/** Milliseconds since the epoch. */
export function requiredTimeParameter(params: URLSearchParams, name: string): number {
  const text = params.get(name) ?? '';
  const ms = parseTime(text);
  if (ms === null) throw invalidParameter(name, `cannot parse ${JSON.stringify(text)} to a valid timestamp`);
  return ms;
}

/** Milliseconds, from seconds or a duration such as `1m30s`; `byDefault` when the parameter is missing or empty. */
export function durationParameter(params: URLSearchParams, name: string, byDefault: number): number {
  const text = params.get(name) ?? '';
  if (text === '') return byDefault;
  if (SECONDS.test(text)) {
    if (Math.abs(Number(text)) > MOST_SECONDS)
      throw invalidParameter(name, `cannot parse ${JSON.stringify(text)} to a valid duration. It overflows int64`);
    return Number(text) * 1000;
  }
  try {
    return parseDuration(text);
  } catch {
    throw invalidParameter(name, `cannot parse ${JSON.stringify(text)} to a valid duration`);
  }
}

const INTEGER = /^[+-]?\d{1,15}$/;

/** A limit where 0 and absence mean none. */
export function limitParameter(params: URLSearchParams, name: string): number {
  const text = params.get(name) ?? '';
  if (text === '') return 0;
  if (!INTEGER.test(text)) throw invalidParameter(name, `strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`);
  if (Number(text) < 0) throw invalidParameter(name, `${name} must be non-negative`);
  return Number(text);
}

/** A limit where a negative number and absence mean none: -1. */
export function countParameter(params: URLSearchParams, name: string): number {
  const text = params.get(name) ?? '';
  if (text === '') return -1;
  if (!INTEGER.test(text)) throw badData(`${name} must be a number`);
  return Math.max(-1, Number(text));
}

/** As Go's strconv.ParseBool; `byDefault` when the parameter is missing or empty. */
export function booleanParameter(params: URLSearchParams, name: string, byDefault = false): boolean {
  const text = params.get(name) ?? '';
  if (text === '') return byDefault;
  if (['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(text)) return false;
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(text)) return true;
  throw invalidParameter(name, `error converting ${name}: strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`);
}

/** @throws ApiError worded by `wrong` */
export function selectorParameter(text: string, wrong: (message: string) => Error): Matcher[] {
  try {
    return parseMetricSelector(text);
  } catch (error) {
    throw wrong((error as Error).message);
  }
}

/** The `match[]` selectors; each must have a matcher that an absent label fails. */
export function selectorsOf(params: URLSearchParams, wrong: (message: string) => Error): Matcher[][] {
  const texts = params.getAll('match[]');
  if (texts.length > MAX_MATCHERS) throw wrong(`too many selectors: got ${texts.length}, want at most ${MAX_MATCHERS}`);
  const selectors = texts.map((text) => selectorParameter(text, wrong));
  if (selectors.some((matchers) => matchers.every((matcher) => matcher.matches('')))) {
    throw wrong('match[] must contain at least one non-empty matcher');
  }
  return selectors;
}

export function seriesQueryOf(params: URLSearchParams, wrong: (message: string) => Error): SeriesQuery {
  const limit = limitParameter(params, 'limit');
  const startMs = timeParameter(params, 'start', Number.NEGATIVE_INFINITY);
  const endMs = timeParameter(params, 'end', Number.POSITIVE_INFINITY);
  return { limit, startMs, endMs, selectors: selectorsOf(params, wrong) };
}

/**
 * A label name out of a path: `U__…` is decoded (`_` stands for `__`, other characters for `_hex_`).
 * Anything that is not valid stays as it is, as in Prometheus.
 */
export function unescapeLabelName(name: string): string {
  if (!name.startsWith('U__')) return name;
  let decoded = '';
  for (let rest = name.slice(3); rest !== ''; ) {
    const parts = /^(?:([^_]+)|__|_([0-9a-fA-F]{1,6})_)/.exec(rest);
    if (parts === null) return name;
    if (parts[1] !== undefined) decoded += parts[1];
    else if (parts[2] === undefined) decoded += '_';
    else {
      const code = Number.parseInt(parts[2], 16);
      if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return name;
      decoded += String.fromCodePoint(code);
    }
    rest = rest.slice(parts[0].length);
  }
  return decoded;
}
