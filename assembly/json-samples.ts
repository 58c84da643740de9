// Samples as the API's JSON: `[1435781451.781,"1"],…`. Times in ms as f64, values as f64, and which of them are there as bytes (0: all are).
import { writeInteger, writeJsonNumber } from './number-format';

/** What a sample takes at most: two numbers and what stands between them. */
const SAMPLE_BYTES: u32 = 96;

/**
 * Writes samples from `from` on until `count` is reached or fewer than 96 bytes are left before `outEnd`. `state`: {u32 the next sample,
 * u32 whether one was written before it}. Returns where the text ends.
 */
export function renderJsonSamples(times: u32, values: u32, present: u32, count: u32, out: u32, outEnd: u32, state: u32): u32 {
  let at = load<u32>(state);
  let comma = load<u32>(state, 4);
  for (; at < count && out + SAMPLE_BYTES <= outEnd; at++) {
    if (present != 0 && load<u8>(present + at) == 0) continue;
    if (comma != 0) store<u8>(out++, 0x2c);
    comma = 1;
    store<u8>(out++, 0x5b);
    out = writeSeconds(out, <i64>load<f64>(times + (at << 3)));
    store<u16>(out, 0x222c);
    out = writeJsonNumber(out + 2, load<u64>(values + (at << 3)));
    store<u16>(out, 0x5d22);
    out += 2;
  }
  store<u32>(state, at);
  store<u32>(state, comma, 4);
  return out;
}

/** Of a time's text as it stands before a value, `,[1435781451.781,"`: 31 bytes of room, and in the last one how many it has. */
const TIME_BYTES: u32 = 32;

/** Texts of `count` times (f64 ms) for the rows of a matrix, which all have the same. */
export function renderTimes(times: u32, count: u32, out: u32): void {
  for (let i: u32 = 0; i < count; i++, out += TIME_BYTES) {
    store<u16>(out, 0x5b2c);
    const end = writeSeconds(out + 2, <i64>load<f64>(times + (i << 3)));
    store<u16>(end, 0x222c);
    store<u8>(out, <u8>(end + 2 - out), TIME_BYTES - 1);
  }
}

/** As renderJsonSamples, with the texts of the times. */
export function renderJsonRow(timeTexts: u32, values: u32, present: u32, count: u32, out: u32, outEnd: u32, state: u32): u32 {
  let at = load<u32>(state);
  let skip = load<u32>(state, 4) ^ 1;
  for (; at < count && out + SAMPLE_BYTES <= outEnd; at++) {
    if (load<u8>(present + at) == 0) continue;
    const text = timeTexts + at * TIME_BYTES;
    v128.store(out, v128.load(text + skip));
    v128.store(out + 16, v128.load(text + skip + 16));
    out = writeJsonNumber(out + load<u8>(text, TIME_BYTES - 1) - skip, load<u64>(values + (at << 3)));
    store<u16>(out, 0x5d22);
    out += 2;
    skip = 0;
  }
  store<u32>(state, at);
  store<u32>(state, skip ^ 1, 4);
  return out;
}

/** Milliseconds as seconds, without digits that say nothing. */
function writeSeconds(out: u32, ms: i64): u32 {
  if (ms < 0) {
    store<u8>(out++, 0x2d);
    ms = -ms;
  }
  const seconds = ms / 1000;
  const rest = <u32>(ms - seconds * 1000);
  out = writeInteger(out, seconds);
  if (rest == 0) return out;
  store<u8>(out, 0x2e);
  store<u8>(out, <u8>(0x30 + rest / 100), 1);
  store<u8>(out, <u8>(0x30 + (rest / 10) % 10), 2);
  store<u8>(out, <u8>(0x30 + rest % 10), 3);
  return out + 4;
}
