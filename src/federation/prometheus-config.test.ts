import { expect, test } from 'vitest';
import { readPrometheusConfig } from './prometheus-config.ts';

const GLOBAL = 'global:\n  scrape_interval: 1m\n  scrape_timeout: 10s\n  evaluation_interval: 1m\n';
const JOBS = `scrape_configs:
- job_name: plain
  honor_timestamps: true
  metrics_path: /metrics
- job_name: "a: b"
  honor_labels: true
  params:
    match[]:
    - up
- job_name: text
  params:
    x:
    - 'honor_labels: true'
`;

test('external labels and the jobs that honour labels', () => {
  const check = (text: string, labels: Record<string, string> | null, jobs: string[] = []): void => {
    const config = readPrometheusConfig(text);
    expect([text, config && [config.externalLabels, [...config.honoringJobs]]]).toEqual([text, labels && [labels, jobs]]);
  };
  check(GLOBAL, {});
  check(`${GLOBAL}  external_labels:\n    dc: eu1\n    n: "1"\n    on: yes\nalerting:\n  x: y\n`, { dc: 'eu1', n: '1', on: 'yes' });
  check(`${GLOBAL}${JOBS}`, {}, ['a: b']);
  check(`${GLOBAL}rule_files:\n- a\n${JOBS}remote_write:\n- url: x\n`, {}, ['a: b']);
  // Not what a Prometheus prints.
  check('', null);
  check('undefined', null);
  check('global: 5\n', null);
  check('global:\n  external_labels:\n    dc: eu1\n', null);
  check(`${GLOBAL}${JOBS.replace('"a: b"', "'it''s'")}`, {}, ["it's"]);
  check(`${GLOBAL}  external_labels:\n    a: {b: c}\n    d: e\n`, { d: 'e' });
});

test('a hostile text costs nothing and brings nothing', () => {
  const check = (text: string): void => expect(readPrometheusConfig(text)).toBeNull();
  const labels = (text: string): string => `${GLOBAL}  external_labels:\n    ${text}\n`;
  check(labels(`x: ${'['.repeat(1000)}`));
  check(labels(`x: ${'y'.repeat(10_000)}`));
  check(labels('a: &a [x,x]\n    b: &b [*a,*a]\n    c: [*b,*b]'));
  check(labels('"'));
});
