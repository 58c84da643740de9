// The values of templates. What Go tells apart by type and JavaScript does not has a class here. Plain ones: a string,
// a bool, a number (float64), null (an interface that holds nil) and undefined (Go's invalid reflect.Value: a missing
// thing, printed as `<no value>`). All are immutable but for the order of a list of samples.

import { type Label, labelValue } from '../../model/index.ts';

/** What is neither nothing nor in an `interface {}`. */
export type Plain = AnyMap | Html | Integer | Pointer | SampleList | StringMap | Struct | Time | boolean | number | string;

export type Value = Boxed | Plain | null | undefined;

export type IntegerType = 'int' | 'int64' | 'time.Duration' | 'time.Month' | 'time.Weekday' | 'uint8';

/** A whole number; a duration is one of nanoseconds. */
export class Integer {
  readonly value: bigint;
  readonly type: IntegerType;

  constructor(value: bigint, type: IntegerType = 'int') {
    this.value = value;
    this.type = type;
  }
}

/** What safeHtml gives: a text, but no `string` to functions that want one. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** The last moment that a Date can hold: the year 275760. */
const LAST_TIME = 8_640_000_000_000_000_000_000n;

/** A point in time, in UTC. One that no Date can hold becomes the last or the first that it can. */
export class Time {
  /** Since 1970. */
  readonly nanoseconds: bigint;

  constructor(nanoseconds: bigint) {
    this.nanoseconds = nanoseconds > LAST_TIME ? LAST_TIME : nanoseconds < -LAST_TIME ? -LAST_TIME : nanoseconds;
  }
}

/** Labels: `map[string]string`. */
export class StringMap {
  readonly entries: readonly Label[];

  /** `entries` in the order of their names' bytes. */
  constructor(entries: readonly Label[]) {
    this.entries = entries;
  }

  get(name: string): string {
    return labelValue(this.entries, name);
  }
}

/** What `args` gives: `map[string]interface {}`. */
export class AnyMap {
  readonly entries: readonly (readonly [name: string, value: Value])[];
  #byName: ReadonlyMap<string, Value> | null = null;

  /** `entries` in the order of their names' bytes. */
  constructor(entries: readonly (readonly [name: string, value: Value])[]) {
    this.entries = entries;
  }

  get(name: string): Value {
    this.#byName ??= new Map(this.entries);
    return boxed(this.#byName.get(name));
  }
}

/** Named fields: a sample, or the data of an alert. */
export class Struct {
  readonly type: string;
  readonly names: readonly string[];
  readonly values: readonly Value[];

  constructor(type: string, names: readonly string[], values: readonly Value[]) {
    this.type = type;
    this.names = names;
    this.values = values;
  }
}

export type PointerType = '*template.sample' | '*time.Duration' | '*time.Time';

/** Pointers are equal when they are the same, whatever they point to. */
export class Pointer {
  readonly type: PointerType;
  readonly target: Integer | Struct | Time | null;

  constructor(type: PointerType, target: Integer | Struct | Time | null) {
    this.type = type;
    this.target = target;
  }
}

/** A query's result. Sorting works in place, as in Prometheus. */
export class SampleList {
  readonly samples: Pointer[];

  constructor(samples: Pointer[]) {
    this.samples = samples;
  }
}

/** A value where Go knows only `interface {}`: errors name that type instead of the value's own. */
export class Boxed {
  readonly value: Plain;

  constructor(value: Plain) {
    this.value = value;
  }
}

/** As the content of an `interface {}`. */
export function boxed(value: Value): Boxed | null {
  if (value instanceof Boxed) return value;
  return value === undefined || value === null ? null : new Boxed(value);
}

/** Out of the `interface {}`; nil becomes nothing. */
export function unboxed(value: Value): Plain | undefined {
  return value instanceof Boxed ? value.value : (value ?? undefined);
}

/** A sample as templates see it, `{Labels, Value}`. */
export function samplePointer(labels: readonly Label[], value: number): Pointer {
  return new Pointer('*template.sample', new Struct('template.sample', ['Labels', 'Value'], [new StringMap(labels), new Boxed(value)]));
}
