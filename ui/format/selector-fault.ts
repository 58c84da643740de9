// What is wrong with a selector, while it is being written: the server's own parser says it.
import { PromqlParseError, parseMetricSelector } from '../../src/promql/parser/index.ts';

/** '' for a good one, and for none. */
export function selectorFault(text: string): string {
  if (text.trim() === '') return '';
  try {
    parseMetricSelector(text);
    return '';
  } catch (error) {
    return error instanceof PromqlParseError ? error.message : String(error);
  }
}
