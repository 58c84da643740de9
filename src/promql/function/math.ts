// Functions of one number, by name. Source of the special cases: promql/functions.go.

export type NumberFunction = (value: number) => number;

const DAY_S = 86_400;
/** Days from 0000-03-01 to 1970-01-01. */
const EPOCH_DAYS = 719_468;
const DAYS_BEFORE_MONTH = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

interface CivilDate {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
}

/** Of the proleptic Gregorian calendar, for any whole number of days: JavaScript's Date ends after 275,000 years. */
function civilDate(daysSinceEpoch: number): CivilDate {
  const days = daysSinceEpoch + EPOCH_DAYS;
  const era = Math.floor(days / 146_097);
  const dayOfEra = days - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day: dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1 };
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeap(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Unix time of whole seconds; what Go cannot convert is what its conversion gives on amd64. */
function wholeSeconds(seconds: number): number {
  const whole = Math.trunc(seconds);
  return Math.abs(whole) < 2 ** 63 ? whole : -(2 ** 63);
}

function ofDate(pick: (date: CivilDate) => number): NumberFunction {
  return (seconds) => pick(civilDate(Math.floor(wholeSeconds(seconds) / DAY_S)));
}

function ofDay(pick: (secondOfDay: number) => number): NumberFunction {
  return (seconds) => {
    const whole = wholeSeconds(seconds);
    return pick(whole - Math.floor(whole / DAY_S) * DAY_S);
  };
}

export const MATH_FUNCTIONS: Readonly<Record<string, NumberFunction>> = {
  abs: Math.abs,
  ceil: Math.ceil,
  floor: Math.floor,
  exp: Math.exp,
  sqrt: Math.sqrt,
  ln: Math.log,
  log2: Math.log2,
  log10: Math.log10,
  sin: Math.sin,
  cos: Math.cos,
  tan: Math.tan,
  asin: Math.asin,
  acos: Math.acos,
  atan: Math.atan,
  sinh: Math.sinh,
  cosh: Math.cosh,
  tanh: Math.tanh,
  asinh: Math.asinh,
  acosh: Math.acosh,
  atanh: Math.atanh,
  rad: (value) => (value * Math.PI) / 180,
  deg: (value) => (value * 180) / Math.PI,
  sgn: (value) => (value < 0 ? -1 : value > 0 ? 1 : value),
};

/** Of a Unix time in seconds, UTC. */
export const DATE_FUNCTIONS: Readonly<Record<string, NumberFunction>> = {
  days_in_month: ofDate(({ year, month }) => daysInMonth(year, month)),
  day_of_month: ofDate(({ day }) => day),
  day_of_week: (seconds) => {
    const days = Math.floor(wholeSeconds(seconds) / DAY_S) + 4;
    return days - Math.floor(days / 7) * 7;
  },
  day_of_year: ofDate(({ year, month, day }) => DAYS_BEFORE_MONTH[month - 1] + day + (month > 2 && isLeap(year) ? 1 : 0)),
  hour: ofDay((second) => Math.floor(second / 3600)),
  minute: ofDay((second) => Math.floor(second / 60) % 60),
  month: ofDate(({ month }) => month),
  year: ofDate(({ year }) => year),
};
