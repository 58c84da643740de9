// A duration as a person writes it: Prometheus's, with or without spaces between its parts.
import { parseDuration } from '../../src/model/index.ts';

/** ms, more than 0; undefined where there is none. */
export function readDuration(text: string): number | undefined {
  try {
    const ms = parseDuration(text.replace(/\s+/g, ''));
    return ms > 0 ? ms : undefined;
  } catch {
    return undefined;
  }
}
