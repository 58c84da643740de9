// What fits a parameter: a value is taken as it is, out of its `interface {}`, or through its pointer; a constant takes
// the type that is wanted where it can.

import type { ParameterType } from '../function/template-function.ts';
import type { BoolConstant, NumberConstant, StringConstant } from '../parse/node.ts';
import { nodeText } from '../parse/node-text.ts';
import { typeName } from '../value/kind.ts';
import { Integer, Pointer, SampleList, unboxed, type Value } from '../value/value.ts';
import type { RunState } from './run-state.ts';

const NOTHING = Symbol('no value fits');

/** `value` as an argument of type `type`. Throws TemplateError where it is none. */
export function fitValue(value: Value, type: ParameterType, state: RunState): Value {
  if (type === 'reflect.Value') return value;
  if (type === 'interface {}') return unboxed(value) ?? null;
  if (value === undefined) {
    const zero = nilOf(type);
    if (zero === NOTHING) throw state.error(`invalid value; expected ${type}`);
    return zero;
  }
  const plain = unboxed(value);
  if (typeName(plain) === type) return plain;
  if (plain instanceof Pointer && plain.type === `*${type}`) {
    if (plain.target === null) throw state.error(`dereference of nil pointer of type ${type}`);
    return plain.target;
  }
  throw state.error(`wrong type for value; expected ${type}; got ${typeName(value === null ? null : plain)}`);
}

/** What the word `nil` is as an argument. */
export function fitNil(type: ParameterType, state: RunState): Value {
  if (type === 'reflect.Value') return undefined;
  if (type === 'interface {}') return null;
  const zero = nilOf(type);
  if (zero === NOTHING) throw state.error(`cannot assign nil to ${type}`);
  return zero;
}

function nilOf(type: ParameterType): Value | typeof NOTHING {
  if (type === 'template.queryResult') return new SampleList([]);
  return type === '*template.sample' ? new Pointer('*template.sample', null) : NOTHING;
}

type Constant = BoolConstant | NumberConstant | StringConstant;

export function fitConstant(node: Constant, type: ParameterType, state: RunState): Value {
  switch (type) {
    case 'interface {}':
    case 'reflect.Value':
      return constantValue(node, state);
    case 'string':
      if (node.kind === 'string') return node.value;
      throw state.error(`expected string; found ${nodeText(node)}`);
    case 'float64':
      if (node.kind === 'number' && node.literal.float !== null) return node.literal.float;
      throw state.error(`expected float; found ${nodeText(node)}`);
    case 'int':
      if (node.kind === 'number' && node.literal.integer !== null) return new Integer(node.literal.integer);
      throw state.error(`expected integer; found ${nodeText(node)}`);
    case 'time.Duration':
      if (node.kind === 'number' && node.literal.integer !== null) return new Integer(node.literal.integer, 'time.Duration');
      throw state.error(`expected integer; found ${nodeText(node)}`);
    default:
      throw state.error(`can't handle ${nodeText(node)} for arg of type ${type}`);
  }
}

/** A constant where no type is wanted: how a number is written tells an int from a float64. */
export function constantValue(node: Constant, state: RunState): Value {
  if (node.kind !== 'number') return node.value;
  const { text, literal } = node;
  const isHexInteger = /^0[xX]/.test(text) && !/[pP]/.test(text);
  if (literal.float !== null && !isHexInteger && text[0] !== "'" && /[.eEpP]/.test(text)) return literal.float;
  if (literal.integer === null) throw state.error(`${text} overflows int`);
  return new Integer(literal.integer);
}
