// Posting lists of an index: references of series, ascending.

export type Postings = Uint32Array;

export const NO_POSTINGS: Postings = new Uint32Array(0);

/** In both. The shorter one leads, so a rare pair costs little beside a common one. */
export function intersect(a: Postings, b: Postings): Postings {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  const found = new Uint32Array(short.length);
  let n = 0;
  let from = 0;
  for (const ref of short) {
    from = firstNotBelow(long, ref, from);
    if (from === long.length) break;
    if (long[from] === ref) found[n++] = ref;
  }
  return found.subarray(0, n);
}

export function without(a: Postings, b: Postings): Postings {
  const left = new Uint32Array(a.length);
  let n = 0;
  let from = 0;
  for (const ref of a) {
    from = firstNotBelow(b, ref, from);
    if (from === b.length || b[from] !== ref) left[n++] = ref;
  }
  return left.subarray(0, n);
}

/** In any of them. */
export function union(lists: readonly Postings[]): Postings {
  if (lists.length <= 1) return lists[0] ?? NO_POSTINGS;
  const all = new Uint32Array(lists.reduce((sum, list) => sum + list.length, 0));
  let n = 0;
  for (const list of lists) {
    all.set(list, n);
    n += list.length;
  }
  all.sort();
  n = 0;
  for (let i = 0; i < all.length; i++) if (i === 0 || all[i] !== all[i - 1]) all[n++] = all[i];
  return all.subarray(0, n);
}

/** Gallops from `from` on. */
function firstNotBelow(list: Postings, ref: number, from: number): number {
  let step = 1;
  let low = from;
  let high = from;
  while (high < list.length && list[high] < ref) {
    low = high + 1;
    high += step;
    step *= 2;
  }
  high = Math.min(high, list.length);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (list[middle] < ref) low = middle + 1;
    else high = middle;
  }
  return low;
}
