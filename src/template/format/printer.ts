// Values of any kind to text, as Go's fmt does it. Maps print in the order of their keys, a missing thing as `<nil>`;
// what does not fit a verb prints as `%!d(string=hi)`. The text is bounded while it grows, since a map of maps may be
// short to build and endless to print.

import { MAX_DEPTH, MAX_OUTPUT_LENGTH } from '../bounds.ts';
import { FunctionError } from '../error.ts';
import { stringMethod } from '../function/methods.ts';
import { typeName } from '../value/kind.ts';
import { AnyMap, Boxed, Html, Integer, Pointer, SampleList, StringMap, Struct, Time, type Value } from '../value/value.ts';
import { type Directive, pad, plainDirective } from './directive.ts';
import { formatBool, formatInteger, formatNumber, formatText } from './scalar.ts';

/** Go prints where in memory a list's samples lie; here that is always the same place. */
const ADDRESS = 0xc000000000n;
const STRING_VERBS = 'vsxXq';

export class Printer {
  directive: Directive = plainDirective();
  #out = '';
  #printsError = false;

  get text(): string {
    return this.#out;
  }

  write(text: string): void {
    this.#out += text;
    if (this.#out.length > MAX_OUTPUT_LENGTH) throw new FunctionError(`result is longer than ${MAX_OUTPUT_LENGTH} characters`);
  }

  /** One argument under a verb. */
  print(value: Value, verb: string): void {
    if (value === undefined || value === null) {
      if (verb === 'v' || verb === 'T') this.write(pad('<nil>', this.directive));
      else this.#badVerb(value, verb);
    } else if (verb === 'T') this.#scalar(formatText(typeName(value), 's', this.directive), value, verb);
    else if (verb === 'w') this.#badVerb(value, verb);
    else if (verb === 'p') this.#address(value, verb);
    else if (!this.#printByMethod(value, verb)) this.#printValue(value, verb, 0);
  }

  /** Times, durations and their like print as their String method says. */
  #printByMethod(value: Value, verb: string): boolean {
    if (this.#printsError || this.directive.asSource || !STRING_VERBS.includes(verb)) return false;
    const text = stringMethod(value);
    if (text === null) return false;
    this.#scalar(formatText(text, verb, this.directive), value, verb);
    return true;
  }

  #printValue(value: Value, verb: string, depth: number): void {
    if (depth > MAX_DEPTH) throw new FunctionError(`value is nested deeper than ${MAX_DEPTH} levels`);
    if (depth > 0 && this.#printByMethod(value, verb)) return;
    const { directive } = this;
    if (typeof value === 'string') this.#scalar(formatText(value, verb, directive), value, verb);
    else if (typeof value === 'number') this.#scalar(formatNumber(value, verb, directive), value, verb);
    else if (typeof value === 'boolean') this.#scalar(formatBool(value, verb, directive), value, verb);
    else if (value === undefined || value === null) this.write(directive.asSource ? 'interface {}(nil)' : '<nil>');
    else if (value instanceof Boxed) this.#printValue(value.value, verb, depth);
    else if (value instanceof Integer) {
      this.#scalar(formatInteger(value.value, value.type !== 'uint8', verb, directive), value, verb);
    } else if (value instanceof Html) this.#scalar(formatText(value.text, verb, directive), value, verb);
    else if (value instanceof Time) this.#scalar(formatText(stringMethod(value)!, verb, directive), value, verb);
    else if (value instanceof StringMap || value instanceof AnyMap) this.#printMap(value, verb, depth);
    else if (value instanceof SampleList) this.#printList(value, verb, depth);
    else if (value instanceof Struct) this.#printStruct(value, verb, depth);
    else this.#printPointer(value, verb, depth);
  }

  #printMap(map: AnyMap | StringMap, verb: string, depth: number): void {
    this.write(this.directive.asSource ? `${typeName(map)}{` : 'map[');
    map.entries.forEach(([name, value], i) => {
      if (i > 0) this.#separator();
      this.#printValue(name, verb, depth + 1);
      this.write(':');
      this.#printValue(value, verb, depth + 1);
    });
    this.write(this.directive.asSource ? '}' : ']');
  }

  #printList(list: SampleList, verb: string, depth: number): void {
    this.write(this.directive.asSource ? `${typeName(list)}{` : '[');
    list.samples.forEach((sample, i) => {
      if (i > 0) this.#separator();
      this.#printValue(sample, verb, depth + 1);
    });
    this.write(this.directive.asSource ? '}' : ']');
  }

  #printStruct(struct: Struct, verb: string, depth: number): void {
    const { withNames, asSource } = this.directive;
    this.write(`${asSource ? struct.type : ''}{`);
    struct.names.forEach((name, i) => {
      if (i > 0) this.#separator();
      if (withNames || asSource) this.write(`${name}:`);
      this.#printValue(struct.values[i], verb, depth + 1);
    });
    this.write('}');
  }

  /** What a pointer points to is printed only where nothing stands around it. */
  #printPointer(pointer: Pointer, verb: string, depth: number): void {
    if (depth === 0 && pointer.target instanceof Struct) {
      this.write('&');
      this.#printValue(pointer.target, verb, depth + 1);
    } else this.#address(pointer, verb);
  }

  #address(value: Value, verb: string): void {
    const isAddress = value instanceof Pointer || value instanceof StringMap || value instanceof AnyMap || value instanceof SampleList;
    const address = value instanceof Pointer && value.target === null ? 0n : ADDRESS;
    const { directive } = this;
    if (!isAddress || !'vpbodxX'.includes(verb)) this.#badVerb(value, verb);
    else if (verb === 'v' && directive.asSource) {
      this.write(`(${typeName(value)})(${address === 0n ? 'nil' : `0x${address.toString(16)}`})`);
    } else if (verb === 'v' && address === 0n) this.write(pad('<nil>', directive));
    else if (verb === 'v' || verb === 'p') this.write(formatInteger(address, false, 'x', { ...directive, sharp: !directive.sharp })!);
    else this.write(formatInteger(address, false, verb, directive)!);
  }

  #separator(): void {
    this.write(this.directive.asSource ? ', ' : ' ');
  }

  #scalar(text: string | null, value: Value, verb: string): void {
    if (text === null) this.#badVerb(value, verb);
    else this.write(text);
  }

  #badVerb(value: Value, verb: string): void {
    this.write(`%!${verb}(`);
    if (value === undefined || value === null) this.write('<nil>');
    else {
      this.write(`${typeName(value)}=`);
      this.#printsError = true;
      this.#printValue(value, 'v', 0);
      this.#printsError = false;
    }
    this.write(')');
  }
}

/** Go's fmt.Sprint of one value: `%v`. */
export function printValue(value: Value): string {
  if (typeof value === 'string') return value;
  const printer = new Printer();
  printer.print(value, 'v');
  return printer.text;
}
