// How it stands with a pull, in a word: for both ends, since the source's pull is the consumer's request.
import type { FederationConsumer, FederationSource, PullHistory } from '../../src/answers/index.ts';
import type { Tone } from '../components/state-badge.tsx';
import { formatSeconds } from '../format/time.ts';

export interface Health {
  readonly tone: Tone;
  readonly word: string;
}

/** What comes with a pull; null where that is not known, or nothing comes. */
export interface Flow {
  readonly series: number | null;
  readonly bytes: number | null;
  readonly durationSeconds: number | null;
  /** How old the newest sample is: when it arrived, and now where nothing has come since. */
  readonly lagSeconds: number | null;
  /** The last pull brought what is told here: it was answered, and the next is not overdue. */
  readonly isCurrent: boolean;
  /** Null where none is known. */
  readonly lastGoodMs: number | null;
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
  if (isOverdue({ lastPullMs, intervalSeconds }, nowMs)) {
    return { tone: 'odd', word: `no pull for ${formatSeconds((nowMs - lastPullMs) / 1000)}` };
  }
  return isLate(flowOf(history), intervalSeconds) ? { tone: 'odd', word: 'late' } : { tone: 'good', word: 'up' };
}

function isOverdue({ lastPullMs, intervalSeconds }: Pick<FederationSource, 'lastPullMs' | 'intervalSeconds'>, nowMs: number): boolean {
  return nowMs > 0 && nowMs - lastPullMs > 1000 * (MISSED_PULLS * intervalSeconds + LATE_AFTER_S);
}

/** @param nowMs by the clock of the server that is asked */
export function consumerHealth({ lastError, lastRequestMs, history }: FederationConsumer, nowMs: number): Health {
  const gapMs = rhythmOf(history)?.gapMs ?? 0;
  const sinceMs = nowMs - lastRequestMs;
  if (nowMs > 0 && sinceMs > Math.max(SILENT_AFTER_MS, (MISSED_PULLS + 1) * gapMs)) {
    return { tone: 'quiet', word: `silent for ${formatSeconds(sinceMs / 1000)}` };
  }
  if (lastError !== '') return { tone: 'bad', word: 'failing' };
  return isLate(flowOf(history), gapMs / 1000) ? { tone: 'odd', word: 'late' } : { tone: 'good', word: 'answered' };
}

function isLate({ lagSeconds }: Pick<Flow, 'lagSeconds'>, intervalSeconds: number): boolean {
  return lagSeconds !== null && lagSeconds > Math.max(LATE_AFTER_S, MISSED_PULLS * intervalSeconds);
}

/** @param nowMs by the clock of the server that pulls */
export function sourceFlow(source: FederationSource, nowMs: number): Flow {
  const flow = flowOf(source.history);
  return source.health === 'down' || !flow.isCurrent || isOverdue(source, nowMs) ? stopped(flow, nowMs) : flow;
}

/** @param nowMs by the clock of the server that is asked */
export function consumerFlow({ history }: FederationConsumer, nowMs: number): Flow {
  const flow = flowOf(history);
  return flow.isCurrent ? flow : stopped(flow, nowMs);
}

/** Nothing comes any more, and what came grows older. */
function stopped({ lagSeconds, lastGoodMs }: Flow, nowMs: number): Flow {
  const isKnown = lagSeconds !== null && lastGoodMs !== null && nowMs > 0;
  const ageSeconds = isKnown ? lagSeconds + Math.max(0, nowMs - lastGoodMs) / 1000 : null;
  return { ...NOTHING, lagSeconds: ageSeconds, lastGoodMs };
}

const NOTHING: Flow = { series: null, bytes: null, durationSeconds: null, lagSeconds: null, isCurrent: false, lastGoodMs: null };

/** Of the last pull that was answered. */
export function flowOf({ timesMs, ok, series, bytes, durationSeconds, lagSeconds }: PullHistory): Flow {
  const i = ok.lastIndexOf(true);
  if (i === -1) return NOTHING;
  return {
    series: series[i],
    bytes: bytes[i],
    durationSeconds: durationSeconds[i],
    lagSeconds: lagSeconds[i],
    isCurrent: i === ok.length - 1,
    lastGoodMs: timesMs[i],
  };
}

/** How often somebody asks. */
export interface Rhythm {
  /** On average, without the breaks. */
  readonly gapMs: number;
  /** Many gaps are much shorter than others, as where several servers ask from behind one address. */
  readonly isUneven: boolean;
}

/** A gap this many times as long as nearly all others is a break: one of the two was down. */
const BREAK = 5;
/** Of the gaps: so many that are shorter than half of the average are more than somebody who asks by hand now and then. */
const UNEVEN_PART = 0.2;
/** Fewer gaps tell no rhythm. */
const FEW_GAPS = 5;

/** Null with fewer than two requests. */
export function rhythmOf({ timesMs }: PullHistory): Rhythm | null {
  if (timesMs.length < 2) return null;
  const all = timesMs.slice(1).map((timeMs, i) => timeMs - timesMs[i]);
  all.sort((a, b) => a - b);
  const most = BREAK * all[Math.floor(0.9 * (all.length - 1))];
  const gaps = all.filter((gap) => gap <= most);
  const gapMs = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  const short = gaps.filter((gap) => gap < gapMs / 2).length;
  return { gapMs, isUneven: gaps.length >= FEW_GAPS && short >= UNEVEN_PART * gaps.length };
}
