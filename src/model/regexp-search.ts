// Regular expressions that may match anywhere in a text, as Go's package regexp uses them: templates of alerting rules
// search and replace with them. Unlike those of matchers and relabelling they are not anchored, and a dot matches no
// newline. Bounds and messages are those of regexp.ts.

import type { RE2JS } from 're2js';
import { capturedGroups, compileEngine, programSizeBound } from './regexp.ts';
import { expandTemplate } from './template.ts';

export interface SearchRegexp {
  readonly pattern: string;
  /** An upper estimate of the compiled program: matching takes at most this many steps a character. */
  readonly programSize: number;
  /** Whether the pattern matches somewhere in `text`. */
  matches(text: string): boolean;
  /**
   * Every match replaced by `template`, expanded as Go's Regexp.Expand (`$1`, `${name}`). Null as soon as the result
   * is longer than `maxLength`. `onMatch` is called before each, and may throw.
   */
  replaceAll(text: string, template: string, maxLength: number, onMatch?: () => void): string | null;
}

/** Throws RegexpError with Go's message. */
export function compileSearch(pattern: string): SearchRegexp {
  return new EngineSearch(pattern);
}

class EngineSearch implements SearchRegexp {
  readonly pattern: string;
  readonly programSize: number;
  readonly #engine: RE2JS;

  constructor(pattern: string) {
    this.pattern = pattern;
    this.programSize = programSizeBound(pattern);
    this.#engine = compileEngine(pattern, 0);
  }

  matches(text: string): boolean {
    return this.#engine.matcher(text).find();
  }

  replaceAll(text: string, template: string, maxLength: number, onMatch?: () => void): string | null {
    const matcher = this.#engine.matcher(text);
    const groups = capturedGroups(this.#engine, matcher);
    let out = '';
    let copied = 0;
    let isFirst = true;
    while (matcher.find()) {
      const start = matcher.start();
      const end = matcher.end();
      // Go takes no empty match right behind another one.
      if (start === end && start === copied && !isFirst) continue;
      onMatch?.();
      out += text.slice(copied, start) + expandTemplate(template, groups);
      if (out.length > maxLength) return null;
      copied = end;
      isFirst = false;
    }
    out += text.slice(copied);
    return out.length > maxLength ? null : out;
  }
}
