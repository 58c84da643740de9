import { expect, test } from 'vitest';
import { compileRegexp, DEFAULT_RELABEL_RULE, type Labels, type RelabelRule } from '../model/index.ts';
import { type Alert, encodeAlerts, relabelAlerts } from './alert.ts';

const alert = (labels: Labels): Alert => ({
  labels,
  annotations: [],
  startsAtMs: 1_700_000_000_000,
  endsAtMs: 1_700_000_240_005,
  generatorUrl: '',
});
const rule = (more: Partial<RelabelRule>): RelabelRule => ({ ...DEFAULT_RELABEL_RULE, ...more });

test('as API v2 of Alertmanager takes it', () => {
  const check = (one: Alert, expected: object) => expect(JSON.parse(encodeAlerts([one]).toString())).toEqual([expected]);
  check(alert([['alertname', 'A']]), {
    labels: { alertname: 'A' },
    startsAt: '2023-11-14T22:13:20.000Z',
    endsAt: '2023-11-14T22:17:20.005Z',
  });
  check(
    {
      ...alert([
        ['__proto__', 'x'],
        ['a', 'ü"\n'],
      ]),
      // An annotation may be empty.
      annotations: [
        ['empty', ''],
        ['summary', '<&>'],
      ],
      generatorUrl: 'http://p/graph?g0.expr=up+%3D%3D+0&g0.tab=1',
    },
    {
      labels: JSON.parse('{"__proto__":"x","a":"ü\\"\\n"}'),
      annotations: { empty: '', summary: '<&>' },
      startsAt: '2023-11-14T22:13:20.000Z',
      endsAt: '2023-11-14T22:17:20.005Z',
      generatorURL: 'http://p/graph?g0.expr=up+%3D%3D+0&g0.tab=1',
    },
  );
});

test('external labels and rules', () => {
  const check = (labels: Labels, external: Labels, rules: readonly RelabelRule[], expected: Labels | null) =>
    expect(relabelAlerts([alert(labels)], external, rules).map((one) => one.labels)).toEqual(expected === null ? [] : [expected]);
  const a: Labels = [['alertname', 'A']];
  check(a, [], [], a);
  check(a, [['dc', 'eu']], [], [...a, ['dc', 'eu']]);
  check(a, [['aaa', 'x']], [], [['aaa', 'x'], ...a]);
  check([...a, ['dc', 'us']], [['dc', 'eu']], [], [...a, ['dc', 'us']]);
  check([...a, ['dc', '']], [['dc', 'eu']], [], [...a, ['dc', 'eu']]);
  check([...a, ['b', '']], [['dc', '']], [], a);
  check(a, [['dc', 'eu']], [rule({ action: 'labeldrop', regex: compileRegexp('dc') })], a);
  check(a, [['dc', 'eu']], [rule({ sourceLabels: ['dc'], targetLabel: 'site' })], [...a, ['dc', 'eu'], ['site', 'eu']]);
  check(a, [], [rule({ action: 'drop', sourceLabels: ['alertname'], regex: compileRegexp('A') })], null);
  check(a, [], [rule({ action: 'labeldrop', regex: compileRegexp('.*') })], null);
  check([], [], [], null);
});

test('what nothing changes is the same alert', () => {
  const one = alert([['alertname', 'A']]);
  expect(relabelAlerts([one], [['alertname', 'B']], [])[0]).toBe(one);
});
