// Lines that were expected and lines that there are, side by side: what only was expected begins with -, what only there is with +.

/** Beyond so many pairs of lines it is not looked for what they have in common. */
const MOST_PAIRS = 4_000_000;

export function lineDiff(expected: readonly string[], got: readonly string[]): string[] {
  let [from, to] = [0, 0];
  while (from < Math.min(expected.length, got.length) && expected[from] === got[from]) from++;
  while (to < Math.min(expected.length, got.length) - from && expected.at(-1 - to) === got.at(-1 - to)) to++;
  const middle = changes(expected.slice(from, expected.length - to), got.slice(from, got.length - to));
  const same = (lines: readonly string[]) => lines.map((line) => `  ${line}`);
  return [...same(expected.slice(0, from)), ...middle, ...same(expected.slice(expected.length - to))];
}

function changes(expected: readonly string[], got: readonly string[]): string[] {
  const width = got.length + 1;
  if (expected.length * got.length > MOST_PAIRS) return [...expected.map((line) => `- ${line}`), ...got.map((line) => `+ ${line}`)];
  // The longest run of lines, with gaps, that both have from there on.
  const longest = new Uint32Array((expected.length + 1) * width);
  for (let i = expected.length - 1; i >= 0; i--) {
    for (let j = got.length - 1; j >= 0; j--) {
      longest[i * width + j] =
        expected[i] === got[j] ? longest[(i + 1) * width + j + 1] + 1 : Math.max(longest[(i + 1) * width + j], longest[i * width + j + 1]);
    }
  }
  const lines: string[] = [];
  let [i, j] = [0, 0];
  while (i < expected.length || j < got.length) {
    if (i < expected.length && j < got.length && expected[i] === got[j]) {
      lines.push(`  ${expected[i++]}`);
      j++;
    } else if (j === got.length || (i < expected.length && longest[(i + 1) * width + j] >= longest[i * width + j + 1]))
      lines.push(`- ${expected[i++]}`);
    else lines.push(`+ ${got[j++]}`);
  }
  return lines;
}
