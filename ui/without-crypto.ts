// In place of node:crypto in a browser: only relabelling uses it, which no page does.

export function createHash(): never {
  throw new Error('BUG: a browser has no node:crypto');
}
