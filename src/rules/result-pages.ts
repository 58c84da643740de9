// The results of a part's rules as they come from a worker (worker/rule-messages.ts), page by page.
import { PAGE_ELEMENTS, type RuleOutcome, type RulesResult } from '../worker/index.ts';

/** Some elements of a rule's result, one behind the other. */
export interface ResultPage {
  /** JSON of an array. Good until the whole result is let go of. */
  readonly bytes: Uint8Array;
  readonly values: Float64Array;
}

/** Goes through the pages, rule after rule. */
export class ResultPages {
  readonly #result: RulesResult;
  #byte = 0;
  #value = 0;

  constructor(result: RulesResult) {
    this.#result = result;
  }

  /** Those of the next rule. */
  next({ pages, count }: RuleOutcome): readonly ResultPage[] {
    const { pages: bytes, values } = this.#result;
    const end = this.#value + count;
    return Array.from(pages, (length) => {
      const last = Math.min(end, this.#value + PAGE_ELEMENTS);
      const page = { bytes: bytes.subarray(this.#byte, this.#byte + length), values: values.subarray(this.#value, last) };
      this.#byte += length;
      this.#value = last;
      return page;
    });
  }
}

export function readPage(bytes: Uint8Array): unknown {
  return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString());
}
