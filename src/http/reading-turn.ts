// How much of one turn of the event loop the bodies that are read may take, all scrapes together. A body whose lines are new to
// its target costs a hundred times what a known one does, and libuv reads from every ready socket, up to 32 times each, before
// anyone else has a turn. There is one event loop a thread, and so one of these.

/** Less than this is not told apart by turns: awaiting a turn's end costs more, and a known body of 5,000 lines takes 0.2 ms. */
const SHORT_MS = 0.5;
/** Work goes on until this is used up; what comes on top is one piece of a body, about 1 ms. */
const LONGEST_MS = 3;

/** A body that waits for another turn. */
export interface WaitingBody {
  /** Goes on; may wait again. Must not throw. */
  goOn(): void;
}

export class ReadingTurn {
  #usedMs = 0;
  /** Something was done in this turn, so its end is awaited. */
  #begun = false;
  readonly #waiting: WaitingBody[] = [];

  /** Whether nothing more is to be done in this turn. */
  get isOver(): boolean {
    return this.#usedMs >= LONGEST_MS;
  }

  /** Time was spent in this turn. */
  spend(ms: number): void {
    this.#usedMs += ms;
    if (this.#usedMs >= SHORT_MS) this.#awaitEnd();
  }

  /** Lets the body go on in a later turn; those that were begun before come first. */
  wait(body: WaitingBody, begun: boolean): void {
    if (begun) this.#waiting.unshift(body);
    else this.#waiting.push(body);
    this.#awaitEnd();
  }

  #awaitEnd(): void {
    if (this.#begun) return;
    this.#begun = true;
    setImmediate(() => this.#next());
  }

  #next(): void {
    this.#usedMs = 0;
    this.#begun = false;
    // A body that waits again is not to be met twice.
    for (let n = this.#waiting.length; n > 0 && !this.isOver; n--) this.#waiting.shift()!.goOn();
    if (this.#waiting.length > 0) this.#awaitEnd();
  }
}

export const readingTurn = new ReadingTurn();
