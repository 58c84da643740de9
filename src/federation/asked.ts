// What asking a source came to: what it says of itself, or why that is not known.
import type { FederationServer } from '../answers/index.ts';
import { ScrapeError } from '../http/index.ts';
import { SourceError } from './source-client.ts';

export interface Asked {
  readonly server: FederationServer | null;
  /** Why `server` is null or knows little; '' when nothing is missing. */
  readonly error: string;
  /** Whether the server's external labels are known: without them it may have some all the same. */
  readonly labelsKnown: boolean;
  /** How many servers, sources and consumers it holds. */
  readonly nodes: number;
  /** When it said so, where that was before: it does not answer now. */
  readonly asOfMs?: number;
  /** It did not answer in its time, or not all that it was asked. */
  readonly isLate?: boolean;
}

export const NOT_ASKED: Asked = notAsked('not asked: the answer was to be no deeper (depth)');

export function notAsked(error: string): Asked {
  return { server: null, error, labelsKnown: false, nodes: 0 };
}

/** Why an answer failed. @throws what is no failure to ask: a mistake of ours */
export function notAnswered(error: unknown): Asked {
  const asked = notAsked(`cannot ask it: ${whyNot(error)}`);
  return isTimeout(error) ? { ...asked, isLate: true } : asked;
}

export const isTimeout = (error: unknown): boolean => error instanceof ScrapeError && error.code === 'timeout';

/** It answers, and not as one of ours or a Prometheus does. */
export function unknownServer(error: string): Asked {
  return { server: { ...EMPTY_SERVER, software: 'unknown' }, error, labelsKnown: false, nodes: 1 };
}

export const EMPTY_SERVER: FederationServer = {
  id: '',
  software: 'prometheus',
  version: '',
  externalUrl: '',
  externalLabels: {},
  timeMs: 0,
  sources: [],
  consumers: [],
  warnings: [],
  truncated: false,
};

/** The server alone. */
export function withoutBelow(asked: Asked): Asked {
  if (asked.server === null) return asked;
  return { ...asked, server: { ...asked.server, sources: [], consumers: [], truncated: true }, nodes: 1 };
}

/** In words, and without the address with its parameters, which the source has beside it. @throws what is no failure to ask: a mistake of ours */
export function whyNot(error: unknown): string {
  if (error instanceof SourceError) return error.message;
  if (!(error instanceof ScrapeError)) throw error;
  if (error.code === 'timeout') return 'it did not answer in time';
  if (error.code === 'body_too_large') return 'its answer is too large';
  return error.message.replace(/^Get "[^"]*": /, '').slice(0, 500);
}
