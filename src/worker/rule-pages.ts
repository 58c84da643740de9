// The results of rules on their way to the main thread: pages of JSON and all values, one behind the other.
import type { RulesResult } from './rule-messages.ts';

/** Elements: some tenths of a millisecond to read. */
export const PAGE_ELEMENTS = 256;

export class RulePages {
  readonly #pages: Buffer[] = [];
  #bytes = 0;
  #values = new Float64Array(64);
  #count = 0;

  /** One task's elements, each as JSON. @returns the pages' bytes */
  add(elements: readonly string[], values: ArrayLike<number>): number[] {
    const bytes: number[] = [];
    for (let from = 0; from < elements.length; from += PAGE_ELEMENTS) {
      const page = Buffer.from(`[${elements.slice(from, from + PAGE_ELEMENTS).join(',')}]`);
      this.#pages.push(page);
      bytes.push(page.length);
      this.#bytes += page.length;
    }
    const wanted = this.#count + values.length;
    if (wanted > this.#values.length) {
      const larger = new Float64Array(Math.max(wanted, this.#values.length * 2));
      larger.set(this.#values.subarray(0, this.#count));
      this.#values = larger;
    }
    this.#values.set(values, this.#count);
    this.#count = wanted;
    return bytes;
  }

  /** Buffers of their own, to be handed over. */
  finish(): Pick<RulesResult, 'pages' | 'values'> {
    const pages = new Uint8Array(this.#bytes);
    let at = 0;
    for (const page of this.#pages) {
      pages.set(page, at);
      at += page.length;
    }
    return { pages, values: this.#values.slice(0, this.#count) };
  }
}
