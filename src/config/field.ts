// How a value of the YAML tree is read: one Field for each kind of value, put together in schema*.ts to the description
// of every known key. A field reports what is wrong through the findings and then gives undefined. Null is the zero of
// the kind (false, 0, '', an empty list), as in Go, not the default of the key: `honor_timestamps:` means false.
// (A schema library gives no positions into the YAML and cannot tell `01` from `1`; hence our own.)

import { type AnchoredRegexp, compileRegexp, DurationError, isValidUtf8, parseDuration, quoteGo, RegexpError } from '../model/index.ts';
import type { ConfigNode } from './document.ts';
import type { Findings } from './errors.ts';
import { parseSize } from './size.ts';

export interface Reading {
  readonly findings: Findings;
  /** Of the value that is read, such as `scrape_configs[0].params`. */
  readonly path: string;
}

export interface Field<T> {
  read(node: ConfigNode, reading: Reading): T | undefined;
}

const NULLS = new Set(['', '~', 'null', 'Null', 'NULL']);
const TRUE = /^(y|Y|yes|Yes|YES|true|True|TRUE|on|On|ON)$/;
const FALSE = /^(n|N|no|No|NO|false|False|FALSE|off|Off|OFF)$/;
const FLOAT = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;
const RADIX = /^[-+]?0[xXbBoO]?[0-9a-fA-F]+$/;

export function isNull(node: ConfigNode): boolean {
  return node.kind === 'scalar' && node.plain && NULLS.has(node.text);
}

/** Null, an empty text, list or mapping: a section that asks for nothing. */
export function isEmpty(node: ConfigNode): boolean {
  if (node.kind === 'scalar') return isNull(node) || node.text === '';
  return (node.kind === 'list' ? node.items : node.entries).length === 0;
}

export function describeNode(node: ConfigNode): string {
  if (node.kind !== 'scalar') return `a ${node.kind}`;
  return isNull(node) ? 'nothing' : quoteGo(node.text.length > 100 ? `${node.text.slice(0, 100)}…` : node.text);
}

/** A field of scalars: `parse` gives the value or null when the text is none. */
function scalar<T>(zero: T, want: string, parse: (text: string, plain: boolean) => T | null): Field<T> {
  return {
    read(node, { findings, path }) {
      if (isNull(node)) return zero;
      const value = node.kind === 'scalar' ? parse(node.text, node.plain) : null;
      if (value === null) findings.problem(node.position, path, `got ${describeNode(node)}, want ${want}`);
      return value ?? undefined;
    },
  };
}

/** Any scalar as it is written: `01` stays `01`. */
export const text: Field<string> = scalar('', 'text', (written) => written);
export const flag: Field<boolean> = scalar(false, 'true or false', (written, plain) => {
  if (!plain) return null;
  return TRUE.test(written) ? true : FALSE.test(written) ? false : null;
});
export const float: Field<number> = scalar(0, 'a number', (written, plain) => (plain ? readNumber(written) : null));
export const integer: Field<number> = scalar(0, 'a whole number', (written, plain) => {
  const value = plain ? readNumber(written) : null;
  return value !== null && Number.isSafeInteger(value) ? value : null;
});
export const count: Field<number> = scalar(0, 'a whole number of 0 or more', (written, plain) => {
  const value = plain ? readNumber(written) : null;
  return value !== null && Number.isSafeInteger(value) && value >= 0 ? value : null;
});
export const size: Field<number> = scalar(0, 'a size in bytes such as 512MB', parseSize);

/** Numbers as Go's YAML reads them: `1_000`, `0x10`, `0o17`, `017` (octal), `1e3`. */
function readNumber(written: string): number | null {
  const digits = written.replaceAll('_', '');
  if (RADIX.test(digits) && !/^[-+]?0$/.test(digits)) {
    const negative = digits.startsWith('-');
    const bare = digits.replace(/^[-+]/, '');
    const value = /^0[0-9]/.test(bare) ? Number(`0o${bare.slice(1)}`) : Number(bare);
    return Number.isNaN(value) ? null : negative ? -value : value;
  }
  return FLOAT.test(digits) ? Number(digits) : null;
}

/** Milliseconds. */
export const duration: Field<number> = {
  read(node, { findings, path }) {
    if (isNull(node)) return 0;
    if (node.kind !== 'scalar') {
      findings.problem(node.position, path, `got ${describeNode(node)}, want a duration such as 15s`);
      return undefined;
    }
    try {
      return parseDuration(node.text);
    } catch (error) {
      if (!(error instanceof DurationError)) throw error;
      findings.problem(node.position, path, error.message);
      return undefined;
    }
  },
};

export const regexp: Field<AnchoredRegexp> = {
  read(node, reading) {
    const pattern = text.read(node, reading);
    if (pattern === undefined) return undefined;
    try {
      return compileRegexp(pattern);
    } catch (error) {
      if (!(error instanceof RegexpError)) throw error;
      reading.findings.problem(node.position, reading.path, error.message);
      return undefined;
    }
  },
};

/** Any UTF-8 text but the empty one: label names need not be classic. */
export const labelName: Field<string> = {
  read(node, reading) {
    const name = text.read(node, reading);
    if (name === undefined || isLabelName(name)) return name;
    reading.findings.problem(node.position, reading.path, `${quoteGo(name)} is not a valid label name`);
    return undefined;
  },
};

export function isLabelName(name: string): boolean {
  return name !== '' && isValidUtf8(name);
}

/** Exactly one of the words; null is the first. */
export function oneOf<const W extends string>(...words: readonly W[]): Field<W> {
  const shown = words.filter((word) => word !== '').map((word) => quoteGo(word));
  return scalar<W>(
    words[0],
    shown.length === 1 ? shown[0] : `one of ${shown.join(', ')}`,
    (written) => words.find((word) => word === written) ?? null,
  );
}

/** Null for a null; items with problems are left out. */
export function listOf<T>(item: Field<T>): Field<readonly T[] | null> {
  return {
    read(node, { findings, path }) {
      if (isNull(node)) return null;
      if (node.kind !== 'list') {
        findings.problem(node.position, path, `got ${describeNode(node)}, want a list`);
        return undefined;
      }
      const values = node.items.map((child, i) => item.read(child, { findings, path: `${path}[${i}]` }));
      return values.filter((value) => value !== undefined);
    },
  };
}

/** A list whose items may not be null; `sentence` says so. */
export function listOfPresent<T>(item: Field<T>, sentence: string): Field<readonly T[] | null> {
  return listOf({
    read(node, reading) {
      if (!isNull(node)) return item.read(node, reading);
      reading.findings.problem(node.position, reading.path, sentence);
      return undefined;
    },
  });
}

/** Keys that the user chooses; `checkKey` gives a sentence when one is bad. */
export function mapOf<T>(value: Field<T>, checkKey: (key: string) => string | null = () => null): Field<Readonly<Record<string, T>>> {
  return {
    read(node, { findings, path }) {
      if (isNull(node)) return {};
      if (node.kind !== 'mapping') {
        findings.problem(node.position, path, `got ${describeNode(node)}, want a mapping`);
        return undefined;
      }
      const entries: [string, T][] = [];
      for (const entry of node.entries) {
        const sentence = checkKey(entry.key);
        if (sentence !== null) findings.problem(entry.position, path, sentence);
        const read = value.read(entry.value, { findings, path: `${path}.${entry.key}` });
        if (read !== undefined) entries.push([entry.key, read]);
      }
      return Object.fromEntries(entries);
    },
  };
}

/** Read and checked, but it does nothing yet: named in the warning unless its value asks for nothing. */
export function unused<T>(field: Field<T>): Field<T> {
  return {
    read(node, reading) {
      const value = field.read(node, reading);
      const asksForNothing = value === undefined || value === 0 || value === false || isEmpty(node);
      if (!asksForNothing) reading.findings.unused(reading.path);
      return value;
    },
  };
}

/** Known, but without it other things would be stored, sent or readable: a problem unless it is empty. */
export function refused(why: string): Field<ConfigNode> {
  return {
    read(node, { findings, path }) {
      if (!isEmpty(node)) findings.problem(node.position, path, `not supported yet: ${why}`);
      return node;
    },
  };
}

/** Refused only for the values that would make a difference. */
export function refusedIf<T>(field: Field<T>, matters: (value: T) => boolean, why: string): Field<T> {
  return {
    read(node, reading) {
      const value = field.read(node, reading);
      if (value !== undefined && matters(value)) reading.findings.problem(node.position, reading.path, `not supported yet: ${why}`);
      return value;
    },
  };
}
