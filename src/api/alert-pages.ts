// The text of answers that hold alerts, of which there may be millions. They are counted before anything is made of them; the text is made some
// alerts at a time, and the main thread does other work in between; it is no larger than it may be. Answers with many alerts are made one after
// the other, since each is held until its client has read it.
import { givesWay } from '../worker/index.ts';
import { ApiError } from './errors.ts';

const MOST_ALERTS = 500_000;
const MOST_BYTES = 128 * 1024 * 1024;
/** Fewer wait for nobody: some milliseconds. */
const MANY_ALERTS = 2000;
/** Some tenths of a millisecond. */
const ALERTS_AT_ONCE = 64;
const PIECE_LENGTH = 64 * 1024;

/** Text, and what is to be made of many things one by one. */
export type Part = string | { readonly of: readonly unknown[]; readonly shown: (one: never) => unknown };

export interface PagesOptions {
  /** In the whole answer. */
  readonly alerts: number;
  /** How to ask for less. */
  readonly advice: string;
  readonly signal: AbortSignal;
}

export class AlertPages {
  #last: Promise<unknown> = Promise.resolve();

  /** The body of a success, as pieces. @param data its parts, made when their turn comes @throws ApiError too many, or the client has left */
  async make(data: Iterable<Part>, { alerts, advice, signal }: PagesOptions): Promise<Buffer[]> {
    if (alerts > MOST_ALERTS) throw tooMuch(`${alerts} alerts are active, more than the ${MOST_ALERTS} of one answer`, advice);
    if (alerts < MANY_ALERTS) return await this.#make(data, advice, signal);
    const turn = this.#last.then(() => this.#make(data, advice, signal));
    this.#last = turn.catch(() => undefined);
    return await turn;
  }

  async #make(data: Iterable<Part>, advice: string, signal: AbortSignal): Promise<Buffer[]> {
    const giveWay = givesWay();
    const pieces = new Pieces(advice);
    pieces.add('{"status":"success","data":');
    for (const part of data) {
      if (typeof part === 'string') pieces.add(part);
      else {
        for (const [i, one] of part.of.entries()) {
          pieces.add((i === 0 ? '' : ',') + JSON.stringify(part.shown(one as never)));
          if (i % ALERTS_AT_ONCE === 0) await giveWay();
        }
      }
      await giveWay();
      if (signal.aborted) throw new ApiError('canceled', 'the client has left');
    }
    pieces.add('}');
    return pieces.end();
  }
}

class Pieces {
  readonly #advice: string;
  readonly #pieces: Buffer[] = [];
  #text = '';
  #bytes = 0;

  constructor(advice: string) {
    this.#advice = advice;
  }

  add(text: string): void {
    this.#text += text;
    if (this.#text.length >= PIECE_LENGTH) this.#flush();
  }

  end(): Buffer[] {
    this.#flush();
    return this.#pieces;
  }

  #flush(): void {
    const piece = Buffer.from(this.#text);
    this.#text = '';
    this.#bytes += piece.length;
    if (this.#bytes > MOST_BYTES) throw tooMuch(`the alerts take more than the ${MOST_BYTES / 1024 ** 2} MiB of one answer`, this.#advice);
    this.#pieces.push(piece);
  }
}

const tooMuch = (what: string, advice: string): ApiError => new ApiError('execution', `${what}: ${advice}`);
