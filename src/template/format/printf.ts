// Go's fmt.Sprintf, Sprint and Sprintln. A format that is wrong prints what is wrong with it: `%!d(string=hi)`,
// `%!v(MISSING)`, `%!(EXTRA int=1)`.

import { typeName } from '../value/kind.ts';
import { Html, Integer, type Value } from '../value/value.ts';
import { plainDirective } from './directive.ts';
import { Printer } from './printer.ts';

/** Largest width and precision; a larger one is none. */
const MAX_NUMBER = 1_000_000;

export function sprintf(format: string, args: readonly Value[]): string {
  return new FormatRun(format, args).run();
}

/** Arguments side by side, with a space between two of which neither is a text. */
export function sprint(args: readonly Value[]): string {
  const printer = new Printer();
  args.forEach((arg, i) => {
    if (i > 0 && !isText(arg) && !isText(args[i - 1])) printer.write(' ');
    printer.print(arg, 'v');
  });
  return printer.text;
}

/** Arguments with spaces between them, and a line feed. */
export function sprintln(args: readonly Value[]): string {
  const printer = new Printer();
  args.forEach((arg, i) => {
    if (i > 0) printer.write(' ');
    printer.print(arg, 'v');
  });
  printer.write('\n');
  return printer.text;
}

function isText(value: Value): boolean {
  return typeof value === 'string' || value instanceof Html;
}

class FormatRun {
  readonly #format: string;
  readonly #args: readonly Value[];
  readonly #printer = new Printer();
  readonly #lastBracket: number;
  #at = 0;
  /** Index of the argument that is taken next. */
  #next = 0;
  /** An index such as `[2]` was used: nobody can say then which arguments are left over. */
  #reordered = false;
  #goodIndex = true;
  #afterIndex = false;

  constructor(format: string, args: readonly Value[]) {
    this.#format = format;
    this.#args = args;
    this.#lastBracket = format.lastIndexOf(']');
  }

  run(): string {
    const format = this.#format;
    while (this.#at < format.length) {
      const percent = format.indexOf('%', this.#at);
      this.#printer.write(format.slice(this.#at, percent < 0 ? format.length : percent));
      if (percent < 0) break;
      this.#at = percent + 1;
      this.#runDirective();
    }
    this.#extraArguments();
    return this.#printer.text;
  }

  #runDirective(): void {
    this.#printer.directive = plainDirective();
    this.#goodIndex = true;
    this.#afterIndex = false;
    this.#flags();
    this.#index();
    this.#width();
    this.#precision();
    if (!this.#afterIndex) this.#index();
    const code = this.#format.codePointAt(this.#at);
    const verb = code === undefined ? '' : String.fromCodePoint(code);
    this.#at += verb.length;
    if (verb === '') this.#printer.write('%!(NOVERB)');
    else if (verb === '%') this.#printer.write('%');
    else if (!this.#goodIndex) this.#printer.write(`%!${verb}(BADINDEX)`);
    else if (this.#next >= this.#args.length) this.#printer.write(`%!${verb}(MISSING)`);
    else this.#printNext(verb);
  }

  #printNext(verb: string): void {
    const { directive } = this.#printer;
    if (verb === 'v' || verb === 'w') {
      directive.asSource = directive.sharp;
      directive.withNames = directive.plus;
      directive.sharp = false;
      directive.plus = false;
    }
    this.#printer.print(this.#args[this.#next++], verb);
  }

  #flags(): void {
    const { directive } = this.#printer;
    for (; ; this.#at++) {
      switch (this.#format[this.#at]) {
        case '#':
          directive.sharp = true;
          break;
        case '0':
          directive.zero = true;
          break;
        case '+':
          directive.plus = true;
          break;
        case '-':
          directive.minus = true;
          break;
        case ' ':
          directive.space = true;
          break;
        default:
          return;
      }
    }
  }

  /** `[2]`: the argument that is taken next. */
  #index(): void {
    this.#afterIndex = false;
    if (this.#format[this.#at] !== '[') return;
    this.#reordered = true;
    // Not looked for from each `%[` to the end of a long format.
    const close = this.#at < this.#lastBracket ? this.#format.indexOf(']', this.#at + 1) : -1;
    if (close < 0) {
      this.#goodIndex = false;
      this.#at++;
      return;
    }
    const text = this.#format.slice(this.#at + 1, close);
    this.#at = close + 1;
    const number = /^\d{1,7}$/.test(text) ? Number(text) : Number.NaN;
    this.#afterIndex = !Number.isNaN(number);
    if (number >= 1 && number <= this.#args.length) this.#next = number - 1;
    else this.#goodIndex = false;
  }

  #width(): void {
    const { directive } = this.#printer;
    if (this.#format[this.#at] !== '*') {
      directive.width = this.#number();
      if (this.#afterIndex && directive.width >= 0) this.#goodIndex = false;
      return;
    }
    const width = this.#numberFromArgument();
    if (width === null) this.#printer.write('%!(BADWIDTH)');
    else if (width < 0) {
      directive.minus = true;
      directive.zero = false;
    }
    directive.width = width === null ? -1 : Math.abs(width);
  }

  #precision(): void {
    const { directive } = this.#printer;
    if (this.#format[this.#at] !== '.' || this.#at + 1 >= this.#format.length) return;
    this.#at++;
    if (this.#afterIndex) this.#goodIndex = false;
    this.#index();
    if (this.#format[this.#at] !== '*') {
      directive.precision = Math.max(this.#number(), 0);
      return;
    }
    const precision = this.#numberFromArgument();
    if (precision === null || precision < 0) this.#printer.write('%!(BADPREC)');
    else directive.precision = precision;
  }

  /** The number that stands here, -1 where none does. One that is too large ends the format, as in Go. */
  #number(): number {
    const start = this.#at;
    let number = 0;
    while (/^\d$/.test(this.#format[this.#at] ?? '')) {
      if (number > MAX_NUMBER) {
        this.#at = this.#format.length;
        return -1;
      }
      number = number * 10 + Number(this.#format[this.#at++]);
    }
    return this.#at === start ? -1 : number;
  }

  /** For `*`: the next argument as a number, null where it is none. */
  #numberFromArgument(): number | null {
    this.#at++;
    this.#afterIndex = false;
    if (this.#next >= this.#args.length) return null;
    const arg = this.#args[this.#next++];
    if (!(arg instanceof Integer)) return null;
    const number = Number(arg.value);
    return Math.abs(number) > MAX_NUMBER ? null : number;
  }

  #extraArguments(): void {
    if (this.#reordered || this.#next >= this.#args.length) return;
    this.#printer.directive = plainDirective();
    this.#printer.write('%!(EXTRA ');
    this.#args.slice(this.#next).forEach((arg, i) => {
      if (i > 0) this.#printer.write(', ');
      if (arg !== null && arg !== undefined) this.#printer.write(`${typeName(arg)}=`);
      this.#printer.print(arg, 'v');
    });
    this.#printer.write(')');
  }
}
