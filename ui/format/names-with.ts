// The selector of the metrics whose names have some texts in them, for servers with more names than are asked for at once.
import { quoteGo } from '../../src/model/index.ts';

/** Upper and lower case are the same. */
export function namesWith(texts: readonly string[]): string {
  const matchers = texts.map((text) => `__name__=~${quoteGo(`(?i:.*${text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}.*)`)}`);
  return `{${matchers.join(',')}}`;
}
