// Asks a server, and prints its answer as promtool prints it (the text forms of Prometheus's common/model).

import { formatPlain, quoteGo } from '../../model/index.ts';
import { PromqlCommandError, type ServerQuestion } from './command.ts';

/** Of a range query without its own. */
const RANGE_SECONDS = 300;
const STEPS = 250;

interface Answer {
  readonly data: unknown;
  readonly warnings: readonly string[];
}

/** @throws PromqlCommandError */
export async function askServer(server: string, question: ServerQuestion, nowS: number): Promise<Answer> {
  const { path, parameters } = requestOf(question, nowS);
  let url: URL;
  try {
    url = new URL(server.includes('://') ? server : `http://${server}`);
  } catch (cause) {
    throw new PromqlCommandError(`cannot ask ${quoteGo(server)}: want the URL of a server, as http://localhost:9090`, { cause });
  }
  url.pathname = `${url.pathname.replace(/\/$/, '')}/api/v1/${path}`;
  // Credentials do not go into the address of a request.
  const { username, password } = url;
  url.username = url.password = '';
  const credentials = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64');
  const headers: Record<string, string> = username === '' ? {} : { Authorization: `Basic ${credentials}` };
  let status: number;
  let text: string;
  try {
    const isQuery = path.startsWith('query');
    const response = isQuery
      ? await fetch(url, { method: 'POST', body: parameters, headers })
      : await fetch(`${url}?${parameters}`, { headers });
    ({ status } = response);
    text = await response.text();
  } catch (error) {
    const { cause, message } = error as Error;
    const why = cause instanceof Error ? cause.message || String((cause as NodeJS.ErrnoException).code) : message;
    throw new PromqlCommandError(`cannot ask ${url.origin}: ${why}`, { cause: error });
  }
  return answerOf(url.origin, status, text);
}

function answerOf(origin: string, status: number, text: string): Answer {
  let body: { status?: unknown; data?: unknown; errorType?: unknown; error?: unknown; warnings?: unknown };
  try {
    body = JSON.parse(text);
  } catch (cause) {
    throw new PromqlCommandError(`cannot read the answer of ${origin}: got status ${status} and ${quoteGo(text.slice(0, 200))}`, { cause });
  }
  if (body.status !== 'success') throw new PromqlCommandError(`query error: ${String(body.errorType)}: ${String(body.error)}`);
  return { data: body.data, warnings: Array.isArray(body.warnings) ? body.warnings.map(String) : [] };
}

function requestOf(question: ServerQuestion, nowS: number): { readonly path: string; readonly parameters: URLSearchParams } {
  const parameters = new URLSearchParams();
  const set = (name: string, value: string | null): void => {
    if (value !== null) parameters.set(name, value);
  };
  switch (question.about) {
    case 'instant':
      set('query', question.query);
      set('time', question.time ?? String(nowS));
      return { path: 'query', parameters };
    case 'range': {
      const end = question.end ?? String(nowS);
      const endS = secondsOf(end);
      const startS = question.start === null ? endS - RANGE_SECONDS : secondsOf(question.start);
      if (startS > endS) throw new PromqlCommandError('start time is not before end time');
      set('query', question.query);
      set('start', question.start ?? String(startS));
      set('end', end);
      set('step', question.step ?? String(Math.max(1, Math.floor((endS - startS) / STEPS))));
      return { path: 'query_range', parameters };
    }
    default:
      for (const match of question.match) parameters.append('match[]', match);
      set('start', question.start);
      set('end', question.end);
      return { path: question.about === 'series' ? 'series' : `label/${encodeURIComponent(question.name)}/values`, parameters };
  }
}

function secondsOf(text: string): number {
  const seconds = /^[+-]?[\d.]+(e[+-]?\d+)?$/i.test(text) ? Number(text) : Date.parse(text) / 1000;
  if (Number.isNaN(seconds)) throw new PromqlCommandError(`cannot read time ${quoteGo(text)}: want RFC 3339 or seconds`);
  return seconds;
}

type Metric = Readonly<Record<string, string>>;
type Pair = readonly [seconds: number, value: string];

interface Result {
  readonly metric?: Metric;
  readonly value?: Pair;
  readonly values?: readonly Pair[];
}

/** As text, a line each; without the last line's end. */
export function textOf(question: ServerQuestion, data: unknown): string {
  if (question.about === 'labels') return (data as readonly string[]).join('\n');
  if (question.about === 'series') return (data as readonly Metric[]).map((metric) => `{${pairsOf(Object.entries(metric))}}`).join('\n');
  const { resultType, result } = data as { readonly resultType: string; readonly result: unknown };
  if (resultType === 'string') return (result as Pair)[1];
  if (resultType === 'scalar') return `scalar: ${sampleText(result as Pair)}`;
  return (result as readonly Result[])
    .map(({ metric = {}, value, values }) =>
      values === undefined
        ? `${metricText(metric)} => ${sampleText(value!)}`
        : [`${metricText(metric)} =>`, ...values.map(sampleText)].join('\n'),
    )
    .join('\n');
}

/** What of it is the value itself. */
export function jsonOf(question: ServerQuestion, data: unknown): string {
  return JSON.stringify(question.about === 'instant' || question.about === 'range' ? (data as { readonly result: unknown }).result : data);
}

function sampleText([seconds, value]: Pair): string {
  return `${formatPlain(Number(value.replace('Inf', 'Infinity')))} @[${seconds}]`;
}

function metricText(metric: Metric): string {
  const { __name__: name = '', ...others } = metric;
  const pairs = Object.entries(others);
  return pairs.length === 0 && name !== '' ? name : `${name}{${pairsOf(pairs)}}`;
}

function pairsOf(pairs: readonly (readonly [string, string])[]): string {
  const texts = pairs.map(([name, value]) => `${name}=${quoteGo(value)}`);
  return texts.sort().join(', ');
}
