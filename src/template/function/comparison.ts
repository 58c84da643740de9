// eq, ne, lt, le, gt, ge: values of one kind are compared, those of two are an error, even 1 and 1.0.

import { compareUtf8 } from '../../model/index.ts';
import { FunctionError } from '../error.ts';
import { sprintf } from '../format/printf.ts';
import { type Kind, kindOf, stringOf, typeName } from '../value/kind.ts';
import { AnyMap, type Integer, Pointer, SampleList, StringMap, Struct, Time, unboxed, type Value } from '../value/value.ts';

const BASIC: ReadonlySet<Kind> = new Set<Kind>(['bool', 'float', 'int', 'string', 'uint']);

/** Whether `first` equals any of the others. */
export function equalsAny(first: Value, others: readonly Value[]): boolean {
  if (others.length === 0) throw new FunctionError('missing argument for comparison');
  return others.some((other) => equals(unboxed(first), unboxed(other)));
}

function equals(a: Value, b: Value): boolean {
  const kindA = kindOf(a);
  const kindB = kindOf(b);
  if (isWhole(kindA) && isWhole(kindB)) return (a as Integer).value === (b as Integer).value;
  if (BASIC.has(kindA) || BASIC.has(kindB)) {
    if (kindA === kindB) return kindA === 'string' ? stringOf(a) === stringOf(b) : a === b;
    if (a === undefined || b === undefined) return false;
    throw new FunctionError(`incompatible types for comparison: ${typeName(a)} and ${typeName(b)}`);
  }
  return equalsOther(a, b);
}

/** Nothing, pointers, maps, lists and structures: some can be compared with nothing alone. */
function equalsOther(a: Value, b: Value): boolean {
  if (a === undefined || b === undefined) return a === b;
  if (kindOf(a) !== kindOf(b)) {
    throw new FunctionError(sprintf('non-comparable types %s: %T, %T: %v', [a, a, b, b]));
  }
  const isNilA = a instanceof Pointer && a.target === null;
  const isNilB = b instanceof Pointer && b.target === null;
  if (isNilA || isNilB) return isNilA === isNilB;
  if (b instanceof StringMap || b instanceof AnyMap || b instanceof SampleList || (b instanceof Struct && b.type.startsWith('struct'))) {
    throw new FunctionError(sprintf('non-comparable type %s: %T', [b, b]));
  }
  if (a instanceof Time && b instanceof Time) return a.nanoseconds === b.nanoseconds;
  return a === b;
}

export function isLess(first: Value, second: Value): boolean {
  const a = unboxed(first);
  const b = unboxed(second);
  const kindA = kindOf(a);
  const kindB = kindOf(b);
  if (!BASIC.has(kindA) || !BASIC.has(kindB)) throw new FunctionError('invalid type for comparison');
  if (isWhole(kindA) && isWhole(kindB)) return (a as Integer).value < (b as Integer).value;
  if (kindA !== kindB) throw new FunctionError(`incompatible types for comparison: ${typeName(a)} and ${typeName(b)}`);
  if (kindA === 'bool') throw new FunctionError('invalid type for comparison');
  if (kindA === 'string') return compareUtf8(stringOf(a)!, stringOf(b)!) < 0;
  return (a as number) < (b as number);
}

export function isLessOrEqual(a: Value, b: Value): boolean {
  return isLess(a, b) || equals(unboxed(a), unboxed(b));
}

function isWhole(kind: Kind): boolean {
  return kind === 'int' || kind === 'uint';
}
