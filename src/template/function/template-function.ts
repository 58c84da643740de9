// What a function of templates is: the kinds of its arguments, which the execution checks and converts before the call,
// and the call itself. A function refuses by throwing FunctionError.

import type { SampleList, Value } from '../value/value.ts';

/**
 * The Go type of a parameter, as errors name it. `interface {}` takes anything, with nil as null; `reflect.Value` takes
 * anything as it is, nothing at all (undefined) and what is in an `interface {}` included.
 */
export type ParameterType =
  | '*template.sample'
  | 'float64'
  | 'int'
  | 'interface {}'
  | 'reflect.Value'
  | 'string'
  | 'template.queryResult'
  | 'time.Duration'
  | 'time.Time';

/** What a function may ask of the expansion it runs in. */
export interface FunctionContext {
  readonly externalUrl: string;
  readonly nowMs: number;
  /** The samples of a query. Breaks the execution off when they are not there yet. */
  query(text: string): SampleList;
  /** Counts work that is not done in constant time against the bound of steps. */
  charge(steps: number): void;
}

export interface TemplateFunction {
  readonly parameters: readonly ParameterType[];
  /** Type of any further arguments; null when there may be none. */
  readonly rest: ParameterType | null;
  call(args: readonly Value[], context: FunctionContext): Value;
}

export type FunctionTable = ReadonlyMap<string, TemplateFunction>;
