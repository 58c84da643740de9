// Scripts of the PromQL test language (promql/promqltest of Prometheus): commands that load samples, forget them, and evaluate queries with what
// is expected of them.
import { parseDuration } from '../../../model/index.ts';
import { parseScalar, parseSeriesLine, parseValues, type SeriesLine } from './series-values.ts';

export interface LoadCommand {
  readonly kind: 'load';
  readonly line: number;
  readonly stepMs: number;
  readonly series: readonly SeriesLine[];
  /** The classic histograms become native ones too. */
  readonly withCustomBuckets: boolean;
}

export interface MessageExpectation {
  readonly of: 'fail' | 'warn' | 'info';
  /** Null: any. */
  readonly message: { readonly kind: 'msg' | 'regex'; readonly text: string } | null;
}

export interface EvalCommand {
  readonly kind: 'eval';
  readonly line: number;
  readonly query: string;
  readonly startMs: number;
  readonly endMs: number;
  /** 0: an instant query. */
  readonly stepMs: number;
  readonly ordered: boolean;
  readonly messages: readonly MessageExpectation[];
  readonly noWarnings: boolean;
  readonly noInfos: boolean;
  readonly scalar: number | null;
  readonly text: string | null;
  readonly series: readonly SeriesLine[];
  /** Of an instant query whose result is a range vector: when its samples are. */
  readonly range: { readonly startMs: number; readonly stepMs: number } | null;
}

export type ScriptCommand = LoadCommand | EvalCommand | { readonly kind: 'clear'; readonly line: number };

export class ScriptError extends Error {
  readonly code = 'script';
  readonly line: number;

  constructor(line: number, sentence: string, options?: ErrorOptions) {
    super(sentence, options);
    this.line = line;
  }
}

const LOAD = /^load(?:_(with_nhcb))?\s+(\S+)$/;
const INSTANT = /^eval(?:_(fail|warn|ordered|info))?\s+instant\s+(?:at\s+(\S+)\s+)?(.+)$/;
const RANGE = /^eval(?:_(fail|warn|info))?\s+range\s+from\s+(\S+)\s+to\s+(\S+)\s+step\s+(\S+)\s+(.+)$/;
const EXPECT = /^expect\s+(ordered|fail|warn|no_warn|info|no_info)(?:\s+(regex|msg):(.*))?$/;
const EXPECT_RANGE = /^expect\s+range\s+vector\s+from\s+(\S+)\s+to\s+(\S+)\s+step\s+(\S+)$/;
const EXPECT_TEXT = /^expect\s+string\s+(.*)$/;
const OLD_FAILURE = /^expected_fail_(message|regexp)\s+(.*)$/;

/** @throws ScriptError */
export function parseScript(source: string): ScriptCommand[] {
  const lines = source
    .split('\n')
    .map((line) => line.trim())
    .map((line) => (line.startsWith('#') ? '' : line));
  const commands: ScriptCommand[] = [];
  for (let i = 0; i < lines.length; i++) {
    if (lines[i] === '') continue;
    const from = i;
    // What belongs to a command ends with an empty line or a comment, or with the next command.
    while (i + 1 < lines.length && lines[i + 1] !== '' && !/^(?:load|clear|eval)(?:_\w+)?(?:\s|$)/.test(lines[i + 1])) i++;
    commands.push(parseCommand(lines.slice(from, i + 1), from + 1));
  }
  return commands;
}

function parseCommand([head, ...body]: readonly string[], line: number): ScriptCommand {
  if (head === 'clear') return { kind: 'clear', line };
  const load = LOAD.exec(head);
  if (load !== null) {
    const series = body.map((text, i) => seriesOf(text, line + 1 + i));
    return { kind: 'load', line, stepMs: timeOf(load[2], line), series, withCustomBuckets: load[1] !== undefined };
  }
  const instant = INSTANT.exec(head);
  const range = RANGE.exec(head);
  if (range !== null) {
    const [, old, from, to, step, query] = range;
    const times = { startMs: timeOf(from, line), endMs: timeOf(to, line), stepMs: timeOf(step, line) };
    return parseEval(body, { line, query, old, ...times });
  }
  if (instant === null) throw new ScriptError(line, `cannot read command ${JSON.stringify(head)}: want load, clear or eval`);
  const [, old, at = '0', query] = instant;
  const timeMs = timeOf(at, line);
  return parseEval(body, { line, query, old, startMs: timeMs, endMs: timeMs, stepMs: 0 });
}

type EvalHead = Pick<EvalCommand, 'line' | 'query' | 'startMs' | 'endMs' | 'stepMs'> & { readonly old: string | undefined };

function parseEval(body: readonly string[], { line, old, ...head }: EvalHead): EvalCommand {
  const messages: MessageExpectation[] = [];
  const series: SeriesLine[] = [];
  let ordered = old === 'ordered';
  let noWarnings = false;
  let noInfos = false;
  let scalar: number | null = null;
  let text: string | null = null;
  let range: EvalCommand['range'] = null;
  if (old === 'fail' || old === 'warn' || old === 'info') messages.push({ of: old, message: null });
  for (const [i, expectation] of body.entries()) {
    const at = line + 1 + i;
    const expected = EXPECT.exec(expectation);
    const failure = OLD_FAILURE.exec(expectation);
    const samples = EXPECT_RANGE.exec(expectation);
    const string = EXPECT_TEXT.exec(expectation);
    if (expected !== null) {
      const [, what, kind, message] = expected;
      if (what === 'ordered') ordered = true;
      else if (what === 'no_warn') noWarnings = true;
      else if (what === 'no_info') noInfos = true;
      else {
        const wanted = kind === undefined ? null : { kind: kind as 'msg' | 'regex', text: message.trim() };
        messages.push({ of: what as 'fail' | 'warn' | 'info', message: wanted });
      }
    } else if (failure !== null) {
      messages.push({ of: 'fail', message: { kind: failure[1] === 'message' ? 'msg' : 'regex', text: failure[2] } });
    } else if (samples !== null) range = { startMs: timeOf(samples[1], at), stepMs: timeOf(samples[3], at) };
    else if (string !== null) text = unquoted(string[1]);
    else if (parseScalar(expectation) !== null) scalar = parseScalar(expectation);
    else series.push(seriesOf(expectation, at));
  }
  return { kind: 'eval', line, ...head, ordered, messages, noWarnings, noInfos, scalar, text, series, range };
}

function seriesOf(text: string, line: number): SeriesLine {
  try {
    // A histogram alone is what a series without labels is expected to be.
    return text.startsWith('{{') ? { labels: [], values: parseValues(text) } : parseSeriesLine(text);
  } catch (error) {
    throw new ScriptError(line, (error as Error).message, { cause: error });
  }
}

function timeOf(text: string, line: number): number {
  if (/^-?\d+(?:\.\d+)?$/.test(text)) return Number(text) * 1000;
  try {
    return text.startsWith('-') ? -parseDuration(text.slice(1)) : parseDuration(text);
  } catch (error) {
    throw new ScriptError(line, `cannot read time ${JSON.stringify(text)}: want a duration such as 5m`, { cause: error });
  }
}

function unquoted(text: string): string {
  const quote = text[0];
  if (quote === '`') return text.slice(1, -1);
  return JSON.parse(quote === "'" ? `"${text.slice(1, -1).replaceAll('"', '\\"')}"` : text) as string;
}
