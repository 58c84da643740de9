import { describe, expect, test } from 'vitest';
import { labelsOf } from '../model/index.ts';
import { ApiError } from './errors.ts';
import type { AlertingRuleView, RecordingRuleView, RuleGroupView } from './ports.ts';
import type { ApiRequest } from './route.ts';
import { ruleRoutes } from './rules.ts';

const NEVER = new AbortController().signal;
const AT_MS = Date.UTC(2026, 0, 2, 3, 4, 5, 678);

const recording = (name: string, labels: Record<string, string> = {}): RecordingRuleView => ({
  kind: 'recording',
  name,
  query: 'up',
  labels: labelsOf(labels),
  health: 'ok',
  lastError: '',
  durationMs: 1.5,
  lastEvaluationMs: AT_MS,
});

const alerting = (name: string, labels: Record<string, string> = {}): AlertingRuleView => ({
  ...recording(name, labels),
  kind: 'alerting',
  health: 'err',
  lastError: 'failed',
  state: 'firing',
  forMs: 90_000,
  keepFiringForMs: 0,
  annotations: labelsOf({ summary: 'S' }),
  alerts: () => [
    {
      labels: labelsOf({ alertname: name }),
      annotations: labelsOf({ summary: 's' }),
      state: 'firing',
      activeMs: AT_MS,
      keepFiringSinceMs: AT_MS + 1000,
      value: 12.5,
    },
  ],
  alertCount: () => 1,
});

const group = (name: string, file: string, rules: RuleGroupView['rules']): RuleGroupView => ({
  name,
  file,
  rules,
  intervalMs: 15_000,
  limit: 3,
  durationMs: 2,
  lastEvaluationMs: 0,
});

const GROUPS = [
  group('a', '1', [recording('r1'), alerting('A1', { severity: 'page' })]),
  group('b', '1', [recording('r2', { team: 'x' })]),
  group('a', '2', [alerting('A2')]),
];

async function ask(path: string, query: string, groups: readonly RuleGroupView[] = GROUPS, signal = NEVER): Promise<unknown> {
  const route = ruleRoutes({ rules: { groups: () => groups } }).find((one) => one.path === path)!;
  const answer = await route.handle({ params: new URLSearchParams(query), signal } as ApiRequest);
  return JSON.parse(Buffer.concat((answer as { pieces: Buffer[] }).pieces).toString()).data;
}

interface Shown {
  groups: { name: string; file: string; rules: { name: string }[] }[];
  groupNextToken?: string;
}

/** `file/group: rules`. */
async function check(query: string, ...expected: string[]): Promise<Shown> {
  const shown = (await ask('/rules', query)) as Shown;
  expect(
    shown.groups.map(({ file, name, rules }) => `${file}/${name}: ${rules.map((rule) => rule.name).join(' ')}`),
    query,
  ).toEqual(expected);
  return shown;
}

async function refused(query: string, message: string): Promise<void> {
  let error: unknown;
  try {
    await ask('/rules', query);
  } catch (thrown) {
    error = thrown;
  }
  expect(error, query).toBeInstanceOf(ApiError);
  expect((error as ApiError).message).toBe(message);
  expect((error as ApiError).code).toBe('bad_data');
}

test('everything of a rule', async () => {
  const [first] = ((await ask('/rules', '')) as { groups: unknown[] }).groups;
  expect(first).toEqual({
    name: 'a',
    file: '1',
    interval: 15,
    limit: 3,
    evaluationTime: 0.002,
    lastEvaluation: '0001-01-01T00:00:00Z',
    rules: [
      {
        name: 'r1',
        query: 'up',
        health: 'ok',
        evaluationTime: 0.0015,
        lastEvaluation: '2026-01-02T03:04:05.678Z',
        type: 'recording',
      },
      {
        state: 'firing',
        name: 'A1',
        query: 'up',
        duration: 90,
        keepFiringFor: 0,
        labels: { severity: 'page' },
        annotations: { summary: 'S' },
        alerts: [
          {
            labels: { alertname: 'A1' },
            annotations: { summary: 's' },
            state: 'firing',
            activeAt: '2026-01-02T03:04:05.678Z',
            keepFiringSince: '2026-01-02T03:04:06.678Z',
            value: '1.25e+01',
          },
        ],
        health: 'err',
        lastError: 'failed',
        evaluationTime: 0.0015,
        lastEvaluation: '2026-01-02T03:04:05.678Z',
        type: 'alerting',
      },
    ],
  });
});

test('filters', async () => {
  await check('', '1/a: r1 A1', '1/b: r2', '2/a: A2');
  await check('type=alert', '1/a: A1', '2/a: A2');
  await check('type=Record', '1/a: r1', '1/b: r2');
  await check('rule_name[]=r1&rule_name[]=A2', '1/a: r1', '2/a: A2');
  await check('rule_group[]=a', '1/a: r1 A1', '2/a: A2');
  await check('file[]=1&rule_group[]=a', '1/a: r1 A1');
  await check('match[]={severity="page"}', '1/a: A1');
  await check('match[]={severity="page"}&match[]={team=~".%2B"}', '1/a: A1', '1/b: r2');
  await check('file[]=3');
});

test('without alerts', async () => {
  const alertsOf = async (query: string) =>
    ((await ask('/rules', query)) as { groups: { rules: { alerts?: unknown }[] }[] }).groups[0].rules[1].alerts;
  expect(await alertsOf('exclude_alerts=true')).toBeNull();
  expect(await alertsOf('exclude_alerts=0')).toHaveLength(1);
});

test('page by page', async () => {
  const { groupNextToken } = await check('group_limit=2', '1/a: r1 A1', '1/b: r2');
  expect(groupNextToken).toMatch(/^[0-9a-f]{40}$/);
  expect((await check(`group_limit=2&group_next_token=${groupNextToken}`, '2/a: A2')).groupNextToken).toBeUndefined();
  expect((await check('group_limit=3', '1/a: r1 A1', '1/b: r2', '2/a: A2')).groupNextToken).toBeUndefined();
  expect((await check('group_limit=1&type=record', '1/a: r1')).groupNextToken).toMatch(/^[0-9a-f]{40}$/);
});

test('what is refused', async () => {
  await refused('type=x', 'invalid parameter "type": not supported value "x"');
  await refused('match[]=', 'unknown position: parse error: unexpected end of input');
  await refused('match[]={a=""}', 'match[] must contain at least one non-empty matcher');
  await refused(
    'exclude_alerts=x',
    'invalid parameter "exclude_alerts": error converting exclude_alerts: strconv.ParseBool: parsing "x": invalid syntax',
  );
  await refused('group_limit=0', 'invalid parameter "group_limit": group_limit needs to be greater than 0');
  await refused('group_limit=-2', 'invalid parameter "group_limit": group_limit needs to be greater than 0');
  await refused(
    'group_limit=x',
    'invalid parameter "group_limit": group_limit needs to be a valid number: strconv.ParseInt: parsing "x": invalid syntax',
  );
  await refused(
    'group_limit=99999999999',
    'invalid parameter "group_limit": group_limit needs to be a valid number: strconv.ParseInt: parsing "99999999999": value out of range',
  );
  await refused(
    'group_next_token=x',
    'invalid parameter "group_next_token": group_limit needs to be present in order to paginate over the groups',
  );
  await refused(
    'group_limit=1&group_next_token=x',
    'invalid parameter "group_next_token": invalid group_next_token \'x\'. were rule groups changed?',
  );
});

test('alerts of all rules', async () => {
  expect(((await ask('/alerts', '')) as { alerts: { labels: unknown }[] }).alerts.map(({ labels }) => labels)).toEqual([
    { alertname: 'A1' },
    { alertname: 'A2' },
  ]);
  expect(await ask('/alerts', '', [])).toEqual({ alerts: [] });
});

describe('very many alerts', () => {
  const many = (count: number, told = count): RuleGroupView[] => {
    const one = alerting('A');
    const alerts = Array.from({ length: count }, () => one.alerts()[0]);
    return [group('a', '1', [{ ...one, alerts: () => alerts, alertCount: () => told }, recording('r')]), group('b', '1', [alerting('B')])];
  };

  test('are refused before anything is made of them, with how to ask for less', async () => {
    const groups = many(1, 3_000_000);
    const message = async (path: string, query: string) =>
      await ask(path, query, groups).catch(({ code, message }) => `${code} ${message}`);
    expect(await message('/rules', '')).toMatch(
      /^execution 3000001 alerts are active, more than the 500000 .*: ask for fewer rules.*exclude_alerts/,
    );
    expect(await message('/alerts', '')).toMatch(
      /^execution 3000001 alerts are active, more than .*: ask \/api\/v1\/rules for those of some rules/,
    );
    for (const query of ['exclude_alerts=true', 'rule_name[]=B', 'rule_group[]=b', 'type=record'])
      expect(await message('/rules', query)).toHaveProperty('groups');
  });

  test('keep the others waiting for some milliseconds only, and end with their client', async () => {
    const groups = many(50_000);
    let [longestMs, last, turns] = [0, performance.now(), 0];
    const timer = setInterval(() => {
      longestMs = Math.max(longestMs, performance.now() - last);
      last = performance.now();
      turns++;
    }, 1);
    const leaves = new AbortController();
    const left = ask('/alerts', '', groups, leaves.signal).catch(({ code }) => code);
    const route = ruleRoutes({ rules: { groups: () => groups } })[0];
    const answer = (await route.handle({ params: new URLSearchParams(), signal: NEVER } as ApiRequest)) as { pieces: Buffer[] };
    clearInterval(timer);
    leaves.abort();
    expect(turns).toBeGreaterThan(5);
    expect(longestMs).toBeLessThan(500);
    expect(['canceled', undefined]).toContain(await left.then((one) => (typeof one === 'string' ? one : undefined)));
    expect(answer.pieces.length).toBeGreaterThan(50);
    const { data } = JSON.parse(Buffer.concat(answer.pieces).toString()) as { data: { groups: { rules: { alerts: unknown[] }[] }[] } };
    expect(data.groups[0].rules[0].alerts).toHaveLength(50_000);
  });

  test('are no longer than an answer may be', async () => {
    const groups = many(3000);
    const long = 'x'.repeat(50_000);
    const [rule] = groups[0].rules as AlertingRuleView[];
    const alerts = rule.alerts().map((alert) => ({ ...alert, annotations: labelsOf({ long }) }));
    await expect(ask('/alerts', '', [group('a', '1', [{ ...rule, alerts: () => alerts }])])).rejects.toThrow(
      /more than the 128 MiB of one answer: ask/,
    );
  });
});
