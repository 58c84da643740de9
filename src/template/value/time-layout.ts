// Go's layouts: a time is formatted as the reference time, Mon Jan 2 15:04:05 2006, is written in the layout. All times
// are UTC here. Source of the rules: Go's package time, Time.Format.

import type { Time } from './value.ts';

export const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
export const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/** How Go prints a time that nobody gave a layout for. */
export const DEFAULT_LAYOUT = '2006-01-02 15:04:05.999999999 -0700 MST';

/** Longer pieces come before those that they begin with; a fraction must not go on with another digit. */
const PIECES =
  /January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|2006|__2|_(?=2006)|_2|002|0[1-6]|15|PM|pm|-07:00:00|-070000|-07:00|-0700|-07|Z07:00:00|Z070000|Z07:00|Z0700|Z07|[.,](?:0+|9+)(?!\d)|[1-5]/g;

export interface CivilTime {
  readonly year: number;
  /** From 1. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly nanosecond: number;
  /** 0 is Sunday. */
  readonly weekday: number;
  /** From 1. */
  readonly yearDay: number;
}

export function civilTime(time: Time): CivilTime {
  const nanosecond = BigInt.asIntN(64, ((time.nanoseconds % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n);
  const seconds = Number((time.nanoseconds - nanosecond) / 1_000_000_000n);
  const date = new Date(seconds * 1000);
  const year = date.getUTCFullYear();
  return {
    year,
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    nanosecond: Number(nanosecond),
    weekday: date.getUTCDay(),
    yearDay: dayOfYear(year, date.getUTCMonth(), date.getUTCDate()),
  };
}

function dayOfYear(year: number, month: number, day: number): number {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const alike = isLeap ? 2000 : 2001;
  return (Date.UTC(alike, month, day) - Date.UTC(alike, 0, 1)) / 86_400_000 + 1;
}

export function formatTime(time: Time, layout: string): string {
  const civil = civilTime(time);
  return layout.replace(PIECES, (piece) => formatPiece(piece, civil));
}

function formatPiece(piece: string, civil: CivilTime): string {
  const { year, month, day, hour, minute, second } = civil;
  const hour12 = hour % 12 || 12;
  switch (piece) {
    case 'January':
      return MONTHS[month - 1];
    case 'Jan':
      return MONTHS[month - 1].slice(0, 3);
    case 'Monday':
      return WEEKDAYS[civil.weekday];
    case 'Mon':
      return WEEKDAYS[civil.weekday].slice(0, 3);
    case '2006':
      return year < 0 ? `-${zeros(-year, 4)}` : zeros(year, 4);
    case '06':
      return zeros(Math.abs(year) % 100, 2);
    case '01':
      return zeros(month, 2);
    case '1':
      return String(month);
    case '02':
      return zeros(day, 2);
    case '_2':
      return String(day).padStart(2);
    case '2':
      return String(day);
    case '002':
      return zeros(civil.yearDay, 3);
    case '__2':
      return String(civil.yearDay).padStart(3);
    case '15':
      return zeros(hour, 2);
    case '03':
      return zeros(hour12, 2);
    case '3':
      return String(hour12);
    case '04':
      return zeros(minute, 2);
    case '4':
      return String(minute);
    case '05':
      return zeros(second, 2);
    case '5':
      return String(second);
    case 'PM':
      return hour >= 12 ? 'PM' : 'AM';
    case 'pm':
      return hour >= 12 ? 'pm' : 'am';
    case 'MST':
      return 'UTC';
  }
  if (piece[0] === 'Z') return 'Z';
  if (piece[0] === '-') return piece.replaceAll('7', '0').replace('-', '+');
  return piece[0] === '_' ? '_' : formatFraction(piece, civil.nanosecond);
}

/** `.000` has as many digits, `.999` leaves out zeros at the end. */
function formatFraction(piece: string, nanosecond: number): string {
  const digits = zeros(nanosecond, 9)
    .slice(0, piece.length - 1)
    .padEnd(piece.length - 1, '0');
  if (piece[1] === '0') return piece[0] + digits;
  const kept = digits.replace(/0+$/, '');
  return kept === '' ? '' : piece[0] + kept;
}

function zeros(value: number, width: number): string {
  return String(value).padStart(width, '0');
}
