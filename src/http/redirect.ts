// Where a redirect leads, as Go's client takes it: http and https alone, so many at most, without credentials in the address. Whether the
// credentials of the configuration go along: request-headers.ts.

import { ScrapeError } from './errors.ts';

/** Requests of one exchange, redirects included, as Go's client counts them. */
export const REQUEST_LIMIT = 10;

const STATUSES = new Set([301, 302, 303, 307, 308]);

export function isRedirect(status: number): boolean {
  return STATUSES.has(status);
}

/** Throws ScrapeError 'redirect'. */
export function redirectTarget(from: URL, location: string): URL {
  const next = URL.parse(location, from.href);
  if (next === null) throw new ScrapeError('redirect', `failed to parse Location header ${JSON.stringify(location)}`);
  if (next.protocol !== 'http:' && next.protocol !== 'https:')
    throw new ScrapeError('redirect', `unsupported protocol scheme ${JSON.stringify(next.protocol.slice(0, -1))}`);
  next.username = '';
  next.password = '';
  return next;
}
