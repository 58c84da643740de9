// Errors of templates, with their positions and the nodes that they quote. Expected values are those of Go 1.26's
// text/template with Prometheus 3.x's functions.

import { test } from 'vitest';
import { checkError } from '../../test/support/template-check.ts';

test('delimiters and comments', async () => {
  await checkError('{{', '1: unclosed action');
  await checkError('{{ .Value', '1: unclosed action');
  await checkError('a\nb\n{{ 1\n\n', '5: unclosed action started at t:3');
  await checkError('{{ if true }}\n{{ "abc\n}}', '2: unterminated quoted string');
  await checkError('{{ (1\n}}', '2: unclosed left paren in action started at t:1');
  await checkError('{{/* a }}', '1: unclosed comment');
  await checkError('{{/* a */ }}', '1: comment ends before closing delimiter');
  await checkError('{{ "abc', '1: unterminated quoted string');
  await checkError('{{ `abc', '1: unterminated raw quoted string');
  await checkError(`{{ 'a }}`, '1: unterminated character constant');
});

test('characters', async () => {
  await checkError('{{ @ }}', '1: unexpected "@" in command');
  await checkError('{{ , }}', '1: unexpected "," in command');
  await checkError('{{ } }}', '1: unexpected "}" in command');
  await checkError('{{ . } }}', '1: unexpected "}" in operand');
  await checkError('{{ : }}', '1: expected :=');
  await checkError('{{ a@ }}', `1: bad character U+0040 '@'`);
  await checkError('{{ .a@ }}', `1: bad character U+0040 '@'`);
  await checkError('{{ $a@ }}', `1: bad character U+0040 '@'`);
  await checkError('{{ }}', '1: unrecognized character in action: U+00A0');
  await checkError('{{ "é" 😀 }}', `1: unrecognized character in action: U+1F600 '😀'`);
  await checkError('{{ ) }}', '1: unexpected right paren');
  await checkError('{{ ( }}', '1: unclosed left paren');
  await checkError('{{ 1 ) }}', '1: unexpected right paren');
  await checkError('{{ ..Value }}', '1: unexpected . after term "."');
  await checkError('{{ .Value.}}', '1: unexpected <.> in operand');
  await checkError('{{ 1.2.3 }}', '1: unexpected ".3" in operand');
  await checkError('{{ "verylongstringliteral" "b" ! }}', '1: unexpected "!" in operand');
  await checkError('{{ template verylongidentifier }}', '1: unexpected "verylongid"... in template clause');
});

test('constants', async () => {
  await checkError('{{ "\\z" }}', '1: invalid syntax');
  await checkError('{{ "\\\'" }}', '1: invalid syntax');
  await checkError(`{{ 'ab' }}`, `1: malformed character constant: 'ab'`);
  await checkError(`{{ '' }}`, '1: invalid syntax');
  await checkError('{{ 1__0 }}', '1: illegal number syntax: "1__0"');
  await checkError('{{ 0x }}', '1: illegal number syntax: "0x"');
  await checkError('{{ 089 }}', '1: integer overflow: "089"');
  await checkError('{{ 1e400 }}', '1: illegal number syntax: "1e400"');
  await checkError('{{ 99999999999999999999 }}', '1: integer overflow: "99999999999999999999"');
  await checkError('{{ 18446744073709551615 }}', '1:3: at <18446744073709551615>: 18446744073709551615 overflows int');
  await checkError('{{ 1.Foo }}', '1: bad number syntax: "1.F"');
  await checkError('{{ - }}', '1: illegal number syntax: "-"');
  await checkError('{{ 3-2 }}', '1: bad number syntax: "3-2"');
});

test('names', async () => {
  await checkError('{{ foo }}', '1: function "foo" not defined');
  await checkError('{{ tmpl "a" . }}', '1: function "tmpl" not defined');
  await checkError('{{ $x }}', '1: undefined variable "$x"');
  await checkError('{{ $x = 5 }}', '1:8: at <5>: undefined variable: $x');
  await checkError('{{ if true }}{{ $x := 1 }}{{ end }}{{ $x }}', '1: undefined variable "$x"');
  await checkError('{{ template "x" . }}', '1:12: at <{{template "x" .}}>: template "x" not defined');
});

test('structure', async () => {
  await checkError('{{ end }}', '1: unexpected {{end}}');
  await checkError('{{ else }}', '1: unexpected {{else}}');
  await checkError('{{ if }}', '1: missing value for if');
  await checkError('{{ if true }}x', '1: unexpected EOF');
  await checkError('{{ if true }}{{ else }}{{ else }}{{ end }}', '1: expected end; found {{else}}');
  await checkError('{{ if true }}a{{ else with true }}b{{ end }}', '1: unexpected <with> in input');
  await checkError('{{ end 5 }}', '1: unexpected "5" in end');
  await checkError('{{ break }}', '1: {{break}} outside {{range}}');
  await checkError('{{ range 3 }}{{ break 3 }}{{ end }}', '1: unexpected "3" in {{break}}');
  await checkError('{{ range 2 }}{{ block "x" . }}{{ break }}{{ end }}{{ end }}', '1: {{break}} outside {{range}}');
  await checkError('{{ define "a" }}x{{ end }}{{ define "a" }}y{{ end }}', '1: template: multiple definition of template "a"');
  await checkError('{{ define "a" }}x{{ else }}y{{ end }}', '1: unexpected {{else}} in define clause');
  await checkError('{{ block "a" . }}x{{ else }}y{{ end }}', '1: unexpected {{else}} in block clause');
  await checkError('{{ block "x" }}{{ end }}', '1: missing value for block clause');
  await checkError('{{ define x }}{{ end }}', '1: unexpected "x" in define clause');
  await checkError('{{ if true }}{{ define "x" }}{{ end }}{{ end }}', '1: unexpected <define> in command');
  await checkError('{{ define "x" }}', '1: unexpected EOF');
});

test('pipelines', async () => {
  await checkError('{{}}', '1: missing value for command');
  await checkError('{{ () }}', '1: missing value for parenthesized pipeline');
  await checkError('{{ | 1 }}', '1: unexpected "|" in command');
  await checkError('{{ 1 | 2 }}', '1: non executable command in pipeline stage 2');
  await checkError('{{ 1 | | print }}', '1: unexpected "|" in command');
  await checkError('{{ $x := }}', '1: missing value for command');
  await checkError('{{ $a, $b := 5 }}', '1: too many declarations in command');
  await checkError('{{ range $a, 5 }}{{ end }}', '1: range can only initialize variables');
  await checkError('{{ range $a, $b, $c := .Labels }}{{ end }}', '1: too many declarations in range');
  await checkError('{{ "a".Foo }}', '1: unexpected . after term "\\"a\\""');
  await checkError('{{ nil.Foo }}', '1: unexpected . after term "nil"');
});

test('fields', async () => {
  await checkError(
    '{{ .Foo }}',
    `1:3: at <.Foo>: can't evaluate field Foo in type struct { Labels map[string]string; ExternalLabels map[string]string; ExternalURL string; Value interface {} }`,
  );
  await checkError(
    '{{ .labels }}',
    `1:3: at <.labels>: can't evaluate field labels in type struct { Labels map[string]string; ExternalLabels map[string]string; ExternalURL string; Value interface {} }`,
  );
  await checkError('{{ .Labels.a.b }}', `1:10: at <.Labels.a.b>: can't evaluate field b in type string`);
  await checkError('{{ .Value.Foo }}', `1:9: at <.Value.Foo>: can't evaluate field Foo in type interface {}`);
  await checkError('{{ $x := .Value }}{{ $x.Foo }}', `1:23: at <$x.Foo>: can't evaluate field Foo in type float64`);
  await checkError('{{ (1).Foo }}', `1:4: at <1>: can't evaluate field Foo in type int`);
  await checkError('{{ (query "x").banana }}', `1:10: at <"x">: can't evaluate field banana in type template.queryResult`);
  await checkError('{{ (query "x" | first).banana }}', `1:16: at <first>: can't evaluate field banana in type *template.sample`);
  await checkError('{{ (args 1).arg9.foo }}', '1:9: at <1>: nil pointer evaluating interface {}.foo');
  await checkError(
    'line\n  é{{ .Foo }}',
    `2:7: at <.Foo>: can't evaluate field Foo in type struct { Labels map[string]string; ExternalLabels map[string]string; ExternalURL string; Value interface {} }`,
  );
  await checkError(
    '{{ define "a" }}{{ .Foo }}{{ end }}{{ template "a" 5 }}',
    `1:19: executing "a" at <.Foo>: can't evaluate field Foo in type int`,
  );
});

test('arguments', async () => {
  await checkError('{{ nil }}', '1:3: at <nil>: nil is not a command');
  await checkError('{{ 1 2 }}', `1:3: at <1>: can't give argument to non-function 1`);
  await checkError('{{ (1) 2 }}', `1:3: at <(1) 2>: can't give argument to non-function 1`);
  await checkError('{{ .Value 1 }}', '1:3: at <.Value>: Value has arguments but cannot be invoked as function');
  await checkError('{{ .Labels.job 1 }}', '1:10: at <.Labels.job>: job is not a method but has arguments');
  await checkError('{{ 1 | .Labels.job }}', '1:14: at <.Labels.job>: job is not a method but has arguments');
  await checkError('{{ toUpper }}', '1:3: at <toUpper>: wrong number of args for toUpper: want 1 got 0');
  await checkError('{{ toUpper "a" "b" }}', '1:3: at <toUpper>: wrong number of args for toUpper: want 1 got 2');
  await checkError('{{ printf }}', '1:3: at <printf>: wrong number of args for printf: want at least 1 got 0');
  await checkError('{{ or }}', '1:3: at <or>: wrong number of args for or: want at least 1 got 0');
  await checkError('{{ toUpper 5 }}', '1:11: at <5>: expected string; found 5');
  await checkError('{{ toUpper nil }}', '1:11: at <nil>: cannot assign nil to string');
  await checkError('{{ toUpper .Value }}', '1:11: at <.Value>: wrong type for value; expected string; got float64');
  await checkError('{{ 5 | toUpper }}', '1:7: at <toUpper>: wrong type for value; expected string; got int');
  await checkError('{{ range args 1 }}{{ toUpper . }}{{ end }}', '1:29: at <.>: wrong type for value; expected string; got int');
  await checkError('{{ range args nil }}{{ toUpper . }}{{ end }}', '1:31: at <.>: wrong type for value; expected string; got interface {}');
  await checkError('{{ toUpper .Labels }}', '1:11: at <.Labels>: wrong type for value; expected string; got map[string]string');
  await checkError('{{ first 5 }}', `1:9: at <5>: can't handle 5 for arg of type template.queryResult`);
  await checkError('{{ first .Labels }}', '1:9: at <.Labels>: wrong type for value; expected template.queryResult; got map[string]string');
  await checkError('{{ first nil }}', '1:3: at <first nil>: error calling first: first() called on vector with no elements');
  await checkError(
    '{{ label "x" nil }}',
    '1:3: at <label "x" nil>: error calling label: runtime error: invalid memory address or nil pointer dereference',
  );
  await checkError('{{ printf .Value }}', '1:10: at <.Value>: wrong type for value; expected string; got float64');
  await checkError('{{ safeHtml "<b>" | toUpper }}', '1:20: at <toUpper>: wrong type for value; expected string; got template.HTML');
  await checkError('{{ call .Value }}', '1:3: at <call .Value>: error calling call: non-function .Value of type float64');
  await checkError('{{ call nil }}', '1:3: at <call nil>: error calling call: call of nil');
});

test('range', async () => {
  await checkError('{{ range "abc" }}{{ end }}', `1:9: at <"abc">: range can't iterate over abc`);
  await checkError('{{ range .Value }}{{ end }}', `1:9: at <.Value>: range can't iterate over 1234.5678`);
  await checkError(
    '{{ range . }}{{ end }}',
    `1:9: at <.>: range can't iterate over {map[alertname:X instance:host.example.com:9100 job:node] map[region:eu] http://localhost:9090/prefix 1234.5678}`,
  );
  await checkError('{{ range $i, $e := 3 }}{{ end }}', `1:19: at <3>: can't use 3 to iterate over more than one variable`);
});

test('queries', async () => {
  await checkError('{{ query "bad" }}', '1:3: at <query "bad">: error calling query: bad query: bad');
  await checkError('{{ query "empty" | first }}', '1:19: at <first>: error calling first: first() called on vector with no elements');
  await checkError('{{ (query "bad" | first).Value }}', '1:4: at <query "bad">: error calling query: bad query: bad');
});
