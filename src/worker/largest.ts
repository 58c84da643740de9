// The entries with the largest values, for lists that are answered.
import type { NamedCount } from './messages.ts';

/** The largest of many, without keeping the many. */
export class Largest {
  readonly #limit: number;
  readonly #entries: NamedCount[] = [];

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** `name` is asked for at once, and only when the value is among the largest. */
  add(value: number, name: () => string): void {
    const entries = this.#entries;
    if (value === 0 || this.#limit === 0 || (entries.length === this.#limit && value <= entries[entries.length - 1].value)) return;
    const index = entries.findIndex((entry) => entry.value < value);
    entries.splice(index < 0 ? entries.length : index, 0, { value, name: name() });
    if (entries.length > this.#limit) entries.pop();
  }

  list(): readonly NamedCount[] {
    return this.#entries;
  }
}
