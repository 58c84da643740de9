import { expect, test } from 'vitest';
import { parseRawSelector } from './raw-selector.ts';

test('selectors with their modifiers', () => {
  const check = (text: string, rangeMs: number | null, offsetMs: number, atMs: number | null, ...matchers: string[]) => {
    const selector = parseRawSelector(text);
    expect([selector.rangeMs, selector.offsetMs, selector.atMs, selector.matchers.map(String)], text).toEqual([
      rangeMs,
      offsetMs,
      atMs,
      matchers,
    ]);
  };
  const up = '__name__="up"';
  check('up', null, 0, null, up);
  check(' up{job="a"} ', null, 0, null, 'job="a"', up);
  check('{job=~"a|b"}', null, 0, null, 'job=~"a|b"');
  check('{"a.b"}', null, 0, null, '__name__="a.b"');
  check('sum', null, 0, null, '__name__="sum"');
  check('up[5m]', 300_000, 0, null, up);
  check('up[1h30m]', 5_400_000, 0, null, up);
  check('up[ 90 ]', 90_000, 0, null, up);
  check('up[0.5]', 500, 0, null, up);
  check('up[0x10]', 16_000, 0, null, up);
  check('up offset 5m', null, 300_000, null, up);
  check('up offset -1h', null, -3_600_000, null, up);
  check('up[5m] offset 60', 300_000, 60_000, null, up);
  check('up @ 1609746000', null, 0, 1_609_746_000_000, up);
  check('up @ 1609746000.123 offset 1s', null, 1000, 1_609_746_000_123, up);
  check('up offset 1s @ -1.5', null, 1000, -1500, up);
  check('up[5m] @ end() offset 1s', 300_000, 1000, null, up);
  check('up @ start()', null, 0, null, up);
});

test('what is no selector is refused by name', () => {
  const check = (text: string, what: string) =>
    expect(() => parseRawSelector(text), text).toThrow(`not supported yet: ${what}: only selectors such as`);
  check('1', '"1" at the beginning');
  check('"a"', '"\\"a\\"" at the beginning');
  check('(up)', '"(" at the beginning');
  check('-up', '"-" at the beginning');
  check('rate(up[5m])', '"(" behind a selector');
  check('sum by (job) (up)', '"by" behind a selector');
  check('up + 1', '"+" behind a selector');
  check('up[5m:1m]', 'a subquery');
  check('up[5m + 1m]', 'arithmetic on durations');
  check('up[-5m]', 'arithmetic on durations');
  check('up offset (5m)', 'arithmetic on durations');
});

test('what Prometheus refuses', () => {
  const check = (text: string, want: string) => expect(() => parseRawSelector(text), text).toThrow(want);
  check('', 'unknown position: parse error: no expression found in input');
  check(' \n', '1:1: parse error: no expression found in input');
  check('{}', '1:1: parse error: vector selector must contain at least one non-empty matcher');
  check('{job=~".*"}[5m]', '1:1: parse error: vector selector must contain at least one non-empty matcher');
  check('up{__name__="a"}', '1:1: parse error: metric name must not be set twice: "up" or "a"');
  check('up{job=}', '1:8: parse error: unexpected "}" in label matching, expected string');
  check('up[5m', '1:6: parse error: unclosed left bracket');
  check('up[0s]', '1:4: parse error: duration must be greater than 0');
  check('up[5m][5m]', '1:7: parse error: ranges only allowed for vector selectors');
  check('up offset 5m [5m]', 'parse error: no offset modifiers allowed before range');
  check('up @ 5 [5m]', 'parse error: no @ modifiers allowed before range');
  check('up offset 1m offset 1m', '1:1: parse error: offset may not be set multiple times');
  check('up @ 1 @ 2', '1:1: parse error: @ <timestamp> may not be set multiple times');
  check('up @ nan', 'timestamp out of bounds for @ modifier: nan');
  check('up[9999999999y]', 'parse error');
});
