// A route of the JSON API: framework-free, so that a route can be called in a test. It gives data, or throws an ApiError.
import type { RawResponse } from './ports.ts';

export interface ApiRequest {
  readonly params: URLSearchParams;
  /** The `:name` parts of the path, decoded. */
  readonly path: Readonly<Record<string, string>>;
  /** Aborted when the client leaves. */
  readonly signal: AbortSignal;
  readonly acceptEncoding: string;
  readonly client: { readonly address: string; readonly method: string; readonly path: string };
  /** Begins a successful response that the route writes itself. */
  begin(headers: Readonly<Record<string, string>>): RawResponse;
}

export type ApiMethod = 'GET' | 'POST' | 'PUT';

/** `data` is encoded here; `json` is data that a worker has encoded already; `body` is a whole answer, and so are the `pieces` of a large one. */
export type ApiAnswer =
  | (({ readonly data: unknown } | { readonly json: string | Uint8Array }) & { readonly warnings?: readonly string[] })
  | { readonly body: Uint8Array }
  | { readonly pieces: readonly Buffer[] };

export type RouteResult = ApiAnswer | 'written' | null;

export interface ApiRoute {
  readonly methods: readonly ApiMethod[];
  /** Below /api/v1. */
  readonly path: string;
  /** Answers before the server is ready, too. */
  readonly early?: boolean;
  /** Null: done, and nothing to tell (204); 'written': the route has written the response itself. */
  handle(request: ApiRequest): RouteResult | Promise<RouteResult>;
}

export function get(path: string, handle: ApiRoute['handle']): ApiRoute {
  return { methods: ['GET'], path, handle };
}

export function getOrPost(path: string, handle: ApiRoute['handle']): ApiRoute {
  return { methods: ['GET', 'POST'], path, handle };
}

export function postOrPut(path: string, handle: ApiRoute['handle']): ApiRoute {
  return { methods: ['POST', 'PUT'], path, handle };
}

/** The body of a success, as one buffer. */
export function encodeAnswer(answer: Exclude<ApiAnswer, { readonly pieces: readonly Buffer[] }>): Buffer {
  if ('body' in answer) return Buffer.from(answer.body.buffer, answer.body.byteOffset, answer.body.byteLength);
  const json = 'json' in answer ? answer.json : JSON.stringify(answer.data);
  const warnings = answer.warnings === undefined || answer.warnings.length === 0 ? '' : `,"warnings":${JSON.stringify(answer.warnings)}`;
  const body = typeof json === 'string' ? Buffer.from(json) : json;
  return Buffer.concat([Buffer.from('{"status":"success","data":'), body, Buffer.from(`${warnings}}`)]);
}
