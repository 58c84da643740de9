// Parses what stands inside of an action: pipelines, their commands and operands. It knows which variables are declared
// at this place and which functions there are; both are checked here, so that a rule file with a wrong name is refused.

import { quoteGo } from '../../model/index.ts';
import { MAX_NESTING, MAX_VARIABLES } from '../bounds.ts';
import type { FunctionTable } from '../function/template-function.ts';
import { readCharacter, readNumber, unquoteGo } from './go-literal.ts';
import type { Command, NumberConstant, Operand, Pipe } from './node.ts';
import { nodeText } from './node-text.ts';
import type { Token, TokenKind } from './token.ts';
import type { TokenReader } from './token-reader.ts';

/** How deep the text is nested at this place, over all definitions in one another. */
export interface Nesting {
  depth: number;
}

const OPERAND_STARTS: ReadonlySet<TokenKind> = new Set<TokenKind>([
  'bool',
  'char constant',
  'dot',
  'field',
  'identifier',
  'left parenthesis',
  'nil',
  'number',
  'raw string',
  'string',
  'variable',
]);

export class PipelineParser {
  /** Names of the variables in scope, the innermost last. */
  readonly variables: string[] = ['$'];
  readonly #tokens: TokenReader;
  readonly #functions: FunctionTable;
  readonly #nesting: Nesting;

  constructor(tokens: TokenReader, functions: FunctionTable, nesting: Nesting) {
    this.#tokens = tokens;
    this.#functions = functions;
    this.#nesting = nesting;
  }

  /** Up to and including the token `end`. `context` names the place in errors. */
  pipeline(context: string, end: TokenKind = 'right delimiter'): Pipe {
    const start = this.#tokens.peekNonSpace().start;
    const { variables, assigns } = this.#targets(context);
    const commands: Command[] = [];
    for (;;) {
      const token = this.#tokens.nextNonSpace();
      if (token.kind === end) break;
      if (!OPERAND_STARTS.has(token.kind)) throw this.#tokens.unexpected(token, context);
      this.#tokens.putBack(token);
      commands.push(this.#command());
    }
    if (commands.length === 0) throw this.#tokens.error(`missing value for ${context}`);
    const constant = commands.findIndex((command, i) => i > 0 && isConstant(command.operands[0]));
    if (constant > 0) throw this.#tokens.error(`non executable command in pipeline stage ${constant + 1}`);
    return { kind: 'pipe', start, variables, assigns, commands };
  }

  /** The text of a name in quotes, of `define`, `block` and `template`. */
  templateName(token: Token, context: string): string {
    if (token.kind !== 'string' && token.kind !== 'raw string') throw this.#tokens.unexpected(token, context);
    return this.#unquote(token);
  }

  /** The variables before `:=` or `=`, if that is how the pipeline begins. */
  #targets(context: string): { variables: string[]; assigns: boolean } {
    const variables: string[] = [];
    for (;;) {
      const variable = this.#tokens.peekNonSpace();
      if (variable.kind !== 'variable') return { variables, assigns: false };
      this.#tokens.next();
      const after = this.#tokens.peek();
      const sign = this.#tokens.peekNonSpace();
      if (sign.kind === 'assign' || sign.kind === 'declare') {
        this.#tokens.next();
        variables.push(variable.text);
        this.#declare(variable.text);
        return { variables, assigns: sign.kind === 'assign' };
      }
      if (sign.kind !== 'character' || sign.text !== ',') {
        if (after.kind === 'space') this.#tokens.putBack(variable, after);
        else this.#tokens.putBack(variable);
        return { variables, assigns: false };
      }
      this.#tokens.next();
      variables.push(variable.text);
      this.#declare(variable.text);
      if (context !== 'range' || variables.length > 1) throw this.#tokens.error(`too many declarations in ${context}`);
      const next = this.#tokens.peekNonSpace().kind;
      if (next !== 'variable' && next !== 'right delimiter' && next !== 'right parenthesis') {
        throw this.#tokens.error('range can only initialize variables');
      }
    }
  }

  #declare(name: string): void {
    if (this.variables.length > MAX_VARIABLES) throw this.#tokens.error(`too many variables: want at most ${MAX_VARIABLES}`);
    this.variables.push(name);
  }

  /** Operands up to a `|`, which is consumed, or the end of the pipeline, which is not. */
  #command(): Command {
    const start = this.#tokens.peekNonSpace().start;
    const operands: Operand[] = [];
    for (;;) {
      this.#tokens.peekNonSpace();
      const operand = this.#operand();
      if (operand !== null) operands.push(operand);
      const token = this.#tokens.next();
      if (token.kind === 'space') continue;
      if (token.kind === 'right delimiter' || token.kind === 'right parenthesis') this.#tokens.putBack(token);
      else if (token.kind !== 'pipe') throw this.#tokens.unexpected(token, 'operand');
      if (operands.length === 0) throw this.#tokens.error('empty command');
      return { kind: 'command', start, operands };
    }
  }

  /** A term and the fields joined to it; null when no term stands here. */
  #operand(): Operand | null {
    const term = this.#term();
    if (term === null || this.#tokens.peek().kind !== 'field') return term;
    const start = this.#tokens.peek().start;
    const fields: string[] = [];
    while (this.#tokens.peek().kind === 'field') fields.push(this.#tokens.next().text.slice(1));
    switch (term.kind) {
      case 'field':
        return { ...term, start, names: [...term.names, ...fields] };
      case 'variable':
        return { ...term, start, fields };
      case 'function':
      case 'pipe':
        return { kind: 'chain', start, of: term, fields };
      default:
        throw this.#tokens.error(`unexpected . after term ${quoteGo(nodeText(term))}`);
    }
  }

  #term(): Operand | null {
    const token = this.#tokens.nextNonSpace();
    const { start, text } = token;
    switch (token.kind) {
      case 'identifier': {
        const definition = this.#functions.get(text);
        if (definition === undefined) throw this.#tokens.error(`function ${quoteGo(text)} not defined`);
        return { kind: 'function', start, name: text, definition };
      }
      case 'dot':
        return { kind: 'dot', start };
      case 'nil':
        return { kind: 'nil', start };
      case 'variable':
        if (!this.variables.includes(text)) throw this.#tokens.error(`undefined variable ${quoteGo(text)}`);
        return { kind: 'variable', start, name: text, fields: [] };
      case 'field':
        return { kind: 'field', start, names: [text.slice(1)] };
      case 'bool':
        return { kind: 'bool', start, value: text === 'true' };
      case 'char constant':
      case 'number':
        return this.#number(token);
      case 'string':
      case 'raw string':
        return { kind: 'string', start, value: this.#unquote(token), text };
      case 'left parenthesis': {
        if (this.#nesting.depth >= MAX_NESTING) throw this.#tokens.error('max expression depth exceeded');
        this.#nesting.depth++;
        const pipe = this.pipeline('parenthesized pipeline', 'right parenthesis');
        this.#nesting.depth--;
        return pipe;
      }
      default:
        this.#tokens.putBack(token);
        return null;
    }
  }

  #number({ kind, start, text }: Token): NumberConstant {
    if (kind === 'char constant') {
      const code = readCharacter(text);
      if (typeof code === 'string') throw this.#tokens.error(code);
      return { kind: 'number', start, literal: { integer: BigInt(code), unsigned: BigInt(code), float: code }, text };
    }
    const literal = readNumber(text);
    if (typeof literal === 'string') throw this.#tokens.error(literal);
    return { kind: 'number', start, literal, text };
  }

  #unquote(token: Token): string {
    const text = unquoteGo(token.text);
    if (text === null) throw this.#tokens.error('invalid syntax');
    return text;
  }
}

function isConstant(operand: Operand): boolean {
  return ['bool', 'dot', 'nil', 'number', 'string'].includes(operand.kind);
}
