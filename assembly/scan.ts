// The scan: one scrape's body, window by window, into a batch of samples. Line i is expected to be the cache's next entry:
// its length gives where the series ends, its hash says whether it is the same, and then only the number is parsed.
// Everything else goes the long way (scan-line.ts), one line at a time, and may end the call with an event for the door.
import { batchPush } from './batch';
import { forgetTargetPairs } from './direct-series';
import { skipBlanks, timestamp, timestampEnd } from './exposition-line';
import { WINDOW, WINDOW_BYTES } from './layout';
import { lineHash, lineKey } from './line-hash';
import {
  COMMENT,
  ENTRY_BYTES,
  ENTRY_VALUE,
  ENTRY_WORD,
  entryAt,
  isFullSequence,
  isSteady,
  LENGTH_MASK,
  makeSequence,
  MULTILINE,
  READY,
  SETS_TYPE,
  TYPE_SHIFT,
  UNTRACKED,
} from './line-sequence';
import * as sequence from './line-sequence';
import { numberEnd, parseFast } from './number-parse';
import { keepRest, placeCarry, spend } from './scan-carry';
import { HONOR_TIMESTAMPS, NO_MEMORY, SPENT, TAKEN, WINDOW_DONE } from './scan-event';
import { takeLine } from './scan-line';
import * as C from './target-cache';

const LF: u32 = 10;
const SPACE: u32 = 32;

/** Begins a scrape; one that was running is dropped. Times in ms; `sampleLimit` 0 = none. */
export function scanBegin(cache: u32, batch: u32, time: f64, maxTime: f64, options: u32, sampleLimit: u32): void {
  C.abandon(cache);
  store<u32>(cache, 1, C.RUNNING);
  store<u32>(cache, batch, C.BATCH);
  store<u32>(cache, options, C.OPTIONS);
  store<i64>(cache, <i64>time, C.TIME);
  store<i64>(cache, <i64>maxTime, C.MAX_TIME);
  store<u32>(cache, sampleLimit, C.SAMPLE_LIMIT);
  memory.fill(cache + <u32>C.TYPE, 0, <u32>C.CURSOR - <u32>C.TYPE);
  store<u32>(cache, 1, C.LINE);
  store<u32>(cache, 0, C.METADATA_CHANGED);
  store<u32>(cache, 0, C.TRACKING_LOST);
  store<i64>(cache, C.NO_TIME, C.NEWEST);
}

/**
 * Scans `length` bytes that stand `offset` bytes into the window; `last` = the body ends with them; `workLimit`: after so much of the
 * work that takes long (in units of about 2 µs) the call ends with SPENT. Returns an event; after all but WINDOW_DONE, SPENT, BAD_LINE
 * and NO_MEMORY comes scan().
 */
export function scanFeed(cache: u32, offset: u32, length: u32, last: u32, workLimit: u32): u32 {
  assert(offset + length <= WINDOW_BYTES && load<u32>(cache, C.RUNNING) == 1);
  store<u32>(cache, load<u32>(cache, C.BYTES_SEEN) | length, C.BYTES_SEEN);
  store<u32>(cache, 0, C.NUMBER_AT);
  store<u32>(cache, 0, C.WORK);
  store<u32>(cache, workLimit, C.WORK_LIMIT);
  forgetTargetPairs(cache);
  const begin = WINDOW + offset;
  let end = begin + length;
  store<u32>(cache, end, C.DATA_END);
  const waits = placeCarry(cache, begin, length);
  if (waits && last == 0) return keepRest(cache, load<u32>(cache, C.CARRY_SCANNED));
  if (last) store<u8>(end++, LF); // so that the last line has one
  const start = load<u32>(cache, C.CURSOR);
  let limit = end;
  while (limit > start && load<u8>(limit - 1) != LF) limit--;
  store<u32>(cache, limit, C.LIMIT);
  store<u32>(cache, end, C.DATA_END);
  store<u32>(cache, last, C.LAST_WINDOW);
  return scan(cache);
}

/** Goes on in the window: after scanFeed, and after each answer of the door. */
export function scan(cache: u32): u32 {
  const limit = load<u32>(cache, C.LIMIT);
  let event = TAKEN;
  while (event == TAKEN) {
    const steady = isSteady(cache);
    if (steady) scanPredicted(cache, limit);
    const p = load<u32>(cache, C.CURSOR);
    if (p >= limit) return isCutShort(cache) ? endSequence(cache) : keepRest(cache, load<u32>(cache, C.DATA_END) - p);
    if (C.isSpent(cache)) return spend(cache);
    if (!steady && isFullSequence(cache)) {
      const made = makeSequence(cache);
      if (made != READY) return made == sequence.NO_MEMORY ? NO_MEMORY : spend(cache);
    }
    event = takeLine(cache, p, limit);
    if (event == SPENT) return spend(cache);
  }
  return event;
}

/** Whether the body has ended before the old sequence did: cacheFinish needs a new one. */
// @ts-ignore: decorator
@inline
function isCutShort(cache: u32): bool {
  return (
    load<u32>(cache, C.LAST_WINDOW) != 0 &&
    isSteady(cache) &&
    load<u32>(cache, C.POSITION) < load<u32>(cache, C.COUNT) &&
    load<u32>(cache, C.BYTES_SEEN) != 0
  );
}

function endSequence(cache: u32): u32 {
  const made = makeSequence(cache);
  return made == READY ? WINDOW_DONE : made == sequence.NO_MEMORY ? NO_MEMORY : spend(cache);
}

/** The steady state: entry after entry as long as the lines are the expected ones, without a write to the cache's entries. */
function scanPredicted(cache: u32, limit: u32): void {
  const batch = load<u32>(cache, C.BATCH);
  const options = load<u32>(cache, C.OPTIONS);
  const time = load<i64>(cache, C.TIME);
  const maxTime = load<i64>(cache, C.MAX_TIME);
  const sampleLimit = load<u32>(cache, C.SAMPLE_LIMIT);
  const taken = load<u32>(cache, C.TAKEN);
  const room = sampleLimit == 0 ? u32.MAX_VALUE : sampleLimit > taken ? sampleLimit - taken : 0;
  // flags of an ordinary entry whose line has a timestamp of its own
  const ownFlags = options == HONOR_TIMESTAMPS ? UNTRACKED : 0;
  const commentKey = lineKey(0);
  let key = lineKey(load<u32>(cache, C.TYPE));
  const first = entryAt(load<u32>(cache, C.ENTRIES), load<u32>(cache, C.POSITION));
  const end = entryAt(load<u32>(cache, C.ENTRIES), load<u32>(cache, C.COUNT));
  let entry = first;
  let p = load<u32>(cache, C.CURSOR);
  let samples: u32 = 0;
  let newest = C.NO_TIME;
  while (entry < end) {
    const word = load<u32>(entry, ENTRY_WORD);
    const length = word & LENGTH_MASK;
    const q = p + length;
    if (q >= limit) break;
    const c: u32 = load<u8>(q);
    if (word & COMMENT) {
      if (c != LF || (word & MULTILINE) != 0 || lineHash(p, length, commentKey) != load<u64>(entry)) break;
      if (word & SETS_TYPE) {
        store<u32>(cache, word >> TYPE_SHIFT, C.TYPE);
        key = lineKey(word >> TYPE_SHIFT);
      }
      C.add(cache + <u32>C.LINE, 1);
      p = q + 1;
      entry += ENTRY_BYTES;
      continue;
    }
    if (c != SPACE || samples >= room || lineHash(p, length, key) != load<u64>(entry)) break;
    const bits = parseFast(q + 1);
    let r = numberEnd;
    if (r == 0) break;
    let t = time;
    let flags: u32 = 0;
    if (load<u8>(r) != LF) {
      r = skipBlanks(r);
      if (load<u8>(r) != LF) {
        r = timestampEnd(r);
        if (r == 0 || load<u8>(r) != LF) break;
        if (timestamp > newest && timestamp <= maxTime) newest = timestamp;
        if (options & HONOR_TIMESTAMPS) {
          t = timestamp;
          flags = ownFlags;
          if (t > maxTime) break;
        }
      }
    }
    if ((word & ~LENGTH_MASK) != flags) break;
    if (!batchPush(batch, load<u32>(entry, ENTRY_VALUE), t, bits)) break; // tried again in takeLine, and said there
    samples++;
    p = r + 1;
    entry += ENTRY_BYTES;
  }
  C.noteTime(cache, newest);
  store<u32>(cache, p, C.CURSOR);
  C.add(cache + <u32>C.POSITION, (entry - first) / ENTRY_BYTES);
  C.add(cache + <u32>C.LINE, samples);
  C.add(cache + <u32>C.SCRAPED, samples);
  C.add(cache + <u32>C.KEPT, samples);
  C.add(cache + <u32>C.TAKEN, samples);
}
