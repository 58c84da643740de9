// One question to the server's API. The browser asks no other host, ever (the Content-Security-Policy holds this).
import type { Answer } from '../../src/answers/index.ts';
import { pathOf } from './address.ts';
import { noteDate } from './clock.ts';
import { ServerError } from './server-error.ts';
import { noteAnswered, watchServer } from './watchdog.ts';

export type Parameters = Readonly<Record<string, string | number | readonly string[] | undefined>>;

export interface Asking {
  /** Aborted when the answer is not wanted any more. */
  readonly signal?: AbortSignal;
  /** Long parameters go into the body. */
  readonly method?: 'GET' | 'POST';
  readonly timeoutMs?: number;
}

export interface Told<T> {
  readonly data: T;
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
  /** From the question to the whole answer, read. */
  readonly durationMs: number;
  readonly bytes: number;
}

const DEFAULT_TIMEOUT_MS = 30_000;

export function formOf(parameters: Parameters): URLSearchParams {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value === undefined) continue;
    if (typeof value === 'object') for (const one of value) form.append(name, one);
    else form.append(name, String(value));
  }
  return form;
}

/** @throws ServerError; an abort by `signal` as it comes */
export async function ask<T>(path: string, parameters: Parameters = {}, asking: Asking = {}): Promise<Told<T>> {
  const { signal, method = 'GET', timeoutMs = DEFAULT_TIMEOUT_MS } = asking;
  const late = AbortSignal.timeout(timeoutMs);
  const watch = watchServer();
  const form = formOf(parameters);
  const query = form.size === 0 ? '' : `?${form}`;
  const begunAt = performance.now();
  try {
    const url = pathOf(`/api/v1${path}${method === 'GET' ? query : ''}`);
    const fromMs = Date.now();
    const response = await fetch(url, {
      method,
      body: method === 'POST' ? form : undefined,
      headers: { Accept: 'application/json' },
      signal: AbortSignal.any(signal === undefined ? [late, watch.gone] : [signal, late, watch.gone]),
    });
    noteAnswered();
    noteDate(response.headers.get('Date'), { fromMs, toMs: Date.now() });
    return read<T>(response.status, await response.arrayBuffer(), begunAt);
  } catch (error) {
    if (error instanceof ServerError || signal?.aborted) throw error;
    if (late.aborted) throw new ServerError('late', `No answer within ${timeoutMs / 1000} seconds.`);
    throw new ServerError('lost', 'The server cannot be reached. It may have been stopped, or the network between has failed.');
  } finally {
    watch.stop();
  }
}

function read<T>(status: number, body: ArrayBuffer, begunAt: number): Told<T> {
  // Done, and nothing to tell.
  if (status === 204) return { data: null as T, warnings: [], infos: [], durationMs: performance.now() - begunAt, bytes: 0 };
  const text = new TextDecoder().decode(body);
  const answer = parsed<T>(text);
  if (answer?.status === 'success') {
    const { data, warnings = [], infos = [] } = answer;
    return { data, warnings, infos, durationMs: performance.now() - begunAt, bytes: body.byteLength };
  }
  if (answer?.status === 'error') throw new ServerError('refused', answer.error, { status, errorType: answer.errorType });
  if (status === 503) throw new ServerError('starting', 'The server is not ready yet.', { status });
  const first = text.trim().split('\n', 1)[0].slice(0, 200);
  throw new ServerError('refused', `The server answered ${status}${first === '' ? '' : `: ${first}`}`, { status });
}

function parsed<T>(text: string): Answer<T> | null {
  try {
    const answer: unknown = JSON.parse(text);
    return typeof answer === 'object' && answer !== null && 'status' in answer ? (answer as Answer<T>) : null;
  } catch {
    return null;
  }
}
