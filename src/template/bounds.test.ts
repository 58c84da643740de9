// Hostile templates end with an error, in bounded time and without exhausting stack or memory.

import { expect, test } from 'vitest';
import { MAX_DEPTH, MAX_NESTING, MAX_OUTPUT_LENGTH, MAX_STEPS, MAX_TEMPLATE_LENGTH } from './bounds.ts';
import { TemplateError } from './error.ts';
import { expand, parseTemplate } from './expand.ts';

const environment = { externalUrl: '', nowMs: 0, query: async () => [] };
/** Some seconds at most where nothing else runs; it is to be told from what never ends. */
const MAX_MS = 60_000;

const steps = `exceeded maximum number of execution steps (${MAX_STEPS})`;
const output = `exceeded maximum output length (${MAX_OUTPUT_LENGTH})`;
const tooLong = `result is longer than ${MAX_OUTPUT_LENGTH} characters`;
const depth = `exceeded maximum template depth (${MAX_DEPTH})`;

/** `expected` is the error, or null where the template must succeed. */
function check(text: string, expected: string | null): void {
  const start = performance.now();
  let failure: unknown = null;
  try {
    expand(parseTemplate('t', text), undefined, environment);
  } catch (error) {
    failure = error;
  }
  const described = text.slice(0, 100);
  expect(performance.now() - start, described).toBeLessThan(MAX_MS);
  if (expected === null) expect(failure, described).toBeNull();
  else {
    expect(failure, described).toBeInstanceOf(TemplateError);
    expect((failure as TemplateError).message, described).toContain(expected);
  }
}

function nested(open: string, inner: string, close: string, times: number): string {
  return open.repeat(times) + inner + close.repeat(times);
}

test('loops', () => {
  check('{{ range 1000000000 }}{{ end }}', steps);
  check('{{ range 9223372036854775807 }}{{ continue }}{{ end }}', steps);
  check('{{ range 10000 }}{{ range 10000 }}{{ end }}{{ end }}', steps);
  check('{{ range 1000000000 }}{{ break }}{{ end }}', null);
  check(`{{ range 1000000 }}{{ $x := print ${'1 '.repeat(100_000)} }}{{ end }}`, steps);
});

test('recursion', () => {
  check('{{ define "a" }}{{ template "a" }}{{ end }}{{ template "a" }}', depth);
  check(
    '{{ define "a" }}{{ template "b" }}{{ end }}{{ define "b" }}{{ if true }}{{ template "a" }}{{ end }}{{ end }}{{ template "a" }}',
    depth,
  );
  check(`{{ define "a" }}${nested('{{ if true }}', '{{ template "a" }}', '{{ end }}', 200)}{{ end }}{{ template "a" }}`, depth);
  check(`{{ define "a" }}{{ ${nested('(print ', '(print .)', ')', 240)} }}{{ template "a" }}{{ end }}{{ template "a" }}`, depth);
});

test('nesting', () => {
  const most = MAX_NESTING - 1;
  check(`{{ ${nested('(', '1', ')', most)} }}`, null);
  check(`{{ ${nested('(', '1', ')', 100_000)} }}`, 'max expression depth exceeded');
  check(nested('{{ if true }}', 'x', '{{ end }}', most), null);
  check(nested('{{ if true }}', 'x', '{{ end }}', 30_000), 'max nesting depth exceeded');
  check(nested('{{ range 1 }}', 'x', '{{ end }}', 30_000), 'max nesting depth exceeded');
  check(nested('{{ block "a" . }}', 'x', '{{ end }}', 30_000), 'max nesting depth exceeded');
  check(`{{ if true }}${'{{ else if true }}'.repeat(30_000)}{{ end }}`, 'max nesting depth exceeded');
  check('{{'.repeat(100_000), 'unexpected "{" in command');
  check('('.repeat(100_000), null);
});

test('outputs and texts', () => {
  check('{{ range 1000000 }}0123456789{{ end }}', output);
  check('{{ $x := "0123456789" }}{{ range 40 }}{{ $x = print $x $x }}{{ end }}', tooLong);
  check('{{ $x := "<" }}{{ range 40 }}{{ $x = html $x }}{{ end }}{{ range 30 }}{{ $x = js $x $x }}{{ end }}', tooLong);
  check('{{ range 1000000 }}{{ $x := printf "%999999d" 1 }}{{ end }}', steps);
  check('{{ printf "%999999d%999999d" 1 2 }}', tooLong);
  check('{{ printf "%.999999f" 1.5 | len }} {{ printf "%.999999e" 5e-324 | len }} {{ printf "%999999.999999g" 1e308 | len }}', null);
  check(`{{ printf "${'%['.repeat(400_000)}" 1 }}`, null);
  check(`{{ range 1000000 }}{{ $x := eq (printf "%999999d" 1) (printf "%999999d" 2) }}{{ end }}`, steps);
  check(`{{ $x := printf "%999999d" 1 }}{{ range 1000000 }}{{ $y := len $x }}{{ end }}`, steps);
  check(`{{ $x := safeHtml (printf "%999999d" 1) }}{{ range 1000000 }}{{ $y := len $x }}{{ end }}`, steps);
  check(`{{ $x := printf "%999999d" 1 }}{{ title $x | len }} {{ stripDomain $x | len }} {{ urlquery $x | len }}`, null);
});

test('values in values', () => {
  check('{{ $m := args }}{{ range 40 }}{{ $m = args $m $m }}{{ end }}{{ $m }}', tooLong);
  check('{{ $m := args }}{{ range 40 }}{{ $m = args $m $m }}{{ end }}{{ print $m }}', tooLong);
  check('{{ $m := args }}{{ range 100000 }}{{ $m = args $m }}{{ end }}{{ $m }}', 'value is nested deeper than');
  check('{{ $m := args }}{{ range 100000 }}{{ $m = args $m }}{{ end }}{{ eq $m $m }}', 'value is nested deeper than');
});

test('regular expressions', () => {
  check('{{ match "(x{0,1000}y?){1000}" "x" }}', 'expression too large');
  check('{{ $x := printf "%999999d" 1 }}{{ reReplaceAll "(a?){100}b" "x" $x }}', steps);
  check('{{ $x := printf "%9999d" 1 }}{{ $y := printf "%9999d" 1 }}{{ reReplaceAll "" $y $x }}', tooLong);
  check('{{ range 1000000 }}{{ match (printf "a%d" .) "x" }}{{ end }}', steps);
  check('{{ range 1000000 }}{{ $x := reReplaceAll "(.*)" "$1" "x" }}{{ end }}', steps);
});

test('sizes of templates', () => {
  check('x'.repeat(MAX_TEMPLATE_LENGTH), null);
  check('x'.repeat(MAX_TEMPLATE_LENGTH + 1), 'template is too long');
  check(`{{ len "${'x'.repeat(MAX_TEMPLATE_LENGTH - 100)}" }}`, null);
  check(`{{ len \`${'x'.repeat(MAX_TEMPLATE_LENGTH - 100)}\` }}`, null);
  check(`{{ "${'\\x41'.repeat(200_000)}`, 'unterminated quoted string');
  check('{{ $x := 1 }}'.repeat(70_000), 'too many variables');
  check('{{/**/}}'.repeat(130_000), null);
  check(`${' '.repeat(1000)}{{- 1 }}`.repeat(1000), null);
  check('{{ 1 }}'.repeat(140_000), null);
  check(`{{ print ${'1 '.repeat(500_000)} }}`, null);
  check(`{{ ${'.a'.repeat(500_000)} }}`, null);
  check(`{{ 1${' | print'.repeat(130_000)} }}`, null);
  check(`{{ ${'1'.repeat(1_000_000)} }}`, 'illegal number syntax');
  check(`{{ 0x${'1'.repeat(1_000_000)} }}`, 'illegal number syntax');
  check(`{{ 0.${'1'.repeat(1_000_000)} }}`, 'illegal number syntax');
  check(`{{ humanize "0x${'1'.repeat(1_000_000)}" }}`, 'invalid syntax');
});

test('times beyond what a calendar holds', () => {
  check(
    '{{ $t := toTime 0 }}{{ range 100000 }}{{ $t = $t.Add 9223372036854775807 }}{{ end }}{{ $t }} {{ $t.Year }} {{ $t.Weekday }}',
    null,
  );
  check('{{ $t := toTime 0 }}{{ range 100000 }}{{ $t = $t.Add -9223372036854775808 }}{{ end }}{{ $t }} {{ $t.YearDay }}', null);
  check('{{ $t := toTime 0 }}{{ $t = $t.AddDate 9000000000 9000000000 9000000000 }}{{ $t }}', 'date out of range');
});
