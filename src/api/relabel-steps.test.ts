import { expect, test } from 'vitest';
import { apiRequest } from '../../test/support/api-request.ts';
import { parseConfig } from '../config/index.ts';
import { relabelStepRoutes } from './relabel-steps.ts';

const { config } = parseConfig(
  `scrape_configs:
- job_name: j
  relabel_configs:
  - {target_label: env, replacement: development}
  - {source_labels: [__address__, job], separator: '@', regex: '(.+):\\d+@(.*)', target_label: host, action: Replace}
  - {source_labels: [host], modulus: 8, target_label: shard, action: hashmod}
  - {source_labels: [job], regex: gone, action: drop}
  - {regex: host, action: labeldrop}
- job_name: plain
`,
  { file: 'p.yml', env: {} },
);
const [route] = relabelStepRoutes({
  targets: {
    relabelRules: (pool: string) => config.scrapeConfigs.find(({ jobName }) => jobName === pool)?.relabelConfigs ?? null,
  } as never,
});
const call = (scrapePool: string, labels: string) =>
  Promise.resolve().then(() => route.handle(apiRequest(new URLSearchParams({ scrapePool, labels }).toString())));

test('each rule, its labels, and whether the target is kept', async () => {
  const rules = [
    { separator: ';', regex: '(.*)', target_label: 'env', replacement: 'development', action: 'replace' },
    {
      source_labels: ['__address__', 'job'],
      separator: '@',
      regex: '(.+):\\d+@(.*)',
      target_label: 'host',
      replacement: '$1',
      action: 'replace',
    },
    { source_labels: ['host'], separator: ';', regex: '(.*)', modulus: 8, target_label: 'shard', replacement: '$1', action: 'hashmod' },
    { source_labels: ['job'], separator: ';', regex: 'gone', replacement: '$1', action: 'drop' },
    { separator: ';', regex: 'host', replacement: '$1', action: 'labeldrop' },
  ];
  const before = { __address__: 'a:1', env: 'development', job: 'x' };
  const kept = await call('j', '{"job":"x","__address__":"a:1"}');
  expect(kept).toEqual({
    data: {
      steps: [
        { rule: rules[0], output: before, keep: true },
        { rule: rules[1], output: { ...before, host: 'a' }, keep: true },
        { rule: rules[2], output: { ...before, host: 'a', shard: '1' }, keep: true },
        { rule: rules[3], output: { ...before, host: 'a', shard: '1' }, keep: true },
        { rule: rules[4], output: { ...before, shard: '1' }, keep: true },
      ],
    },
  });
  // The keys stand in Prometheus's order.
  expect(Object.keys((kept as { data: { steps: { rule: object }[] } }).data.steps[2].rule)).toEqual(Object.keys(rules[2]));
  expect(await call('j', '{"job":"gone"}')).toMatchObject({
    data: { steps: [{ keep: true }, { keep: true }, { keep: true }, { output: {}, keep: false }, { output: {}, keep: false }] },
  });
  expect(await call('plain', '{}')).toEqual({ data: { steps: [] } });
});

test('what is wrong', async () => {
  const check = (pool: string, labels: string, message: string) =>
    expect(call(pool, labels)).rejects.toMatchObject({ code: 'bad_data', message: expect.stringContaining(message) });
  await check('', '{}', 'no scrapePool parameter provided');
  await check('j', '', 'no labels parameter provided');
  await check('none', '{}', 'error retrieving scrape config: scrape pool "none" not found');
  await check('j', '{', 'error parsing labels: ');
  for (const labels of ['[]', 'null', '7', '"x"']) await check('j', labels, 'error parsing labels: got no JSON object');
  await check('j', '{"a":1}', 'error parsing labels: got a value of "a" that is no string');
  await check('j', '{"a":"\\ud800"}', 'error parsing labels: got text of "a" that is no UTF-8');
});
