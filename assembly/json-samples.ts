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
