// One directive of a format, as `%-8.3f`, without its verb; and the padding that all verbs share.

import { runeCount } from './rune.ts';

export interface Directive {
  minus: boolean;
  plus: boolean;
  sharp: boolean;
  space: boolean;
  zero: boolean;
  /** `%+v`: with names of fields. */
  withNames: boolean;
  /** `%#v`: as a Go source would have it. */
  asSource: boolean;
  /** -1 where none is given. */
  width: number;
  /** -1 where none is given. */
  precision: number;
}

export function plainDirective(): Directive {
  return {
    minus: false,
    plus: false,
    sharp: false,
    space: false,
    zero: false,
    withNames: false,
    asSource: false,
    width: -1,
    precision: -1,
  };
}

/** `text` widened to the directive's width: with zeros only on the left. */
export function pad(text: string, { width, minus, zero }: Directive): string {
  if (width <= 0) return text;
  const missing = width - runeCount(text);
  if (missing <= 0) return text;
  if (minus) return text + ' '.repeat(missing);
  return (zero ? '0' : ' ').repeat(missing) + text;
}

/** As `pad`, but always with spaces. */
export function padWithSpaces(text: string, directive: Directive): string {
  return pad(text, directive.zero ? { ...directive, zero: false } : directive);
}
