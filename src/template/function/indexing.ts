// index, slice and len. Texts are indexed by their bytes.

import { FunctionError } from '../error.ts';
import { byteLength, fromBytes, toBytes } from '../value/byte-text.ts';
import { indirect, kindOf, stringOf, typeName } from '../value/kind.ts';
import { AnyMap, Integer, Pointer, SampleList, StringMap, unboxed, type Value } from '../value/value.ts';

/** `index x 1 "a"` is x[1]["a"]. */
export function indexInto(item: Value, indexes: readonly Value[]): Value {
  let found: Value = unboxed(item);
  if (found === undefined) throw new FunctionError('index of untyped nil');
  for (const index of indexes) found = unboxed(indexOnce(found, unboxed(index)));
  return found;
}

function indexOnce(item: Value, index: Value): Value {
  const target = indirect(item);
  if (target === undefined || target instanceof Pointer) throw new FunctionError('index of nil pointer');
  const text = stringOf(target);
  if (text !== null) {
    const bytes = toBytes(text);
    const at = position(index, bytes.length);
    if (at === bytes.length) throw new FunctionError('reflect: string index out of range');
    return new Integer(BigInt(bytes[at]), 'uint8');
  }
  if (target instanceof SampleList) {
    const at = position(index, target.samples.length);
    if (at === target.samples.length) throw new FunctionError('reflect: slice index out of range');
    return target.samples[at];
  }
  if (target instanceof StringMap || target instanceof AnyMap) {
    if (index === undefined) throw new FunctionError('value is nil; should be of type string');
    if (typeof index !== 'string') throw new FunctionError(`value has type ${typeName(index)}; should be string`);
    return target.get(index);
  }
  throw new FunctionError(`can't index item of type ${typeName(target)}`);
}

/** `slice x 1 2` is x[1:2]; a text has no third index. Go takes no index out of an `interface {}` here, as it does in `index`. */
export function sliceOf(item: Value, indexes: readonly Value[]): Value {
  const target = indirect(item);
  if (target === undefined) throw new FunctionError('slice of untyped nil');
  if (target instanceof Pointer) throw new FunctionError('slice of nil pointer');
  if (indexes.length > 3) throw new FunctionError(`too many slice indexes: ${indexes.length}`);
  const text = stringOf(target);
  if (text !== null && indexes.length === 3) throw new FunctionError('cannot 3-index slice a string');
  if (text === null && !(target instanceof SampleList)) throw new FunctionError(`can't slice item of type ${typeName(target)}`);
  const length = text === null ? (target as SampleList).samples.length : byteLength(text);
  const at = [0, length, length];
  indexes.forEach((index, i) => {
    at[i] = position(index, length);
  });
  const [start, end, capacity] = at;
  if (start > end) throw new FunctionError(`invalid slice index: ${start} > ${end}`);
  if (end > capacity) throw new FunctionError(`invalid slice index: ${end} > ${capacity}`);
  return text === null ? new SampleList((target as SampleList).samples.slice(start, end)) : fromBytes(toBytes(text).subarray(start, end));
}

export function lengthOf(item: Value): number {
  const target = indirect(item);
  if (item === null || target instanceof Pointer) throw new FunctionError('len of nil pointer');
  if (target === undefined) throw new FunctionError('reflect: call of reflect.Value.Type on zero Value');
  const text = stringOf(target);
  if (text !== null) return byteLength(text);
  if (target instanceof SampleList) return target.samples.length;
  if (target instanceof StringMap || target instanceof AnyMap) return target.entries.length;
  throw new FunctionError(`len of type ${typeName(target)}`);
}

/** An index from 0 to `length`. */
function position(index: Value, length: number): number {
  if (index === undefined) throw new FunctionError('cannot index slice/array with nil');
  const kind = kindOf(index);
  if (kind !== 'int' && kind !== 'uint') throw new FunctionError(`cannot index slice/array with type ${typeName(index)}`);
  const { value } = index as Integer;
  if (value < 0n || value > BigInt(length)) throw new FunctionError(`index out of range: ${value}`);
  return Number(value);
}
