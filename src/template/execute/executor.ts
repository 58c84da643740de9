// Executes a template's statements on a value, the dot, and gives the text that they print. Plain synchronous code: a
// query whose samples are not there yet breaks it off, and it is executed again from the start.

import { formatG, quoteGo } from '../../model/index.ts';
import { MAX_OUTPUT_LENGTH } from '../bounds.ts';
import { FunctionError } from '../error.ts';
import { printValue } from '../format/printer.ts';
import type { FunctionContext } from '../function/template-function.ts';
import type { Branch, Statement, TemplateCall } from '../parse/node.ts';
import type { Template } from '../parse/template.ts';
import { indirect, isTrue } from '../value/kind.ts';
import { AnyMap, boxed, Integer, Pointer, SampleList, StringMap, type Value } from '../value/value.ts';
import { Evaluator } from './evaluator.ts';
import { RunState, type SpentSteps } from './run-state.ts';

/** Why a list of statements was left. */
type Exit = 'break' | 'continue' | null;

/** What the expansion offers to functions. */
export interface ExecutionContext extends Omit<FunctionContext, 'charge'> {
  readonly spent: SpentSteps;
}

/** Throws TemplateError, and whatever `context.query` throws besides FunctionError. */
export function execute(template: Template, data: Value, context: ExecutionContext): string {
  return new Executor(template, data, context).run();
}

class Executor {
  readonly #template: Template;
  readonly #data: Value;
  readonly #state: RunState;
  readonly #evaluator: Evaluator;
  #out = '';

  constructor(template: Template, data: Value, context: ExecutionContext) {
    this.#template = template;
    this.#data = data;
    const state = new RunState(template, data, context.spent);
    this.#state = state;
    this.#evaluator = new Evaluator(state, {
      externalUrl: context.externalUrl,
      nowMs: context.nowMs,
      query: (text) => context.query(text),
      charge: (steps) => state.spend(steps),
    });
  }

  run(): string {
    this.#statements(this.#data, this.#template.statements);
    return this.#out;
  }

  #statements(dot: Value, statements: readonly Statement[]): Exit {
    this.#state.enter();
    for (const statement of statements) {
      const exit = this.#statement(dot, statement);
      if (exit !== null) {
        this.#state.leave();
        return exit;
      }
    }
    this.#state.leave();
    return null;
  }

  #statement(dot: Value, statement: Statement): Exit {
    this.#state.spend(1);
    switch (statement.kind) {
      case 'text':
        this.#write(statement.text);
        return null;
      case 'action': {
        const value = this.#evaluator.pipeline(dot, statement.pipe);
        if (statement.pipe.variables.length === 0) this.#print(value);
        return null;
      }
      case 'if':
      case 'with':
        return this.#choice(dot, statement);
      case 'range':
        return this.#range(dot, statement);
      case 'template':
        this.#call(dot, statement);
        return null;
      default:
        return statement.kind;
    }
  }

  /** `if` and `with` differ in the dot of their body alone. */
  #choice(dot: Value, { kind, pipe, body, otherwise }: Branch): Exit {
    const mark = this.#state.mark;
    const value = this.#evaluator.pipeline(dot, pipe);
    let exit: Exit = null;
    if (isTrue(value)) exit = this.#statements(kind === 'with' ? value : dot, body);
    else if (otherwise !== null) exit = this.#statements(dot, otherwise);
    this.#state.popTo(mark);
    return exit;
  }

  #range(dot: Value, range: Branch): Exit {
    const mark = this.#state.mark;
    const value = indirect(this.#evaluator.pipeline(dot, range.pipe));
    const ran = this.#rounds(range, value);
    const exit = ran || range.otherwise === null ? null : this.#statements(dot, range.otherwise);
    this.#state.popTo(mark);
    return exit;
  }

  /** Whether there was anything to go through. */
  #rounds(range: Branch, value: Value): boolean {
    if (value instanceof Integer) {
      if (range.pipe.variables.length > 1) {
        throw this.#state.error(`can't use ${printValue(value)} to iterate over more than one variable`);
      }
      for (let i = 0n; i < value.value; i++) {
        if (this.#round(range, undefined, new Integer(i, value.type)) === 'break') break;
      }
      return value.value > 0n;
    }
    if (value instanceof SampleList) {
      const { samples } = value;
      for (let i = 0; i < samples.length; i++) {
        if (this.#round(range, new Integer(BigInt(i)), samples[i]) === 'break') break;
      }
      return samples.length > 0;
    }
    if (value instanceof StringMap || value instanceof AnyMap) {
      for (const [key, element] of value.entries) {
        if (this.#round(range, key, value instanceof AnyMap ? boxed(element) : element) === 'break') break;
      }
      return value.entries.length > 0;
    }
    if (value === undefined) return false;
    throw this.#state.error(`range can't iterate over ${value instanceof Pointer ? '<nil>' : printValue(value)}`);
  }

  #round({ pipe, body }: Branch, key: Value, element: Value): Exit {
    const state = this.#state;
    state.spend(1);
    const [first, second] = pipe.variables;
    const mark = state.mark;
    if (pipe.assigns) {
      if (first !== undefined) state.assign(first, second === undefined ? element : key);
      if (second !== undefined) state.assign(second, element);
    } else {
      if (first !== undefined) state.setFromTop(1, element);
      if (second !== undefined) state.setFromTop(2, key);
    }
    const exit = this.#statements(element, body);
    state.popTo(mark);
    return exit;
  }

  #call(dot: Value, call: TemplateCall): void {
    const state = this.#state;
    state.node = call;
    const statements = this.#template.definition(call.name);
    if (statements === null) throw state.error(`template ${quoteGo(call.name)} not defined`);
    state.enter();
    const data = call.pipe === null ? undefined : this.#evaluator.pipeline(dot, call.pipe);
    state.inDefinition(call.name, data, () => this.#statements(data, statements));
    state.leave();
  }

  /** Texts and numbers are nearly all that is printed. */
  #print(value: Value): void {
    if (typeof value === 'string') this.#write(value);
    else if (typeof value === 'number') this.#write(formatG(value));
    else if (value === undefined) this.#write('<no value>');
    else this.#write(this.#printed(value));
  }

  #printed(value: Value): string {
    try {
      return printValue(value instanceof Pointer ? indirect(value) : value);
    } catch (error) {
      if (error instanceof FunctionError) throw this.#state.error(error.message, { cause: error });
      throw error;
    }
  }

  #write(text: string): void {
    this.#out += text;
    if (this.#out.length > MAX_OUTPUT_LENGTH) throw this.#state.error(`exceeded maximum output length (${MAX_OUTPUT_LENGTH})`);
  }
}
