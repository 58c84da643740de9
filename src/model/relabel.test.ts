// biome-ignore-all lint/suspicious/noTemplateCurlyInString: relabelling templates are written so.
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Labels, labelsOf } from './labels.ts';
import { compileRegexp } from './regexp.ts';
import { DEFAULT_RELABEL_RULE, RELABEL_ACTIONS, type RelabelRule, relabel, relabelSteps } from './relabel.ts';

type Written = Partial<Omit<RelabelRule, 'regex'>> & { regex?: string };

function rule({ regex, ...rest }: Written): RelabelRule {
  return { ...DEFAULT_RELABEL_RULE, ...rest, ...(regex === undefined ? {} : { regex: compileRegexp(regex) }) };
}

function check(labels: Record<string, string>, rules: Written[], expected: Record<string, string> | null): void {
  const result = relabel(labelsOf(labels), rules.map(rule));
  expect(result).toEqual(expected === null ? null : labelsOf(expected));
}

test('replace', () => {
  check({ a: 'foo' }, [{ sourceLabels: ['a'], targetLabel: 'b' }], { a: 'foo', b: 'foo' });
  check({ a: 'foo', b: 'bar' }, [{ sourceLabels: ['a', 'b'], regex: 'f(.*);(.*)r', targetLabel: 'd', replacement: 'x${1}-$2' }], {
    a: 'foo',
    b: 'bar',
    d: 'xoo-ba',
  });
  check({ a: 'foo' }, [{ sourceLabels: ['a'], regex: 'fo', targetLabel: 'b' }], { a: 'foo' });
  check({ a: 'foo' }, [{ sourceLabels: ['a'], regex: 'fo+', targetLabel: 'a', replacement: '' }], {});
  check({ a: 'foo' }, [{ targetLabel: 'b', replacement: 'static' }], { a: 'foo', b: 'static' });
  check({ a: 'foo' }, [{ targetLabel: 'a', replacement: '' }], {});
  check({ a: 'k=v' }, [{ sourceLabels: ['a'], regex: '(.*)=(.*)', targetLabel: '${1}', replacement: '$2' }], { a: 'k=v', k: 'v' });
  check({ a: '=v' }, [{ sourceLabels: ['a'], regex: '(.*)=(.*)', targetLabel: '$1', replacement: '$2' }], { a: '=v' });
  check({ a: 'some.key' }, [{ sourceLabels: ['a'], targetLabel: '${1}', replacement: 'x' }], { a: 'some.key', 'some.key': 'x' });
  check({ a: 'x\ny' }, [{ sourceLabels: ['a'], regex: 'x.(y)', targetLabel: 'b' }], { a: 'x\ny', b: 'y' });
  check({ a: '1', b: '2' }, [{ sourceLabels: ['a', 'b'], separator: '', targetLabel: 'c' }], { a: '1', b: '2', c: '12' });
  check({ a: '1' }, [{ sourceLabels: ['nope'], regex: '', targetLabel: 'c', replacement: 'was absent' }], { a: '1', c: 'was absent' });
  check({ a: '1' }, [{ sourceLabels: ['a'], targetLabel: 'c', replacement: '$1x' }], { a: '1' });
  check({ a: '1' }, [{ sourceLabels: ['a'], targetLabel: 'c', replacement: '$$1' }], { a: '1', c: '$1' });
});

test('keep, drop, keepequal, dropequal', () => {
  check({ a: 'foo' }, [{ action: 'keep', sourceLabels: ['a'], regex: 'fo' }], null);
  check({ a: 'foo' }, [{ action: 'keep', sourceLabels: ['a'], regex: 'fo.' }], { a: 'foo' });
  check({ a: 'foo' }, [{ action: 'drop', sourceLabels: ['a'], regex: 'f|foo' }], null);
  check({ a: 'foo' }, [{ action: 'drop', sourceLabels: ['a'], regex: 'o' }], { a: 'foo' });
  check(
    { a: 'foo' },
    [
      { action: 'drop', sourceLabels: ['a'], regex: 'foo' },
      { targetLabel: 'b', replacement: 'x' },
    ],
    null,
  );
  check({ a: '1', b: '1' }, [{ action: 'keepequal', sourceLabels: ['a'], targetLabel: 'b' }], { a: '1', b: '1' });
  check({ a: '1', b: '2' }, [{ action: 'keepequal', sourceLabels: ['a'], targetLabel: 'b' }], null);
  check({ a: '1', b: '1' }, [{ action: 'dropequal', sourceLabels: ['a'], targetLabel: 'b' }], null);
  check({ a: '1' }, [{ action: 'dropequal', sourceLabels: ['x'], targetLabel: 'y' }], null);
});

test('lowercase, uppercase, hashmod', () => {
  check({ a: 'ᾀᾳŉა' }, [{ action: 'uppercase', sourceLabels: ['a'], targetLabel: 'a' }], { a: 'ᾈᾼŉᲐ' });
  check({ a: 'BaR_ß' }, [{ action: 'uppercase', sourceLabels: ['a'], targetLabel: 'b' }], { a: 'BaR_ß', b: 'BAR_ß' });
  check({ a: 'ΟΔΟΣ İ' }, [{ action: 'lowercase', sourceLabels: ['a'], targetLabel: 'a' }], { a: 'οδοσ i' });
  // The value that Prometheus documents in its own tests for md5("baz") % 1000.
  check({ c: 'baz' }, [{ action: 'hashmod', sourceLabels: ['c'], separator: ';', targetLabel: 'd', modulus: 1000 }], {
    c: 'baz',
    d: '976',
  });
});

test('labelmap, labeldrop, labelkeep', () => {
  check({ a: '1', b1: '2', b2: '3' }, [{ action: 'labelmap', regex: '(b.*)', replacement: 'bar_${1}' }], {
    a: '1',
    b1: '2',
    b2: '3',
    bar_b1: '2',
    bar_b2: '3',
  });
  check({ a: 'foo', __meta_x: 'v' }, [{ action: 'labelmap', regex: '__meta_(.+)' }], { a: 'foo', __meta_x: 'v', x: 'v' });
  check({ m_a: '1', n_a: '2' }, [{ action: 'labelmap', regex: '[mn]_(.)' }], { m_a: '1', n_a: '2', a: '2' });
  // A label that an earlier rule set comes last, so it wins although its name sorts first.
  check(
    { m_a: '1', n_a: '2' },
    [
      { targetLabel: 'm_a', replacement: '9' },
      { action: 'labelmap', regex: '[mn]_(.)' },
    ],
    { m_a: '9', n_a: '2', a: '9' },
  );
  check({ a: '1', b1: '2', b2: '3' }, [{ action: 'labeldrop', regex: 'b.*' }], { a: '1' });
  check({ a: '1', b1: '2', b2: '3' }, [{ action: 'labelkeep', regex: 'b.*' }], { b1: '2', b2: '3' });
  check({ a: '1' }, [{ action: 'labelkeep', regex: 'x' }], {});
});

test('empty values disappear, untouched labels are returned as they are', () => {
  check({ a: '', b: '1' }, [{ action: 'keep', sourceLabels: ['a'], regex: '' }], { b: '1' });
  const labels = labelsOf({ a: '1', b: '2' });
  expect(relabel(labels, [rule({ action: 'keep', sourceLabels: ['a'], regex: '1' })])).toBe(labels);
  expect(relabel(labels, [])).toBe(labels);
});

/** The rules as one reads them in the documentation, over a plain list of pairs; written without looking at relabel.ts. */
function naive(labels: Labels, rules: readonly RelabelRule[]): Record<string, string> | null {
  let pairs = labels.map(([n, v]) => [n, v] as [string, string]);
  const get = (name: string): string => pairs.find(([n]) => n === name)?.[1] ?? '';
  const put = (name: string, value: string): void => {
    const rest = pairs.filter(([n]) => n !== name);
    pairs = value === '' ? rest : [...rest, [name, value]];
  };
  for (const r of rules) {
    const value = r.sourceLabels.map(get).join(r.separator);
    const pattern = new RegExp(`^(?:${r.regex.pattern})$`, 's');
    const groups = pattern.exec(value);
    const fill = (template: string, g: RegExpExecArray): string => template.replace(/\$\{?(\d)\}?/g, (_, d) => g[Number(d)] ?? '');
    if (r.action === 'keep' && groups === null) return null;
    if (r.action === 'drop' && groups !== null) return null;
    if (r.action === 'keepequal' && get(r.targetLabel) !== value) return null;
    if (r.action === 'dropequal' && get(r.targetLabel) === value) return null;
    if (r.action === 'replace' && groups !== null && fill(r.targetLabel, groups) !== '')
      put(fill(r.targetLabel, groups), fill(r.replacement, groups));
    if (r.action === 'lowercase') put(r.targetLabel, value.toLowerCase());
    if (r.action === 'uppercase') put(r.targetLabel, value.toUpperCase());
    if (r.action === 'hashmod') {
      const hex = createHash('md5').update(value).digest('hex').slice(16);
      put(r.targetLabel, String(BigInt(`0x${hex}`) % BigInt(r.modulus)));
    }
    if (r.action === 'labelmap') {
      const before = pairs;
      for (const [n, v] of before) {
        const g = pattern.exec(n);
        if (g !== null && fill(r.replacement, g) !== n) put(fill(r.replacement, g), v);
      }
    }
    if (r.action === 'labeldrop') pairs = pairs.filter(([n]) => !pattern.test(n));
    if (r.action === 'labelkeep') pairs = pairs.filter(([n]) => pattern.test(n));
  }
  return Object.fromEntries(pairs);
}

const NAMES = fc.constantFrom('a', 'b', 'c', 'd', 'job');
const VALUES = ['a', 'b', 'ab', 'B', 'x1', '1'];
const rulesOf = (actions: readonly (typeof RELABEL_ACTIONS)[number][]) =>
  fc.array(
    fc.record({
      action: fc.constantFrom(...actions),
      sourceLabels: fc.array(NAMES, { maxLength: 3 }),
      separator: fc.constantFrom(';', '', '-'),
      regex: fc.constantFrom('(.*)', 'a|b', '(a)(b)?', '([a-z])(.*)', '.*;.*', 'x.', '').map(compileRegexp),
      modulus: fc.constantFrom(1, 7, 1000),
      targetLabel: NAMES,
      replacement: fc.constantFrom('$1', '${2}', 'x', '', '${1}-$2'),
    }),
    { maxLength: 5 },
  );

test('steps', () => {
  const steps = (labels: Record<string, string>, rules: Written[]) =>
    relabelSteps(labelsOf(labels), rules.map(rule)).map((step) => step.labels && Object.fromEntries(step.labels));
  const set = (targetLabel: string, replacement: string): Written => ({ targetLabel, replacement });
  expect(steps({ a: '1' }, [])).toEqual([]);
  expect(steps({ a: '1', e: '' }, [{ action: 'keep', sourceLabels: ['a'], regex: '1' }, set('b', '2'), set('a', '')])).toEqual([
    { a: '1' },
    { a: '1', b: '2' },
    { b: '2' },
  ]);
  expect(steps({ a: '1' }, [set('b', '2'), { action: 'drop', sourceLabels: ['b'], regex: '2' }, set('c', '3')])).toEqual([
    { a: '1', b: '2' },
    null,
    null,
  ]);
  const rules = [rule(set('b', '2'))];
  expect(relabelSteps([], rules)[0].rule).toBe(rules[0]);
});

test('each step is what relabel() gives for the rules up to there', () => {
  const labels = fc.dictionary(NAMES, fc.constantFrom(...VALUES, ''));
  fc.assert(
    fc.property(labels, rulesOf(RELABEL_ACTIONS), (record, rules) => {
      const steps = relabelSteps(labelsOf(record), rules);
      expect(steps.map((step) => step.labels)).toEqual(rules.map((_, i) => relabel(labelsOf(record), rules.slice(0, i + 1))));
    }),
    { numRuns: 1000, seed: 20262 },
  );
});

test('equals a naive second implementation over random rules', () => {
  const labelSet = fc.dictionary(NAMES, fc.constantFrom(...VALUES));
  const rules = rulesOf(RELABEL_ACTIONS.filter((action) => action !== 'labelmap'));
  fc.assert(
    fc.property(labelSet, rules, (record, list) => {
      const expected = naive(labelsOf(record), list);
      const result = relabel(labelsOf(record), list);
      expect(result).toEqual(expected === null ? null : labelsOf(expected));
    }),
    { numRuns: 2000, seed: 20260 },
  );
});
