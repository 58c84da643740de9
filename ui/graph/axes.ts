// Axes of time and of values.
import type uPlot from 'uplot';
import { formatTicks } from '../format/number.ts';
import { clockOf } from '../format/time.ts';
import type { GroundColours } from './palette.ts';
import { incrementOf, ticksOf } from './value-ticks.ts';

const FONT = '12px system-ui, sans-serif';
const LEAST_WIDTH = 44;
/** Of a digit, in the widest of usual fonts. */
const CHARACTER_WIDTH = 7.7;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export function timeAxis(colours: GroundColours, utc: boolean): uPlot.Axis {
  return {
    stroke: colours.text,
    font: FONT,
    grid: { stroke: colours.grid, width: 1 },
    ticks: { stroke: colours.grid, width: 1 },
    space: 70,
    values: (_chart, splits, _axis, _space, increment) => timeTexts(splits, increment, utc),
  };
}

/** A date whose parts are those of UTC: uPlot places ticks by the parts of the browser's zone. Undefined: those are right. */
export function tickDates(utc: boolean): uPlot.LocalDateFromUnix | undefined {
  if (!utc) return undefined;
  return (seconds) => {
    const date = new Date(seconds * 1000);
    return new Date(date.getTime() + date.getTimezoneOffset() * 60_000);
  };
}

/** One text a split: the clock, and below it the day where it is another one than before. */
export function timeTexts(splits: readonly number[], incrementSeconds: number, utc: boolean): string[] {
  let before = '';
  return splits.map((seconds) => {
    const date = new Date(seconds * 1000);
    const [month, number, year] = utc
      ? [date.getUTCMonth(), date.getUTCDate(), date.getUTCFullYear()]
      : [date.getMonth(), date.getDate(), date.getFullYear()];
    const day = `${number} ${MONTHS[month]}`;
    const shownDay = day === before ? '' : incrementSeconds >= 28 * 86_400 ? `${day} ${year}` : day;
    before = day;
    if (incrementSeconds >= 86_400) return shownDay;
    const [hour, minute, second] = clockOf(date, utc);
    const clock = incrementSeconds >= 60 ? `${hour}:${minute}` : `${hour}:${minute}:${second}`;
    const fraction = incrementSeconds < 1 ? `.${String(date.getMilliseconds()).padStart(3, '0')}` : '';
    return `${clock}${fraction}${shownDay === '' ? '' : `\n${shownDay}`}`;
  });
}

export function valueAxis(colours: GroundColours): uPlot.Axis {
  let increment = 1;
  return {
    stroke: colours.text,
    font: FONT,
    grid: { stroke: colours.grid, width: 1 },
    ticks: { stroke: colours.grid, width: 1 },
    // uPlot's own increments end at 16 digits on either side of the point, and beyond them it draws no axis. One that it never refuses
    // has it ask for the splits.
    incrs: (_chart, _axis, from, to, sizePx, leastPx) => {
      increment = incrementOf(from, to, sizePx / leastPx);
      return [Number.POSITIVE_INFINITY];
    },
    splits: (_chart, _axis, from, to) => ticksOf(from, to, increment),
    values: (_chart, splits) => formatTicks(splits),
    size: (_chart, texts) => widthOf(texts),
  };
}

export function widthOf(texts: readonly (string | null)[] | null): number {
  const longest = (texts ?? []).reduce((most, text) => Math.max(most, text?.length ?? 0), 0);
  return Math.max(LEAST_WIDTH, Math.ceil(longest * CHARACTER_WIDTH) + 18);
}
