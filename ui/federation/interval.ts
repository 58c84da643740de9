// How often a consumer pulls, for what its pulls come to in a day: any duration of a configuration, as a text in the address.
import { DurationError, formatDuration, parseDuration } from '../../src/model/index.ts';

/** Asks what selectors cost, pulled so often; 0: that is not known. */
export type Preview = (selectors: readonly string[], everySeconds: number) => void;

/** That of a configuration which says nothing better. */
export const DEFAULT_INTERVAL = '15s';

/** In ms; null for what is none. */
export function intervalMs(text: string): number | null {
  try {
    return parseDuration(text.trim()) || null;
  } catch (error) {
    if (error instanceof DurationError) return null;
    throw error;
  }
}

/** What was measured is some ms beside what is meant. */
export function intervalOf(seconds: number): string {
  const ms = Math.max(1, Math.round(seconds * 1000));
  return formatDuration(ms < 10_000 ? Number(ms.toPrecision(2)) : Math.round(ms / 1000) * 1000);
}
