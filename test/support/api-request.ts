// A request as a route of the API gets it, without a server around it.
import type { ApiRequest } from '../../src/api/route.ts';

export function apiRequest(query: string, path: Readonly<Record<string, string>> = {}): ApiRequest {
  return {
    params: new URLSearchParams(query),
    path,
    signal: new AbortController().signal,
    acceptEncoding: '',
    client: { address: '127.0.0.1', method: 'GET', path: '/' },
    begin: () => {
      throw new Error('BUG: the route was not expected to write by itself');
    },
  };
}
