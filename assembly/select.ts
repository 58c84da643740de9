// Selecting series for readers: candidates out of posting lists, each tested against the matchers' verdicts, and the
// result grouped by metric name. All memory is the caller's (a worker's arena); every call is inside an epoch.
//
// A scan can be resumed at any ref, since lists may be built anew between two epochs but refs are never reused.
// Verdicts that need a regular expression are asked of the caller, each pair once: the scan goes on looking for more
// pairs without a verdict, then returns VERDICTS_WANTED and is called again at the first series it could not decide.
import { compareBytes } from './bytes';
import * as L from './layout';
import { pairRecord } from './pairs';
import { coldRecord, refToSlot } from './slots';

/** A matcher: u32 name id, u8 kind, u8 verdict on series without the label, u32 pair id or verdict table. */
export const MATCHER_BYTES: u32 = 16;
const MATCHER_NAME: usize = 0;
const MATCHER_KIND: usize = 4;
const MATCHER_LACKS: usize = 5;
const MATCHER_PAIR: usize = 8;
/** Kinds: the one pair; any pair of the name but the one; a byte by pair id. */
const KIND_PAIR: u32 = 0;
const KIND_NOT_PAIR: u32 = 1;
const KIND_TABLE: u32 = 2;
/** Verdict bytes of a table. */
const UNKNOWN: u32 = 0;
const REFUSED: u32 = 1;
const ACCEPTED: u32 = 2;
const ASKED: u32 = 3;

/** A scan, 64 bytes: what the caller fills in, and where it stands. */
const SCAN_MATCHERS: usize = 0;
const SCAN_MATCHER_COUNT: usize = 4;
const SCAN_LIST: usize = 8;
/** The next ref to test, and the last one. */
const SCAN_FROM: usize = 12;
const SCAN_TO: usize = 16;
/** Three arrays of `capacity` u32 side by side: refs, slots, pair ids of the metric name (0 = none). */
const SCAN_OUT: usize = 20;
const SCAN_COUNT: usize = 24;
const SCAN_CAPACITY: usize = 28;
/** A bit a slot: series already selected. */
const SCAN_SEEN: usize = 32;
const SCAN_SEEN_SLOTS: usize = 36;
/** Pairs that want a verdict: {matcher index u32, pair id u32}. */
const SCAN_ASKED: usize = 40;
const SCAN_ASKED_COUNT: usize = 44;
const SCAN_ASKED_CAPACITY: usize = 48;
/** How many candidates a call may test; what is left of it afterwards. */
const SCAN_BUDGET: usize = 52;

/** What selectScan returns. */
const DONE: u32 = 0;
const OUTPUT_FULL: u32 = 1;
const VERDICTS_WANTED: u32 = 2;
const BUDGET_USED: u32 = 3;

/** How far a scan looks ahead for more pairs to ask about. */
const LOOKAHEAD: u32 = 4096;

/** The pair of the series' metric name, 0 if it has none. */
export function metricNamePair(slot: u32): u32 {
  const cold = coldRecord(slot);
  const pairs = load<u32>(cold, L.COLD_PAIRS);
  const count = <u32>load<u16>(cold, L.COLD_PAIR_COUNT);
  const name = load<u32>(L.METRIC_NAME_ID);
  for (let i: u32 = 0; i < count; i++) {
    const id = load<u32>(pairs + i * 4);
    if (load<u32>(pairRecord(id), L.PAIR_NAME) == name) return id;
  }
  return 0;
}

/** The series' pair of that label name, 0 if it lacks the label. */
// @ts-ignore: decorator
@inline
function pairOfName(pairs: u32, count: u32, name: u32): u32 {
  for (let i: u32 = 0; i < count; i++) {
    const id = load<u32>(pairs + i * 4);
    if (load<u32>(pairRecord(id), L.PAIR_NAME) == name) return id;
  }
  return 0;
}

/** ACCEPTED, REFUSED or UNKNOWN; an unknown pair is put on the list of those to ask about. */
function test(scan: u32, slot: u32): u32 {
  const cold = coldRecord(slot);
  const pairs = load<u32>(cold, L.COLD_PAIRS);
  const count = <u32>load<u16>(cold, L.COLD_PAIR_COUNT);
  const matchers = load<u32>(scan, SCAN_MATCHERS);
  const matcherCount = load<u32>(scan, SCAN_MATCHER_COUNT);
  for (let m: u32 = 0; m < matcherCount; m++) {
    const matcher = matchers + m * MATCHER_BYTES;
    const wanted = load<u32>(matcher, MATCHER_PAIR);
    const kind = <u32>load<u8>(matcher, MATCHER_KIND);
    const lacks = load<u8>(matcher, MATCHER_LACKS) != 0;
    if (kind != KIND_TABLE) {
      // The pair's id decides in most cases, without a look at any pair.
      let has = false;
      for (let i: u32 = 0; i < count && !has; i++) has = load<u32>(pairs + i * 4) == wanted;
      if (has) {
        if (kind == KIND_NOT_PAIR) return REFUSED;
        continue;
      }
      if (lacks == (kind == KIND_NOT_PAIR)) {
        if (!lacks) return REFUSED;
        continue;
      }
    }
    const pair = pairOfName(pairs, count, load<u32>(matcher, MATCHER_NAME));
    if (pair == 0) {
      if (!lacks) return REFUSED;
      continue;
    }
    if (kind == KIND_PAIR) return REFUSED;
    if (kind == KIND_NOT_PAIR) continue;
    const verdict = <u32>load<u8>(wanted + pair);
    if (verdict == REFUSED) return REFUSED;
    if (verdict == ACCEPTED) continue;
    if (verdict == UNKNOWN) {
      const n = load<u32>(scan, SCAN_ASKED_COUNT);
      const asked = load<u32>(scan, SCAN_ASKED) + n * 8;
      store<u32>(asked, m);
      store<u32>(asked, pair, 4);
      store<u32>(scan, n + 1, SCAN_ASKED_COUNT);
      store<u8>(wanted + pair, ASKED);
    }
    return UNKNOWN;
  }
  return ACCEPTED;
}

/** The first index of `count` ascending refs that is not below `from`. */
function lowerBound(refs: u32, count: u32, from: u32): u32 {
  let low: u32 = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (load<u32>(refs + middle * 4) < from) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How many refs a list has. */
export function listLength(list: u32): u32 {
  return list == 0 ? 0 : atomic.load<u32>(list + L.LIST_COUNT);
}

/** The series of a list from SCAN_FROM to SCAN_TO that fulfil all matchers and were not selected before. */
export function selectScan(scan: u32): u32 {
  const list = load<u32>(scan, SCAN_LIST);
  const to = load<u32>(scan, SCAN_TO);
  const capacity = load<u32>(scan, SCAN_CAPACITY);
  const out = load<u32>(scan, SCAN_OUT);
  const seen = load<u32>(scan, SCAN_SEEN);
  const seenSlots = load<u32>(scan, SCAN_SEEN_SLOTS);
  const askedCapacity = load<u32>(scan, SCAN_ASKED_CAPACITY);
  const tests = load<u32>(scan, SCAN_MATCHER_COUNT) != 0;
  let from = load<u32>(scan, SCAN_FROM);
  let budget = load<u32>(scan, SCAN_BUDGET);
  let selected = load<u32>(scan, SCAN_COUNT);
  let undecided: u32 = 0; // the first ref that waits for a verdict
  let lookahead = LOOKAHEAD;
  let rest = listLength(list);
  let block = list;
  while (rest != 0) {
    const inBlock = min(rest, load<u32>(block, L.LIST_CAPACITY));
    const refs = block + L.LIST_REFS;
    rest -= inBlock;
    let i = load<u32>(refs + (inBlock - 1) * 4) < from ? inBlock : lowerBound(refs, inBlock, from);
    for (; i < inBlock; i++) {
      const ref = load<u32>(refs + i * 4);
      if (ref > to) {
        rest = 0;
        break;
      }
      if (undecided != 0 ? lookahead == 0 : budget == 0) {
        store<u32>(scan, undecided != 0 ? undecided : ref, SCAN_FROM);
        store<u32>(scan, selected, SCAN_COUNT);
        store<u32>(scan, budget, SCAN_BUDGET);
        return undecided != 0 ? VERDICTS_WANTED : BUDGET_USED;
      }
      if (undecided != 0) lookahead--;
      else budget--;
      const slot = refToSlot(ref);
      if (slot == 0 || slot >= seenSlots) continue;
      const bits = seen + (slot >> 3);
      const bit = <u32>1 << (slot & 7);
      if ((load<u8>(bits) & bit) != 0) continue;
      if (tests) {
        const verdict = test(scan, slot);
        if (verdict == UNKNOWN) {
          if (undecided == 0) undecided = ref;
          if (load<u32>(scan, SCAN_ASKED_COUNT) == askedCapacity) lookahead = 0;
          continue;
        }
        if (verdict == REFUSED) continue;
      }
      if (undecided != 0) continue;
      if (selected == capacity) {
        store<u32>(scan, ref, SCAN_FROM);
        store<u32>(scan, selected, SCAN_COUNT);
        store<u32>(scan, budget, SCAN_BUDGET);
        return OUTPUT_FULL;
      }
      store<u8>(bits, <u8>(load<u8>(bits) | bit));
      const entry = out + selected * 4;
      store<u32>(entry, ref);
      store<u32>(entry + capacity * 4, slot);
      store<u32>(entry + capacity * 8, metricNamePair(slot));
      selected++;
    }
    block = load<u32>(block, L.LIST_NEXT);
  }
  store<u32>(scan, undecided, SCAN_FROM);
  store<u32>(scan, selected, SCAN_COUNT);
  store<u32>(scan, budget, SCAN_BUDGET);
  return undecided != 0 ? VERDICTS_WANTED : DONE;
}

/** Writes the pairs of a name (u32 ids) to `out` and returns how many; `capacity` + 1 when there are more. */
export function pairsOfName(name: u32, out: u32, capacity: u32): u32 {
  let n: u32 = 0;
  let pair = name == 0 ? 0 : atomic.load<u32>(load<u32>(L.NAME_BASE) + name * L.NAME_BYTES + L.NAME_FIRST_PAIR);
  while (pair != 0) {
    if (n == capacity) return capacity + 1;
    store<u32>(out + n * 4, pair);
    n++;
    pair = atomic.load<u32>(pairRecord(pair) + L.PAIR_NEXT);
  }
  return n;
}

/** How many pairs a name has. Of this instant. */
export function pairCountOfName(name: u32): u32 {
  return name == 0 ? 0 : load<u32>(load<u32>(L.NAME_BASE) + name * L.NAME_BYTES, L.NAME_PAIR_COUNT);
}

/** The posting list of a pair, 0 for pair 0. */
export function postingsOf(pair: u32): u32 {
  return pair == 0 ? 0 : atomic.load<u32>(pairRecord(pair) + L.PAIR_POSTINGS);
}

export function allPostings(): u32 {
  return atomic.load<u32>(L.ALL_POSTINGS);
}

export function lastRef(): u32 {
  return atomic.load<u32>(L.LAST_REF);
}

/** Grows whenever series were removed. */
export function deletions(): u32 {
  return atomic.load<u32>(L.DELETIONS);
}

/** Every slot, pair and name id handed out so far is below these. */
export function slotTop(): u32 {
  return load<u32>(L.SLOT_TOP);
}

export function pairTop(): u32 {
  return atomic.load<u32>(L.PAIR_TOP);
}

export function nameTop(): u32 {
  return load<u32>(L.NAME_TOP);
}

/** Leaves out the series of a selection that are gone; returns how many remain. Arrays as SCAN_OUT. */
export function dropDead(selection: u32, count: u32, capacity: u32): u32 {
  let kept: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const entry = selection + i * 4;
    const slot = load<u32>(entry + capacity * 4);
    if (refToSlot(load<u32>(entry)) != slot) continue;
    const to = selection + kept * 4;
    store<u32>(to, load<u32>(entry));
    store<u32>(to + capacity * 4, slot);
    store<u32>(to + capacity * 8, load<u32>(entry + capacity * 8));
    kept++;
  }
  return kept;
}

// ---- grouping: a counting sort by metric name, names in order of their bytes ----

/** A grouping, 32 bytes: a hash table {pair id, group + 1} of mask + 1 entries (zeroed), groups {pair, count, start}, their order. */
const GROUPING_TABLE: usize = 0;
const GROUPING_MASK: usize = 4;
const GROUPING_GROUPS: usize = 8;
const GROUPING_COUNT: usize = 12;
const GROUPING_ORDER: usize = 16;
const GROUP_BYTES: u32 = 12;

function groupOf(grouping: u32, pair: u32): u32 {
  const table = load<u32>(grouping, GROUPING_TABLE);
  const mask = load<u32>(grouping, GROUPING_MASK);
  for (let i = (pair * 0x9e3779b1) & mask; ; i = (i + 1) & mask) {
    const entry = table + i * 8;
    const group = load<u32>(entry, 4);
    if (group != 0) {
      if (load<u32>(entry) == pair) return group - 1;
      continue;
    }
    const count = load<u32>(grouping, GROUPING_COUNT);
    const record = load<u32>(grouping, GROUPING_GROUPS) + count * GROUP_BYTES;
    store<u32>(record, pair);
    store<u32>(record, 0, 4);
    store<u32>(entry, pair);
    store<u32>(entry, count + 1, 4);
    store<u32>(grouping, count + 1, GROUPING_COUNT);
    return count;
  }
}

/** First: counts the series of each name. The table must be at least twice as large as there are names. */
export function groupCount(grouping: u32, names: u32, count: u32): void {
  let lastPair: u32 = 0xffffffff;
  let record: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const pair = load<u32>(names + i * 4);
    if (pair != lastPair) {
      record = load<u32>(grouping, GROUPING_GROUPS) + groupOf(grouping, pair) * GROUP_BYTES;
      lastPair = pair;
    }
    store<u32>(record, load<u32>(record, 4) + 1, 4);
  }
}

/** Whether group a's name comes before group b's; series without a name come first. */
function isBefore(groups: u32, a: u32, b: u32): bool {
  const first = load<u32>(groups + a * GROUP_BYTES);
  const second = load<u32>(groups + b * GROUP_BYTES);
  if (first == 0 || second == 0) return first == 0 && second != 0;
  const p = pairRecord(first);
  const q = pairRecord(second);
  return compareBytes(load<u32>(p, L.PAIR_VALUE), load<u32>(p, L.PAIR_VALUE_LENGTH), load<u32>(q, L.PAIR_VALUE), load<u32>(q, L.PAIR_VALUE_LENGTH)) < 0;
}

function sink(groups: u32, order: u32, start: u32, count: u32): void {
  let root = start;
  const moved = load<u32>(order + root * 4);
  for (;;) {
    let child = root * 2 + 1;
    if (child >= count) break;
    let larger = load<u32>(order + child * 4);
    if (child + 1 < count) {
      const other = load<u32>(order + child * 4 + 4);
      if (isBefore(groups, larger, other)) {
        larger = other;
        child++;
      }
    }
    if (!isBefore(groups, moved, larger)) break;
    store<u32>(order + root * 4, larger);
    root = child;
  }
  store<u32>(order + root * 4, moved);
}

/** Second: orders the groups (heapsort, in place) and gives each its start. */
export function groupOrder(grouping: u32): void {
  const groups = load<u32>(grouping, GROUPING_GROUPS);
  const count = load<u32>(grouping, GROUPING_COUNT);
  const order = load<u32>(grouping, GROUPING_ORDER);
  for (let i: u32 = 0; i < count; i++) store<u32>(order + i * 4, i);
  for (let i = count >> 1; i > 0; i--) sink(groups, order, i - 1, count);
  for (let end = count; end > 1; end--) {
    const last = order + (end - 1) * 4;
    const first = load<u32>(order);
    store<u32>(order, load<u32>(last));
    store<u32>(last, first);
    sink(groups, order, 0, end - 1);
  }
  let start: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const record = groups + load<u32>(order + i * 4) * GROUP_BYTES;
    store<u32>(record, start, 8);
    start += load<u32>(record, 4);
  }
}

/** Third: puts each series into its place. Both selections as SCAN_OUT. */
export function groupPlace(grouping: u32, selection: u32, count: u32, capacity: u32, out: u32, outCapacity: u32): void {
  let lastPair: u32 = 0xffffffff;
  let record: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const entry = selection + i * 4;
    const pair = load<u32>(entry + capacity * 8);
    if (pair != lastPair) {
      record = load<u32>(grouping, GROUPING_GROUPS) + groupOf(grouping, pair) * GROUP_BYTES;
      lastPair = pair;
    }
    const place = load<u32>(record, 8);
    store<u32>(record, place + 1, 8);
    const to = out + place * 4;
    store<u32>(to, load<u32>(entry));
    store<u32>(to + outCapacity * 4, load<u32>(entry + capacity * 4));
    store<u32>(to + outCapacity * 8, pair);
  }
}

// ---- what the doors need to read ----

/** Where the arena of a worker begins; arenaBytes() of it are the worker's own. */
export function arenaOf(worker: u32): u32 {
  assert(worker < load<u32>(L.ARENAS));
  return load<u32>(L.ARENA_BASE) + worker * load<u32>(L.ARENA_BYTES);
}

export function arenaBytes(): u32 {
  return load<u32>(L.ARENA_BYTES);
}

export function fillBytes(p: u32, value: u32, length: u32): void {
  memory.fill(p, <u8>value, length);
}

/** The raw value of a pair; its label name's text. */
export function pairValue(pair: u32): u32 {
  return load<u32>(pairRecord(pair), L.PAIR_VALUE);
}

export function pairValueLength(pair: u32): u32 {
  return load<u32>(pairRecord(pair), L.PAIR_VALUE_LENGTH);
}

export function pairName(pair: u32): u32 {
  return load<u32>(pairRecord(pair), L.PAIR_NAME);
}

/** The pair ids (u32 each) of a series, in order of the label names; how many. */
export function seriesPairs(slot: u32): u32 {
  return load<u32>(coldRecord(slot), L.COLD_PAIRS);
}

export function seriesPairCount(slot: u32): u32 {
  return load<u16>(coldRecord(slot), L.COLD_PAIR_COUNT);
}

/** The target that wrote the series last: the id that the scrape gave it. */
export function seriesOwner(slot: u32): u32 {
  return load<u32>(coldRecord(slot), L.COLD_OWNER);
}

export function nameText(name: u32): u32 {
  return load<u32>(load<u32>(L.NAME_BASE) + name * L.NAME_BYTES, L.NAME_TEXT);
}

export function nameTextLength(name: u32): u32 {
  return load<u32>(load<u32>(L.NAME_BASE) + name * L.NAME_BYTES, L.NAME_LENGTH);
}

/** The metric name pairs of the next families from `position` on, at most `capacity`, to `out`; returns how many. Visible samples as copyVisible's. */
export function nextFamilies(visible: u32, count: u32, position: u32, out: u32, capacity: u32): u32 {
  let n: u32 = 0;
  let last: u32 = 0;
  for (let i = position; i < count && n < capacity; i++) {
    const pair = metricNamePair(load<u32>(visible + i * 24));
    if (pair == last || pair == 0) continue;
    store<u32>(out + n * 4, pair);
    last = pair;
    n++;
  }
  return n;
}
