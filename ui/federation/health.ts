// How it stands with a pull, in a word: for both ends, since the source's pull is the consumer's request.
import type { FederationConsumer, FederationSource, PullHistory } from '../../src/answers/index.ts';
import type { Tone } from '../components/state-badge.tsx';
import { formatSeconds } from '../format/time.ts';

export interface Health {
  readonly tone: Tone;
  readonly word: string;
}

/** What the last pull that was answered brought; null where none was. */
export interface Flow {
  readonly series: number | null;
  readonly bytes: number | null;
  readonly durationSeconds: number | null;
  readonly lagSeconds: number | null;
}

/** A newest sample older than this is late, whatever the interval: sources that evaluate once a minute are in time. */
const LATE_AFTER_S = 60;
/** Pulls that may be missed before that is said. */
const MISSED_PULLS = 3;
/** A consumer that has asked only once has no interval. */
const SILENT_AFTER_MS = 120_000;

/** @param nowMs by the clock of the server that pulls */
export function sourceHealth({ health, lastPullMs, intervalSeconds, history }: FederationSource, nowMs: number): Health {
  if (health === 'down') return { tone: 'bad', word: 'failing' };
  if (health === 'unknown' || lastPullMs === 0) return { tone: 'quiet', word: 'not pulled yet' };
  const sinceMs = nowMs - lastPullMs;
  if (nowMs > 0 && sinceMs > 1000 * (MISSED_PULLS * intervalSeconds + LATE_AFTER_S)) {
    return { tone: 'odd', word: `no pull for ${formatSeconds(sinceMs / 1000)}` };
  }
  return isLate(flowOf(history), intervalSeconds) ? { tone: 'odd', word: 'late' } : { tone: 'good', word: 'up' };
}

/** @param nowMs by the clock of the server that is asked */
export function consumerHealth({ lastError, lastRequestMs, history }: FederationConsumer, nowMs: number): Health {
  const gapMs = usualGapMs(history);
  const sinceMs = nowMs - lastRequestMs;
  if (nowMs > 0 && sinceMs > Math.max(SILENT_AFTER_MS, (MISSED_PULLS + 1) * (gapMs ?? 0))) {
    return { tone: 'quiet', word: `silent for ${formatSeconds(sinceMs / 1000)}` };
  }
  if (lastError !== '') return { tone: 'bad', word: 'failing' };
  return isLate(flowOf(history), (gapMs ?? 0) / 1000) ? { tone: 'odd', word: 'late' } : { tone: 'good', word: 'answered' };
}

function isLate({ lagSeconds }: Flow, intervalSeconds: number): boolean {
  return lagSeconds !== null && lagSeconds > Math.max(LATE_AFTER_S, MISSED_PULLS * intervalSeconds);
}

export function flowOf({ ok, series, bytes, durationSeconds, lagSeconds }: PullHistory): Flow {
  const i = ok.lastIndexOf(true);
  const at = (column: readonly (number | null)[]): number | null => column[i] ?? null;
  return { series: at(series), bytes: at(bytes), durationSeconds: at(durationSeconds), lagSeconds: at(lagSeconds) };
}

/** The median time between requests; null with fewer than two. */
export function usualGapMs({ timesMs }: PullHistory): number | null {
  if (timesMs.length < 2) return null;
  const gaps = timesMs.slice(1).map((timeMs, i) => timeMs - timesMs[i]);
  gaps.sort((a, b) => a - b);
  return gaps[gaps.length >> 1];
}
