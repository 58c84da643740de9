// From what is chosen to the steps of a range query.
import type { Resolution } from '../panels/panel-address.ts';

/** Steps in the range, about, at each density. */
const STEPS: Readonly<Record<string, number>> = { low: 100, medium: 250, high: 750 };
/** The server refuses more than 11,000. */
const MOST_STEPS = 11_000;

/** Steps that are offered whatever the range is. */
const FIXED_STEPS_MS = [10_000, 30_000, 60_000, 300_000, 900_000, 3_600_000];

/** What is offered to choose from, beside the densities and a step of one's own: a link may have brought another one. */
export function offeredSteps(resolution: Resolution): readonly number[] {
  if (resolution.type !== 'fixed' || FIXED_STEPS_MS.includes(resolution.stepMs)) return FIXED_STEPS_MS;
  return [...FIXED_STEPS_MS, resolution.stepMs].sort((a, b) => a - b);
}

export function stepOf(resolution: Resolution, rangeMs: number): number {
  if (resolution.type !== 'auto') return resolution.stepMs;
  const stepMs = rangeMs / STEPS[resolution.density];
  // Whole seconds, but for ranges that have few of them.
  return stepMs >= 1000 ? Math.floor(stepMs / 1000) * 1000 : Math.max(Math.ceil(stepMs / 100) * 100, 100);
}

/** Why the server would refuse the steps; null where it would not. */
export function stepProblem(stepMs: number, rangeMs: number): string | null {
  if (rangeMs / stepMs <= MOST_STEPS) return null;
  return `A step of ${stepMs / 1000} s makes ${Math.floor(rangeMs / stepMs)} points a series of this range; the server gives at most 11,000. Choose a longer step or a shorter range.`;
}
