// Texts of thousands of characters, a label's value say, where they stand in a list.

const MOST = 200;
/** Of a text that is too long: enough to tell it from others. */
const KEPT = 120;

/** The beginning of a text that is too long to be shown whole; null of any other. */
export function beginningOf(text: string): string | null {
  if (text.length <= MOST) return null;
  // Not in the middle of a character that takes two units.
  return text.slice(0, KEPT).replace(/[\uD800-\uDBFF]$/, '');
}
