// Methods of the values that have some: times, durations, and the names of months and weekdays. Those that depend on
// the server's time zone are not offered.

import { FunctionError } from '../error.ts';
import { formatGoDuration, inUnits } from '../value/duration.ts';
import { civilTime, DEFAULT_LAYOUT, formatTime, MONTHS, WEEKDAYS } from '../value/time-layout.ts';
import { Integer, Pointer, Time, type Value } from '../value/value.ts';
import type { ParameterType, TemplateFunction } from './template-function.ts';

type Method<Receiver> = readonly [parameters: readonly ParameterType[], call: (receiver: Receiver, args: readonly Value[]) => Value];

const SECOND = 1_000_000_000n;
const DAY = 86_400n * SECOND;

const timeMethods: ReadonlyMap<string, Method<Time>> = new Map<string, Method<Time>>([
  ['Add', [['time.Duration'], (time, [duration]) => new Time(time.nanoseconds + (duration as Integer).value)]],
  ['AddDate', [['int', 'int', 'int'], (time, args) => addDate(time, args as readonly Integer[])]],
  ['After', [['time.Time'], (time, [other]) => time.nanoseconds > (other as Time).nanoseconds]],
  ['Before', [['time.Time'], (time, [other]) => time.nanoseconds < (other as Time).nanoseconds]],
  ['Compare', [['time.Time'], (time, [other]) => compare(time.nanoseconds, (other as Time).nanoseconds)]],
  ['Day', [[], (time) => int(civilTime(time).day)]],
  ['Equal', [['time.Time'], (time, [other]) => time.nanoseconds === (other as Time).nanoseconds]],
  ['Format', [['string'], (time, [layout]) => formatTime(time, layout as string)]],
  ['Hour', [[], (time) => int(civilTime(time).hour)]],
  ['IsZero', [[], (time) => time.nanoseconds === -62_135_596_800n * SECOND]],
  ['Minute', [[], (time) => int(civilTime(time).minute)]],
  ['Month', [[], (time) => new Integer(BigInt(civilTime(time).month), 'time.Month')]],
  ['Nanosecond', [[], (time) => int(civilTime(time).nanosecond)]],
  ['Second', [[], (time) => int(civilTime(time).second)]],
  ['String', [[], (time) => formatTime(time, DEFAULT_LAYOUT)]],
  ['Sub', [['time.Time'], (time, [other]) => new Integer(saturated(time.nanoseconds - (other as Time).nanoseconds), 'time.Duration')]],
  ['Truncate', [['time.Duration'], (time, [duration]) => truncate(time, (duration as Integer).value)]],
  ['UTC', [[], (time) => time]],
  ['Unix', [[], (time) => sinceEpoch(time, SECOND)]],
  ['UnixMicro', [[], (time) => sinceEpoch(time, 1000n)]],
  ['UnixMilli', [[], (time) => sinceEpoch(time, 1_000_000n)]],
  ['UnixNano', [[], (time) => new Integer(BigInt.asIntN(64, time.nanoseconds), 'int64')]],
  ['Weekday', [[], (time) => new Integer(BigInt(civilTime(time).weekday), 'time.Weekday')]],
  ['Year', [[], (time) => int(civilTime(time).year)]],
  ['YearDay', [[], (time) => int(civilTime(time).yearDay)]],
]);

const durationMethods: ReadonlyMap<string, Method<Integer>> = new Map<string, Method<Integer>>([
  ['Abs', [[], ({ value }) => new Integer(saturated(value < 0n ? -value : value), 'time.Duration')]],
  ['Hours', [[], ({ value }) => inUnits(value, 3600n * SECOND)]],
  ['Microseconds', [[], ({ value }) => new Integer(value / 1000n, 'int64')]],
  ['Milliseconds', [[], ({ value }) => new Integer(value / 1_000_000n, 'int64')]],
  ['Minutes', [[], ({ value }) => inUnits(value, 60n * SECOND)]],
  ['Nanoseconds', [[], ({ value }) => new Integer(value, 'int64')]],
  ['Round', [['time.Duration'], ({ value }, [unit]) => new Integer(roundTo(value, (unit as Integer).value), 'time.Duration')]],
  ['Seconds', [[], ({ value }) => inUnits(value, SECOND)]],
  ['String', [[], ({ value }) => formatGoDuration(value)]],
  ['Truncate', [['time.Duration'], ({ value }, [unit]) => new Integer(truncateTo(value, (unit as Integer).value), 'time.Duration')]],
]);

const nameMethods: ReadonlyMap<string, Method<Integer>> = new Map<string, Method<Integer>>([
  ['String', [[], (value) => stringMethod(value)!]],
]);

/** The method of a value or of what it points to, ready to be called; null where it has none of this name. */
export function methodOf(value: Value, name: string): TemplateFunction | null {
  if (value instanceof Pointer) return methodOf(value.target, name);
  if (value instanceof Time) return bound(value, timeMethods.get(name));
  if (!(value instanceof Integer)) return null;
  if (value.type === 'time.Duration') return bound(value, durationMethods.get(name));
  return value.type === 'time.Month' || value.type === 'time.Weekday' ? bound(value, nameMethods.get(name)) : null;
}

/** What Go's fmt takes for the text of a value, where the value has a String method. */
export function stringMethod(value: Value): string | null {
  if (value instanceof Pointer) return value.target === null ? null : stringMethod(value.target);
  if (value instanceof Time) return formatTime(value, DEFAULT_LAYOUT);
  if (!(value instanceof Integer)) return null;
  switch (value.type) {
    case 'time.Duration':
      return formatGoDuration(value.value);
    case 'time.Month':
      return MONTHS[Number(value.value) - 1] ?? `%!Month(${value.value})`;
    case 'time.Weekday':
      return WEEKDAYS[Number(value.value)] ?? `%!Weekday(${value.value})`;
    default:
      return null;
  }
}

function bound<Receiver>(receiver: Receiver, method: Method<Receiver> | undefined): TemplateFunction | null {
  if (method === undefined) return null;
  const [parameters, call] = method;
  return { parameters, rest: null, call: (args) => call(receiver, args) };
}

function int(value: number): Integer {
  return new Integer(BigInt(value));
}

function compare(a: bigint, b: bigint): Integer {
  return int(a < b ? -1 : a > b ? 1 : 0);
}

function sinceEpoch(time: Time, unit: bigint): Integer {
  const rest = ((time.nanoseconds % unit) + unit) % unit;
  return new Integer((time.nanoseconds - rest) / unit, 'int64');
}

/** Months and days beyond their ends run over, as in Go and in JavaScript. */
function addDate(time: Time, [years, months, days]: readonly Integer[]): Time {
  const ofDay = ((time.nanoseconds % DAY) + DAY) % DAY;
  const date = new Date(Number((time.nanoseconds - ofDay) / 1_000_000n));
  const number = (value: Integer) => Number(value.value);
  date.setUTCFullYear(date.getUTCFullYear() + number(years), date.getUTCMonth() + number(months), date.getUTCDate() + number(days));
  if (Number.isNaN(date.getTime())) throw new FunctionError('date out of range');
  return new Time(BigInt(date.getTime()) * 1_000_000n + ofDay);
}

/** Go counts such rounds from the year 1. */
function truncate(time: Time, unit: bigint): Time {
  if (unit <= 0n) return time;
  const sinceYearOne = time.nanoseconds + 62_135_596_800n * SECOND;
  return new Time(time.nanoseconds - (((sinceYearOne % unit) + unit) % unit));
}

function truncateTo(value: bigint, unit: bigint): bigint {
  return unit <= 0n ? value : value - (value % unit);
}

/** To the nearest multiple, halves away from zero. */
function roundTo(value: bigint, unit: bigint): bigint {
  if (unit <= 0n) return value;
  const rest = value < 0n ? -(value % unit) : value % unit;
  const away = rest * 2n < unit ? -rest : unit - rest;
  return saturated(value < 0n ? value - away : value + away);
}

function saturated(value: bigint): bigint {
  const limit = 1n << 63n;
  if (value >= limit) return limit - 1n;
  return value < -limit ? -limit : value;
}
