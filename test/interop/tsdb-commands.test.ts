// `tributary tsdb …` against promtool's commands on the same folders: blocks that promtool made are listed, dumped and analysed by both,
// and blocks that we made of the same text hold the same for promtool.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findPeer, requirePeer } from '../support/peers.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/tributary', import.meta.url));
const BLOCK_MS = 7_200_000;
const T0 = Math.floor(1_700_000_000_000 / BLOCK_MS) * BLOCK_MS;

const run = (command: string, ...args: string[]) =>
  execFileSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'pipe'] });
const ours = (...args: string[]) => run(PROGRAM, 'tsdb', ...args);
const theirs = (...args: string[]) => run(findPeer('promtool')!, 'tsdb', ...args);

/** Counters, gauges with odd values and labels, and a series that ends early, over three blocks. */
function openMetricsText(): string {
  const lines: string[] = ['# HELP requests Requests.', '# TYPE requests counter'];
  const numbers = [0, -0.5, 1e6, 123456789, 1e-7, 5e-324, 1.7976931348623157e308, '+Inf', '-Inf', 'NaN'];
  for (let i = 0; i < 400; i++) {
    const seconds = (T0 + 60_000 + i * 45_000) / 1000;
    for (let instance = 0; instance < 5; instance++)
      lines.push(`requests_total{instance="i${instance}",job="a"} ${i * (instance + 1)} ${seconds}`);
    lines.push(`odd{text="é\\"\\\\\\n✓"} ${numbers[i % numbers.length]} ${seconds}`);
    if (i < 37) lines.push(`short ${i} ${seconds}.25`);
  }
  return `${lines.join('\n')}\n# EOF\n`;
}

describe.runIf(requirePeer('promtool'))('the commands for data folders', () => {
  let root: string;
  let folder: string;
  let text: string;
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'tributary-test-commands-'));
    folder = join(root, 'promtool');
    // Promtool's dump wants a log, be it empty.
    mkdirSync(join(folder, 'wal'), { recursive: true });
    text = join(root, 'text');
    writeFileSync(text, openMetricsText());
    theirs('create-blocks-from', 'openmetrics', text, folder);
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  const same = (...args: string[]) =>
    test(args.join(' '), () => {
      const [verb, ...rest] = args;
      const answer = theirs(verb, ...rest, folder);
      expect(ours(verb, ...rest, folder)).toBe(answer);
      expect(answer).not.toBe('');
    });
  same('list');
  same('list', '-r');
  same('dump');
  same('dump', `--min-time=${T0 + BLOCK_MS}`);
  same('dump', `--min-time=${T0 + 1_000_000}`, `--max-time=${T0 + BLOCK_MS + 1_000_000}`);
  same('dump', '--match={instance=~"i[12]"}');
  same('dump', '--match=short');
  same('dump', '--match={job!="a"}', `--max-time=${T0 + 500_000}`);

  test('dump with several selectors prints what one of them selects, once', () => {
    const lines = (...match: string[]) => ours('dump', ...match.map((m) => `--match=${m}`), folder).split('\n');
    expect(lines('short', '{instance="i1"}', '{job="a"}').toSorted()).toEqual(
      [...lines('short'), ...lines('{job="a"}')].toSorted().slice(1),
    );
  });

  /** Tables by title; the order of equal counts is nobody's. */
  const tables = (answer: string): unknown =>
    answer
      .trim()
      .split('\n\n')
      .map((part) => part.split('\n'))
      .map(([title, ...rows]) => (title.startsWith('Block ID') ? [title, ...rows] : [title, rows.toSorted()]));

  test('analyze', () => {
    const answer = theirs('analyze', '--limit=100', folder);
    expect(tables(ours('analyze', '--limit=100', folder))).toEqual(tables(answer));
    expect(answer).toContain('Highest cardinality labels:\n5 instance\n');
  });

  test('analyze of one block, and short tables', () => {
    const ulid = theirs('list', folder).split('\n')[1].split(' ')[0];
    expect(tables(ours('analyze', folder, ulid, '--limit=100'))).toEqual(tables(theirs('analyze', folder, ulid, '--limit=100')));
    expect(ours('analyze', '--limit=1', folder)).toMatch(/Highest cardinality metric names:\n5 requests_total\n$/);
  });

  /** Columns that do not depend on when and how the blocks were made: times, samples, series. */
  const facts = (table: string): string[][] =>
    table
      .trim()
      .split('\n')
      .map((line) => line.split(/ {2,}/))
      .map(([, minTime, maxTime, duration, samples, , series]) => [minTime, maxTime, duration, samples, series]);

  test('blocks made of a text are what promtool makes of it, for promtool', () => {
    const made = join(root, 'made');
    mkdirSync(join(made, 'wal'), { recursive: true });
    const printed = ours('create-blocks-from', 'openmetrics', text, made);
    expect(facts(printed)).toEqual(facts(theirs('list', folder)));
    expect(facts(theirs('list', made))).toEqual(facts(theirs('list', folder)));
    expect(theirs('dump', made)).toBe(theirs('dump', folder));
    expect(ours('dump', made)).toBe(theirs('dump', folder));
    expect(ours('create-blocks-from', 'openmetrics', '-q', text, join(root, 'quiet'))).toBe('');
  });

  test('what cannot be done is one sentence', () => {
    const refusal = (...args: string[]) => {
      try {
        return ours(...args);
      } catch (error) {
        const { status, stderr } = error as { status: number; stderr: string };
        return `${status}: ${stderr}`;
      }
    };
    const bad = join(root, 'bad');
    writeFileSync(bad, 'a 1\n# EOF\n');
    expect(refusal('create-blocks-from', 'openmetrics', bad, join(root, 'none'))).toBe(
      `1: tributary: cannot read ${bad}: line 1: got no timestamp for a, want one in seconds\n`,
    );
    const nowhere = join(root, 'nowhere');
    expect(refusal('list', nowhere)).toBe(`1: tributary: cannot open the data folder ${nowhere}: it does not exist\n`);
    expect(refusal('create-blocks-from', 'openmetrics', nowhere)).toBe(`1: tributary: cannot read ${nowhere}: it does not exist\n`);
    expect(refusal('analyze', folder, 'X')).toBe(`1: tributary: cannot find block X in ${folder}\n`);
    expect(refusal('dump', '--match={', folder)).toMatch(
      /^1: tributary: cannot read selector "\{": .*unexpected end of input inside braces\n$/,
    );
  });
});
