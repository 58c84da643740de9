// biome-ignore-all lint/suspicious/noTemplateCurlyInString: replacements of regular expressions are written so.
// Templates against promtool: `promtool test rules` evaluates an alerting rule whose annotations are the templates, and
// since the alerts that are expected of it are wrong, prints those that it got. Debian's promtool is Prometheus 2.42:
// functions that came later, and Go's newer error texts, are tested by value in src/template.

import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { AlertTemplate, alertData, failedExpansion, TemplateError } from '../../src/template/index.ts';
import { unquoteGo } from '../../src/template/parse/go-literal.ts';
import { findPeer, requirePeer } from '../support/peers.ts';
import { temporaryFolder } from '../support/server-process.ts';

const EXTERNAL_URL = 'http://localhost:9090/prefix';
const LABELS = [
  ['__name__', 'up'],
  ['instance', 'host.example.com:9100'],
  ['job', 'node'],
] as const;
const NOW_MS = 60_000;

const TEXTS = [
  'plain text }}',
  '{{ $labels.instance }} of job {{ $labels.job }} is {{ $value }} [{{ $labels.none }}]',
  '{{ .Labels.job }} {{ .Value }} {{ .ExternalLabels.region }} {{ $externalLabels.region }} {{ $externalURL }} {{ .ExternalURL }}',
  '{{ .Labels }} {{ printf "%v %s" .Labels $labels }}',
  'a {{- 1 -}} b {{- /* comment */ -}} c {{- "\\n" }} "é" \u{1f600}',
  '{{ 1 }} {{ 1.5 }} {{ 1e6 }} {{ 123456789.0 }} {{ 0x1F }} {{ 1_000 }} {{ \'a\' }} {{ "a\\tb\\"" }} {{ `r\\` }} {{ true }}',
  '{{ $x := 1 }}{{ if true }}{{ $x = 3 }}{{ $x := 4 }}{{ $x }}{{ end }}{{ $x }}',
  '{{ range $k, $v := .Labels }}{{ $k }}={{ $v }};{{ else }}none{{ end }}',
  '{{ if .Labels.none }}a{{ else if eq $labels.job "node" }}b{{ else }}c{{ end }} {{ with .Labels.job }}{{ . }}{{ end }}',
  '{{ define "a" }}[{{ . }}]{{ end }}{{ template "a" 1 }}{{ template "a" }}{{ block "b" .Labels }}{{ .job }}{{ end }}',
  '{{ range $labels }}{{ if eq . "node" }}{{ continue }}{{ end }}{{ . }};{{ end }}{{ range $labels }}{{ . }}{{ break }}{{ end }}',
  '{{ printf "%5.2f|%-8s|%08.3f|%+d|%x|%q|%c|%U|%o|%b|%e|%g|%t|%%|%v" 3.14159 "ab" 3.14159 5 255 "q" 65 65 8 5 12345.678 1e21 true nil }}',
  '{{ printf "%d" "hi" }} {{ printf "%v" }} {{ printf "%d" 1 2 }} {{ printf "%z" 1 }} {{ printf "%[2]d %[1]d" 1 2 }} {{ printf "%*d" 5 42 }}',
  '{{ print 1 2 "a" 3 }} {{ println 1 "a" }} {{ and 1 0 }} {{ or 0 "x" }} {{ not 0 }} {{ len "é" }} {{ index .Labels "job" }} {{ slice "abc" 1 2 }}',
  '{{ eq 1 2 1 }} {{ ne "a" "b" }} {{ lt 1 2 }} {{ gt $value 0.5 }} {{ le "a" "b" }} {{ ge 1.5 1.5 }}',
  '{{ html "<a&\\">" }} {{ js "it\'s" }} {{ urlquery "a b&é" }}',
  '{{ query "up" | first | value }} {{ query "up" | first | label "instance" }} {{ with query "absent_series" }}a{{ else }}none{{ end }}',
  '{{ range query "up" | sortByLabel "instance" }}{{ .Labels.instance }}:{{ .Value }};{{ end }}{{ query "up" | first }}',
  '{{ humanize 1234567.0 }} {{ humanize 0.00012 }} {{ humanize "12.5" }} {{ humanize 999.95 }} {{ humanize1024 1048576.0 }} {{ humanizePercentage 0.12345 }}',
  '{{ humanizeDuration 90061.0 }} {{ humanizeDuration 0.1234 }} {{ humanizeDuration -59.9 }} {{ humanizeTimestamp 1435065584.128 }}',
  '{{ title "aa bb-cc" }} {{ toUpper "aé" }} {{ toLower "AÉ" }} {{ match "a.c" "xabcx" }} {{ reReplaceAll "(.*):(\\\\d+)" "$2-${1}x" $labels.instance }}',
  '{{ stripPort "[::1]:80" }} {{ stripDomain "a.b.c:80" }} {{ stripDomain "10.0.0.1:80" }} {{ parseDuration "1h2m10ms" }} {{ toTime 1435065584.128 }}',
  '{{ (toTime 1435065584.128).Format "Mon Jan _2 15:04:05.00 2006" }} {{ (toTime 0).Year }} {{ (toTime 90).Unix }} {{ (toTime 0).Weekday }}',
  '{{ graphLink "up{a=\\"b\\"} + 1" }} {{ tableLink "up" }} {{ safeHtml "<b>" }} {{ args 1 "x" nil }} {{ (args 1).none }}',
  '{{ .Foo }}',
  'line\n  é {{ $labels.a.b }}',
  '{{ $value | toUpper }}',
  '{{ toUpper 5 }}',
  '{{ toUpper "a" "b" }}',
  '{{ humanize "one" }}',
  '{{ query "absent_series" | first }}',
  '{{ template "nope" }}',
  '{{ range $value }}{{ end }}',
  '{{ $labels.job 1 }}',
  '{{ lt true false }}',
  '{{ match "(" "b" }}',
  '{{ reReplaceAll "(" "a" "b" }}',
  '{{ index $labels 1 }}',
  '{{ nil }}',
  '{{ (query "up").banana }}',
  '{{ $x := 1 }}{{ $x.Foo }}',
];

/** The texts that promtool makes of the templates, in their order. */
async function expandedByPromtool(texts: readonly string[]): Promise<string[]> {
  const folder = await temporaryFolder('templates');
  const annotations = Object.fromEntries(texts.map((text, i) => [`a${i}`, text]));
  const rule = { alert: 'Up', expr: 'up == 1', annotations };
  const unitTest = {
    interval: '1m',
    external_labels: { region: 'eu' },
    external_url: EXTERNAL_URL,
    input_series: [{ series: 'up{instance="host.example.com:9100",job="node"}', values: '1 1 1' }],
    alert_rule_test: [{ eval_time: '1m', alertname: 'Up', exp_alerts: [] }],
  };
  // JSON is YAML.
  await writeFile(join(folder, 'rules.yml'), JSON.stringify({ groups: [{ name: 'g', rules: [rule] }] }));
  await writeFile(join(folder, 'test.yml'), JSON.stringify({ rule_files: ['rules.yml'], evaluation_interval: '1m', tests: [unitTest] }));
  const output = await outputOf(findPeer('promtool')!, ['test', 'rules', join(folder, 'test.yml')]);
  const got = /Annotations:\{(.*)\}/.exec(output)?.[1] ?? '';
  const found = new Map(Array.from(got.matchAll(/(\w+)=("(?:[^"\\]|\\.)*")/g), ([, name, quoted]) => [name, unquoteGo(quoted)]));
  expect(found.size, output).toBe(texts.length);
  return texts.map((_, i) => found.get(`a${i}`)!);
}

/** What the program writes, whichever way it ends. */
function outputOf(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(program, [...args], { maxBuffer: 1 << 24 }, (_, stdout, stderr) => resolve(stdout + stderr));
  });
}

async function expandedHere(text: string): Promise<string> {
  const data = alertData({ labels: LABELS, externalLabels: [['region', 'eu']], externalUrl: EXTERNAL_URL, value: 1 });
  const query = async (expression: string) => (expression === 'up' ? [{ labels: LABELS, value: 1 }] : []);
  try {
    return await new AlertTemplate('Up', text).expand(data, { externalUrl: EXTERNAL_URL, nowMs: NOW_MS, query });
  } catch (error) {
    if (error instanceof TemplateError) return failedExpansion(error);
    throw error;
  }
}

/** Values may be histograms since 2.43, so that their type became an interface. */
function withNewTypes(text: string): string {
  return text.replaceAll('Value float64 }', 'Value interface {} }');
}

test.runIf(requirePeer('promtool'))('templates expand to the same texts', { timeout: 60_000 }, async () => {
  const expected = await expandedByPromtool(TEXTS);
  for (const [i, text] of TEXTS.entries()) expect(await expandedHere(text), text).toBe(withNewTypes(expected[i]));
});
