// Visible samples as text: exposition format 0.0.4 as /federate answers it. A rendering fills
// one piece of memory after the other and can be resumed at any series. The one tight loop of /federate.
//
// The samples were copied before (visible.ts). Each series is looked up again before its texts are read, and left out if
// it was removed since. Every call is inside an epoch.
import * as L from './layout';
import { MAX_NUMBER, writeExposition, writeInteger } from './number-format';
import { pairRecord } from './pairs';
import { metricNamePair } from './select';
import { coldRecord, refToSlot } from './slots';
import { VISIBLE_BYTES, VISIBLE_REF, VISIBLE_SLOT, VISIBLE_T, VISIBLE_V } from './visible';

/** A rendering, 160 bytes: what the caller fills in (the rest zero), and where it stands. */
const VISIBLE: usize = 0;
const COUNT: usize = 4;
const POSITION: usize = 8;
/** Text goes from OUT to at most OUT_END, behind which are 64 bytes of slack. */
const OUT: usize = 12;
const OUT_END: usize = 16;
const FLAGS: usize = 20;
/** The family whose header is written, and the one the caller was asked to write a header for. */
const FAMILY: usize = 28;
const ANNOUNCED: usize = 32;
/** Labels to add: a byte by label name id (0, or 1 + its index), so many ids; texts {address, length} and how many, at most 64. */
const ADDED_BY_NAME: usize = 36;
const ADDED_NAMES: usize = 40;
const ADDED_TEXTS: usize = 44;
const ADDED_COUNT: usize = 48;
/** The end of a label list as it was last: memory for it (the texts' lengths + 64), its length, and the added labels it leaves out. */
const SUFFIX: usize = 52;
const SUFFIX_LENGTH: usize = 56;
const SUFFIX_WITHOUT: usize = 64;
/** The last timestamp and its text. */
const LAST_T: usize = 72;
const LAST_T_LENGTH: usize = 80;
const LAST_T_TEXT: usize = 96;
/** How many series were gone. */
const GONE: usize = 128;
/** i64: the newest timestamp of the series rendered; 0 while there is none. */
const NEWEST: usize = 136;
/** u64: which of the added labels some series had itself. */
const OWN_LABELS: usize = 144;

/** FLAGS: names that are not classic are quoted, not escaped; the caller writes the families' headers. */
const FLAG_UTF8: u32 = 1;
const FLAG_HEADERS: u32 = 2;

const DONE: u32 = 0;
const FULL: u32 = 1;
const HEADER_WANTED: u32 = 2;

/** Whether the series was removed since. A removal takes the ref back first, so while it resolves in this epoch all texts stay. */
// @ts-ignore: decorator
@inline
function isGone(sample: u32, slot: u32): bool {
  return refToSlot(load<u32>(sample, VISIBLE_REF)) != slot;
}

/** Copies in steps of 16 bytes: reads and writes up to 15 bytes more than `length`. */
// @ts-ignore: decorator
@inline
function copyText(out: u32, from: u32, length: u32): void {
  let i: u32 = 0;
  do {
    v128.store(out + i, v128.load(from + i));
    i += 16;
  } while (i < length);
}

/** A name with each character that is not classic replaced by an underscore, as Prometheus's UnderscoreEscaping. */
function writeUnderscored(out: u32, p: u32, length: u32): u32 {
  for (let i: u32 = 0; i < length; i++) {
    const c = <u32>load<u8>(p + i);
    if ((c & 0xc0) == 0x80) continue; // the rest of a character already replaced
    const letter = (c | 32) - 97 < 26 || c == 95 || c == 58;
    store<u8>(out++, letter || (c - 48 < 10 && i > 0) ? <u8>c : 95);
  }
  return out;
}

/** The metric name by itself: as in a header, or before or inside the braces. */
function writeMetricName(out: u32, pair: u32, utf8: bool): u32 {
  const value = load<u32>(pair, L.PAIR_VALUE);
  const length = load<u32>(pair, L.PAIR_VALUE_LENGTH);
  const word = load<u32>(pair, L.PAIR_TEXT_LENGTH);
  if (((word >> 24) & L.PAIR_UTF8_METRIC) == 0) {
    copyText(out, value, length);
    return out + length;
  }
  if (!utf8) return writeUnderscored(out, value, length);
  // The pair's text is __name__="escaped value": from the quote on.
  const quoted = (word & 0xffffff) - 9;
  copyText(out, load<u32>(pair) + 9, quoted);
  return out + quoted;
}

/** A pair whose label name is not classic, name escaped. */
function writeUnderscoredPair(out: u32, pair: u32): u32 {
  const name = load<u32>(L.NAME_BASE) + load<u32>(pair, L.PAIR_NAME) * L.NAME_BYTES;
  const length = load<u32>(pair, L.PAIR_TEXT_LENGTH) & 0xffffff;
  let o = writeUnderscored(out, load<u32>(name, L.NAME_TEXT), load<u32>(name, L.NAME_LENGTH));
  // The text is "name"="value", with escapes inside the name: the value begins behind the first quote that is not escaped.
  let p = load<u32>(pair) + 1;
  while (load<u8>(p) != 34) p += load<u8>(p) == 92 ? 2 : 1;
  const rest = load<u32>(pair) + length - (p + 1);
  copyText(o, p + 1, rest);
  return o + rest;
}

/** Builds the suffix: the added labels but those of `without`, then `} `. */
function buildSuffix(r: u32, without: u64): void {
  const suffix = load<u32>(r, SUFFIX);
  const texts = load<u32>(r, ADDED_TEXTS);
  const count = load<u32>(r, ADDED_COUNT);
  let o = suffix;
  for (let i: u32 = 0; i < count; i++) {
    if (((without >> i) & 1) != 0) continue;
    const length = load<u32>(texts + i * 8, 4);
    memory.copy(o, load<u32>(texts + i * 8), length);
    store<u8>(o + length, 44);
    o += length + 1;
  }
  if (o != suffix) o--;
  store<u16>(o, 0x207d); // "} "
  store<u32>(r, o + 2 - suffix, SUFFIX_LENGTH);
  store<u64>(r, without, SUFFIX_WITHOUT);
  store<u64>(r, load<u64>(r, OWN_LABELS) | without, OWN_LABELS);
}

/** Renders until all is rendered (DONE), the piece is full (FULL) or a family begins whose header the caller writes (HEADER_WANTED). */
export function renderExposition(r: u32): u32 {
  const visible = load<u32>(r, VISIBLE);
  const count = load<u32>(r, COUNT);
  const flags = load<u32>(r, FLAGS);
  const utf8 = (flags & FLAG_UTF8) != 0;
  const addedByName = load<u32>(r, ADDED_BY_NAME);
  const addedNames = load<u32>(r, ADDED_NAMES);
  const nameId = load<u32>(L.METRIC_NAME_ID);
  const pairBase = load<u32>(L.PAIR_BASE);
  const coldBase = load<u32>(L.COLD_BASE);
  const out = load<u32>(r, OUT);
  const suffix = load<u32>(r, SUFFIX);
  if (load<u32>(r, SUFFIX_LENGTH) == 0) buildSuffix(r, 0);
  if (load<u32>(r, LAST_T_LENGTH) == 0) rememberTime(r, 0);
  let suffixLength = load<u32>(r, SUFFIX_LENGTH);
  let suffixWithout = load<u64>(r, SUFFIX_WITHOUT);
  let lastT = load<i64>(r, LAST_T);
  let family = load<u32>(r, FAMILY);
  let o = out;
  let i = load<u32>(r, POSITION);
  let result = DONE;
  // What the end of a line and a header's fixed parts may need.
  const tail: u32 = 2 * MAX_NUMBER + 64;
  const outEnd = load<u32>(r, OUT_END);
  if (outEnd < out + tail + suffixLength) return FULL;
  let limit = outEnd - tail - suffixLength;

  for (; i < count; i++) {
    const sample = visible + i * VISIBLE_BYTES;
    const slot = load<u32>(sample, VISIBLE_SLOT);
    if (isGone(sample, slot)) {
      store<u32>(r, load<u32>(r, GONE) + 1, GONE);
      continue;
    }
    const cold = coldBase + slot * L.COLD_BYTES;
    const pairs = load<u32>(cold, L.COLD_PAIRS);
    const pairCount = <u32>load<u16>(cold, L.COLD_PAIR_COUNT);
    // __name__ comes first unless a label name begins with a capital letter.
    let id = load<u32>(pairs);
    let namePair = pairBase + id * L.PAIR_BYTES;
    if (load<u32>(namePair, L.PAIR_NAME) != nameId) {
      id = metricNamePair(slot);
      if (id == 0) continue;
      namePair = pairBase + id * L.PAIR_BYTES;
    }
    const lineStart = o;
    const nameBytes = load<u32>(namePair, L.PAIR_TEXT_LENGTH) & 0xffffff;
    const nameFlags = load<u32>(namePair, L.PAIR_TEXT_LENGTH) >> 24;
    if (o + nameBytes * 2 > limit) {
      result = FULL;
      break;
    }
    if (id != family) {
      if ((flags & FLAG_HEADERS) != 0) {
        if (load<u32>(r, ANNOUNCED) != id) {
          store<u32>(r, id, ANNOUNCED);
          result = HEADER_WANTED;
          break;
        }
      } else {
        store<u64>(o, 0x20455059542023); // "# TYPE "
        o = writeMetricName(o + 7, namePair, utf8);
        store<u64>(o, 0x64657079746e7520); // " untyped"
        store<u8>(o + 8, 10);
        o += 9;
      }
    }
    if ((nameFlags & L.PAIR_UTF8_METRIC) != 0 && utf8) {
      store<u8>(o, 123);
      o = writeMetricName(o + 1, namePair, true);
      store<u8>(o, 44);
    } else {
      o = writeMetricName(o, namePair, utf8);
      store<u8>(o, 123);
    }
    o++;
    let without: u64 = 0;
    let full = false;
    for (let j: u32 = 0; j < pairCount; j++) {
      const pair = pairBase + load<u32>(pairs + j * 4) * L.PAIR_BYTES;
      if (pair == namePair) continue;
      const word = load<u32>(pair, L.PAIR_TEXT_LENGTH);
      const length = word & 0xffffff;
      if (o + length > limit) {
        full = true;
        break;
      }
      if (((word >> 24) & L.PAIR_UTF8_NAME) != 0 && !utf8) o = writeUnderscoredPair(o, pair);
      else {
        copyText(o, load<u32>(pair), length);
        o += length;
      }
      store<u8>(o, 44);
      o++;
      const name = load<u32>(pair, L.PAIR_NAME);
      if (name < addedNames) {
        const added = <u64>load<u8>(addedByName + name);
        if (added != 0) without |= <u64>1 << (added - 1);
      }
    }
    if (full) {
      o = lineStart;
      result = FULL;
      break;
    }
    if (without != suffixWithout) {
      buildSuffix(r, without);
      suffixWithout = without;
      suffixLength = load<u32>(r, SUFFIX_LENGTH);
      limit = outEnd - tail - suffixLength;
      if (o > limit) {
        o = lineStart;
        result = FULL;
        break;
      }
    }
    if (suffixLength == 2) o--; // nothing to add: the brace takes the last comma's place
    copyText(o, suffix, suffixLength);
    o = writeExposition(o + suffixLength, load<u64>(sample, VISIBLE_V));
    const t = load<i64>(sample, VISIBLE_T);
    if (t != lastT) {
      rememberTime(r, t);
      lastT = t;
    }
    v128.store(o, v128.load(r + <u32>LAST_T_TEXT));
    v128.store(o + 16, v128.load(r + <u32>LAST_T_TEXT + 16));
    o += load<u32>(r, LAST_T_LENGTH);
    family = id;
  }
  store<u32>(r, family, FAMILY);
  store<u32>(r, i, POSITION);
  store<u32>(r, o, OUT);
  return result;
}

/** Keeps ` timestamp\n`, at most 22 bytes: the series of one scrape share it. */
function rememberTime(r: u32, t: i64): void {
  store<i64>(r, t, LAST_T);
  if (t > load<i64>(r, NEWEST)) store<i64>(r, t, NEWEST);
  const text = r + <u32>LAST_T_TEXT;
  store<u8>(text, 32);
  const end = writeInteger(text + 1, t);
  store<u8>(end, 10);
  store<u32>(r, end + 1 - text, LAST_T_LENGTH);
}
