// Answers of sources, by what was asked. Whoever opens a page asks, so equal questions are one while it is under way and for some seconds
// after: a source is not asked more often for many readers than for one. Bounded in weight, and, for questions whose parts a stranger can make
// up, in number: those of one group.
import type { Clock } from '../model/index.ts';

/** Answers and failures alike. */
const KEPT_MS = 5000;
const MOST_OF_A_GROUP = 16;

export interface KeptAnswersOptions<T> {
  readonly clock: Clock;
  /** Of all that are kept; the groups' get half of it. */
  readonly mostWeight: number;
  readonly weigh: (answer: T) => number;
  /** What is told and kept instead of an answer for which there is no room: next to nothing. */
  readonly lighten: (answer: T) => T;
}

export class KeptAnswers<T> {
  readonly #options: KeptAnswersOptions<T>;
  readonly #answers = new Map<string, Promise<T>>();
  /** How many of each are under way or kept. */
  readonly #groups = new Map<string, number>();
  readonly #timers = new Set<() => void>();
  #weight = 0;
  #closed = false;

  constructor(options: KeptAnswersOptions<T>) {
    this.#options = options;
  }

  /** @param group '' for none @returns null when that has no room. What rejects is not kept. */
  ask(key: string, group: string, question: () => Promise<T>): Promise<T> | null {
    const known = this.#answers.get(key);
    if (known !== undefined) return known;
    const inGroup = this.#groups.get(group) ?? 0;
    if (group !== '' && inGroup >= MOST_OF_A_GROUP) return null;
    if (group !== '') this.#groups.set(group, inGroup + 1);
    const { mostWeight, weigh, lighten } = this.#options;
    const room = group === '' ? mostWeight : mostWeight / 2;
    const answer = question().then((whole) => (this.#weight + weigh(whole) > room ? lighten(whole) : whole));
    this.#answers.set(key, answer);
    const forget = (): void => {
      if (this.#answers.get(key) === answer) this.#answers.delete(key);
      if (group !== '') this.#leave(group);
    };
    void answer.then((kept) => this.#keep(weigh(kept), forget), forget);
    return answer;
  }

  /** The configuration has changed: other credentials, perhaps, at the same addresses. */
  forget(): void {
    this.#answers.clear();
  }

  close(): void {
    this.#closed = true;
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
  }

  #keep(weight: number, forget: () => void): void {
    if (this.#closed) {
      forget();
      return;
    }
    this.#weight += weight;
    const cancel = this.#options.clock.after(KEPT_MS, () => {
      this.#timers.delete(cancel);
      this.#weight -= weight;
      forget();
    });
    this.#timers.add(cancel);
  }

  #leave(group: string): void {
    const left = this.#groups.get(group)! - 1;
    if (left === 0) this.#groups.delete(group);
    else this.#groups.set(group, left);
  }
}
