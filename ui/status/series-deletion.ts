// What is to be deleted: as it is written in the form, as the API takes it, and in words.
import { formatCount } from '../format/number.ts';
import { selectorFault } from '../format/selector-fault.ts';
import { parseTime } from '../format/time.ts';

export interface DeletionDraft {
  /** One a line. */
  readonly selectors: string;
  /** As times are written; '': no bound. */
  readonly start: string;
  readonly end: string;
}

/** What is wrong with each part; '' where nothing is. */
export type DraftFaults = DeletionDraft;

export interface SeriesDeletion {
  readonly selectors: readonly string[];
  /** Both times are part of the interval. */
  readonly startMs: number | null;
  readonly endMs: number | null;
}

export const EMPTY_DRAFT: DeletionDraft = { selectors: '', start: '', end: '' };

/** `utc`: how the times are meant. */
export function draftFaults(draft: DeletionDraft, utc: boolean): DraftFaults {
  const { selectors, startMs, endMs } = deletionOf(draft, utc);
  const timeFault = (ms: number | null): string => (Number.isNaN(ms) ? 'Write a time as 2026-01-31 13:05:09.' : '');
  const isBackwards = startMs !== null && endMs !== null && endMs < startMs;
  return {
    selectors: selectors.length === 0 ? 'Write a selector, such as up{job="api"}.' : selectorsFault(selectors),
    start: timeFault(startMs),
    end: isBackwards ? 'The end is before the start.' : timeFault(endMs),
  };
}

function selectorsFault(selectors: readonly string[]): string {
  const bad = selectors.find((selector) => selectorFault(selector) !== '');
  if (bad === undefined) return '';
  return selectors.length === 1 ? selectorFault(bad) : `${bad}: ${selectorFault(bad)}`;
}

/** NaN for a time that is none. */
export function deletionOf({ selectors, start, end }: DeletionDraft, utc: boolean): SeriesDeletion {
  const timeOf = (text: string): number | null => (text.trim() === '' ? null : parseTime(text, utc));
  return {
    selectors: selectors
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== ''),
    startMs: timeOf(start),
    endMs: timeOf(end),
  };
}

/** Of both the deletion and the question what would be deleted. */
export function deletionParameters({ selectors, startMs, endMs }: SeriesDeletion) {
  const seconds = (ms: number | null): number | undefined => (ms === null ? undefined : ms / 1000);
  return { 'match[]': selectors, start: seconds(startMs), end: seconds(endMs) };
}

/** `all samples`, `the samples from … to …`. */
export function samplesInWords({ startMs, endMs }: SeriesDeletion, timeOf: (ms: number) => string): string {
  if (startMs === null && endMs === null) return 'all samples';
  if (endMs === null) return `the samples from ${timeOf(startMs!)} on`;
  if (startMs === null) return `the samples up to ${timeOf(endMs)}`;
  return `the samples from ${timeOf(startMs)} to ${timeOf(endMs)}`;
}

/** `isCut`: there are more than were counted. */
export function matchesInWords(count: number, isCut: boolean): string {
  if (count === 0) return 'No series matches now: there is nothing to delete.';
  if (isCut) return `More than ${formatCount(count)} series match now.`;
  return count === 1 ? '1 series matches now:' : `${formatCount(count)} series match now:`;
}
