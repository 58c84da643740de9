// Where in the log there are records that are none of samples: series, tombstones, metadata. A start that passes over samples reads these.

/** A part of a segment's file that begins and ends with whole records. */
export interface LogSpan {
  readonly segment: number;
  /** Bytes; `to` is behind the last. */
  readonly from: number;
  readonly to: number;
}

/** Spans that are nearer than this become one: what is read in vain costs less than many spans do. */
const LEAST_GAP_BYTES = 256 * 1024;

export class OtherRecords {
  /** In the log's order. */
  #spans: LogSpan[];

  constructor(spans: readonly LogSpan[] = []) {
    this.#spans = [...spans];
  }

  /** Behind all that are there. */
  add({ segment, from, to }: LogSpan): void {
    const last = this.#spans.at(-1);
    if (last?.segment === segment && from - last.to < LEAST_GAP_BYTES) this.#spans[this.#spans.length - 1] = { ...last, to };
    else this.#spans.push({ segment, from, to });
  }

  /** Those that begin before a place of the log; a span that reaches beyond it ends there, where it must be between two records. */
  before(segment: number, offset: number): LogSpan[] {
    return this.#spans
      .filter((span) => span.segment < segment || (span.segment === segment && span.from < offset))
      .map((span) => (span.segment === segment && span.to > offset ? { ...span, to: offset } : span));
  }

  /** Segments before that one are gone. */
  truncate(segment: number): void {
    this.#spans = this.#spans.filter((span) => span.segment >= segment);
  }
}
