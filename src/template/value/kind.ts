// Kinds and types of values, as Go's reflection tells them, and which values are true.

import { AnyMap, Boxed, Html, Integer, type Plain, Pointer, SampleList, StringMap, Time, unboxed, type Value } from './value.ts';

export type Kind = 'bool' | 'float' | 'int' | 'interface' | 'invalid' | 'map' | 'pointer' | 'slice' | 'string' | 'struct' | 'uint';

export function kindOf(value: Value): Kind {
  switch (typeof value) {
    case 'undefined':
      return 'invalid';
    case 'string':
      return 'string';
    case 'number':
      return 'float';
    case 'boolean':
      return 'bool';
  }
  if (value === null || value instanceof Boxed) return 'interface';
  if (value instanceof StringMap || value instanceof AnyMap) return 'map';
  if (value instanceof Integer) return value.type === 'uint8' ? 'uint' : 'int';
  if (value instanceof Pointer) return 'pointer';
  if (value instanceof SampleList) return 'slice';
  return value instanceof Html ? 'string' : 'struct';
}

/** The name of the value's Go type; of nothing as `%T` has it. */
export function typeName(value: Value): string {
  switch (typeof value) {
    case 'undefined':
      return '<nil>';
    case 'string':
      return 'string';
    case 'number':
      return 'float64';
    case 'boolean':
      return 'bool';
  }
  if (value === null || value instanceof Boxed) return 'interface {}';
  if (value instanceof StringMap) return 'map[string]string';
  if (value instanceof AnyMap) return 'map[string]interface {}';
  if (value instanceof SampleList) return 'template.queryResult';
  if (value instanceof Html) return 'template.HTML';
  return value instanceof Time ? 'time.Time' : value.type;
}

/** Not the zero of its type, and not empty. */
export function isTrue(value: Value): boolean {
  const plain = unboxed(value);
  if (plain === undefined) return false;
  if (typeof plain !== 'object') return typeof plain === 'number' ? plain !== 0 : Boolean(plain);
  if (plain instanceof Integer) return plain.value !== 0n;
  if (plain instanceof StringMap || plain instanceof AnyMap) return plain.entries.length > 0;
  if (plain instanceof SampleList) return plain.samples.length > 0;
  if (plain instanceof Html) return plain.text !== '';
  return !(plain instanceof Pointer && plain.target === null);
}

/** What a pointer points to, or the value itself. A nil pointer stays one. */
export function indirect(value: Value): Plain | undefined {
  const plain = unboxed(value);
  return plain instanceof Pointer && plain.target !== null ? plain.target : plain;
}

/** The text of a value whose kind is string, else null. */
export function stringOf(value: Value): string | null {
  if (typeof value === 'string') return value;
  return value instanceof Html ? value.text : null;
}
