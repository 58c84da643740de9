import { afterEach, expect, test, vi } from 'vitest';

vi.mock('../preferences/preferences.ts', () => ({ usePreferences: () => ({ utc: false }) }));
const { formatMoment, formatTime, parseTime } = await import('./time.ts');

const HERE = process.env.TZ;
afterEach(() => inZone(HERE));

function inZone(zone: string | undefined): void {
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
}

function check(zone: string, iso: string, text: string): void {
  inZone(zone);
  const ms = Date.parse(iso);
  expect(formatMoment(ms, false)).toBe(text);
  expect(parseTime(text, false)).toBe(ms);
}

test('a time that the clock shows twice says which it is', () => {
  check('Europe/Berlin', '2026-10-24T23:59:59Z', '2026-10-25 01:59:59');
  check('Europe/Berlin', '2026-10-25T00:30:00Z', '2026-10-25 02:30:00 +02:00');
  check('Europe/Berlin', '2026-10-25T01:30:00Z', '2026-10-25 02:30:00 +01:00');
  check('Europe/Berlin', '2026-10-25T02:00:00Z', '2026-10-25 03:00:00');
  check('Europe/Berlin', '2026-03-29T01:30:00Z', '2026-03-29 03:30:00');
  check('America/New_York', '2026-11-01T05:30:00Z', '2026-11-01 01:30:00 -04:00');
  check('Australia/Lord_Howe', '2026-04-04T14:45:00Z', '2026-04-05 01:45:00 +11:00');
  check('Australia/Lord_Howe', '2026-04-04T14:15:00Z', '2026-04-05 01:15:00');
});

test('UTC shows nothing twice', () => {
  inZone('Europe/Berlin');
  expect(formatMoment(Date.parse('2026-10-25T00:30:00Z'), true)).toBe('2026-10-25 00:30:00');
});

test('what is no time is refused, not rolled over', () => {
  const isRefused = (text: string): boolean => Number.isNaN(parseTime(text, true)) && Number.isNaN(parseTime(text, false));
  for (const text of [
    '13-01 00:00',
    '00-01 00:00',
    '02-29 00:00',
    '04-31 00:00',
    '01-00 00:00',
    '01-01 24:00',
    '01-01 25:61',
    '01-01 00:60',
  ])
    expect([text, isRefused(`2026-${text}`)]).toEqual([text, true]);
  expect(isRefused('2026-01-01 00:00:60')).toBe(true);
  expect(isRefused('0050-01-01 00:00:00')).toBe(true);
  expect(parseTime('2028-02-29 23:59:59.999', true)).toBe(Date.UTC(2028, 1, 29, 23, 59, 59, 999));
  expect(parseTime('2026-1-2T3:04', true)).toBe(Date.UTC(2026, 0, 2, 3, 4));
});

test('times as others write them', () => {
  inZone('America/New_York');
  for (const utc of [true, false]) {
    for (const text of ['2026-11-28T12:00:05Z', '2026-11-28T12:00:05.000z', '2026-11-28 14:00:05+0200', '2026-11-28T07:00:05-05:00'])
      expect([text, parseTime(text, utc)]).toEqual([text, Date.UTC(2026, 10, 28, 12, 0, 5)]);
  }
  expect(parseTime('2026-11-28', true)).toBe(Date.UTC(2026, 10, 28));
  expect(parseTime('2026-11-28', false)).toBe(Date.UTC(2026, 10, 28, 5));
  expect(parseTime('2026-11-28T', true)).toBeNaN();
});

test('a time that the clock leaves out is taken', () => {
  inZone('Europe/Berlin');
  expect(formatTime(parseTime('2026-03-29 02:30:00', false), false)).toBe('2026-03-29 03:30:00');
});
