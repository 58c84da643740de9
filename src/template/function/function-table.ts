// All functions that a template may name.

import { languageFunctions } from './language-functions.ts';
import { prometheusFunctions } from './prometheus-functions.ts';
import type { FunctionTable } from './template-function.ts';

export const functionTable: FunctionTable = new Map([...languageFunctions, ...prometheusFunctions]);

/** Those of Prometheus. */
export function functionNames(): string[] {
  return [...prometheusFunctions.keys()];
}
