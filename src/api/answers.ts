// What several answers show in the same way.
import type { Labels } from '../model/index.ts';

/** What Go prints for a time that was never set. */
export const NEVER = '0001-01-01T00:00:00Z';

export const objectOf = (labels: Labels): Record<string, string> => Object.fromEntries(labels);
