import { describe, expect, test } from 'vitest';
import { sourceAddress } from './source-address.ts';
import { dataOf, identityOf, identityOfConfig, recordingRules } from './source-answers.ts';

test('addresses of sources', () => {
  const check = (url: string, expected: object | null) => expect(sourceAddress(url)).toEqual(expected);
  check('http://a:9090/federate', { url: 'http://a:9090/federate', base: 'http://a:9090' });
  check('https://u:p@a/x/federate?match[]=up#f', { url: 'https://a/x/federate', base: 'https://a/x' });
  check('http://[::1]:9090/federate', { url: 'http://[::1]:9090/federate', base: 'http://[::1]:9090' });
  check('http://a:9090/metrics', null);
  check('http://a:9090/federate/metrics', null);
  check('http://a:9090/metrics?x=/federate', null);
  check('http://a:99999/federate', null);
});

/** What `read` makes of it, or why nothing. */
function outcome(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    return (error as Error).message;
  }
}

test('data of an answer', () => {
  const check = (text: string, expected: unknown) => expect(outcome(() => dataOf(Buffer.from(text)))).toEqual(expected);
  check('{"status":"success","data":{"a":1}}', { a: 1 });
  check('<html>', 'its answer is no JSON');
  check('', 'its answer is no JSON');
  check('null', 'its answer has no data');
  check('{"status":"success","data":[]}', 'its answer has no data');
  check('{"status":"error","error":"x","data":{}}', 'its answer has no data');
});

describe('recording rules', () => {
  const rule = (name: unknown, query: unknown = 'up', type: unknown = 'recording') => ({ name, query, type });
  const check = (title: string, groups: unknown, expected: unknown) =>
    test(title, () => expect(outcome(() => recordingRules({ groups }, new Set(['a', 'b'])))).toEqual(expected));
  const a = { name: 'a', query: 'up' };
  check('none', [], { rules: [], left: false });
  check('others of an older server are left out', [{ rules: [rule('a'), rule('c')] }], { rules: [a], left: false });
  check('alerts of that name', [{ rules: [rule('a', 'up', 'alerting')] }], { rules: [], left: false });
  check('each once, of any group', [{ rules: [rule('a')] }, { rules: [rule('b', 'x'), rule('a'), rule('a', 'y')] }], {
    rules: [a, { name: 'b', query: 'x' }, { name: 'a', query: 'y' }],
    left: false,
  });
  check(
    'what is no rule',
    [null, 7, {}, { rules: 'x' }, { rules: [null, 'a', rule(1), rule('a', {}), { name: 'a', type: 'recording' }] }],
    {
      rules: [],
      left: false,
    },
  );
  check('one that is too long', [{ rules: [rule('a', 'x'.repeat(20_000)), rule('a')] }], { rules: [a], left: true });
  check('no groups', undefined, 'its answer has no rule groups');
  test('at most 200', () => {
    const many = { groups: [{ rules: Array.from({ length: 300 }, (_, i) => rule('a', `x${i}`)) }] };
    const { rules, left } = recordingRules(many, new Set(['a']));
    expect([rules.length, left]).toEqual([200, true]);
  });
});

test('identity, as ours tells it', () => {
  const check = (data: Record<string, unknown>, expected: unknown) => expect(outcome(() => identityOf(data))).toEqual(expected);
  check({ externalLabels: { dc: 'eu1', a: '' } }, { externalLabels: [['a', ''], ['dc', 'eu1']], webUrl: null }); // biome-ignore format: short
  check({ externalLabels: {}, externalUrl: 'https://x/y/' }, { externalLabels: [], webUrl: 'https://x/y' });
  for (const externalUrl of ['javascript:alert(1)', 'https://u:p@x/', 'x', 7])
    check({ externalLabels: {}, externalUrl }, { externalLabels: [], webUrl: null });
  check({}, 'its answer has no external labels');
  check({ externalLabels: [] }, 'its answer has no external labels');
  check({ externalLabels: { dc: 1 } }, 'its external labels are none');
  check({ externalLabels: { dc: 'x'.repeat(5000) } }, 'its external labels are none');
  check({ externalLabels: Object.fromEntries(Array.from({ length: 64 }, (_, i) => [`l${i}`, 'x'])) }, 'its external labels are none');
});

test('identity out of a configuration', () => {
  const check = (yaml: unknown, expected: unknown) => expect(outcome(() => identityOfConfig({ yaml }))).toEqual(expected);
  const labels = (...externalLabels: [string, string][]) => ({ externalLabels, webUrl: null });
  check(
    'global:\n  scrape_interval: 1m\n  external_labels:\n    dc: eu1\n    replica: "1"\nscrape_configs:\n- job_name: x\n',
    labels(['dc', 'eu1'], ['replica', '1']),
  );
  check('global:\n  external_labels:\n    a: yes\n    b: 007\n    c: ""\n', labels(['a', 'yes'], ['b', '007'], ['c', '']));
  check('global: {external_labels: {dc: eu1}}', labels(['dc', 'eu1']));
  // Comments and empty lines are part of the section; what is not, be it as wrong as it wants, is not looked at.
  check('global:\n\n# about\n  external_labels: {dc: eu1}\nscrape_configs: [[[\n', labels(['dc', 'eu1']));
  check('global:\n  scrape_interval: 1m\nrule_files:\n  external_labels: {dc: eu1}\n', labels());
  check('', labels());
  check('x\n', labels());
  check('global:\n  external_labels: [a]\n', 'its answer has no external labels');
  check('global:\n  external_labels: {a: [b]}\n', 'its external labels are none');
  check('global:\n  a: {\n', 'its configuration cannot be read');
  check('global:\n  a: &a [x, x]\n  b: *a\n', 'its configuration cannot be read');
  check(undefined, 'its answer has no configuration');
});
