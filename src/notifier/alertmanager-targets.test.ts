import { expect, test } from 'vitest';
import { parseConfig } from '../config/index.ts';
import { alertmanagerTargets } from './alertmanager-targets.ts';

/** Addresses of an entry with these keys: those that are sent to, the dropped ones, the problems. */
function check(keys: string, active: readonly string[], dropped: readonly string[] = [], problems: readonly string[] = []): void {
  const { config } = parseConfig(`alerting: {alertmanagers: [{${keys}}]}`, { file: 'p.yml', env: {} });
  expect(alertmanagerTargets(config.alerting.alertmanagers[0]), keys).toEqual({ active, dropped, problems });
}

test('addresses', () => {
  check('', []);
  check('static_configs: [{targets: ["a:9093"]}]', ['http://a:9093/api/v2/alerts']);
  check('static_configs: [{targets: ["a", "[::1]:1"]}, {targets: [b]}]', [
    'http://a/api/v2/alerts',
    'http://[::1]:1/api/v2/alerts',
    'http://b/api/v2/alerts',
  ]);
  check('scheme: https, static_configs: [{targets: [a]}]', ['https://a/api/v2/alerts']);
  // Each once.
  check('static_configs: [{targets: [a, a]}, {targets: [a]}]', ['http://a/api/v2/alerts']);
});

test('path prefixes', () => {
  const prefix = (text: string, path: string) => check(`path_prefix: ${text}, static_configs: [{targets: [a]}]`, [`http://a${path}`]);
  prefix('/am', '/am/api/v2/alerts');
  prefix('am/', '/am/api/v2/alerts');
  prefix('/', '/api/v2/alerts');
  prefix('//x/../y/./', '/y/api/v2/alerts');
  prefix('"/a b"', '/a%20b/api/v2/alerts');
});

test('labels of the group and relabelling', () => {
  const both = 'static_configs: [{targets: ["a:1", "b:1"]';
  check(`${both}, labels: {__scheme__: https, __alerts_path__: x, __address__: c}}]`, ['https://a:1/x', 'https://b:1/x']);
  const drop = 'relabel_configs: [{source_labels: [__address__], regex: "a:.*", action: drop}]';
  check(`${both}}], ${drop}`, ['http://b:1/api/v2/alerts'], ['http://a:1/api/v2/alerts']);
  const move = '{source_labels: [__address__], regex: "(.):1", replacement: "$1:2", target_label: __address__}';
  const path = '{target_label: __alerts_path__, replacement: /p}';
  check(`${both}}], relabel_configs: [${move}, ${path}]`, ['http://a:2/p', 'http://b:2/p']);
  // What relabelling makes the same is the same.
  check(`${both}}], relabel_configs: [{target_label: __address__, replacement: c}]`, ['http://c/api/v2/alerts']);
});

test('what cannot be sent to', () => {
  check('static_configs: [{targets: ["", b]}]', ['http://b/api/v2/alerts'], [], ['Alertmanager "" in group 0: no address']);
  const slash = 'relabel_configs: [{source_labels: [__address__], regex: a, target_label: __address__, replacement: a/b}]';
  check(
    `static_configs: [{targets: [b]}, {targets: [a]}], ${slash}`,
    ['http://b/api/v2/alerts'],
    [],
    ['Alertmanager "a" in group 1: "a/b" is not a valid hostname'],
  );
});
