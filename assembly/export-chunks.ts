// A pinned series' chunks as they stand on disk: u16 sample count and bit stream, without what was appended since the pin.
import { decodeChunk, GATHER_BYTES, gatherChunk, isStored } from './chunk';
import * as L from './layout';

/** Of an entry, 8-byte aligned: i64 first and last timestamp, u32 bytes, u32 ordinal of the first sample, then the bytes. */
const ENTRY_MIN: u32 = 0;
const ENTRY_MAX: u32 = 8;
const ENTRY_BYTES: u32 = 16;
const ENTRY_ORDINAL: u32 = 20;
const ENTRY_DATA: u32 = 24;
/** No chunk is longer. */
const MOST_BYTES: u32 = GATHER_BYTES;

/**
 * The chunks of a pinned series that have samples with min <= t <= max, newest first. Returns how many, or 0xffffffff when `outBytes` do not hold
 * them. `scratch` has GATHER_BYTES + 512 * 16 bytes and tells afterwards of stored chunks, as that of pinnedSamples does. Inside the epoch of the pin.
 */
export function exportChunks(pin: u32, minT: f64, maxT: f64, out: u32, outBytes: u32, scratch: u32): u32 {
  const times = scratch + GATHER_BYTES;
  const values = times + 256 * 8;
  let end = load<u32>(pin, 16);
  let chunk = load<u32>(pin, 20);
  let n: u32 = 0;
  let p = out;
  while (chunk != 0 && !isStored(chunk)) {
    const start = load<u32>(chunk, L.CHUNK_ORDINAL);
    const older = atomic.load<u32>(chunk + L.CHUNK_OLDER);
    if (start < end) {
      const samples = min(end - start, 255);
      gatherChunk(chunk, scratch);
      const bits = decodeChunk(scratch, samples, times, values);
      const first = load<i64>(times);
      const last = load<i64>(times + (samples - 1) * 8);
      if (last < <i64>minT) {
        chunk = 0;
        break;
      }
      if (first <= <i64>maxT) {
        if (p + ENTRY_DATA + MOST_BYTES > out + outBytes) return 0xffffffff;
        p = writeEntry(p, scratch, bits, samples);
        store<i64>(p, first, ENTRY_MIN);
        store<i64>(p, last, ENTRY_MAX);
        store<u32>(p, start, ENTRY_ORDINAL);
        p = (p + ENTRY_DATA + load<u32>(p, ENTRY_BYTES) + 7) & ~7;
        n++;
      }
      end = start;
    }
    chunk = older;
  }
  store<u32>(scratch, chunk);
  store<u32>(scratch, end, 4);
  return n;
}

function writeEntry(p: u32, gathered: u32, bits: u32, samples: u32): u32 {
  const bytes = ((bits + 7) >> 3) - L.CHUNK_STREAM;
  const data = p + ENTRY_DATA;
  store<u8>(data, <u8>(samples >> 8));
  store<u8>(data, <u8>samples, 1);
  memory.copy(data + 2, gathered + L.CHUNK_STREAM, bytes);
  const unused = (8 - (bits & 7)) & 7;
  const last = data + 1 + bytes;
  store<u8>(last, <u8>((<u32>load<u8>(last) >> unused) << unused));
  store<u32>(p, bytes + 2, ENTRY_BYTES);
  return p;
}
