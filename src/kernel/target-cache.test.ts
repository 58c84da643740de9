// Target caches scrape by scrape: what is asked for, what is pushed, what vanishes, what is held.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ScanHarness, type ScrapeOptions } from '../../test/support/scan-harness.ts';
import { ExpositionError } from './exposition-error.ts';
import { createHeadMemory } from './head-memory.ts';
import { CARRY_BYTES } from './layout.ts';
import { event, field } from './scan-exports.ts';

test("the door's numbers are the kernel's", () => {
  const sources = ['target-cache', 'scan-event']
    .map((name) => readFileSync(new URL(`../../assembly/${name}.ts`, import.meta.url), 'utf8'))
    .join('\n');
  for (const [name, value] of Object.entries({ ...field, ...event })) {
    expect(sources).toMatch(new RegExp(`export const ${name}: u(32|size) = ${value};`));
  }
});

describe.each([false, true])('checked build: %s', (checked) => {
  const head = createHeadMemory({ bytes: 128 * 1024 * 1024, workers: 1, checked });
  const harness = () => new ScanHarness(head);

  /** `series value` of each pushed sample, with `@time` where it is not the scrape's. */
  function pushed(h: ScanHarness, body: string | Buffer, options?: ScrapeOptions): string[] {
    const t = options?.t ?? 1000;
    return h.scrape(body, options).samples.map((s) => `${s.series} ${s.value}${s.t === t ? '' : `@${s.t}`}`);
  }

  test('a first scrape asks for everything, the next for nothing', () => {
    const h = harness();
    const body = '# HELP a Some help.\n# TYPE a counter\na{x="1"} 1\na{x="2"} 2.5\n\n# a remark\nb -3e2\n';
    expect(h.scrape(body)).toMatchObject({ scraped: 3, kept: 3, added: 3, duplicates: 0, vanished: 0, metadataChanged: true });
    expect(h.asked).toEqual(['a{x="1"}', 'a{x="2"}', 'b']);
    expect(h.askedMetadata).toEqual(['# HELP a Some help.', '# TYPE a counter']);
    const again = h.scrape(body.replace('2.5', '7'));
    expect(again).toMatchObject({ scraped: 3, kept: 3, added: 0, vanished: 0, metadataChanged: false });
    expect(again.samples.map((s) => s.value)).toEqual([1, 7, -300]);
    expect([...h.asked, ...h.askedMetadata]).toEqual([]);
    expect(h.metadata()).toEqual(['# HELP a Some help.', '# TYPE a counter']);
  });

  test('lines come, go and change places', () => {
    const h = harness();
    const lines = (names: string) =>
      names
        .split('')
        .map((name) => `${name} 1\n`)
        .join('');
    const step = (names: string, asked: string, stale: string) => {
      const result = h.scrape(lines(names));
      expect(h.asked.join('')).toBe(asked);
      expect(result.vanished).toBe(stale.length);
      const markers = result.samples.filter((s) => s.value === 'stale').map((s) => s.series);
      expect(markers.sort().join('')).toBe(stale);
      expect(
        result.samples
          .filter((s) => s.value !== 'stale')
          .map((s) => s.series)
          .join(''),
      ).toBe(names);
      if (names !== '') expect(h.holders()).toBe(new Set(names).size);
    };
    step('abcdef', 'abcdef', '');
    step('abxcdef', 'x', '');
    step('abcdef', '', 'x');
    step('fedcba', '', '');
    step('fedcba', '', '');
    step('fdb', '', 'ace');
    step('', '', 'bdf');
    step('fdb', '', ''); // an empty body forgets nothing
    step('fdbx', 'x', '');
    step('xyzfdb', 'yz', '');
    step('x', '', 'bdfyz');
  });

  test('a series again in the same scrape is a duplicate, unless its own time says otherwise', () => {
    const h = harness();
    for (let round = 0; round < 3; round++) {
      expect(pushed(h, 'a 1\nb 2\na 3\na 4\nb 5 700\n')).toEqual(['a 1', 'b 2', 'b 5@700']);
      expect(h.scrape('a 1\nb 2\na 3\na 4\nb 5 700\n')).toMatchObject({ scraped: 5, kept: 5, duplicates: 2, vanished: 0 });
    }
    expect(h.holders()).toBe(2);
    expect(pushed(h, 'a 3\nb 5 700\n')).toEqual(['a 3', 'b 5@700', 'b stale']); // b's own time is not tracked
  });

  test('two texts of one series: stale only when both are gone', () => {
    const h = harness();
    h.sameAs = (text) => (text.startsWith('a{') ? 'a' : text);
    expect(pushed(h, 'a{x="1",y="2"} 1\na{y="2",x="1"} 1\nb 1\n')).toEqual(['a 1', 'a 1', 'b 1']);
    expect(pushed(h, 'a{y="2",x="1"} 1\nb 1\n')).toEqual(['a 1', 'b 1']);
    expect(pushed(h, 'b 1\n')).toEqual(['b 1', 'a stale']);
  });

  test('the last TYPE belongs to the series', () => {
    const h = harness();
    const body = (type: string) => `# TYPE a ${type}\na{le="1"} 1\nb 2\n`;
    expect(pushed(h, body('histogram'))).toEqual(['histogram a{le="1"} 1', 'histogram b 2']);
    expect(pushed(h, body('histogram'))).toEqual(['histogram a{le="1"} 1', 'histogram b 2']);
    expect(h.asked).toEqual([]);
    expect(pushed(h, body('gauge')).filter((s) => !s.endsWith('stale'))).toEqual(['a{le="1"} 1', 'b 2']);
    pushed(h, body('counter'));
    expect(h.asked).toEqual([]); // only histograms and summaries are normalised
    expect(pushed(h, body('summary')).filter((s) => !s.endsWith('stale'))).toEqual(['summary a{le="1"} 1', 'summary b 2']);
  });

  test('the newest timestamp of a body', () => {
    const check = (bodies: readonly string[], expected: number | null, options?: ScrapeOptions): void => {
      const h = harness();
      for (const body of bodies) h.scrape(body, options);
      expect([bodies, h.cache.newestTimestampMs]).toEqual([bodies, expected]);
    };
    check([], null);
    check(['a 1\n'], null);
    check(['a 1 0\n'], 0);
    check(['a 1 5\nb 2 9007199254740991\nc 3 7\nd 4\n'], 9007199254740991);
    // The second scrape finds the lines it expects; the third has no times any more.
    const lines = (t: number) => `a 1 ${t}\nb 2 ${t + 9}\nc 3 ${t - 1}\nd 4\n`;
    const now = 1_700_000_000_000;
    check([lines(now), lines(now + 1)], now + 10);
    check([lines(now), lines(now + 1)], now + 10, { honorTimestamps: false });
    check([lines(now), lines(now + 1)], now + 10, { pieces: [3, 7] });
    check([lines(now), lines(now), 'a 1\nb 2\nc 3\nd 4\n'], null);
    check([lines(now), ''], null);
    // What is too far ahead is no sample's time.
    for (const honorTimestamps of [true, false]) {
      for (const body of [lines(now), 'a 1 9223372036854775807\n'])
        check([body, body], body === lines(now) ? now : null, { maxTimestampMs: now, honorTimestamps });
    }
  });

  test('timestamps', () => {
    const h = harness();
    expect(pushed(h, 'a 1 5\nb 2 9007199254740991\nc 3\nd 4 9223372036854775807\n')).toEqual(['a 1@5', 'b 2@9007199254740991', 'c 3']);
    expect(pushed(h, '')).toEqual(['c stale']);
    expect(pushed(harness(), 'a 1 5\n', { honorTimestamps: false })).toEqual(['a 1']);
    const tracked = harness();
    for (let i = 0; i < 2; i++) pushed(tracked, 'a 1 5\nb 1\n', { trackTimestampsStaleness: true });
    expect(tracked.asked).toEqual([]);
    expect(pushed(tracked, 'b 1\n', { trackTimestampsStaleness: true })).toEqual(['b 1', 'a stale']);
    const changing = harness();
    for (const body of ['a 1\nb 1\n', 'a 1 5\nb 1\n', 'a 1\nb 1\n']) pushed(changing, body);
    expect(changing.asked).toEqual([]);
    expect(pushed(changing, 'b 1\n')).toEqual(['b 1', 'a stale']);
    expect(changing.holders()).toBe(1);
  });

  test('far ahead of the clock', () => {
    const h = harness();
    const ahead = { maxTimestampMs: 10_000 };
    expect(h.scrape('a 1 10001\nb 1 10000\n', ahead)).toMatchObject({ scraped: 2, kept: 2, added: 1, outOfBounds: 1 });
    expect(h.asked).toEqual(['? a', 'b']);
    expect(h.scrape('a 1 10000\nb 1 10001\n', ahead)).toMatchObject({ added: 1, outOfBounds: 1 });
    expect(pushed(h, 'a 1 10001\nb 1 10001\n', ahead)).toEqual([]);
  });

  test('what relabelling drops is not asked for again, nor counted, nor held', () => {
    const h = harness();
    h.drops = (text) => text.startsWith('go_');
    const body = 'go_a 1\na 1\ngo_b 1\ngo_b 1\n';
    expect(h.scrape(body)).toMatchObject({ scraped: 4, kept: 1, added: 1, duplicates: 0 });
    expect(h.scrape(body)).toMatchObject({ scraped: 4, kept: 1, added: 0, duplicates: 0 });
    expect(h.asked).toEqual([]);
    expect(h.holders()).toBe(1);
    expect(pushed(h, 'a 1\n')).toEqual(['a 1']);
  });

  test('a failed scrape marks the last good one stale, once, and forgets nothing', () => {
    const h = harness();
    h.scrape('a 1\nb 2\n');
    expect([...h.cache.trackedSlots()]).toEqual([h.slotOf('a'), h.slotOf('b')]);
    expect(() => h.scrape('a 1\nx 1\nnonsense\n')).toThrow('line 3, column 9: expected a sample value, got the end of the line');
    const failed = h.fail(2000);
    expect(failed).toMatchObject({ scraped: 2, kept: 2, added: 1, vanished: 2 });
    expect(failed.samples).toEqual([
      { series: 'a', t: 2000, value: 'stale' },
      { series: 'b', t: 2000, value: 'stale' },
    ]);
    expect(h.holders()).toBe(2);
    expect(h.cache.trackedSlots().length).toBe(0);
    expect(h.fail()).toMatchObject({ vanished: 0, samples: [] });
    expect(pushed(h, 'a 1\n')).toEqual(['a 1']); // b is marked already
    expect(h.asked).toEqual([]);
    expect(h.fail().samples.map((s) => s.series)).toEqual(['a']);
  });

  test('the sample limit: the scan goes on counting, and nothing beyond is created', () => {
    const h = harness();
    h.drops = (text) => text === 'd';
    const body = 'd 1\na 1\nb 1\nb 2\nd 1\nc 1\ne 1\n';
    expect(() => h.scrape(body, { sampleLimit: 2 })).toThrow('sample limit exceeded');
    expect(h.asked).toEqual(['d', 'a', 'b', '? c', '? e']);
    expect(h.cache.overLimit).toBe(true);
    expect(h.fail()).toMatchObject({ scraped: 7, kept: 5, added: 2, duplicates: 1, vanished: 0 });
    expect(h.holders()).toBe(0);
    expect(h.scrape(body, { sampleLimit: 4 })).toMatchObject({ scraped: 7, kept: 5, added: 4 });
    expect(() => h.scrape(body, { sampleLimit: 3 })).toThrow('sample limit exceeded');
    expect(h.fail()).toMatchObject({ scraped: 7, kept: 5, added: 0, vanished: 4 });
  });

  const AWKWARD = Buffer.from(
    [
      '# TYPE "a.b" gauge\n# HELP "a.b" x\n \t\n#\n#x\n# HELPx\n#HELP y\n',
      'a{x="line\nfeed",} 1\na {x= "\\"}", y = "2" } 2 \t17 \n\tb\t+Inf\n',
      '{"a.b",c="d"} 0.1\n{ "a.b" , "c d"="é" , } -1e-5\nc{x="1"y="2"}3\nd+4\ne{}-5\n{"f"}NaN\n',
      'g 1234567890123456789012345678901234567890 1\nlast 1',
    ].join(''),
  );

  test('whatever the window borders, cold and warm', () => {
    const whole = harness();
    const expected = whole.scrape(AWKWARD).samples;
    expect(expected.map((s) => s.series)).toEqual([
      'a{x="line\nfeed",}',
      'a {x= "\\"}", y = "2" }',
      'b',
      '{"a.b",c="d"}',
      '{ "a.b" , "c d"="é" , }',
      'c{x="1"y="2"}',
      'd',
      'e{}',
      '{"f"}',
      'g',
      'last',
    ]);
    expect(expected.map((s) => s.value)).toEqual([1, 2, Infinity, 0.1, -1e-5, 3, 4, -5, NaN, 1.2345678901234568e39, 1]);
    for (let split = 1; split < AWKWARD.length; split++) {
      const h = harness();
      for (const pieces of [[split, AWKWARD.length], [split], [1, split]]) expect(h.scrape(AWKWARD, { pieces }).samples).toEqual(expected);
      expect(h.asked).toEqual([]);
      h.cache.dispose();
      expect(h.holders()).toBe(0);
    }
  });

  test('malformed lines', () => {
    const bad = (body: string | Buffer, line: number, column: number, expected: string) => {
      const h = harness();
      for (const pieces of [[1 << 18], [1]]) {
        let caught: unknown;
        try {
          h.scrape(body, { pieces });
        } catch (error) {
          caught = error;
        }
        if (!(caught instanceof ExpositionError)) throw new Error(`no error for ${body}: ${caught}`);
        expect([body.toString(), caught.line, caught.column, caught.reason]).toEqual([
          body.toString(),
          line,
          column,
          expect.stringContaining(expected),
        ]);
      }
      h.fail();
      h.cache.dispose();
      expect(h.holders()).toBe(0);
    };
    bad('a', 1, 2, 'a sample value, got the end of the line');
    bad('a \n', 1, 3, 'a sample value');
    bad("ok 1\na{b='c'} 1\n", 2, 5, 'a label value in double quotes, got "\'c\'} 1"');
    bad('a{b=\n', 1, 5, 'a label value');
    bad('a{b="\n', 1, 5, 'the closing double quote');
    bad('a{b="c\\\n"} 1\n', 1, 5, 'the closing double quote');
    bad('a{b="c"', 1, 8, "a label name or '}'");
    bad('a{b="c",,} 1', 1, 9, "a label name or '}'");
    bad('a{="c"} 1', 1, 3, 'a label name');
    bad('a{1b="c"} 1', 1, 3, 'a label name');
    bad('a{b:c="c"} 1', 1, 4, "'='");
    bad('a{"x", "b = "c"}', 1, 3, 'the metric has its name already');
    bad('{"a", "b = "c"}', 1, 13, "'='");
    bad('{"a","b"} 1', 1, 6, 'the metric has its name already');
    bad('{a="ok"} 1', 1, 8, 'a metric name before the closing brace');
    bad('{} 1', 1, 2, 'a metric name before the closing brace');
    bad('{"a\0"} 1', 1, 2, 'the closing double quote');
    bad('a{b="c"}{d="e"} 1', 1, 9, 'a sample value');
    bad('1a 1', 1, 1, 'a metric name');
    bad('\n\n\n-', 4, 1, 'a metric name');
    bad('é 1', 1, 1, 'a metric name');
    bad('a true', 1, 3, 'a decimal number, Inf or NaN');
    bad('a 1\r\n', 1, 3, 'a decimal number');
    bad('a 0x1p3', 1, 3, 'a decimal number');
    bad('a 1_0', 1, 3, 'a decimal number');
    bad('a 1e999', 1, 3, 'a number that a double can hold');
    bad(
      `a 17976931348623158079372897140530341507993413271003782693617377898044496829276475094664901797758720709633028641669288791094655554785194040263065748867150582068190890200070838367627385484581771153176447573027006985557136695962284291481986083493647529271907416844436551070434271155969950809304288017790417449779${'1'.repeat(10)}`,
      1,
      3,
      'a number that',
    );
    bad('a 1 -5', 1, 5, 'a timestamp in whole milliseconds');
    bad('a 1 1.5', 1, 6, 'the end of the line after the timestamp');
    bad('a 1 5 6', 1, 7, 'the end of the line after the timestamp');
    bad('a 1 9223372036854775808', 1, 5, 'a timestamp that 64 bits can hold');
    bad('a 1 x', 1, 5, 'a timestamp in whole milliseconds');
    bad('# TYPE 1a gauge', 1, 8, 'a metric name after HELP or TYPE');
    bad('# HELP \n', 1, 8, 'a metric name after HELP or TYPE');
    bad('# TYPE a', 1, 9, 'one of the types');
    bad('# TYPE a  gauge', 1, 10, 'one of the types');
    bad('# TYPE a gauge ', 1, 10, 'one of the types');
    bad('# TYPE a info', 1, 10, 'one of the types');
    bad('# TYPE "a', 1, 8, 'the closing double quote');
    bad(Buffer.from('ok 1\na{b="\xff"} 1', 'latin1'), 2, 1, 'not valid UTF-8');
    bad(Buffer.from('# HELP a \xff', 'latin1'), 1, 1, 'not valid UTF-8');
    bad('a{x="1\n2"} 1\nb{x="\n"} 1\nc', 5, 2, 'a sample value');
  });

  test('a line that does not end is refused, and costs no quadratic time', () => {
    const h = harness();
    const endless = Buffer.alloc(CARRY_BYTES + 100, 'x');
    for (const start of ['', 'a{b="', '# HELP a ']) {
      endless.write(start);
      for (const pieces of [[1000], [100_000]]) {
        expect(() => h.scrape(endless, { pieces })).toThrow('line 1, column 1: expected a line of at most 256 KiB');
      }
    }
    const long = `a{b="${'y\n'.repeat(100_000)}"} 1\n`;
    expect(h.scrape(long, { pieces: [1000] }).scraped).toBe(1);
    expect(h.scrape(long, { pieces: [777] }).added).toBe(0);
    expect(() => h.scrape(`${long}z`)).toThrow('line 100002, column 2');
    h.fail();
    expect(h.cache.memoryBytes).toBeLessThan(2000); // the carry is given back
  });

  test('scrapes of several targets interleave', () => {
    const [a, b] = [harness(), harness()];
    const batches = [a, b].map((h) => h.writer.openBatch());
    const start = { timestampMs: 1, honorTimestamps: true, trackTimestampsStaleness: false, sampleLimit: 0, maxTimestampMs: 1e15 };
    a.cache.begin({ ...start, batch: batches[0] });
    b.cache.begin({ ...start, batch: batches[1] });
    for (const i of [0, 3, 6, 9]) {
      a.feed(Buffer.from('a1 1\na2 2\n'.slice(i, i + 3)), [3]);
      b.feed(Buffer.from('b1 3\nb2 4\n'.slice(i, i + 3)), [3]);
    }
    for (const h of [a, b]) expect(h.cache.end(h.resolver)).toBe(true);
    expect([a, b].map((h) => h.cache.finish().scraped)).toEqual([2, 2]);
    expect([a, b].map((h, i) => h.samplesOf(batches[i].address).map((s) => `${s.series} ${s.value}`))).toEqual([
      ['a1 1', 'a2 2'],
      ['b1 3', 'b2 4'],
    ]);
  });

  test('a resolver that throws fails the scrape, not the cache', () => {
    const h = harness();
    h.drops = (text) => {
      if (text === 'bad') throw new Error('label limit');
      return false;
    };
    expect(() => h.scrape('a 1\nbad 1\nb 1\n')).toThrow('label limit');
    expect(h.fail()).toMatchObject({ scraped: 1, added: 1, vanished: 0 });
    expect(h.holders()).toBe(0);
    expect(pushed(h, 'a 1\nb 1\n')).toEqual(['a 1', 'b 1']);
  });

  test('metadata follows the body', () => {
    const h = harness();
    expect(h.scrape('# TYPE a gauge\na 1\n# TYPE a gauge\n# HELP a x\n').metadataChanged).toBe(true);
    expect(h.metadata()).toEqual(['# TYPE a gauge', '# HELP a x']);
    expect(h.scrape('# TYPE a gauge\na 1\n').metadataChanged).toBe(true);
    expect(h.metadata()).toEqual(['# TYPE a gauge']);
    expect(h.scrape('# TYPE a gauge\nb 1\n').metadataChanged).toBe(false);
  });

  test('churn leaves nothing held and nothing taken', () => {
    const h = harness();
    const body = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `m{i="${from + i}"} ${i}\n`).join('');
    for (let i = 0; i < 20; i++) {
      h.scrape(body(i * 100, i * 100 + 1000), { pieces: [1 + i * 37] });
      expect(h.holders()).toBe(1000);
      if (i % 3 === 0) {
        expect(() => h.scrape(`${body(i * 100 + 50, i * 100 + 2000)}?`)).toThrow('line 1951');
        h.fail();
        expect(h.holders()).toBe(1000);
      }
    }
    expect(h.cache.memoryBytes).toBeLessThan(1000 * 16 * 1.3 + 1000);
    h.cache.dispose();
    h.cache.dispose();
    expect(h.holders()).toBe(0);
  });

  test('memory that runs out fails the scrape', () => {
    const small = new ScanHarness(createHeadMemory({ bytes: 64 * 1024 * 1024, workers: 1, checked }));
    const slot = small.slotOf('one');
    const free = small.head.exports.heapFree() >>> 0;
    expect(() => {
      const lines = Array.from({ length: 100_000 }, (_, i) => `m${i} 1\n`);
      small.resolver.series = () => slot;
      small.scrape(Array.from({ length: 20 }, (_, i) => lines.join('').replaceAll('m', `m${i}_`)).join(''));
    }).toThrow("cannot take the scrape: the head's memory is used up");
    expect(small.fail().scraped).toBeGreaterThan(100_000);
    expect(small.head.exports.heapFree() >>> 0).toBeGreaterThan(free * 0.95);
    expect(small.holders()).toBe(0xffff); // so many holders are never counted down again
  });
});
