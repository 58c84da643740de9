// The tree of a parsed template. `start` is where an error about the node points to, as an index into the text; for a
// chain of fields that is its first joined field, as in Go.

import type { TemplateFunction } from '../function/template-function.ts';
import type { NumberLiteral } from './go-literal.ts';

export interface Field {
  readonly kind: 'field';
  readonly start: number;
  /** `.a.b` → a, b. */
  readonly names: readonly string[];
}

export interface Variable {
  readonly kind: 'variable';
  readonly start: number;
  /** With its `$`. */
  readonly name: string;
  readonly fields: readonly string[];
}

/** Fields of a function's result or of a pipeline in parentheses. */
export interface Chain {
  readonly kind: 'chain';
  readonly start: number;
  readonly of: FunctionName | Pipe;
  readonly fields: readonly string[];
}

export interface FunctionName {
  readonly kind: 'function';
  readonly start: number;
  readonly name: string;
  readonly definition: TemplateFunction;
}

export interface Dot {
  readonly kind: 'dot';
  readonly start: number;
}

export interface Nil {
  readonly kind: 'nil';
  readonly start: number;
}

export interface BoolConstant {
  readonly kind: 'bool';
  readonly start: number;
  readonly value: boolean;
}

export interface NumberConstant {
  readonly kind: 'number';
  readonly start: number;
  readonly literal: NumberLiteral;
  /** As written. */
  readonly text: string;
}

export interface StringConstant {
  readonly kind: 'string';
  readonly start: number;
  readonly value: string;
  /** As written, with its quotes. */
  readonly text: string;
}

export type Operand = BoolConstant | Chain | Dot | Field | FunctionName | Nil | NumberConstant | Pipe | StringConstant | Variable;

export interface Command {
  readonly kind: 'command';
  readonly start: number;
  /** At least one. */
  readonly operands: readonly Operand[];
}

export interface Pipe {
  readonly kind: 'pipe';
  readonly start: number;
  /** Variables with their `$` that take the value: one, or two in a range. */
  readonly variables: readonly string[];
  /** `$x = …` of a variable that is there, not `$x := …`. */
  readonly assigns: boolean;
  readonly commands: readonly Command[];
}

export interface TextStatement {
  readonly kind: 'text';
  readonly start: number;
  readonly text: string;
}

export interface Action {
  readonly kind: 'action';
  readonly start: number;
  readonly pipe: Pipe;
}

export interface Branch {
  readonly kind: 'if' | 'range' | 'with';
  readonly start: number;
  readonly pipe: Pipe;
  readonly body: readonly Statement[];
  readonly otherwise: readonly Statement[] | null;
}

export interface TemplateCall {
  readonly kind: 'template';
  readonly start: number;
  readonly name: string;
  readonly pipe: Pipe | null;
}

export interface LoopExit {
  readonly kind: 'break' | 'continue';
  readonly start: number;
}

export type Statement = Action | Branch | LoopExit | TemplateCall | TextStatement;

/** Every node that an error can be about. */
export type Node = Command | Operand | TemplateCall;
