// Where an execution stands: the node that errors are about, the variables, what has been spent of the bounds. Errors
// name the node that was looked at last, which is often the last argument of a call rather than the call; so does Go.

import { quoteGo } from '../../model/index.ts';
import { MAX_DEPTH, MAX_STEPS } from '../bounds.ts';
import { TemplateError } from '../error.ts';
import type { Node } from '../parse/node.ts';
import { nodeText } from '../parse/node-text.ts';
import { positionAt, type Template } from '../parse/template.ts';
import type { Value } from '../value/value.ts';

export interface SpentSteps {
  steps: number;
}

export class RunState {
  /** What an error would be about. */
  node: Node | null = null;
  /** The definition that is being executed. */
  definition: string;
  readonly #template: Template;
  readonly #spent: SpentSteps;
  #names: string[] = [];
  #values: Value[] = [];
  #depth = 0;

  /** `spent`: goes on from execution to execution of one expansion. */
  constructor(template: Template, data: Value, spent: SpentSteps) {
    this.#template = template;
    this.#spent = spent;
    this.definition = template.name;
    this.declare('$', data);
  }

  /** How many variables there are; `popTo` takes those declared since away again. */
  get mark(): number {
    return this.#names.length;
  }

  popTo(mark: number): void {
    this.#names.length = mark;
    this.#values.length = mark;
  }

  declare(name: string, value: Value): void {
    this.#names.push(name);
    this.#values.push(value);
  }

  assign(name: string, value: Value): void {
    this.#values[this.#indexOf(name)] = value;
  }

  variable(name: string): Value {
    return this.#values[this.#indexOf(name)];
  }

  /** Sets a variable by its place from the end, 1 being the last. */
  setFromTop(place: number, value: Value): void {
    this.#values[this.#values.length - place] = value;
  }

  /** Runs another definition: it sees no variable but `$`, which is `data`. */
  inDefinition(name: string, data: Value, run: () => void): void {
    const { definition } = this;
    const names = this.#names;
    const values = this.#values;
    this.definition = name;
    this.#names = ['$'];
    this.#values = [data];
    run();
    this.definition = definition;
    this.#names = names;
    this.#values = values;
  }

  spend(steps: number): void {
    this.#spent.steps += steps;
    if (this.#spent.steps > MAX_STEPS) throw this.error(`exceeded maximum number of execution steps (${MAX_STEPS})`);
  }

  /** Every recursion of the execution is between an enter and a leave. */
  enter(): void {
    if (this.#depth >= MAX_DEPTH) throw this.error(`exceeded maximum template depth (${MAX_DEPTH})`);
    this.#depth++;
  }

  leave(): void {
    this.#depth--;
  }

  error(sentence: string, options?: ErrorOptions): TemplateError {
    const { name, text } = this.#template;
    const place =
      this.node === null
        ? name
        : `${name}:${positionAt(text, this.node.start)}: executing ${quoteGo(this.definition)} at <${nodeText(this.node)}>`;
    return new TemplateError('cannot_execute_template', name, `template: ${place}: ${sentence}`, options);
  }

  #indexOf(name: string): number {
    const index = this.#names.lastIndexOf(name);
    if (index < 0) throw this.error(`undefined variable: ${name}`);
    return index;
  }
}
