// Values out of JSON that another server sent: each is looked at before it is believed. What is of the wrong type becomes nothing, texts are
// cut, numbers are finite.
import type { LabelMap } from '../answers/index.ts';

const TEXT_LENGTH = 1024;
const MOST_LABELS = 64;
/** Of JavaScript's Date, ms. */
const LATEST_MS = 8.64e15;
/** Seconds of a duration or a lag: more than any clock is wrong by. */
const MOST_SECONDS = 1e10;

export type Fields = Readonly<Record<string, unknown>>;

const NO_FIELDS: Fields = {};

export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : NO_FIELDS;
}

/** The first `most` elements. */
export function listOf(value: unknown, most: number): readonly unknown[] {
  return Array.isArray(value) ? value.slice(0, most) : [];
}

export function textOf(value: unknown, length = TEXT_LENGTH): string {
  return typeof value === 'string' ? value.slice(0, length) : '';
}

/** One of `choices`; the last one where it is none. */
export function choiceOf<T extends string>(value: unknown, choices: readonly T[]): T {
  return choices.find((choice) => choice === value) ?? choices[choices.length - 1];
}

/** A time in ms; 0 where it is none. */
export function timeOf(value: unknown): number {
  return numberBetween(value, 0, LATEST_MS) ?? 0;
}

export function countOf(value: unknown): number {
  return countOrNull(value) ?? 0;
}

export function countOrNull(value: unknown): number | null {
  return numberBetween(value, 0, Number.MAX_SAFE_INTEGER);
}

/** May be below zero, as a lag is where clocks differ. */
export function secondsOrNull(value: unknown): number | null {
  return numberBetween(value, -MOST_SECONDS, MOST_SECONDS);
}

export function labelsOf(value: unknown): LabelMap {
  const pairs = Object.entries(fieldsOf(value)).filter(([, text]) => typeof text === 'string');
  // fromEntries makes `__proto__` an ordinary field.
  return Object.fromEntries(pairs.slice(0, MOST_LABELS).map(([name, text]) => [textOf(name), textOf(text)]));
}

/**
 * An address that a browser may be sent to, without credentials, parameters and a slash at its end; '' for all others, `javascript:` among
 * them, and for what is too long.
 */
export function webAddressOf(value: unknown): string {
  const url = typeof value === 'string' && value.length <= TEXT_LENGTH ? URL.parse(value) : null;
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return '';
  return `${url.protocol}//${url.host}${url.pathname}`.replace(/\/+$/, '');
}

function numberBetween(value: unknown, least: number, most: number): number | null {
  return typeof value === 'number' && value >= least && value <= most ? value : null;
}
