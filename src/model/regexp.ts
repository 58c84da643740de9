// Regular expressions of matchers and relabelling rules: RE2 syntax, anchored at both ends, dot matches newline,
// linear time (Prometheus 3.x: `^(?s:...)$`). What is a finite set of strings, or literals with `.*` and `.+` between
// them, is decided without the engine (literal-pattern.ts); that is nearly every expression of dashboards and
// federation jobs. Patterns come from the network, so their length and their compiled size are bounded.

import { RE2JS, RE2JSException } from 're2js';
import { type LiteralPattern, parseLiteralPattern } from './literal-pattern.ts';
import { isValidUtf8 } from './quote.ts';
import { type CapturedGroups, expandTemplate } from './template.ts';

export interface AnchoredRegexp {
  readonly pattern: string;
  matches(text: string): boolean;
  /** Every text that the pattern accepts, when they are few and known, else null. */
  readonly setMatches: readonly string[] | null;
  /** Expands `$1`, `${1}`, `$name`, `$$` in `template` as Go's Regexp.Expand; null when `text` does not match. */
  expand(text: string, template: string): string | null;
}

/** The pattern is no regular expression, or a larger one than we run. The message is Go's where Go has one. */
export class RegexpError extends Error {
  readonly code = 'invalid_regexp';
}

/** Longest pattern of any kind, in UTF-16 units: dashboards send alternations of thousands of instances. */
const MAX_PATTERN_LENGTH = 1 << 20;
/** Longest pattern given to the engine, and the largest program made of it: its time is program size × text length. */
const MAX_ENGINE_PATTERN_LENGTH = 1 << 16;
const MAX_PROGRAM_SIZE = 1 << 15;

export function compileRegexp(pattern: string): AnchoredRegexp {
  if (pattern.length > MAX_PATTERN_LENGTH) {
    throw new RegexpError(`cannot compile regexp: got a pattern of ${pattern.length} characters, want at most ${MAX_PATTERN_LENGTH}`);
  }
  const literal = parseLiteralPattern(pattern);
  return literal === null ? new EngineRegexp(pattern) : new LiteralRegexp(pattern, literal);
}

/** A pattern decided by string comparison; the engine is compiled only if a template asks for groups. */
class LiteralRegexp implements AnchoredRegexp {
  readonly pattern: string;
  readonly setMatches: readonly string[] | null;
  readonly #literal: LiteralPattern;
  #engine: RE2JS | null = null;

  constructor(pattern: string, literal: LiteralPattern) {
    this.pattern = pattern;
    this.#literal = literal;
    this.setMatches = literal.set;
  }

  matches(text: string): boolean {
    return this.#literal.matches(text);
  }

  expand(text: string, template: string): string | null {
    if (!this.#literal.matches(text)) return null;
    if (!template.includes('$')) return template;
    // The default regex of every relabelling rule: its one group is the whole text.
    if (this.pattern === '(.*)') return expandTemplate(template, new WholeMatch(text, 1));
    if (!this.pattern.includes('(')) return expandTemplate(template, new WholeMatch(text, 0));
    this.#engine ??= compileEngine(this.pattern);
    return expandWith(this.#engine, text, template);
  }
}

class EngineRegexp implements AnchoredRegexp {
  readonly pattern: string;
  readonly setMatches = null;
  readonly #engine: RE2JS;

  constructor(pattern: string) {
    this.pattern = pattern;
    this.#engine = compileEngine(pattern);
  }

  matches(text: string): boolean {
    return this.#engine.testExact(text);
  }

  expand(text: string, template: string): string | null {
    return expandWith(this.#engine, text, template);
  }
}

/** Groups 0 to `last` are the whole text, there are no others. */
class WholeMatch implements CapturedGroups {
  readonly #text: string;
  readonly #last: number;

  constructor(text: string, last: number) {
    this.#text = text;
    this.#last = last;
  }

  byIndex(index: number): string {
    return index <= this.#last ? this.#text : '';
  }

  byName(): string {
    return '';
  }
}

function expandWith(engine: RE2JS, text: string, template: string): string | null {
  const matcher = engine.matcher(text);
  return matcher.matches() ? expandTemplate(template, capturedGroups(engine, matcher)) : null;
}

/** The groups of whatever `matcher` has matched when they are asked for. */
export function capturedGroups(engine: RE2JS, matcher: ReturnType<RE2JS['matcher']>): CapturedGroups {
  const groupCount = engine.groupCount();
  const names = engine.namedGroups();
  return {
    byIndex: (index) => (index <= groupCount ? (matcher.group(index) ?? '') : ''),
    byName: (name) => (Object.hasOwn(names, name) ? (matcher.group(names[name]!) ?? '') : ''),
  };
}

/** Throws RegexpError, also for a pattern that is too large to be run. */
export function compileEngine(pattern: string, flags: number = RE2JS.DOTALL): RE2JS {
  if (!isValidUtf8(pattern)) throw new RegexpError(`error parsing regexp: invalid UTF-8: \`${pattern.toWellFormed()}\``);
  if (pattern.length > MAX_ENGINE_PATTERN_LENGTH || programSizeBound(pattern) > MAX_PROGRAM_SIZE) {
    throw new RegexpError(`error parsing regexp: expression too large: \`${abbreviate(pattern)}\``);
  }
  try {
    return RE2JS.compile(pattern, flags);
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    throw new RegexpError(goMessage(error.message, pattern), { cause: error });
  }
}

/** The engine's messages are Go's, but for the `(?s)` that it puts before the pattern and expressions that it leaves out. */
function goMessage(message: string, pattern: string): string {
  if (message.endsWith('trailing backslash at end of expression')) return `${message}: \`\``;
  if (!message.includes('`')) return `${message}: \`${abbreviate(pattern)}\``;
  return message.replace(`\`(?s)${pattern}\``, () => `\`${pattern}\``);
}

function abbreviate(pattern: string): string {
  return pattern.length > 200 ? `${pattern.slice(0, 200)}...` : pattern;
}

/**
 * An upper estimate of the compiled program's size, taken before compiling since compiling a bomb such as
 * `(x{0,1000}y?){1000}` takes seconds. Counts atoms and multiplies by repetitions, also by nested ones.
 */
export function programSizeBound(pattern: string): number {
  const outer: number[] = [];
  let size = 0;
  let atom = 0;
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i]!;
    if (c === '{') {
      const repeat = /^\{(\d{1,5})(?:,(\d{0,5}))?\}/.exec(pattern.slice(i, i + 14));
      if (repeat !== null) {
        const times = Math.max(Number(repeat[1]), Number(repeat[2] ?? 0), 1);
        size += (atom + 1) * times - atom;
        atom = (atom + 1) * times;
        i += repeat[0].length - 1;
        continue;
      }
    }
    if (c === '(') {
      outer.push(size);
      size = 0;
      atom = 0;
      continue;
    }
    if (c === ')' && outer.length > 0) {
      atom = size + 2;
      size = outer.pop()! + atom;
      continue;
    }
    if (c === '\\') i++;
    else if (c === '[') i = endOfClass(pattern, i);
    atom = 1;
    size += 1;
  }
  return size + outer.reduce((sum, part) => sum + part, 0);
}

/** Index of the `]` that ends the class beginning at `start`; a `]` directly after `[` or `[^` is a member. */
function endOfClass(pattern: string, start: number): number {
  let i = start + 1;
  if (pattern[i] === '^') i++;
  if (pattern[i] === ']') i++;
  while (i < pattern.length && pattern[i] !== ']') i += pattern[i] === '\\' ? 2 : 1;
  return Math.min(i, pattern.length - 1);
}
