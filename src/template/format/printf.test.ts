// printf as Go's fmt.Sprintf formats it. Expected values are those of Go 1.26.

import { test } from 'vitest';
import { check } from '../../../test/support/template-check.ts';

test('plain values', async () => {
  await check(
    '{{ printf "%v %v %v %v %v" 1 1.5 "a" true nil }} {{ printf "%v %v" .Labels (args 1 "x" nil) }}',
    '1 1.5 a true <nil> map[alertname:X instance:host.example.com:9100 job:node] map[arg0:1 arg1:x arg2:<nil>]',
  );
  await check(
    '{{ printf "%s|%v|%d" "a" 1.0 5 }} {{ printf "%T %T %T %T %T" 1 1.5 "a" .Labels (query "x") }}',
    'a|1|5 int float64 string map[string]string template.queryResult',
  );
  await check(
    '{{ printf "%v %+v" (query "x" | first) (query "x" | first) }}',
    '&{map[__name__:m __value__:x instance:b:9090] 21} &{Labels:map[__name__:m __value__:x instance:b:9090] Value:21}',
  );
  await check(
    '{{ printf "%#v %#v %#v %#v %#v" 1 1.0 "a" .Labels (args 1 nil) }}',
    '1 1 "a" map[string]string{"alertname":"X", "instance":"host.example.com:9100", "job":"node"} map[string]interface {}{"arg0":1, "arg1":interface {}(nil)}',
  );
  await check(
    '{{ printf "%+v" . }}',
    '{Labels:map[alertname:X instance:host.example.com:9100 job:node] ExternalLabels:map[region:eu] ExternalURL:http://localhost:9090/prefix Value:1234.5678}',
  );
  await check(
    '{{ printf "%#v" . }}',
    'struct { Labels map[string]string; ExternalLabels map[string]string; ExternalURL string; Value interface {} }{Labels:map[string]string{"alertname":"X", "instance":"host.example.com:9100", "job":"node"}, ExternalLabels:map[string]string{"region":"eu"}, ExternalURL:"http://localhost:9090/prefix", Value:1234.5678}',
  );
});

test('integers', async () => {
  await check(
    '{{ printf "%d|%5d|%-5d|%05d|%+d|% d|%x|%X|%#x|%o|%#o|%O|%b|%c|%q|%U|%#U" 42 42 42 42 42 42 255 255 255 8 8 8 5 65 65 9731 9731 }}',
    `42|   42|42   |00042|+42| 42|ff|FF|0xff|10|010|0o10|101|A|'A'|U+2603|U+2603 '☃'`,
  );
  await check('{{ printf "%d %05d %x %+.3d|%.0d|%5.3d|%-+6d|" -42 -42 -255 7 0 7 7 }}', '-42 -0042 -ff +007||  007|+7    |');
});

test('floats', async () => {
  await check(
    '{{ printf "%f|%.2f|%8.3f|%-8.1f|%08.3f|%+f|% .1f|%.0f" 3.14159 3.14159 3.14159 3.14159 -3.14159 1.5 1.5 2.5 }}',
    '3.141590|3.14|   3.142|3.1     |-003.142|+1.500000| 1.5|2',
  );
  await check(
    '{{ printf "%e|%.3e|%E|%g|%.3g|%G|%v" 123456.789 123456.789 0.000001234 1e21 123456.789 1e-10 1234567.0 }}',
    '1.234568e+05|1.235e+05|1.234000E-06|1e+21|1.23e+05|1E-10|1.234567e+06',
  );
  await check(
    '{{ printf "%.0f %.0f %.0f %.1f %.2f %.3g %.20f %.1f" 0.5 1.5 -2.5 0.25 1.005 2.5 0.1 1e22 }}',
    '0 2 -2 0.2 1.00 2.5 0.10000000000000000555 10000000000000000000000.0',
  );
  await check('{{ printf "%x %X %.2x %b %x" 1.5 -2.75 3.14159 1.0 0.0 }}', '0x1.8p+00 -0X1.6P+01 0x1.92p+01 4503599627370496p-52 0x0p+00');
  await check(
    '{{ printf "%#g|%#.3g|%#.0f|%#v|%#.3x|%g|%g" 1.0 10.0 3.0 5.0 1.5 100000.0 1000000.0 }}',
    '1.00000|10.0|3.|5|0x1.800p+00|100000|1e+06',
  );
  await check(
    '{{ range args "+Inf" "-Inf" "NaN" }}{{ printf "%v" (parseDuration "1s") }}{{ humanize . | printf "%6s|" }}{{ end }}',
    '1  +Inf|1  -Inf|1   NaN|',
  );
});

test('texts', async () => {
  await check(
    '{{ printf "%s|%5s|%-5s|%.2s|%5.1s|%q|%+q|%#q|%x|%X|% x|%#x" "héllo" "é" "é" "héllo" "héllo" "a\\"b\\n" "é☃" "a`b" "hé" "hé" "hé" "hé" }}',
    'héllo|    é|é    |hé|    h|"a\\"b\\n"|"\\u00e9\\u2603"|"a`b"|68c3a9|68C3A9|68 c3 a9|0x68c3a9',
  );
  await check('{{ printf "%q %#q %q" "\\xff" "raw" "tab\\t" }}', '"\\xff" `raw` "tab\\t"');
});

test('widths and precisions from arguments', async () => {
  await check(
    '{{ printf "%*d|%-*d|%.*f|%*d" 5 42 5 42 2 3.14159 -5 42 }} {{ printf "%*d" "x" 5 }} {{ printf "%.*f" -1 2.5 }} {{ printf "%*d" 1000001 5 }}',
    '   42|42   |3.14|42    %!(BADWIDTH)5 %!(BADPREC)2.500000 %!(BADWIDTH)5',
  );
  await check(
    '{{ printf "%[2]d %[1]d" 1 2 }} {{ printf "%[3]d" 1 }} {{ printf "%[1]*[2]d" 5 3 }} {{ printf "%[x]d" 1 }} {{ printf "%[1" 1 }} {{ printf "%[2]*.[1]*f" 1 6 2.55 }}',
    '2 1 %!d(BADINDEX)     3 %!d(BADINDEX) %!(NOVERB) %!f(int=     6)',
  );
});

test('what is wrong with a format', async () => {
  await check(
    '{{ printf "%d" "hi" }} {{ printf "%s" 5 }} {{ printf "%d" 1.5 }} {{ printf "%t" 1 }} {{ printf "%f" 1 }} {{ printf "%d" nil }} {{ printf "%s" nil }}',
    '%!d(string=hi) %!s(int=5) %!d(float64=1.5) %!t(int=1) %!f(int=1) %!d(<nil>) %!s(<nil>)',
  );
  await check(
    '{{ printf "%v" }} {{ printf "%d %s" 1 }} {{ printf "%d" 1 2 "x" nil }} {{ printf "%!" 1 }} {{ printf "%" 1 }} {{ printf "%z" 1 }} {{ printf "100%% %-5%|" }} {{ printf "%w" 1 }}',
    '%!v(MISSING) 1 %!s(MISSING) 1%!(EXTRA int=2, string=x, <nil>) %!!(int=1) %!(NOVERB)%!(EXTRA int=1) %!z(int=1) 100% %| %!w(int=1)',
  );
  await check(
    '{{ printf "%s %d" .Labels .Labels }}',
    'map[alertname:X instance:host.example.com:9100 job:node] map[%!d(string=alertname):%!d(string=X) %!d(string=instance):%!d(string=host.example.com:9100) %!d(string=job):%!d(string=node)]',
  );
  await check('{{ printf "%d %x" true .Value }} {{ printf "%é" 1 }}', '%!d(bool=true) 0x1.34a456d5cfaadp+10 %!é(int=1)');
  await check('{{ printf "" }}{{ printf "a" }}{{ printf "" 1 }}', 'a%!(EXTRA int=1)');
});
