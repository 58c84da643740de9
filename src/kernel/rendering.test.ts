// Rendering against a plain second implementation, in pieces of any size; what Prometheus itself answers is compared in test/interop.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expositionNumber } from '../../test/support/go-numbers.ts';
import { TestHead, type TestSample } from '../../test/support/head.ts';
import { compareUtf8, type Labels, Matcher } from '../model/index.ts';
import { escapeQuoted, Rendering, type RenderingOptions, underscored } from './rendering.ts';
import { SelectionCache } from './selection-cache.ts';
import { selectVisible } from './visible-series.ts';

const NOW = 1_700_000_000_000;
const LOOKBACK = 300_000;
const pause = async () => undefined;
const NAMED = [[new Matcher('__name__', '=~', '.*')]];

interface Options extends Partial<RenderingOptions> {
  readonly pieceBytes?: number;
  readonly headersOf?: (names: readonly string[]) => string[];
}

interface Facts {
  newestMs: number | null;
  hasInstances: boolean;
}

async function render(head: TestHead, options: Options = {}, minT = NOW - LOOKBACK, maxT = NOW, facts?: Facts): Promise<string> {
  const { reader } = head;
  const externalLabels = options.externalLabels ?? [];
  const query = {
    selectors: NAMED,
    externalLabels,
    key: JSON.stringify(externalLabels),
    minT,
    maxT,
    withStale: false,
  };
  const visible = await selectVisible(reader, new SelectionCache(reader, 1), query, pause, (series) => series);
  const rendering = new Rendering(reader, visible, { utf8: false, externalLabels, headers: false, ...options });
  const bytes = options.pieceBytes ?? 4096;
  const piece = reader.alloc(bytes + 64);
  let text = '';
  let size = bytes;
  let large = 0;
  for (;;) {
    const { state, written } = rendering.fill(large || piece, size);
    text += reader.buffer.toString('utf8', large || piece, (large || piece) + written);
    if (large !== 0) reader.arena.free(large);
    large = 0;
    if (state === 'done') break;
    if (state === 'headers') {
      const names = rendering.wantedHeaders();
      rendering.giveHeaders(names, options.headersOf?.(names) ?? []);
    }
    size = state === 'full' && written === 0 ? size * 4 : bytes;
    if (size > bytes) large = reader.alloc(size + 64);
  }
  reader.arena.free(piece);
  if (facts !== undefined) Object.assign(facts, { newestMs: rendering.newestMs, hasInstances: rendering.hasInstances });
  rendering.dispose();
  return text;
}

const sample = (labels: Record<string, string>, v: number | 'stale' = 1, t = NOW): TestSample => ({ labels, v, t });

test('names, labels, escapes and values', async () => {
  const check = async (samples: TestSample[], options: Options, expected: string) => {
    const head = new TestHead();
    head.write(samples);
    expect(await render(head, options)).toBe(expected);
  };
  const dc: Labels = [['dc', 'eu1']];
  await check([], {}, '');
  await check([sample({ __name__: 'up' })], {}, `# TYPE up untyped\nup{instance=""} 1 ${NOW}\n`);
  await check([sample({ __name__: 'up', instance: 'i' })], {}, `# TYPE up untyped\nup{instance="i"} 1 ${NOW}\n`);
  await check(
    [sample({ __name__: 'up', job: 'j' })],
    { externalLabels: dc },
    `# TYPE up untyped\nup{job="j",dc="eu1",instance=""} 1 ${NOW}\n`,
  );
  await check(
    [sample({ __name__: 'up', dc: 'own', instance: 'i' })],
    { externalLabels: dc },
    `# TYPE up untyped\nup{dc="own",instance="i"} 1 ${NOW}\n`,
  );
  const external: Labels = [
    ['instance', 'x'],
    ['zone', 'a"b'],
  ];
  await check(
    [sample({ __name__: 'up', job: 'j' })],
    { externalLabels: external },
    `# TYPE up untyped\nup{job="j",instance="x",zone="a\\"b"} 1 ${NOW}\n`,
  );
  await check([sample({ __name__: 'a', l: '"\\\n\tü' })], {}, `# TYPE a untyped\na{l="\\"\\\\\\n\tü",instance=""} 1 ${NOW}\n`);
  await check([sample({ __name__: 'a', Z: 'q' }, -0, 5 - 5 + NOW)], {}, `# TYPE a untyped\na{Z="q",instance=""} 0 ${NOW}\n`);
  await check(
    [sample({ __name__: 'b' }, Number.NaN), sample({ __name__: 'a' }, 1e-7)],
    {},
    `# TYPE a untyped\na{instance=""} 1e-07 ${NOW}\n# TYPE b untyped\nb{instance=""} NaN ${NOW}\n`,
  );
  const utf8 = [sample({ __name__: '9.ä"b', 'l.1': 'x', l: 'y' })];
  await check(utf8, {}, `# TYPE ____b untyped\n____b{l="y",l_1="x",instance=""} 1 ${NOW}\n`);
  await check(utf8, { utf8: true }, `# TYPE "9.ä\\"b" untyped\n{"9.ä\\"b",l="y","l.1"="x",instance=""} 1 ${NOW}\n`);
  await check([sample({ __name__: 'a' })], { externalLabels: [['d.c', 'x']] }, `# TYPE a untyped\na{d_c="x",instance=""} 1 ${NOW}\n`);
  await check(
    [sample({ __name__: 'a' })],
    { externalLabels: [['d.c', 'x']], utf8: true },
    `# TYPE a untyped\na{"d.c"="x",instance=""} 1 ${NOW}\n`,
  );
});

test('what is told of the series: the newest time, and whether some have an instance', async () => {
  const check = async (samples: TestSample[], expected: Facts, options: Options = {}): Promise<void> => {
    const head = new TestHead();
    head.write(samples);
    const facts: Facts = { newestMs: null, hasInstances: false };
    await render(head, options, NOW - LOOKBACK, NOW, facts);
    expect(facts).toEqual(expected);
  };
  const up = (more: Record<string, string>, t = NOW) => sample({ __name__: 'up', ...more }, 1, t);
  await check([], { newestMs: null, hasInstances: false });
  await check([up({ job: 'a' }, NOW - 5)], { newestMs: NOW - 5, hasInstances: false });
  await check([up({ job: 'a' }, NOW - 5), up({ job: 'b' }, NOW - 1), up({ job: 'c' }, NOW - 9)], {
    newestMs: NOW - 1,
    hasInstances: false,
  });
  await check([up({ job: 'a' }), up({ job: 'b', instance: 'i' }), up({ job: 'c' })], { newestMs: NOW, hasInstances: true });
  // An external label of that name is not the series' own; others before it do not change where it stands.
  const external: Labels = Array.from({ length: 40 }, (_, i) => [`a${String(i).padStart(2, '0')}`, 'x'] as const);
  const own: Labels = [...external, ['instance', 'x']];
  await check([up({ a01: 'y' })], { newestMs: NOW, hasInstances: false }, { externalLabels: own });
  await check([up({ a01: 'y', instance: 'i' })], { newestMs: NOW, hasInstances: true }, { externalLabels: own });
  await check(
    [up({ instance: 'i' }), up({ job: 'b' })],
    { newestMs: NOW, hasInstances: true },
    { externalLabels: external, pieceBytes: 512 },
  );
});

test('the window: both ends are in, stale markers are out, samples ahead of the clock wait', async () => {
  const head = new TestHead();
  const write = (name: string, t: number, v: number | 'stale') => head.write([sample({ __name__: name, instance: 'i' }, v, t)]);
  write('at_the_start', NOW - LOOKBACK, 1);
  write('before_it', NOW - LOOKBACK - 1, 2);
  write('at_the_end', NOW, 3);
  write('stale', NOW - 20, 4);
  write('stale', NOW - 10, 'stale');
  write('ahead', NOW - 30, 5);
  write('ahead', NOW - 20, 6);
  for (let i = 1; i < 300; i++) write('ahead', NOW + i, 7);
  write('ahead_only', NOW + 1, 8);
  write('stale_ahead', NOW - 1, 9);
  write('stale_ahead', NOW + 1, 'stale');
  write('stale_before_ahead', NOW - 1, 'stale');
  write('stale_before_ahead', NOW + 1, 10);
  write('old_before_ahead', NOW - LOOKBACK - 5, 11);
  write('old_before_ahead', NOW + 1, 12);
  const lines = (await render(head)).split('\n').filter((line) => !line.startsWith('#') && line !== '');
  expect(lines).toEqual([
    `ahead{instance="i"} 6 ${NOW - 20}`,
    `at_the_end{instance="i"} 3 ${NOW}`,
    `at_the_start{instance="i"} 1 ${NOW - LOOKBACK}`,
    `stale_ahead{instance="i"} 9 ${NOW - 1}`,
  ]);
});

test('headers are asked for once a family, and wait for room', async () => {
  const head = new TestHead();
  const names = Array.from({ length: 600 }, (_, i) => `m${String(i).padStart(3, '0')}`);
  head.write(names.flatMap((name) => [sample({ __name__: name, instance: 'a' }), sample({ __name__: name, instance: 'b' })]));
  const asked: string[] = [];
  const headersOf = (wanted: readonly string[]) => {
    asked.push(...wanted);
    return wanted.map((name) =>
      name === 'm007' ? '' : `# HELP ${name} ${'x'.repeat(name === 'm100' ? 3000 : 10)}\n# TYPE ${name} gauge\n`,
    );
  };
  const text = await render(head, { headers: true, headersOf, pieceBytes: 1024 });
  const expected = names.map((name) => `${headersOf([name])[0]}${name}{instance="a"} 1 ${NOW}\n${name}{instance="b"} 1 ${NOW}\n`).join('');
  expect(text).toBe(expected);
  expect(asked.length).toBeLessThan(names.length * 4);
});

test('a line longer than a piece', async () => {
  const head = new TestHead();
  const value = 'v'.repeat(50_000);
  head.write([
    sample({ __name__: 'a', instance: 'i' }),
    sample({ __name__: 'b', instance: value }),
    sample({ __name__: 'c', instance: 'i' }),
  ]);
  const text = await render(head, { pieceBytes: 1024 });
  expect(text).toBe(
    `# TYPE a untyped\na{instance="i"} 1 ${NOW}\n# TYPE b untyped\nb{instance="${value}"} 1 ${NOW}\n# TYPE c untyped\nc{instance="i"} 1 ${NOW}\n`,
  );
});

/** The answer as FEDERATION's rules give it, in plain code. */
function plainly(samples: readonly TestSample[], external: Labels, utf8: boolean): string[] {
  const added = external.some(([name]) => name === 'instance')
    ? external
    : [...external, ['instance', ''] as const].sort((a, b) => compareUtf8(a[0], b[0]));
  const nameText = (name: string, classic: RegExp) => (classic.test(name) ? name : utf8 ? `"${escapeQuoted(name)}"` : underscored(name));
  return samples.map(({ labels, v, t }) => {
    const record = labels as Record<string, string>;
    const own = Object.entries(record)
      .filter(([name]) => name !== '__name__')
      .sort((a, b) => compareUtf8(a[0], b[0]));
    const all = [...own, ...added.filter(([name]) => !(name in record))];
    const pairs = all.map(([name, value]) => `${nameText(name, /^[a-zA-Z_][a-zA-Z0-9_]*$/)}="${escapeQuoted(value)}"`);
    const name = nameText(record.__name__, /^[a-zA-Z_:][a-zA-Z0-9_:]*$/);
    const quoted = name.startsWith('"');
    return `${quoted ? '' : name}{${[...(quoted ? [name] : []), ...pairs].join(',')}} ${expositionNumber(v as number)} ${t}`;
  });
}

describe.each([{ checked: false }, { checked: true }])('checked build: $checked', ({ checked }) => {
  test('random series in pieces of random sizes', async () => {
    const text = fc
      .oneof(fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }), fc.constantFrom('a', 'b:c', 'x.y', '"', '\\', '\n'))
      .filter((s) => s.isWellFormed() && !s.includes('\0'));
    const name = fc.oneof(fc.constantFrom('a', 'b_total', 'x.y', 'A', 'instance', 'dc'), text);
    const series = fc.record({
      labels: fc
        .tuple(text, fc.dictionary(name, text, { maxKeys: 6, noNullPrototype: true }))
        .map(([metric, labels]) => ({ ...labels, __name__: metric })),
      v: fc.double(),
      t: fc.integer({ min: NOW - LOOKBACK, max: NOW }),
    });
    const external = fc.constantFrom<Labels>(
      [],
      [['dc', 'eu1']],
      [
        ['dc', 'eu1'],
        ['instance', 'me'],
      ],
      [['x.y', 'z']],
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(series, { maxLength: 30 }),
        external,
        fc.boolean(),
        fc.integer({ min: 300, max: 5000 }),
        async (samples, externalLabels, utf8, pieceBytes) => {
          const head = new TestHead({ checked, bytes: 64 * 1024 * 1024 });
          const distinct = [...new Map(samples.map((each) => [JSON.stringify(Object.entries(each.labels).sort()), each])).values()];
          head.write(distinct);
          const answer = await render(head, { externalLabels, utf8, pieceBytes });
          const lines = answer.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
          expect(lines.sort()).toEqual(plainly(distinct, externalLabels, utf8).sort());
          const families = answer.split('\n').filter((line) => line.startsWith('#')).length;
          expect(families).toBe(new Set(distinct.map(({ labels }) => labels.__name__)).size);
        },
      ),
      { seed: 5, numRuns: 150 },
    );
  });
});
