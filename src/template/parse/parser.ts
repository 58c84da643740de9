// Parses a template: texts, actions, control structures, definitions. Go stops at the first error, and so does this.
// `else if` is an `if` in the else branch whose `end` is left out.

import { quoteGo } from '../../model/index.ts';
import { MAX_NESTING, MAX_TEMPLATE_LENGTH } from '../bounds.ts';
import type { FunctionTable } from '../function/template-function.ts';
import { Lexer } from './lexer.ts';
import type { Branch, Pipe, Statement } from './node.ts';
import { type Nesting, PipelineParser } from './pipeline-parser.ts';
import { parseError, Template } from './template.ts';
import { type Source, TokenReader } from './token-reader.ts';

/** Throws TemplateError, worded as Go words it. */
export function parse(name: string, text: string, functions: FunctionTable): Template {
  if (text.length > MAX_TEMPLATE_LENGTH) {
    throw parseError(name, text, 0, `template is too long: got ${text.length} characters, want at most ${MAX_TEMPLATE_LENGTH}`);
  }
  const shared: Shared = {
    source: { name, text, lexer: new Lexer(text) },
    functions,
    nesting: { depth: 0 },
    definitions: new Map<string, readonly Statement[]>(),
  };
  new DefinitionParser(shared).parseText();
  return new Template(name, text, shared.definitions);
}

/** What the definitions in one text have in common. */
interface Shared {
  readonly source: Source;
  readonly functions: FunctionTable;
  readonly nesting: Nesting;
  readonly definitions: Map<string, readonly Statement[]>;
}

/** How a list of statements ended. */
type ListEnd = { readonly kind: 'else' } | { readonly kind: 'end' };

/** The statements of one definition, or of the text around all of them: each has its own variables and loops. */
class DefinitionParser {
  readonly #shared: Shared;
  readonly #tokens: TokenReader;
  readonly #pipelines: PipelineParser;
  #rangeDepth = 0;

  constructor(shared: Shared) {
    this.#shared = shared;
    this.#tokens = new TokenReader(shared.source);
    this.#pipelines = new PipelineParser(this.#tokens, shared.functions, shared.nesting);
  }

  parseText(): void {
    const statements: Statement[] = [];
    for (let token = this.#tokens.peek(); token.kind !== 'end of text'; token = this.#tokens.peek()) {
      if (token.kind === 'left delimiter') {
        this.#tokens.next();
        const first = this.#tokens.nextNonSpace();
        if (first.kind === 'define') {
          new DefinitionParser(this.#shared).#parseDefine();
          continue;
        }
        this.#tokens.putBack(token, first);
      }
      const statement = this.#textOrAction();
      if (statement.kind === 'else' || statement.kind === 'end') throw this.#tokens.error(`unexpected {{${statement.kind}}}`);
      statements.push(statement);
    }
    this.#define(this.#shared.source.name, statements);
  }

  #parseDefine(): void {
    const context = 'define clause';
    const name = this.#pipelines.templateName(this.#tokens.nextNonSpace(), context);
    this.#tokens.expect('right delimiter', context);
    const { statements, end } = this.#list();
    if (end.kind !== 'end') throw this.#tokens.error(`unexpected {{else}} in ${context}`);
    this.#define(name, statements);
  }

  /** Of two definitions with one name, one may be empty: a default that is filled elsewhere. */
  #define(name: string, statements: readonly Statement[]): void {
    const { definitions } = this.#shared;
    const earlier = definitions.get(name);
    if (earlier === undefined || earlier.every(isBlank)) definitions.set(name, statements);
    else if (!statements.every(isBlank)) throw this.#tokens.error(`template: multiple definition of template ${quoteGo(name)}`);
  }

  /** Statements up to the `end` or `else` that closes them. */
  #list(): { statements: Statement[]; end: ListEnd } {
    const { nesting } = this.#shared;
    if (nesting.depth >= MAX_NESTING) throw this.#tokens.error('max nesting depth exceeded');
    nesting.depth++;
    const statements: Statement[] = [];
    while (this.#tokens.peekNonSpace().kind !== 'end of text') {
      const statement = this.#textOrAction();
      if (statement.kind === 'else' || statement.kind === 'end') {
        nesting.depth--;
        return { statements, end: statement };
      }
      statements.push(statement);
    }
    throw this.#tokens.error('unexpected EOF');
  }

  #textOrAction(): ListEnd | Statement {
    const token = this.#tokens.nextNonSpace();
    if (token.kind === 'text') return { kind: 'text', start: token.start, text: token.text };
    if (token.kind !== 'left delimiter') throw this.#tokens.unexpected(token, 'input');
    this.#tokens.actionStart = token.start;
    const statement = this.#action();
    this.#tokens.actionStart = null;
    return statement;
  }

  #action(): ListEnd | Statement {
    const token = this.#tokens.nextNonSpace();
    switch (token.kind) {
      case 'block':
        return this.#block();
      case 'break':
      case 'continue':
        return this.#loopExit(token.kind, token.start);
      case 'else': {
        const next = this.#tokens.peekNonSpace().kind;
        if (next !== 'if' && next !== 'with') this.#tokens.expect('right delimiter', 'else');
        return { kind: 'else' };
      }
      case 'end':
        this.#tokens.expect('right delimiter', 'end');
        return { kind: 'end' };
      case 'if':
      case 'range':
      case 'with':
        return this.#branch(token.kind);
      case 'template':
        return this.#templateCall();
    }
    this.#tokens.putBack(token);
    return { kind: 'action', start: token.start, pipe: this.#pipelines.pipeline('command') };
  }

  #branch(kind: Branch['kind']): Branch {
    const scope = this.#pipelines.variables.length;
    const pipe = this.#pipelines.pipeline(kind);
    if (kind === 'range') this.#rangeDepth++;
    const { statements: body, end } = this.#list();
    if (kind === 'range') this.#rangeDepth--;
    const otherwise = end.kind === 'else' ? this.#otherwise(kind) : null;
    this.#pipelines.variables.length = scope;
    return { kind, start: pipe.start, pipe, body, otherwise };
  }

  #otherwise(kind: Branch['kind']): readonly Statement[] {
    if (kind !== 'range' && this.#tokens.peek().kind === kind) {
      const { nesting } = this.#shared;
      if (nesting.depth >= MAX_NESTING) throw this.#tokens.error('max nesting depth exceeded');
      nesting.depth++;
      this.#tokens.next();
      const branch = this.#branch(kind);
      nesting.depth--;
      return [branch];
    }
    const { statements, end } = this.#list();
    if (end.kind !== 'end') throw this.#tokens.error('expected end; found {{else}}');
    return statements;
  }

  #loopExit(kind: 'break' | 'continue', start: number): Statement {
    const token = this.#tokens.nextNonSpace();
    if (token.kind !== 'right delimiter') throw this.#tokens.unexpected(token, `{{${kind}}}`);
    if (this.#rangeDepth === 0) throw this.#tokens.error(`{{${kind}}} outside {{range}}`);
    return { kind, start };
  }

  /** A definition and its call in one. */
  #block(): Statement {
    const context = 'block clause';
    const token = this.#tokens.nextNonSpace();
    const name = this.#pipelines.templateName(token, context);
    const pipe = this.#pipelines.pipeline(context);
    const inner = new DefinitionParser(this.#shared);
    const { statements, end } = inner.#list();
    if (end.kind !== 'end') throw this.#tokens.error(`unexpected {{else}} in ${context}`);
    inner.#define(name, statements);
    return { kind: 'template', start: token.start, name, pipe };
  }

  #templateCall(): Statement {
    const context = 'template clause';
    const token = this.#tokens.nextNonSpace();
    const name = this.#pipelines.templateName(token, context);
    const next = this.#tokens.nextNonSpace();
    let pipe: Pipe | null = null;
    if (next.kind !== 'right delimiter') {
      this.#tokens.putBack(next);
      pipe = this.#pipelines.pipeline(context);
    }
    return { kind: 'template', start: token.start, name, pipe };
  }
}

function isBlank(statement: Statement): boolean {
  return statement.kind === 'text' && statement.text.trim() === '';
}
