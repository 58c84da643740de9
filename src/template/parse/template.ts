// A parsed template: its own statements and those of the templates that it defines. Immutable, so that it is parsed
// once and executed as often as an alert asks for it.

import { TemplateError } from '../error.ts';
import type { Statement } from './node.ts';

export class Template {
  readonly name: string;
  /** The text that was parsed; positions of errors are counted in it. */
  readonly text: string;
  readonly #definitions: ReadonlyMap<string, readonly Statement[]>;

  constructor(name: string, text: string, definitions: ReadonlyMap<string, readonly Statement[]>) {
    this.name = name;
    this.text = text;
    this.#definitions = definitions;
  }

  get statements(): readonly Statement[] {
    return this.#definitions.get(this.name)!;
  }

  /** The statements of `{{define "name"}}`, or null. */
  definition(name: string): readonly Statement[] | null {
    return this.#definitions.get(name) ?? null;
  }
}

/** An error of parsing, with the line of `offset`. */
export function parseError(name: string, text: string, offset: number, sentence: string): TemplateError {
  return new TemplateError('cannot_parse_template', name, `template: ${name}:${lineAt(text, offset)}: ${sentence}`);
}

/** Number of the line that `offset` stands in, from 1. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line++;
  return line;
}

/** `line:column`: the column is the number of bytes before `offset` in its line. */
export function positionAt(text: string, offset: number): string {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  return `${lineAt(text, offset)}:${Buffer.byteLength(text.slice(offset === 0 ? 0 : lineStart, offset))}`;
}
