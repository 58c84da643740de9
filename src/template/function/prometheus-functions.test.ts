// biome-ignore-all lint/suspicious/noTemplateCurlyInString: replacements of regular expressions are written so.
// The functions of alerting rules. Expected values are those of Prometheus 3.x's template package.

import { test } from 'vitest';
import { check, checkError } from '../../../test/support/template-check.ts';

test('samples', async () => {
  await check(
    '{{ query "x" | first | value }} {{ query "x" | first | label "instance" }} {{ query "x" | first | strvalue }} [{{ query "x" | first | label "none" }}]',
    '21 b:9090 x []',
  );
  await check(
    '{{ range query "x" | sortByLabel "instance" }}{{ .Labels.instance }}={{ .Value }};{{ end }} {{ len (sortByLabel "x" nil) }}',
    'a:9090=11.5;b:9090=21; 0',
  );
  await check('{{ $q := query "x" }}{{ $s := sortByLabel "instance" $q }}{{ range $q }}{{ .Labels.instance }}{{ end }}', 'a:9090b:9090');
  await check(
    '{{ with query "empty" }}a{{ else }}none{{ end }} {{ query "x" | first }}',
    'none {map[__name__:m __value__:x instance:b:9090] 21}',
  );
});

test('args', async () => {
  await check(
    '{{ args 1 2.5 "a" nil }} {{ (args 1).arg9 }} {{ print (args 1).arg9 }} {{ args 0 1 2 3 4 5 6 7 8 9 10 }}',
    'map[arg0:1 arg1:2.5 arg2:a arg3:<nil>] <no value> <nil> map[arg0:0 arg1:1 arg10:10 arg2:2 arg3:3 arg4:4 arg5:5 arg6:6 arg7:7 arg8:8 arg9:9]',
  );
});

test('addresses', async () => {
  await check(
    '{{ stripPort "a:1" }} {{ stripPort "[::1]:80" }} {{ stripPort "[::1]" }} {{ stripPort "::1" }} {{ stripPort "a" }} {{ stripPort "[2001:0DB8::1]::12345" }} {{ stripPort "[a]b:1" }}',
    'a ::1 [::1] ::1 a [2001:0DB8::1]::12345 [a]b:1',
  );
  await check(
    '{{ stripDomain "a.b.c:9100" }} {{ stripDomain "10.0.0.1:80" }} {{ stripDomain "[::1]:80" }} {{ stripDomain "::1" }} {{ stripDomain "a.b.c" }} {{ stripDomain "a.b:" }} {{ stripDomain ":80" }} {{ stripDomain "[fe80::1%eth0]:80" }} {{ stripDomain "1.2.3" }} {{ stripDomain "01.2.3.4" }}',
    'a:9100 10.0.0.1:80 [::1]:80 ::1 a a :80 [fe80::1%eth0]:80 1 01',
  );
});

test('links', async () => {
  await check(
    '{{ graphLink "up{a=\\"b\\"} > 1 + 2*~/ü" }} {{ tableLink "up" }} {{ urlQueryEscape "a b&c" }} {{ pathPrefix }} {{ externalURL }}',
    '/graph?g0.expr=up%7Ba%3D%22b%22%7D+%3E+1+%2B+2%2A~%2F%C3%BC&g0.tab=0 /graph?g0.expr=up&g0.tab=1 a+b%26c /prefix http://localhost:9090/prefix',
  );
});

test('letters', async () => {
  await check(
    `{{ title "aa bb CC foo-bar foo_bar it's a.b don’t 3rd x1y a,b ßx ǆx éa" }} {{ toUpper "aa ßéﬁ" }} {{ toLower "AÀÉ" }}`,
    `Aa Bb CC Foo-Bar Foo_bar It's A.b Don’t 3Rd X1y A,B Ssx ǅx Éa AA ßÉﬁ aàé`,
  );
  await check(
    '{{ safeHtml "<b>" }} {{ safeHtml "<b>" | len }} {{ eq (safeHtml "a") "a" }} {{ printf "%q %T" (safeHtml "a") (safeHtml "a") }}',
    '<b> 3 true "a" template.HTML',
  );
});

test('regular expressions', async () => {
  await check(
    '{{ match "a.c" "xabcx" }} {{ match "a.c" "a\\nc" }} {{ match "^b" "ab" }} {{ match "(?s)a.c" "a\\nc" }}',
    'true false false true',
  );
  await check(
    '{{ reReplaceAll "(.*):.*" "$1" "host:9100" }} {{ reReplaceAll "a*" "-" "baaac" }} {{ reReplaceAll "(a)(?P<x>b)" "$2${1}$x-$$" "abab" }} {{ reReplaceAll "" "-" "aé" }} {{ reReplaceAll "\\\\bfoo" "x" "foo foobar" }} {{ reReplaceAll "(a)b" "$1x" "ab" }}',
    'host -b-c- bab-$bab-$ -a-é- x xbar ',
  );
  await checkError('{{ match "(" "b" }}', '1:3: at <match "(" "b">: error calling match: error parsing regexp: missing closing ): `(`');
  await checkError(
    '{{ reReplaceAll "(" "a" "b" }}',
    '1:3: at <reReplaceAll "(" "a" "b">: error calling reReplaceAll: regexp: Compile(`(`): error parsing regexp: missing closing ): `(`',
  );
  await checkError(
    '{{ reReplaceAll "`(" "-" "b" }}',
    '1:3: at <reReplaceAll "`(" "-" "b">: error calling reReplaceAll: regexp: Compile("`("): error parsing regexp: missing closing ): ``(`',
  );
  await checkError(
    '{{ reReplaceAll "[" "-" "b" }}',
    '1:3: at <reReplaceAll "[" "-" "b">: error calling reReplaceAll: regexp: Compile(`[`): error parsing regexp: missing closing ]: `[`',
  );
  await checkError(
    '{{ reReplaceAll "(?=a)" "-" "b" }}',
    '1:3: at <reReplaceAll "(?=a)" "-" "b">: error calling reReplaceAll: regexp: Compile(`(?=a)`): error parsing regexp: invalid or unsupported Perl syntax: `(?=`',
  );
});

test('humanize', async () => {
  await check(
    '{{ range args 0 1 -1 1234567 0.0 0.12 1e30 1e-30 -0.0005 999.95 1000 "12.5" "+Inf" "NaN" "0x1p4" }}{{ humanize . }} {{ end }}',
    '0 1 1k 12.5 +Inf NaN 16 -1 1.235M 0 120m 1e+06Y 1e-06y -500u 1000 ',
  );
  await check(
    '{{ range args 0 1 -1 1023 1024 1048576 0.12 1e30 "1048576.0" "-Inf" }}{{ humanize1024 . }} {{ end }}',
    '0 1 -1 1023 1ki 1Mi 0.12 8.272e+05Yi 1Mi -Inf ',
  );
  await check(
    '{{ range args 0 1 60 3600 86400 90061 -273845 899.99 .1 .0001 .12345 60.1 1.2345 12.345 -0.5 59.996 "60" "NaN" 1e15 }}{{ humanizeDuration . }}, {{ end }}',
    '0s, 1s, 123.5ms, 1m 0s, 1.234s, 12.35s, -500ms, 60s, 1m 0s, NaN, 11574074074d 1h 46m 40s, 1m 0s, 1h 0m 0s, 1d 0h 0m 0s, 1d 1h 1m 1s, -3d 4h 4m 5s, 14m 59s, 100ms, 100us, ',
  );
  await check(
    '{{ range args -0.22222 0.0 0.1234567 1.23456 12 "0.5" "NaN" }}{{ humanizePercentage . }} {{ end }}',
    '-22.22% 0% 12.35% 123.5% 1200% 50% NaN% ',
  );
  await check(
    '{{ range args 0 -1 1 1435065584.128 "1435065584.128" 9223372036 "NaN" "-Inf" }}{{ humanizeTimestamp . }}, {{ end }}',
    '1970-01-01 00:00:00 +0000 UTC, 1969-12-31 23:59:59 +0000 UTC, 1970-01-01 00:00:01 +0000 UTC, 2015-06-23 13:19:44.128 +0000 UTC, 2015-06-23 13:19:44.128 +0000 UTC, 2262-04-11 23:47:16 +0000 UTC, NaN, -Inf, ',
  );
  await check('{{ humanizeDuration ((toTime 100).Sub (toTime 10)) }}', '1m 30s');
  await checkError(
    '{{ humanize "one" }}',
    '1:3: at <humanize "one">: error calling humanize: strconv.ParseFloat: parsing "one": invalid syntax',
  );
  await checkError('{{ humanize "" }}', '1:3: at <humanize "">: error calling humanize: strconv.ParseFloat: parsing "": invalid syntax');
  await checkError(
    '{{ humanize "1e400" }}',
    '1:3: at <humanize "1e400">: error calling humanize: strconv.ParseFloat: parsing "1e400": value out of range',
  );
  await checkError('{{ humanize true }}', `1:3: at <humanize true>: error calling humanize: can't convert bool to float`);
  await checkError('{{ humanize nil }}', `1:3: at <humanize nil>: error calling humanize: can't convert <nil> to float`);
  await checkError(
    '{{ humanize .Labels }}',
    `1:3: at <humanize .Labels>: error calling humanize: can't convert map[string]string to float`,
  );
  await checkError(
    '{{ humanizeDuration (toDuration 90) }}',
    `1:3: at <humanizeDuration (toDuration 90)>: error calling humanizeDuration: can't convert *time.Duration to float`,
  );
  await checkError(
    '{{ "one" | humanizePercentage }}',
    '1:11: at <humanizePercentage>: error calling humanizePercentage: strconv.ParseFloat: parsing "one": invalid syntax',
  );
  await checkError(
    '{{ humanizeTimestamp 9223372037 }}',
    '1:3: at <humanizeTimestamp 9223372037>: error calling humanizeTimestamp: 9.223372037e+09 cannot be represented as a nanoseconds timestamp since it overflows int64',
  );
});

test('parseDuration', async () => {
  await check(
    '{{ parseDuration "1h2m10ms" }} {{ parseDuration "-5m" }} {{ parseDuration "0" }} {{ parseDuration "200d" }} {{ printf "%.2f" (parseDuration "1h2m10ms") }}',
    '3720.01 -300 0 1.728e+07 3720.01',
  );
  await checkError('{{ parseDuration "" }}', '1:3: at <parseDuration "">: error calling parseDuration: empty duration string');
});

test('times', async () => {
  await check(
    '{{ now }} {{ humanizeTimestamp now }} {{ toTime now }} {{ (1435065584.128 | toTime).Format "2006" }} {{ ("1435065584.128" | toTime).Year }}',
    '1.700000000123e+09 2023-11-14 22:13:20.122 +0000 UTC 2023-11-14 22:13:20.122 +0000 UTC 2015 2015',
  );
  await checkError('{{ toTime "x" }}', '1:3: at <toTime "x">: error calling toTime: strconv.ParseFloat: parsing "x": invalid syntax');
  await checkError('{{ toTime "NaN" }}', '1:3: at <toTime "NaN">: error calling toTime: value is NaN or Inf');
  await checkError(
    '{{ toTime 1e10 }}',
    '1:3: at <toTime 1e10>: error calling toTime: 1e+10 cannot be represented as a nanoseconds timestamp since it overflows int64',
  );
  await checkError('{{ (toTime 0).Foo }}', `1:11: at <0>: can't evaluate field Foo in type *time.Time`);
  await checkError('{{ (toTime 0).Format 5 }}', '1:21: at <5>: expected string; found 5');
  await checkError('{{ (toTime 0).Year 5 }}', '1:11: at <0>: wrong number of args for Year: want 0 got 1');
  await checkError('{{ (toTime 0).Sub "x" }}', `1:18: at <"x">: can't handle "x" for arg of type time.Time`);
  await check(
    '{{ toDuration 0 }} {{ toDuration 1.5 }} {{ toDuration 0.0015 }} {{ toDuration 1e-6 }} {{ toDuration 1e-9 }} {{ toDuration 90061.5 }} {{ toDuration -3600 }} {{ toDuration "60" }} {{ toDuration 1e30 }}',
    '0s 1.5s 1.5ms 1µs 1ns 25h1m1.5s -1h0m0s 1m0s -2562047h47m16.854775808s',
  );
  await checkError(
    '{{ eq (toDuration 1) 5 }}',
    '1:3: at <eq (toDuration 1) 5>: error calling eq: incompatible types for comparison: *time.Duration and int',
  );
  await check('{{ eq (toDuration 1) (toDuration 1) }} {{ if toDuration 0 }}y{{ end }}', 'false y');
});
