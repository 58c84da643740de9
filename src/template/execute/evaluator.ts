// Evaluates pipelines: their commands one after the other, each given the value of the one before as its last argument.
// A name is a function, a field, a method or a key of a map, by what stands before it.

import { MAX_OUTPUT_LENGTH } from '../bounds.ts';
import { FunctionError } from '../error.ts';
import { CALLEE } from '../function/language-functions.ts';
import { methodOf } from '../function/methods.ts';
import type { FunctionContext, ParameterType, TemplateFunction } from '../function/template-function.ts';
import type { Chain, Command, Field, FunctionName, Node, Operand, Pipe, Variable } from '../parse/node.ts';
import { nodeText } from '../parse/node-text.ts';
import { indirect, isTrue, stringOf, typeName } from '../value/kind.ts';
import { AnyMap, Pointer, StringMap, Struct, unboxed, type Value } from '../value/value.ts';
import { constantValue, fitConstant, fitNil, fitValue } from './argument.ts';
import type { RunState } from './run-state.ts';

/** Stands for the value of the command before where there is none. */
const MISSING = Symbol('missing');
type Final = Value | typeof MISSING;

const NO_OPERANDS: readonly Operand[] = [];
/** A text of as many units counts as one step. */
const TEXT_PER_STEP = 64;

export class Evaluator {
  readonly #state: RunState;
  readonly #context: FunctionContext;

  constructor(state: RunState, context: FunctionContext) {
    this.#state = state;
    this.#context = context;
  }

  /** The value of a pipeline. Variables that it declares stay until they are popped. */
  pipeline(dot: Value, pipe: Pipe): Value {
    const state = this.#state;
    state.enter();
    state.node = pipe;
    let value: Final = MISSING;
    for (const command of pipe.commands) value = unboxed(this.#command(dot, command, value));
    for (const name of pipe.variables) {
      if (pipe.assigns) state.assign(name, value as Value);
      else state.declare(name, value as Value);
    }
    state.leave();
    return value as Value;
  }

  #command(dot: Value, command: Command, final: Final): Value {
    const state = this.#state;
    const { operands } = command;
    state.spend(operands.length);
    const first = operands[0];
    switch (first.kind) {
      case 'field':
        return this.#field(dot, first, operands, final);
      case 'chain':
        return this.#chain(dot, first, operands, final);
      case 'function':
        return this.#function(dot, first, { node: command, operands, final });
      case 'pipe':
        this.#refuseArguments(operands, final);
        return this.pipeline(dot, first);
      case 'variable':
        return this.#variable(dot, first, operands, final);
    }
    state.node = first;
    this.#refuseArguments(operands, final);
    if (first.kind === 'dot') return dot;
    if (first.kind === 'nil') throw state.error('nil is not a command');
    return constantValue(first, state);
  }

  #refuseArguments(operands: readonly Operand[], final: Final): void {
    if (operands.length > 1 || final !== MISSING) throw this.#state.error(`can't give argument to non-function ${nodeText(operands[0])}`);
  }

  #field(dot: Value, field: Field, operands: readonly Operand[], final: Final): Value {
    this.#state.node = field;
    return this.#fields(dot, dot, { node: field, names: field.names, operands, final });
  }

  #chain(dot: Value, chain: Chain, operands: readonly Operand[], final: Final): Value {
    this.#state.node = chain;
    const receiver = this.#argument(dot, 'reflect.Value', chain.of);
    return this.#fields(dot, receiver, { node: chain, names: chain.fields, operands, final });
  }

  #variable(dot: Value, variable: Variable, operands: readonly Operand[], final: Final): Value {
    const state = this.#state;
    state.node = variable;
    const value = state.variable(variable.name);
    if (variable.fields.length > 0) return this.#fields(dot, value, { node: variable, names: variable.fields, operands, final });
    if (operands.length > 0) this.#refuseArguments(operands, final);
    return value;
  }

  /** Down a chain of names; the last one gets the arguments, in case it is a method. */
  #fields(dot: Value, receiver: Value, { node, names, operands, final }: FieldChain): Value {
    let value = receiver;
    for (let i = 0; i < names.length - 1; i++) value = this.#named(dot, value, names[i], { node, operands: NO_OPERANDS, final: MISSING });
    return this.#named(dot, value, names[names.length - 1], { node, operands, final });
  }

  #named(dot: Value, receiver: Value, name: string, call: Call): Value {
    const state = this.#state;
    if (receiver === undefined) return undefined;
    const type = typeName(receiver);
    const target = indirect(receiver);
    if (target === undefined) throw state.error(`nil pointer evaluating ${type}.${name}`);
    const method = methodOf(target, name);
    if (method !== null) return this.#call(dot, method, name, call);
    const hasArguments = call.operands.length > 1 || call.final !== MISSING;
    if (target instanceof Struct) {
      const at = target.names.indexOf(name);
      if (at >= 0) {
        if (hasArguments) throw state.error(`${name} has arguments but cannot be invoked as function`);
        return target.values[at];
      }
    } else if (target instanceof StringMap || target instanceof AnyMap) {
      if (hasArguments) throw state.error(`${name} is not a method but has arguments`);
      return target.get(name);
    } else if (target instanceof Pointer && (name === 'Labels' || name === 'Value')) {
      throw state.error(`nil pointer evaluating ${type}.${name}`);
    }
    throw state.error(`can't evaluate field ${name} in type ${type}`);
  }

  #function(dot: Value, node: FunctionName, call: Call): Value {
    this.#state.node = node;
    const { name, definition } = node;
    return name === 'and' || name === 'or' ? this.#shortCircuit(dot, node, call) : this.#call(dot, definition, name, call);
  }

  /** The first argument that decides; those behind it are not evaluated. */
  #shortCircuit(dot: Value, { name, definition }: FunctionName, { operands, final }: Call): Value {
    this.#checkCount(definition, name, operands, final);
    let value: Value;
    for (let i = 1; i < operands.length; i++) {
      value = this.#argument(dot, 'reflect.Value', operands[i]);
      if (isTrue(value) === (name === 'or')) return value;
    }
    return final === MISSING ? value : unboxed(final);
  }

  #call(dot: Value, definition: TemplateFunction, name: string, { node, operands, final }: Call): Value {
    const state = this.#state;
    this.#checkCount(definition, name, operands, final);
    const args: Value[] = [];
    for (let i = 1; i < operands.length; i++) args.push(this.#argument(dot, parameterAt(definition, i - 1), operands[i]));
    if (final !== MISSING) args.push(fitValue(final, parameterAt(definition, args.length), state));
    try {
      for (const arg of args) this.#chargeText(arg);
      const value = definition.call(args, this.#context);
      this.#chargeText(value);
      return value;
    } catch (error) {
      if (!(error instanceof FunctionError)) throw error;
      state.node = node;
      const sentence = error.message.replace(CALLEE, () => (operands.length > 1 ? nodeText(operands[1]) : `<${typeName(args[0])} Value>`));
      throw state.error(`error calling ${name}: ${sentence}`, { cause: error });
    }
  }

  /** Work on long texts is counted, whatever a function does with them. */
  #chargeText(value: Value): void {
    const text = stringOf(unboxed(value));
    if (text === null || text.length < TEXT_PER_STEP) return;
    if (text.length > MAX_OUTPUT_LENGTH) throw new FunctionError(`result is longer than ${MAX_OUTPUT_LENGTH} characters`);
    this.#state.spend(Math.ceil(text.length / TEXT_PER_STEP));
  }

  #checkCount({ parameters, rest }: TemplateFunction, name: string, operands: readonly Operand[], final: Final): void {
    const plain = Math.max(operands.length - 1, 0);
    const count = plain + (final === MISSING ? 0 : 1);
    if (rest !== null) {
      if (count < parameters.length)
        throw this.#state.error(`wrong number of args for ${name}: want at least ${parameters.length} got ${plain}`);
    } else if (count !== parameters.length) {
      throw this.#state.error(`wrong number of args for ${name}: want ${parameters.length} got ${count}`);
    }
  }

  #argument(dot: Value, type: ParameterType, node: Operand): Value {
    const state = this.#state;
    state.node = node;
    switch (node.kind) {
      case 'dot':
        return fitValue(dot, type, state);
      case 'nil':
        return fitNil(type, state);
      case 'field':
        return fitValue(this.#field(dot, node, NO_OPERANDS, MISSING), type, state);
      case 'variable':
        return fitValue(this.#variable(dot, node, NO_OPERANDS, MISSING), type, state);
      case 'pipe':
        return fitValue(this.pipeline(dot, node), type, state);
      case 'function':
        return fitValue(this.#function(dot, node, { node, operands: NO_OPERANDS, final: MISSING }), type, state);
      case 'chain':
        return fitValue(this.#chain(dot, node, NO_OPERANDS, MISSING), type, state);
      default:
        return fitConstant(node, type, state);
    }
  }
}

interface Call {
  /** What an error of the call is about. */
  readonly node: Node;
  /** The called name and its arguments; empty where the name stands as an argument itself. */
  readonly operands: readonly Operand[];
  readonly final: Final;
}

interface FieldChain extends Call {
  readonly names: readonly string[];
}

function parameterAt({ parameters, rest }: TemplateFunction, index: number): ParameterType {
  return index < parameters.length ? parameters[index] : rest!;
}
