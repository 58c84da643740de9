// Counted label by label, and compared with the text that is rendered of the same series.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TestHead } from '../../test/support/head.ts';
import { type Labels, Matcher } from '../model/index.ts';
import { type LabelCost, LabelTally } from './label-tally.ts';
import { Rendering } from './rendering.ts';
import { SelectionCache } from './selection-cache.ts';
import { selectVisible } from './visible-series.ts';

const NOW = 1_700_000_000_000;
const pause = async () => undefined;

interface Counted {
  readonly text: string;
  readonly series: number;
  readonly families: readonly string[];
  readonly costs: readonly LabelCost[];
}

async function count(series: readonly Record<string, string>[], externalLabels: Labels): Promise<Counted> {
  const head = new TestHead({ checked: true });
  const { reader } = head;
  head.write(series.map((labels) => ({ labels, t: NOW, v: 1 })));
  const query = { selectors: [[new Matcher('__name__', '=~', '.*')]], externalLabels, key: '', minT: NOW, maxT: NOW, withStale: false };
  const [visible, tally] = await selectVisible(reader, new SelectionCache(reader, 1), query, pause, (all) => [all, new LabelTally(reader)]);
  const families: string[] = [];
  while (tally.add(visible, (name, count) => families.push(`${name} ${count}`)));
  const costs = tally.costs(externalLabels);
  tally.dispose();
  const rendering = new Rendering(reader, visible, { utf8: false, externalLabels, headers: false });
  const piece = reader.alloc(1 << 20);
  const { state, written } = rendering.fill(piece, (1 << 20) - 64);
  expect(state).toBe('done');
  return { text: reader.buffer.toString('utf8', piece, piece + written), series: tally.series, families, costs };
}

/** What the text says: name → series, values, bytes; a second implementation, which reads instead of counting. */
function costsOf(text: string): Record<string, string> {
  const costs = new Map<string, { series: number; values: Set<string>; bytes: number }>();
  const add = (name: string, value: string, bytes: number, series = 1) => {
    const cost = costs.get(name) ?? { series: 0, values: new Set(), bytes: 0 };
    costs.set(name, cost);
    cost.series += series;
    if (series > 0) cost.values.add(value);
    cost.bytes += bytes;
  };
  for (const line of text.split('\n').filter((one) => one !== '')) {
    if (line.startsWith('#')) add('__name__', '', Buffer.byteLength(line) + 1, 0);
    else {
      const name = line.slice(0, line.indexOf('{'));
      add('__name__', name, Buffer.byteLength(name));
      for (const [whole, label, value] of line.slice(name.length + 1).matchAll(/([a-zA-Z0-9_:]+)="((?:\\.|[^"\\])*)"[,}]/g))
        add(label, value, Buffer.byteLength(whole));
    }
  }
  return Object.fromEntries([...costs].map(([name, { series, values, bytes }]) => [name, `${series} ${values.size} ${bytes}`]));
}

const shown = (costs: readonly LabelCost[]) => Object.fromEntries(costs.map((c) => [c.name, `${c.series} ${c.values} ${c.textBytes}`]));

test('labels, added labels, names', async () => {
  const check = async (series: readonly Record<string, string>[], externalLabels: Labels, expected: Record<string, string>) => {
    const { text, costs } = await count(series, externalLabels);
    expect(shown(costs)).toEqual(expected);
    expect(costsOf(text)).toEqual(expected);
  };
  await check([], [['dc', 'eu1']], {});
  await check([{ __name__: 'up', job: 'j' }], [], { __name__: '1 1 20', job: '1 1 8', instance: '1 1 12' });
  await check(
    [
      { __name__: 'up', dc: 'eu1' },
      { __name__: 'up', dc: 'us1', instance: 'i' },
      { __name__: 'up', job: 'j' },
    ],
    [['dc', 'eu1']],
    { __name__: '3 1 24', dc: '3 2 27', instance: '3 2 37', job: '1 1 8' },
  );
  await check([{ __name__: 'up', job: 'a"b\nc' }], [['instance', 'x']], { __name__: '1 1 20', job: '1 1 14', instance: '1 1 13' });
});

test('families in their order; series without a name are not counted', async () => {
  const { families, series } = await count([{ __name__: 'b', i: '1' }, { __name__: 'a' }, { __name__: 'b' }, { job: 'nameless' }], []);
  expect({ families, series }).toEqual({ families: ['a 1', 'b 2'], series: 3 });
});

test('names that are not classic cost what they are escaped to', async () => {
  const { text, costs } = await count([{ __name__: 'größe.b', 'k.ü"': 'v' }], [['d.c', 'x']]);
  expect(text).toBe(`# TYPE gr__e_b untyped\ngr__e_b{k___="v",d_c="x",instance=""} 1 ${NOW}\n`);
  expect(shown(costs)).toEqual({ __name__: '1 1 30', 'k.ü"': '1 1 9', 'd.c': '1 1 8', instance: '1 1 12' });
});

test('equals the rendered text over random series, worst first', async () => {
  const value = fc.constantFrom('', 'a', 'b', 'ü', '"', '\\', '\n', 'longer value');
  const one = fc.record({ __name__: fc.constantFrom('m', 'n', 'o_total'), a: value, b: value, instance: value, dc: value, Z: value });
  const external = fc.constantFrom<Labels>([], [['dc', 'a']], [['dc', 'x'], ['z', '"']], [['instance', 'a']]); // biome-ignore format: short
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(one, { selector: (labels) => JSON.stringify(labels), maxLength: 12 }),
      external,
      async (list, added) => {
        const series = list.map(
          (labels) => Object.fromEntries(Object.entries(labels).filter(([, text]) => text !== '')) as Record<string, string>,
        );
        const { text, costs } = await count(series, added);
        expect(shown(costs)).toEqual(costsOf(text));
        expect(costs.map(({ textBytes }) => textBytes)).toEqual(costs.map(({ textBytes }) => textBytes).sort((a, b) => b - a));
      },
    ),
    { numRuns: 60, seed: 20261 },
  );
});
