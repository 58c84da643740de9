// Whatever a template's text is: parsing and executing it end with a text or a TemplateError, never with another error
// and never late. Texts are made of the language's own pieces, so that many of them are templates. A failure prints
// the seed and the text.

import { expect, test } from 'vitest';
import { alertData } from './alert-template.ts';
import { TemplateError } from './error.ts';
import { expand, parseTemplate } from './expand.ts';

const SEED = 20_261;
const ROUNDS = 20_000;
const MAX_MS = 3000;

const data = alertData({
  labels: [
    ['instance', 'a:9100'],
    ['job', '\u{1f600}é'],
  ],
  externalLabels: [],
  externalUrl: 'http://localhost:9090',
  value: Number.NaN,
});
const environment = {
  externalUrl: 'http://localhost:9090',
  nowMs: 1_700_000_000_123,
  query: async (text: string) => {
    if (text.length % 3 === 0) return 'no';
    return [{ labels: [['job', text]] as const, value: text.length }];
  },
};

const WORDS = [
  ...'if else end range with define template block break continue nil true false'.split(' '),
  ...'and or not eq ne lt le gt ge index slice len print printf println html js urlquery call'.split(' '),
  ...'query first label value strvalue args reReplaceAll safeHtml match title toUpper toLower graphLink tableLink'.split(' '),
  ...'sortByLabel stripPort stripDomain humanize humanize1024 humanizeDuration humanizePercentage humanizeTimestamp'.split(' '),
  ...'toTime toDuration now pathPrefix externalURL parseDuration urlQueryEscape'.split(' '),
];
const PIECES = [
  ...'. $ $x .Labels .Value .Foo .Labels.job .Format .Year .Add .AddDate .Seconds .arg0 := = , | ( ) ( )'.split(' '),
  ...'0 1 -1 2.5 1e308 -1e308 9223372036854775807 1000000 0x1p4 \'c\' "a" "b" `r` "" "%d" "%[1]*.*v" "2006" "(a*)"'.split(' '),
  ...'"\\xff" "\\u00e9" "1h" "$1" @ é \u{1f600} \ud800 } { \0 " \' ` -'.split(' '),
  '%v %999999d',
  '\n',
];
const BLOCKS = [
  '{{',
  '}}',
  '{{- ',
  ' -}}',
  '{{ end }}',
  '{{ else }}',
  '{{ $x := 1 }}',
  '{{ if true }}',
  '{{ range 2 }}',
  '{{ range query "up" }}',
  '{{ with .Labels }}',
  '{{ define "a" }}',
  '{{ template "a" . }}',
  '{{/* c */}}',
  '{{ . }}',
  '{{ $x := .Value }}{{ $x }}',
  '{{ .Labels.job | toUpper | printf "%5.2s" }}',
  '{{ query "up" | first | label "job" }}',
  '{{ range $k, $v := .Labels }}{{ $k | title }}{{ $v | len }}{{ end }}',
  '{{ if eq .Labels.job "x" }}a{{ else }}{{ humanize 12.5 }}{{ end }}',
  'text',
  ' ',
];

/** Mulberry32: the same numbers for the same seed. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function randomText(random: () => number): string {
  const pick = (from: readonly string[]) => from[Math.floor(random() * from.length)];
  let text = '';
  for (let blocks = 1 + random() * 4; blocks > 0; blocks--) {
    if (random() < 0.4) text += pick(BLOCKS);
    else {
      text += '{{ ';
      for (let words = random() * 7; words > 0; words--) text += `${pick(random() < 0.4 ? WORDS : PIECES)}${random() < 0.9 ? ' ' : ''}`;
      text += random() < 0.95 ? '}}' : '';
    }
  }
  return random() < 0.3 ? `${text}{{ end }}` : text;
}

async function outcome(text: string): Promise<string> {
  try {
    return (await expand(parseTemplate('t', text), data, environment)).isWellFormed() ? 'text' : 'ill-formed text';
  } catch (error) {
    return error instanceof TemplateError ? error.code : `unexpected error: ${error instanceof Error ? error.stack : error}`;
  }
}

test(`random templates, seed ${SEED}`, { timeout: 120_000 }, async () => {
  const random = randomNumbers(SEED);
  const counts = new Map<string, number>();
  for (let i = 0; i < ROUNDS; i++) {
    const text = randomText(random);
    const start = performance.now();
    const result = await outcome(text);
    expect(['text', 'cannot_parse_template', 'cannot_execute_template'], `seed ${SEED}: ${JSON.stringify(text)}: ${result}`).toContain(
      result,
    );
    expect(performance.now() - start, `seed ${SEED}: ${JSON.stringify(text)}`).toBeLessThan(MAX_MS);
    counts.set(result, (counts.get(result) ?? 0) + 1);
  }
  // Each outcome is frequent, or the texts would test little.
  for (const result of ['text', 'cannot_parse_template', 'cannot_execute_template']) {
    expect(counts.get(result) ?? 0, result).toBeGreaterThan(ROUNDS / 50);
  }
});
