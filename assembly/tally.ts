// What the labels of visible series take of the text that render.ts makes of them: counted without rendering, so that it can be told label by
// label. Calls are inside an epoch each; a series that was removed since is passed over, as it is when it is rendered.
import * as L from './layout';
import { metricNamePair } from './select';
import { coldRecord, refToSlot } from './slots';
import { VISIBLE_BYTES, VISIBLE_REF, VISIBLE_SLOT } from './visible';

/** Of a label name, 16 bytes by its id: in how many series it is, with how many values, and what it takes of the text. */
const NAME_BYTES: u32 = 16;
const NAME_SERIES: usize = 0;
const NAME_VALUES: usize = 4;
const NAME_TEXT: usize = 8;
/** What is told of a family: its metric name's pair (0: none yet), and how many series it has. */
const FAMILY_PAIR: usize = 0;
const FAMILY_SERIES: usize = 4;

/** A text's length with each character that is not classic replaced by an underscore. */
function characters(p: u32, length: u32): u32 {
  let count: u32 = 0;
  for (let i: u32 = 0; i < length; i++) if ((load<u8>(p + i) & 0xc0) != 0x80) count++;
  return count;
}

/** Of `name="value"`, names that are not classic escaped, with the sign behind it. */
function labelBytes(pair: u32): u32 {
  const word = load<u32>(pair, L.PAIR_TEXT_LENGTH);
  const length = (word & 0xffffff) + 1;
  if (((word >> 24) & L.PAIR_UTF8_NAME) == 0) return length;
  const name = load<u32>(L.NAME_BASE) + load<u32>(pair, L.PAIR_NAME) * L.NAME_BYTES;
  // The text is "name"="value", with escapes inside the name: all up to the quote that ends it gives way to the escaped name.
  let p = load<u32>(pair) + 1;
  while (load<u8>(p) != 34) p += load<u8>(p) == 92 ? 2 : 1;
  return length - (p + 1 - load<u32>(pair)) + characters(load<u32>(name, L.NAME_TEXT), load<u32>(name, L.NAME_LENGTH));
}

/**
 * Counts the labels of visible[from, to) (as copyVisible's) to `names`, until a series of another metric name than `family`'s comes; its pairs are marked in
 * `seen` (pairTop() bytes). Of the metric name the text is the name alone. Returns where it stopped: `to`, or the first series of the next family.
 */
export function tallyFamily(visible: u32, from: u32, to: u32, names: u32, seen: u32, family: u32): u32 {
  const pairBase = load<u32>(L.PAIR_BASE);
  let familyPair = load<u32>(family, FAMILY_PAIR);
  let count = load<u32>(family, FAMILY_SERIES);
  let i = from;
  for (; i < to; i++) {
    const sample = visible + i * VISIBLE_BYTES;
    const slot = load<u32>(sample, VISIBLE_SLOT);
    if (refToSlot(load<u32>(sample, VISIBLE_REF)) != slot) continue;
    const name = metricNamePair(slot);
    if (name == 0) continue;
    if (familyPair == 0) familyPair = name;
    else if (name != familyPair) break;
    count++;
    const cold = coldRecord(slot);
    const pairs = load<u32>(cold, L.COLD_PAIRS);
    const pairCount = <u32>load<u16>(cold, L.COLD_PAIR_COUNT);
    for (let j: u32 = 0; j < pairCount; j++) {
      const id = load<u32>(pairs + j * 4);
      const pair = pairBase + id * L.PAIR_BYTES;
      const entry = names + load<u32>(pair, L.PAIR_NAME) * NAME_BYTES;
      store<u32>(entry, load<u32>(entry, NAME_SERIES) + 1, NAME_SERIES);
      if (load<u8>(seen + id) == 0) {
        store<u8>(seen + id, 1);
        store<u32>(entry, load<u32>(entry, NAME_VALUES) + 1, NAME_VALUES);
      }
      const bytes = id == name ? nameBytes(pair) : labelBytes(pair);
      store<u64>(entry, load<u64>(entry, NAME_TEXT) + bytes, NAME_TEXT);
    }
  }
  store<u32>(family, familyPair, FAMILY_PAIR);
  store<u32>(family, count, FAMILY_SERIES);
  return i;
}

/** Of a metric name as a line begins with it. */
function nameBytes(pair: u32): u32 {
  const length = load<u32>(pair, L.PAIR_VALUE_LENGTH);
  if (((load<u32>(pair, L.PAIR_TEXT_LENGTH) >> 24) & L.PAIR_UTF8_METRIC) == 0) return length;
  return characters(load<u32>(pair, L.PAIR_VALUE), length);
}
