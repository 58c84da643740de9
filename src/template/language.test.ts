// The language: texts, white space, constants, variables, control structures, definitions. Expected values are those of Go
// 1.26's text/template with Prometheus 3.x's functions.

import { test } from 'vitest';
import { check } from '../../test/support/template-check.ts';

test('texts and white space', async () => {
  await check('plain }} text', 'plain }} text');
  await check('a {{ 1 }} b', 'a 1 b');
  await check('a {{- 1 }} b', 'a1 b');
  await check('a {{ 1 -}} b', 'a 1b');
  await check('a \n\t{{- 1 -}} \r\n b', 'a1b');
  await check('x{{/* a\ncomment */}}y', 'xy');
  await check('x {{- /* comment */ -}} y', 'xy');
  await check('{{ 1\n}}', '1');
  await check('{{-3}} {{3 -}} x', '-3 3x');
  await check('{{ "}}" }}', '}}');
  await check('a\n{{- "b" }}\n{{- "c" }}\nd', 'abc\nd');
});

test('constants', async () => {
  await check(
    '{{ 1 }} {{ -3 }} {{ +3 }} {{ 1_000 }} {{ 0x1F }} {{ 0b11 }} {{ 0o17 }} {{ 017 }} {{ 0 }} {{ -0 }}',
    '1 -3 3 1000 31 3 15 15 0 0',
  );
  await check(
    '{{ 1.5 }} {{ 1e3 }} {{ .5 }} {{ 1. }} {{ -0.0 }} {{ 0x1p4 }} {{ 1e6 }} {{ 123456789.0 }} {{ 1e20 }} {{ 0.00001 }}',
    '1.5 1000 0.5 1 -0 16 1e+06 1.23456789e+08 1e+20 1e-05',
  );
  await check('{{ 9223372036854775807 }} {{ -9223372036854775808 }}', '9223372036854775807 -9223372036854775808');
  await check("{{ 'a' }} {{ '\\n' }} {{ '\\x41' }} {{ 'é' }} {{ '\\'' }}", '97 10 65 233 39');
  await check('{{ "\\"\\t\\101\\x42\\u00e9\\U0001F600" }} {{ `a\\b` }}', '"\tABé😀 a\\b');
  await check('{{ true }} {{ false }} {{ "" }}', 'true false ');
});

test('fields and keys', async () => {
  await check(
    '{{ .Labels.job }} {{ .Value }} {{ .ExternalURL }} {{ .ExternalLabels.region }} [{{ .Labels.none }}]',
    'node 1234.5678 http://localhost:9090/prefix eu []',
  );
  await check(
    '{{ $.Labels.job }} {{ $.Value }} {{ (.Labels).job }} {{ ((.Labels)).job }} {{ (index .Labels "job") }}',
    'node 1234.5678 node node node',
  );
  await check(
    '{{ . }}',
    '{map[alertname:X instance:host.example.com:9100 job:node] map[region:eu] http://localhost:9090/prefix 1234.5678}',
  );
  await check('{{ .Labels }}', 'map[alertname:X instance:host.example.com:9100 job:node]');
  await check('{{ (args 1 "x").arg1 }} {{ (args 1).none }}', 'x <no value>');
});

test('pipelines', async () => {
  await check(
    '{{ .Value | printf "%.1f" }} {{ "a" | printf "%s%s" "b" }} {{ .Labels.job | toUpper | len }} {{ (.Labels.job | len) }}',
    '1234.6 ba 4 4',
  );
  await check('{{ .Value | }}', '1234.5678');
  await check('{{ print now externalURL }} {{ len pathPrefix }}', '1.700000000123e+09http://localhost:9090/prefix 7');
});

test('variables', async () => {
  await check('{{ $x := 1 }}{{ $x }}{{ $x = 2 }}{{ $x }}{{ $y := $x }}{{ $y }}', '122');
  await check('{{ $x := 1 }}{{ if true }}{{ $x = 3 }}{{ $x := 4 }}{{ $x }}{{ end }}{{ $x }}', '43');
  await check('{{ $x := 1 }}{{ range 3 }}{{ $x = . }}{{ end }}{{ $x }}', '2');
  await check('{{ $x := . }}{{ $x.Labels.job }} {{ $x := 5 | printf "%d" }}{{ $x }} {{ ($z := 5) }}{{ $z }}', 'node 5 55');
  await check('{{ with $x := .Value }}{{ $x }}{{ end }}{{ if $x := 0 }}{{ else }}{{ $x }}{{ end }}', '1234.56780');
});

test('if and with', async () => {
  await check('{{ if .Labels.none }}a{{ else if eq .Labels.job "node" }}b{{ else }}c{{ end }}', 'b');
  await check('{{ if 0 }}a{{ else if 0 }}b{{ else if 0 }}c{{ else }}d{{ end }}', 'd');
  await check(
    '{{ if 0.0 }}a{{ end }}{{ if "0" }}b{{ end }}{{ if .Labels }}c{{ end }}{{ if query "empty" }}d{{ end }}{{ if . }}e{{ end }}',
    'bce',
  );
  await check(
    '{{ with .Labels }}{{ .job }}{{ $.Value }}{{ end }} {{ with "" }}a{{ else with "b" }}{{ . }}{{ else }}c{{ end }} {{ with 0 }}{{ else }}{{ .Value }}{{ end }}',
    'node1234.5678 b 1234.5678',
  );
});

test('range', async () => {
  await check(
    '{{ range $k, $v := .Labels }}{{ $k }}={{ $v }};{{ else }}none{{ end }}',
    'alertname=X;instance=host.example.com:9100;job=node;',
  );
  await check(
    '{{ range $v := .Labels }}{{ $v }},{{ end }} {{ range .Labels }}{{ . }},{{ end }}',
    'X,host.example.com:9100,node, X,host.example.com:9100,node,',
  );
  await check(
    '{{ range query "x" }}{{ .Labels.instance }}={{ .Value }};{{ end }} {{ range $i, $s := query "x" }}{{ $i }}:{{ $s.Value }};{{ end }}',
    'b:9090=21;a:9090=11.5; 0:21;1:11.5;',
  );
  await check(
    '{{ range 3 }}{{ . }}{{ end }} {{ range $i := 2 }}{{ $i }}{{ end }} {{ range 0 }}a{{ else }}b{{ end }} {{ range -1 }}a{{ else }}b{{ end }}',
    '012 01 b b',
  );
  await check('{{ range (query "empty") }}a{{ else }}b{{ end }} {{ range (args) }}a{{ else }}{{ .Value }}{{ end }}', 'b 1234.5678');
  await check('{{ range $k, $v := args 1 2.5 "x" }}{{ $k }}:{{ $v }};{{ end }}', 'arg0:1;arg1:2.5;arg2:x;');
  await check('{{ range 9 }}{{ if eq . 3 }}{{ continue }}{{ end }}{{ if gt . 5 }}{{ break }}{{ end }}{{ . }}{{ end }}', '01245');
  await check('{{ range 2 }}{{ range 3 }}{{ if eq . 1 }}{{ break }}{{ end }}{{ . }}{{ end }};{{ end }}', '0;0;');
  await check('{{ $x := 1 }}{{ $y := 1 }}{{ range $x, $y = .Labels }}{{ end }}{{ $x }}{{ $y }}', 'jobnode');
});

test('definitions', async () => {
  await check(
    '{{ define "a" }}[{{ . }}]{{ end }}{{ template "a" 1 }}{{ template "a" .Labels.job }}{{ template "a" }}',
    '[1][node][<no value>]',
  );
  await check('{{ block "a" .Labels }}{{ .job }}{{ end }}{{ template "a" .Labels }}', 'nodenode');
  await check('{{ define "x" }}{{ .arg0 }} {{ .arg1 }}{{ end }}{{ template "x" (args 1 "2") }}', '1 2');
  await check('{{ define "a" }} {{ end }}{{ define "a" }}y{{ end }}{{ template "a" }}', 'y');
  await check('{{ define "a" }}y{{ end }}{{ define "a" }} {{ end }}{{ template "a" }}', 'y');
  await check(
    '{{ define "r" }}{{ if gt (len .) 0 }}{{ slice . 0 1 }}-{{ template "r" (slice . 1) }}{{ end }}{{ end }}{{ template "r" "abc" }}',
    'a-b-c-',
  );
});
