// The one error of parsing PromQL. Its message is what Prometheus 3.14 prints, position included, since clients show
// and compare it: `line:column: parse error: sentence`, the column counted in UTF-8 bytes from 1. Of several errors in
// one text Prometheus prints the first, so parsing stops there.

import { utf8Length } from '../../model/index.ts';

export class PromqlParseError extends Error {
  readonly code = 'bad_expression';
  /** Where the error begins, as an index into the text (UTF-16 units). */
  readonly offset: number;
  /** The message without its position. */
  readonly sentence: string;

  constructor(text: string, offset: number, sentence: string, options?: ErrorOptions) {
    super(`${describePosition(text, offset)}: parse error: ${sentence}`, options);
    this.offset = offset;
    this.sentence = sentence;
  }
}

/** `line:column`, the column in UTF-8 bytes from 1. */
export function describePosition(text: string, offset: number): string {
  // Prometheus has no position to name in an empty text, though there would be one.
  if (text === '') return 'unknown position';
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  const line = before.split('\n').length;
  return `${line}:${utf8Length(before.slice(lineStart)) + 1}`;
}
