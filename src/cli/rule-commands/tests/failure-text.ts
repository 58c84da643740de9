// What is said of a test that failed: promtool's lines, and with --diff only what differs.
import { formatDuration, quoteGo } from '../../../model/index.ts';
import { formatGoDuration } from '../../tsdb-commands/go-text.ts';
import type { AlertTest, ExprTest } from './test-file.ts';
import { type AlertValue, alertsText, type SampleValue, samplesText, sampleText } from './test-value.ts';
import { lineDiff } from './text-diff.ts';

interface Values<T> {
  readonly expected: readonly T[];
  readonly got: readonly T[];
}

const INDENT = ' '.repeat(12);

/** @param test the test's name, '' for none */
export function alertFailure(
  test: string,
  { alertname, evalTimeMs }: AlertTest,
  { expected, got }: Values<AlertValue>,
  diff: boolean,
): string {
  const head = `${test === '' ? '' : `    name: ${test},\n`}    alertname: ${alertname}, time: ${formatDuration(evalTimeMs)}, \n`;
  const [wanted, there] = [alertsText(expected), alertsText(got)];
  if (diff) return head + diffText(wanted.split('\n'), there.split('\n'));
  const indented = (text: string) => text.replaceAll('\n', `\n${INDENT}`);
  return `${head}        exp:${indented(wanted)}, \n        got:${indented(there)}`;
}

export function exprFailure(test: ExprTest, { expected, got }: Values<SampleValue>, diff: boolean): string {
  const head = `${exprHead(test)},\n`;
  if (diff) return head + diffText(expected.map(sampleText), got.map(sampleText));
  return `${head}        exp: ${samplesText(expected)}\n        got: ${samplesText(got)}`;
}

/** Its query has no result, or what is expected of it cannot be read. */
export function exprError(test: ExprTest, error: string): string {
  return `${exprHead(test)}, err: ${error}`;
}

/** A rule that could not be evaluated. */
export function ruleError(name: string, timeMs: number, error: string): string {
  return `    rule: ${name}, time: ${formatGoDuration(timeMs)}, err: ${error}`;
}

function exprHead({ expr, evalTimeMs }: ExprTest): string {
  return `    expr: ${quoteGo(expr)}, time: ${formatDuration(evalTimeMs)}`;
}

function diffText(expected: readonly string[], got: readonly string[]): string {
  const lines = lineDiff(expected, got).map((line) => `${INDENT}${line}`);
  return ['        diff (- expected, + got):', ...lines].join('\n');
}
