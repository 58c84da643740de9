// Where the ticks of an axis of values stand: on multiples of a round number, of whatever size the values are.

const ROUND = [1, 2, 2.5, 5, 10];
/** So many decimal digits a number always holds: more are its rounding. */
const EXACT_DIGITS = 15;
const MOST_TICKS = 100;

/** The least round number that makes no more than `most` steps of the way. */
export function incrementOf(from: number, to: number, most: number): number {
  const least = (to - from) / most;
  const exponent = Math.floor(Math.log10(least));
  return ROUND.map((digits) => Number(`${digits}e${exponent}`)).find((increment) => increment >= least) ?? least;
}

/** Ascending; each is another number. */
export function ticksOf(from: number, to: number, increment: number): number[] {
  const first = Math.ceil(from / increment);
  const ticks = new Set<number>();
  for (let i = 0; i < MOST_TICKS; i++) {
    // Adding 0 makes 0 of −0.
    const tick = Number(((first + i) * increment).toPrecision(EXACT_DIGITS)) + 0;
    if (!(tick <= to)) break;
    if (tick >= from) ticks.add(tick);
  }
  return [...ticks];
}
