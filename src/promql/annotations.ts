// What a query's answer says about itself beside its result: warnings and infos, each once, with the place in the query that they are about.
// Source of the texts: util/annotations of Prometheus.
import { describePosition } from './parser/error.ts';

const MOST_SHOWN = 10;

export class Annotations {
  readonly #text: string;
  readonly #warnings = new Set<string>();
  readonly #infos = new Set<string>();

  /** @param text the query */
  constructor(text: string) {
    this.#text = text;
  }

  /** @param start index into the query */
  warn(sentence: string, start: number): void {
    this.#warnings.add(`PromQL warning: ${sentence} (${describePosition(this.#text, start)})`);
  }

  info(sentence: string, start: number): void {
    this.#infos.add(`PromQL info: ${sentence} (${describePosition(this.#text, start)})`);
  }

  get warnings(): readonly string[] {
    return [...this.#warnings];
  }

  get infos(): readonly string[] {
    return [...this.#infos];
  }
}

/** What is said of a part of a query that stands in it more than once: to be said again of each place. */
export class RecordedAnnotations extends Annotations {
  readonly #entries: { readonly kind: 'warn' | 'info'; readonly sentence: string; readonly start: number }[] = [];

  constructor() {
    super('');
  }

  override warn(sentence: string, start: number): void {
    this.#add('warn', sentence, start);
  }

  override info(sentence: string, start: number): void {
    this.#add('info', sentence, start);
  }

  /** `shift`: how much further behind the place is. */
  repeat(to: Annotations, shift: number): void {
    for (const { kind, sentence, start } of this.#entries) to[kind](sentence, start + shift);
  }

  #add(kind: 'warn' | 'info', sentence: string, start: number): void {
    const isKnown = this.#entries.some((entry) => entry.kind === kind && entry.sentence === sentence && entry.start === start);
    if (!isKnown) this.#entries.push({ kind, sentence, start });
  }
}

/** As the API shows them: the first ten, and how many more there are. */
export function shownAnnotations(all: readonly string[], kind: 'warning' | 'info'): readonly string[] {
  if (all.length <= MOST_SHOWN) return all;
  return [...all.slice(0, MOST_SHOWN), `${all.length - MOST_SHOWN} more ${kind} annotations omitted`];
}
