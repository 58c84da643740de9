// The language's own functions. Expected values are those of Go 1.26's text/template.

import { test } from 'vitest';
import { check, checkError } from '../../../test/support/template-check.ts';

test('and, or, not', async () => {
  await check(
    '{{ and 1 0 }} {{ and 1 2 }} {{ or 0 "" "x" }} {{ or 0 "" }} {{ not 0 }} {{ not "a" }} {{ and true }}',
    '0 2 x  true false true',
  );
  await check('{{ 5 | and 1 }} {{ 0 | or 3 }} {{ or 0 .Value }}', '5 3 1234.5678');
  await check('{{ and 0 (index nil 1) }} {{ or 1 (index nil 1) }}', '0 1');
  await checkError('{{ or 0 (index nil 1) }}', '1:9: at <index nil 1>: error calling index: index of untyped nil');
});

test('comparisons', async () => {
  await check(
    '{{ eq 1 2 3 1 }} {{ eq "a" "a" }} {{ ne 1 2 }} {{ lt 1 2 }} {{ le "a" "b" }} {{ ge 1.5 1.5 }} {{ gt 2 1 }} {{ eq true false }}',
    'true true true true true true true false',
  );
  await check(
    `{{ gt .Value 5.0 }} {{ eq .Value 1234.5678 }} {{ eq nil nil }} {{ eq nil 1 }} {{ eq $.Labels.none "" }} {{ eq 'a' 97 }} {{ eq (index "abc" 1) 98 }}`,
    'true true true false true true true',
  );
  await checkError('{{ gt .Value 5 }}', '1:3: at <gt .Value 5>: error calling gt: incompatible types for comparison: float64 and int');
  await checkError('{{ eq 1 1.0 }}', '1:3: at <eq 1 1.0>: error calling eq: incompatible types for comparison: int and float64');
  await checkError('{{ eq "a" 1 }}', '1:3: at <eq "a" 1>: error calling eq: incompatible types for comparison: string and int');
  await checkError('{{ eq 1 }}', '1:3: at <eq 1>: error calling eq: missing argument for comparison');
  await checkError('{{ lt true false }}', '1:3: at <lt true false>: error calling lt: invalid type for comparison');
  await checkError('{{ lt nil 1 }}', '1:3: at <lt nil 1>: error calling lt: invalid type for comparison');
  await checkError('{{ lt .Labels 1 }}', '1:3: at <lt .Labels 1>: error calling lt: invalid type for comparison');
  await check('{{ eq .Labels nil }}', 'false');
  await checkError(
    '{{ eq .Labels .Labels }}',
    '1:3: at <eq .Labels .Labels>: error calling eq: non-comparable type map[alertname:X instance:host.example.com:9100 job:node]: map[string]string',
  );
  await checkError(
    '{{ eq . . }}',
    '1:3: at <eq . .>: error calling eq: non-comparable type {map[alertname:X instance:host.example.com:9100 job:node] map[region:eu] http://localhost:9090/prefix %!s(float64=1234.5678)}: struct { Labels map[string]string; ExternalLabels map[string]string; ExternalURL string; Value interface {} }',
  );
  await check('{{ $f := query "x" | first }}{{ eq $f $f }} {{ eq $f (query "x" | first) }} {{ eq $f nil }}', 'true false false');
});

test('index', async () => {
  await check(
    '{{ index .Labels "job" }}|{{ index .Labels "none" }}|{{ index "abc" 1 }}|{{ (index (query "x") 1).Value }}|{{ index (args 1 "x") "arg1" }}|{{ index .Labels "job" 1 }}|{{ index 5 }}',
    'node||98|11.5|x|111|5',
  );
  await checkError('{{ index .Labels 1 }}', '1:3: at <index .Labels 1>: error calling index: value has type int; should be string');
  await checkError('{{ index .Labels nil }}', '1:3: at <index .Labels nil>: error calling index: value is nil; should be of type string');
  await checkError('{{ index nil 1 }}', '1:3: at <index nil 1>: error calling index: index of untyped nil');
  await checkError('{{ index 5 1 }}', `1:3: at <index 5 1>: error calling index: can't index item of type int`);
  await checkError('{{ index "abc" "a" }}', '1:3: at <index "abc" "a">: error calling index: cannot index slice/array with type string');
  await checkError('{{ index "abc" nil }}', '1:3: at <index "abc" nil>: error calling index: cannot index slice/array with nil');
  await checkError('{{ index "abc" 3 }}', '1:3: at <index "abc" 3>: error calling index: reflect: string index out of range');
  await checkError('{{ index "abc" 4 }}', '1:3: at <index "abc" 4>: error calling index: index out of range: 4');
  await checkError('{{ index "abc" -1 }}', '1:3: at <index "abc" -1>: error calling index: index out of range: -1');
  await checkError('{{ index (query "x") 2 }}', '1:3: at <index (query "x") 2>: error calling index: reflect: slice index out of range');
});

test('slice', async () => {
  await check(
    '{{ slice "abcdef" 1 3 }} {{ slice "abcdef" 2 }} {{ slice "abc" }} {{ slice "héllo" 2 }} {{ len (slice (query "x") 1) }} {{ len (slice (query "x") 0 1 2) }}',
    'bc cdef abc \ufffdllo 1 1',
  );
  await check('{{ slice "é" 0 1 }}', '\ufffd');
  await check('{{ slice "é" 0 1 }}{{ slice "é" 1 2 }}', 'é');
  await checkError('{{ slice "abc" 2 1 }}', '1:3: at <slice "abc" 2 1>: error calling slice: invalid slice index: 2 > 1');
  await checkError('{{ slice "abc" 1 2 3 }}', '1:3: at <slice "abc" 1 2 3>: error calling slice: cannot 3-index slice a string');
  await checkError('{{ slice "abc" 4 }}', '1:3: at <slice "abc" 4>: error calling slice: index out of range: 4');
  await checkError(
    '{{ slice "abc" .Value }}',
    '1:3: at <slice "abc" .Value>: error calling slice: cannot index slice/array with type interface {}',
  );
  await checkError('{{ slice 5 1 }}', `1:3: at <slice 5 1>: error calling slice: can't slice item of type int`);
  await checkError('{{ slice nil }}', '1:3: at <slice nil>: error calling slice: slice of untyped nil');
  await checkError('{{ slice (query "x") 0 2 1 }}', '1:3: at <slice (query "x") 0 2 1>: error calling slice: invalid slice index: 2 > 1');
  await checkError(
    '{{ slice (query "x") 0 1 2 3 }}',
    '1:3: at <slice (query "x") 0 1 2 3>: error calling slice: too many slice indexes: 4',
  );
});

test('len', async () => {
  await check('{{ len "é" }} {{ len .Labels }} {{ len (query "x") }} {{ len (args 1 2) }} {{ len "\\xff" }}', '2 3 2 2 1');
  await checkError('{{ len 5 }}', '1:3: at <len 5>: error calling len: len of type int');
  await checkError('{{ len nil }}', '1:3: at <len nil>: error calling len: reflect: call of reflect.Value.Type on zero Value');
  await checkError('{{ len (args 1).none }}', '1:3: at <len (args 1).none>: error calling len: len of nil pointer');
});

test('print and println', async () => {
  await check(
    '{{ print 1 2 "a" 3 "b" "c" 4 5 }} {{ println 1 2 "a" }}{{ print nil 1 }}|{{ print }}|{{ print .Value true }}|{{ print (safeHtml "a") 1 }}',
    '1 2a3bc4 5 1 2 a\n<nil> 1||1234.5678 true|a1',
  );
});

test('html, js, urlquery', async () => {
  await check(
    '{{ html "<a&\\">\'" nil }} {{ html .Value }} {{ js "a=<\\u0001é\\u2028\'\\"\\\\" }} {{ urlquery "a b&é~-_.*" 1 }}',
    '&lt;a&amp;&#34;&gt;&#39;&lt;no value&gt; 1234.5678 a\\u003D\\u003C\\u0001é\\u2028\\\'\\"\\\\ a+b%26%C3%A9~-_.%2A1',
  );
});
