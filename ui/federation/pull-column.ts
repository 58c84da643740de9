// One column of the last pulls as a small chart draws it: 100 wide, 100 high, time from the first pull to the last.
import type { PullHistory } from '../../src/answers/index.ts';

export interface Curve {
  /** Of an SVG path; '' without values. */
  readonly line: string;
  /** Values between gaps: lines of no length, which round ends make visible. */
  readonly dots: string;
  readonly area: string;
  /** What the upper edge stands for; 0 at the lower one, or the least value where that is negative. */
  readonly top: number;
  readonly bottom: number;
}

export const EXTENT = 100;
/** So that a highest point is not cut. */
const HEAD_ROOM = 1.04;

/** Of each pull. One pull alone stands at the right. */
export function pullPositions({ timesMs }: Pick<PullHistory, 'timesMs'>): number[] {
  const first = timesMs[0];
  const length = timesMs[timesMs.length - 1] - first;
  return timesMs.map((timeMs) => (length > 0 ? (EXTENT * (timeMs - first)) / length : EXTENT));
}

export function curveOf(values: readonly (number | null)[], positions: readonly number[]): Curve {
  const known = values.filter((value) => value !== null);
  const top = roundedUp(Math.max(0, ...known) * HEAD_ROOM) || 1;
  const bottom = Math.min(0, ...known);
  const y = (value: number): number => round(EXTENT - (EXTENT * (value - bottom)) / (top - bottom));
  let line = '';
  let dots = '';
  let area = '';
  for (const run of runsOf(values)) {
    const points = run.map((i) => `${round(positions[i])} ${y(values[i]!)}`);
    if (points.length === 1) {
      dots += `M${points[0]}L${points[0]}`;
      continue;
    }
    line += `M${points.join('L')}`;
    area += `M${round(positions[run[0]])} ${EXTENT}L${points.join('L')}L${round(positions[run[run.length - 1]])} ${EXTENT}Z`;
  }
  return { line, dots, area, top, bottom };
}

/** Indices of values that are known, without gaps. */
function runsOf(values: readonly (number | null)[]): number[][] {
  const runs: number[][] = [];
  values.forEach((value, i) => {
    if (value === null) return;
    const last = runs[runs.length - 1];
    if (last !== undefined && last[last.length - 1] === i - 1) last.push(i);
    else runs.push([i]);
  });
  return runs;
}

/** The pull that stands nearest to a position. */
export function nearest(positions: readonly number[], position: number): number {
  return positions.reduce((best, at, i) => (Math.abs(at - position) < Math.abs(positions[best] - position) ? i : best), 0);
}

/** To two digits, so that the axis has a short number. */
function roundedUp(value: number): number {
  const unit = 10 ** (Math.floor(Math.log10(value)) - 1);
  return value === 0 ? 0 : Number((Math.ceil(value / unit) * unit).toPrecision(2));
}

const round = (n: number): number => Math.round(n * 100) / 100;
