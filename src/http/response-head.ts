// Status line and headers of one response, read by http-parser-js from wherever the reads are cut. Interim responses
// (1xx) are passed over. The parser is let go at the end of the headers: the body's framing is read by body-framing.ts,
// because http-parser-js takes a chunk size with parseInt, so that a negative one makes it go round for ever.

import { HTTPParser } from 'http-parser-js';
import { ScrapeError } from './errors.ts';
import type { ResponseHead } from './exchange.ts';

/** Of status line and headers together, interim responses included. */
export const HEAD_LIMIT_BYTES = 64 * 1024;
/** Interim responses before the real one, as many as Go's client takes. */
const INTERIM_LIMIT = 5;
/** Tells http-parser-js that what follows is not its business. */
const LEAVE_BODY = 2;

export interface PlainResponseHead extends ResponseHead {
  readonly versionMinor: number;
  values(name: string): readonly string[];
}

export class ResponseHeadParser {
  /** Null until the headers are complete. */
  head: PlainResponseHead | null = null;
  #bytes = 0;
  #interim = 0;
  #begun = false;
  readonly #parser = new HTTPParser(HTTPParser.RESPONSE);

  constructor() {
    this.#parser[HTTPParser.kOnHeadersComplete] = (info) => {
      if (info.statusCode < 100 || info.statusCode > 199 || info.statusCode === 101) this.head = new ParsedHead(info);
      else this.#interim++;
      return LEAVE_BODY;
    };
  }

  /** For the next response of the connection. */
  restart(): void {
    if (!this.#begun) return;
    this.head = null;
    this.#bytes = 0;
    this.#interim = 0;
    this.#begun = false;
    this.#parser.initialize(HTTPParser.RESPONSE);
  }

  get begun(): boolean {
    return this.#begun;
  }

  /** Reads on in `buffer` from `start` to `end`; returns where the body begins, or `end`. Throws ScrapeError 'protocol'. */
  feed(buffer: Buffer, start: number, end: number): number {
    let at = start;
    this.#begun ||= end > start;
    while (at < end && this.head === null) {
      // Never more at once than the limit allows: the parser has a limit of its own, a little above it.
      const read = this.#parser.execute(buffer, at, Math.min(end - at, HEAD_LIMIT_BYTES - this.#bytes));
      if (typeof read !== 'number') throw malformed(buffer, at, end);
      at += read;
      this.#bytes += read;
      if (this.head === null && this.#bytes >= HEAD_LIMIT_BYTES)
        throw new ScrapeError('protocol', `net/http: server response headers exceeded ${HEAD_LIMIT_BYTES} bytes; aborted`);
      if (this.#interim > INTERIM_LIMIT) throw new ScrapeError('protocol', 'net/http: too many 1xx informational responses');
    }
    return at;
  }
}

interface ParsedInfo {
  readonly versionMajor: number;
  readonly versionMinor: number;
  readonly statusCode: number;
  readonly statusMessage: string;
  /** Names and values in turn. */
  readonly headers: readonly string[];
}

class ParsedHead implements PlainResponseHead {
  readonly status: number;
  readonly statusText: string;
  readonly versionMinor: number;
  readonly #headers: readonly string[];

  constructor(info: ParsedInfo) {
    this.status = info.statusCode;
    this.statusText = info.statusMessage;
    this.versionMinor = info.versionMajor === 1 ? info.versionMinor : 0;
    this.#headers = info.headers;
  }

  header(name: string): string {
    return this.values(name)[0] ?? '';
  }

  values(name: string): readonly string[] {
    const values: string[] = [];
    for (let i = 0; i + 1 < this.#headers.length; i += 2) {
      const candidate = this.#headers[i];
      if (candidate.length === name.length && candidate.toLowerCase() === name) values.push(this.#headers[i + 1].trim());
    }
    return values;
  }
}

function malformed(buffer: Buffer, at: number, end: number): ScrapeError {
  const line = buffer.toString('latin1', at, Math.min(end, at + 80)).split(/[\r\n]/, 1)[0];
  return new ScrapeError('protocol', `net/http: HTTP/1.x transport connection broken: malformed HTTP response ${JSON.stringify(line)}`);
}
