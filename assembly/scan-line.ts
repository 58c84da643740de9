// One line that is not the expected one, or not of the plain kind: parsed by the grammar, looked up in the cache, and put into
// the new sequence. A series that is new to the cache is made here when that needs nothing but its text (direct-series.ts);
// whatever else is new, the door is asked about.
import { batchPush } from './batch';
import { directSlot, isSoundSeries } from './direct-series';
import {
  commentEnd,
  commentType,
  countFeeds,
  EXPECTED_LINE_END,
  EXPECTED_NUMBER,
  EXPECTED_NUMBER_IN_RANGE,
  EXPECTED_VALUE,
  fault,
  faultAt,
  isBlank,
  isMetadata,
  NO_TYPE,
  seriesEnd,
  skipBlanks,
  timestamp,
  timestampEnd,
} from './exposition-line';
import { lineHash, lineKey } from './line-hash';
import * as S from './line-sequence';
import { NUMBER_OK, NUMBER_RANGE, NUMBER_UNDECIDED, numberEnd, parsedBits, parseNumber } from './number-parse';
import { badLine, faulty } from './scan-carry';
import {
  HONOR_TIMESTAMPS,
  MISS_COMMENT,
  MISS_NOT_TAKEN,
  MISS_SERIES,
  NO_MEMORY,
  NUMBER,
  SERIES_DROPPED,
  SERIES_NOT_TAKEN,
  SPENT,
  TAKEN,
  TRACK_TIMESTAMPS,
} from './scan-event';
import * as C from './target-cache';

const LF: u32 = 10;
/** What a line that the door must be asked about costs, in units of work. */
const ASK_WORK: u32 = 5;

/** Takes the line at `start`, which `limit` may end: TAKEN, or an event. */
export function takeLine(cache: u32, start: u32, limit: u32): u32 {
  const p = skipBlanks(start);
  const c: u32 = load<u8>(p);
  if (c == LF) return advance(cache, p + 1, 1);
  if (c == 35) return takeComment(cache, p, limit);
  return takeSample(cache, p, limit);
}

function advance(cache: u32, next: u32, lines: u32): u32 {
  store<u32>(cache, next, C.CURSOR);
  C.add(cache + <u32>C.LINE, lines);
  return TAKEN;
}

function takeComment(cache: u32, p: u32, limit: u32): u32 {
  const end = commentEnd(p, limit);
  if (end == 0) return faulty(cache);
  if (!isMetadata) return advance(cache, end + 1, 1);
  const feeds = countFeeds(p, end);
  let word = (end - p) | S.COMMENT | (feeds != 0 ? S.MULTILINE : 0);
  if (commentType != NO_TYPE) {
    word |= S.SETS_TYPE | (commentType << S.TYPE_SHIFT);
    store<u32>(cache, commentType, C.TYPE);
  }
  const hash = lineHash(p, end - p, lineKey(0));
  const mark = find(cache, hash, end - p);
  if (mark >= FIND_LATER) return mark == FIND_LATER ? SPENT : NO_MEMORY;
  if (mark == 0) {
    store<u64>(cache, hash, C.PENDING_HASH);
    store<u32>(cache, word, C.PENDING_WORD);
    store<u32>(cache, end + 1, C.PENDING_NEXT);
    store<u32>(cache, p, C.EVENT_AT);
    store<u32>(cache, end - p, C.EVENT_LENGTH);
    C.add(cache + <u32>C.WORK, ASK_WORK);
    return MISS_COMMENT;
  }
  const accepted = accept(cache, mark, 0);
  if (accepted >= ACCEPT_LATER) return accepted == ACCEPT_LATER ? SPENT : NO_MEMORY;
  return advance(cache, end + 1, 1 + feeds);
}

function takeSample(cache: u32, p: u32, limit: u32): u32 {
  const end = seriesEnd(p, limit);
  if (end == 0) return faulty(cache);
  const q = skipBlanks(end);
  let c: u32 = load<u8>(q);
  if (c == LF || c == 0 || c == 123) return badLine(cache, EXPECTED_VALUE, q);
  const status = parseNumber(q);
  let bits = parsedBits();
  let r = numberEnd;
  if (status == NUMBER_UNDECIDED) {
    if (load<u32>(cache, C.NUMBER_AT) != q) {
      store<u32>(cache, q, C.EVENT_AT);
      store<u32>(cache, r - q, C.EVENT_LENGTH);
      return NUMBER;
    }
    bits = load<u64>(cache, C.NUMBER_BITS);
    store<u32>(cache, 0, C.NUMBER_AT);
    if (bits << 1 == 0xffe0000000000000) return badLine(cache, EXPECTED_NUMBER_IN_RANGE, q);
  } else if (status == NUMBER_RANGE) return badLine(cache, EXPECTED_NUMBER_IN_RANGE, q);
  else if (status != NUMBER_OK) return badLine(cache, EXPECTED_NUMBER, q);

  const options = load<u32>(cache, C.OPTIONS);
  let t = load<i64>(cache, C.TIME);
  let own: u32 = 0;
  r = skipBlanks(r);
  if (load<u8>(r) != LF) {
    r = timestampEnd(r);
    if (r == 0) return badLine(cache, fault, faultAt);
    c = load<u8>(r);
    if (c != LF && !isBlank(c)) return badLine(cache, EXPECTED_LINE_END, r);
    r = skipBlanks(r);
    if (load<u8>(r) != LF) return badLine(cache, EXPECTED_LINE_END, r);
    C.noteTime(cache, timestamp);
    if (options & HONOR_TIMESTAMPS) {
      t = timestamp;
      own = 1;
    }
  }
  store<i64>(cache, t, C.PENDING_TIME);
  store<u64>(cache, bits, C.PENDING_BITS);

  const length = end - p;
  const hash = lineHash(p, length, lineKey(load<u32>(cache, C.TYPE)));
  const mark = find(cache, hash, length);
  if (mark >= FIND_LATER) return mark == FIND_LATER ? SPENT : NO_MEMORY;
  const feeds = countFeeds(p, end);
  if (mark == 0) {
    store<u64>(cache, hash, C.PENDING_HASH);
    store<u32>(cache, length | (feeds != 0 ? S.MULTILINE : 0), C.PENDING_WORD);
    store<u32>(cache, r + 1, C.PENDING_NEXT);
    store<u32>(cache, p, C.EVENT_AT);
    store<u32>(cache, length, C.EVENT_LENGTH);
    store<u32>(cache, own, C.EVENT_CODE);
    return missSeries(cache, p, end, t);
  }
  const accepted = accept(cache, mark, own);
  if (accepted >= ACCEPT_LATER) return accepted == ACCEPT_LATER ? SPENT : NO_MEMORY;
  const slot = load<u32>(S.markedEntry(cache, mark), S.ENTRY_VALUE);
  if (!takeValue(cache, accepted, slot, own)) return NO_MEMORY;
  return advance(cache, r + 1, 1 + feeds);
}

/** The pending line's series is new to the cache. */
function missSeries(cache: u32, p: u32, end: u32, t: i64): u32 {
  const taken = !isFull(cache) && t <= load<i64>(cache, C.MAX_TIME);
  if (load<u32>(cache, C.TARGET) != 0) {
    C.add(cache + <u32>C.WORK, 1);
    const slot = taken ? directSlot(cache, p, end) : isSoundSeries(p, end) ? SERIES_NOT_TAKEN : 0;
    if (slot != 0) return resolveSeries(cache, slot) ? TAKEN : NO_MEMORY;
  }
  C.add(cache + <u32>C.WORK, ASK_WORK);
  return taken ? MISS_SERIES : MISS_NOT_TAKEN;
}

// @ts-ignore: decorator
@inline
function isFull(cache: u32): bool {
  const limit = load<u32>(cache, C.SAMPLE_LIMIT);
  return limit != 0 && load<u32>(cache, C.TAKEN) >= limit;
}

/** Counts the pending sample of a line with these flags and puts it into the batch. False when there is no memory. */
function takeValue(cache: u32, flags: u32, slot: u32, own: u32): bool {
  C.add(cache + <u32>C.SCRAPED, 1);
  if (flags & S.DROPPED) return true;
  C.add(cache + <u32>C.KEPT, 1);
  if (flags & S.REPEAT && own == 0) {
    C.add(cache + <u32>C.DUPLICATES, 1);
    return true;
  }
  if (isFull(cache)) {
    store<u32>(cache, 1, C.OVER_LIMIT);
    return true;
  }
  C.add(cache + <u32>C.TAKEN, 1);
  const t = load<i64>(cache, C.PENDING_TIME);
  if (t > load<i64>(cache, C.MAX_TIME)) {
    C.add(cache + <u32>C.OUT_OF_BOUNDS, 1);
    return true;
  }
  return batchPush(load<u32>(cache, C.BATCH), slot, t, load<u64>(cache, C.PENDING_BITS));
}

/** No mark is one of these: the new sequence is not ready yet; there is no memory for it. */
const FIND_LATER: u32 = 0xfffffffe;
const FIND_NO_MEMORY: u32 = 0xffffffff;

/** The mark (line-sequence.ts) of the entry with this line: the expected one first, then by hash; 0 = unknown, and the cache is not steady any more. */
function find(cache: u32, hash: u64, length: u32): u32 {
  const position = load<u32>(cache, C.POSITION);
  if (position < load<u32>(cache, C.COUNT)) {
    const entry = S.entryAt(load<u32>(cache, C.ENTRIES), position);
    if (load<u64>(entry) == hash && (load<u32>(entry, S.ENTRY_WORD) & S.LENGTH_MASK) == length) return position + 1;
  }
  if (S.isSteady(cache)) {
    const made = S.makeSequence(cache);
    if (made != S.READY) return made == S.NOT_YET ? FIND_LATER : FIND_NO_MEMORY;
  }
  return S.lookUp(cache, hash, length);
}

/** No flags are one of these. */
const ACCEPT_LATER: u32 = 0xfffffffe;
const ACCEPT_NO_MEMORY: u32 = 0xffffffff;

/** The line of an entry has come (again): puts it into the sequence and returns its flags. `own`: it has a timestamp of its own. */
function accept(cache: u32, mark: u32, own: u32): u32 {
  const entry = S.markedEntry(cache, mark);
  const word = load<u32>(entry, S.ENTRY_WORD);
  const value = load<u32>(entry, S.ENTRY_VALUE);
  const hash = load<u64>(entry);
  const isSeries = (word & (S.COMMENT | S.DROPPED)) == 0;
  const untracked: u32 = isSeries && own != 0 && (load<u32>(cache, C.OPTIONS) & TRACK_TIMESTAMPS) == 0 ? S.UNTRACKED : 0;
  if (mark & S.IN_NEW) {
    const again = (word & ~S.UNTRACKED) | untracked | S.REPEAT;
    S.addEntry(cache, hash, again, value);
    return again & ~S.LENGTH_MASK;
  }
  const index = mark - 1;
  if (S.isSteady(cache)) {
    assert(index == load<u32>(cache, C.POSITION));
    if ((word & S.UNTRACKED) == untracked) {
      store<u32>(cache, index + 1, C.POSITION);
      return word & ~S.LENGTH_MASK;
    }
    const made = S.makeSequence(cache);
    if (made != S.READY) return made == S.NOT_YET ? ACCEPT_LATER : ACCEPT_NO_MEMORY;
  }
  const original = word & S.REPEAT ? S.lookUp(cache, hash, word & S.LENGTH_MASK) - 1 : index;
  const repeat: u32 = S.wasSeen(cache, original) ? S.REPEAT : 0;
  const now = (word & ~(S.UNTRACKED | S.REPEAT)) | untracked | repeat;
  const originalWord = load<u32>(S.entryAt(load<u32>(cache, C.ENTRIES), original), S.ENTRY_WORD);
  if (untracked != 0 && repeat == 0 && (originalWord & S.UNTRACKED) == 0) store<u32>(cache, 1, C.TRACKING_LOST);
  S.addEntry(cache, hash, now, value);
  store<u32>(cache, index + 1, C.POSITION);
  return now & ~S.LENGTH_MASK;
}

// ---- the door's answers: 1, or 0 when there is no memory ----

/** To MISS_SERIES and MISS_NOT_TAKEN: a slot, SERIES_DROPPED or SERIES_NOT_TAKEN. */
export function resolveSeries(cache: u32, slot: u32): u32 {
  const own = load<u32>(cache, C.EVENT_CODE);
  let word = load<u32>(cache, C.PENDING_WORD);
  if (slot == SERIES_DROPPED) word |= S.DROPPED;
  else if (own != 0 && (load<u32>(cache, C.OPTIONS) & TRACK_TIMESTAMPS) == 0) word |= S.UNTRACKED;
  if (slot != SERIES_NOT_TAKEN) {
    S.addMissed(cache, load<u64>(cache, C.PENDING_HASH), word, slot == SERIES_DROPPED ? 0 : slot);
    if (slot != SERIES_DROPPED) C.add(cache + <u32>C.ADDED, 1);
  }
  if (!takeValue(cache, word & ~S.LENGTH_MASK, slot, own)) return 0;
  pass(cache);
  return 1;
}

/** To MISS_COMMENT. */
export function resolveMetadata(cache: u32, id: u32): void {
  S.addMissed(cache, load<u64>(cache, C.PENDING_HASH), load<u32>(cache, C.PENDING_WORD), id);
  store<u32>(cache, 1, C.METADATA_CHANGED);
  pass(cache);
}

/** To NUMBER: the line is read again, with this. */
export function resolveNumber(cache: u32, value: f64): void {
  store<u32>(cache, load<u32>(cache, C.EVENT_AT), C.NUMBER_AT);
  store<u64>(cache, reinterpret<u64>(value), C.NUMBER_BITS);
}

/** Goes past the pending line. */
function pass(cache: u32): void {
  const at = load<u32>(cache, C.EVENT_AT);
  const feeds = load<u32>(cache, C.PENDING_WORD) & S.MULTILINE ? countFeeds(at, at + load<u32>(cache, C.EVENT_LENGTH)) : 0;
  advance(cache, load<u32>(cache, C.PENDING_NEXT), 1 + feeds);
}
