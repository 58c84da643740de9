// The headers of one request: what the scrape asks for, then the configured http_headers, then the credentials. Credentials
// and http_headers (which may be secrets) go to the target and to no other server that it redirects to.

import type { HttpClientConfig } from '../config/index.ts';
import { ScrapeError } from './errors.ts';
import type { RequestHeaders } from './exchange.ts';
import type { FreshFiles } from './fresh-files.ts';

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
/** Of the scrape's own headers these do not travel to another server either. */
const SENSITIVE = new Set(['authorization', 'cookie', 'cookie2', 'proxy-authorization', 'www-authenticate']);

/** Throws ScrapeError 'credentials' when a file cannot be read or a value does not fit into a header. */
export function requestHeaders(
  own: Readonly<Record<string, string>>,
  client: HttpClientConfig,
  files: FreshFiles,
  trusted: boolean,
): RequestHeaders {
  const headers = new Map<string, string[]>();
  for (const [name, value] of Object.entries(own)) if (trusted || !SENSITIVE.has(name.toLowerCase())) add(headers, name, value);
  if (!trusted) return headers;
  for (const [name, { values, secrets, files: paths }] of Object.entries(client.httpHeaders ?? {}))
    for (const value of [...values, ...secrets, ...paths.map((path) => files.text(path))]) add(headers, name, value);
  const authorization = authorizationOf(client, files);
  if (authorization !== null && ![...headers.keys()].some((name) => name.toLowerCase() === 'authorization'))
    add(headers, 'Authorization', authorization);
  return headers;
}

function add(headers: Map<string, string[]>, name: string, value: string): void {
  if (!TOKEN.test(name)) throw new ScrapeError('credentials', `net/http: invalid header field name ${JSON.stringify(name)}`);
  if (!FIELD_VALUE.test(value)) throw new ScrapeError('credentials', `net/http: invalid header field value for ${JSON.stringify(name)}`);
  const values = headers.get(name);
  if (values === undefined) headers.set(name, [value]);
  else values.push(value);
}

/**
 * Whether what is meant for `from` may be sent to `to`: the same host, and neither another port (another service) nor
 * unencrypted instead of encrypted. From http to https of the same host the port changes by nature.
 */
export function mayCarryCredentials(from: URL, to: URL): boolean {
  if (from.hostname !== to.hostname) return false;
  return from.protocol === to.protocol ? from.port === to.port : from.protocol === 'http:' && to.protocol === 'https:';
}

/** Whether its credentials or headers come from files. */
export function readsFiles(client: HttpClientConfig): boolean {
  const { authorization, basicAuth, httpHeaders } = client;
  return (
    (authorization !== null && authorization.credentialsFile !== null) ||
    (basicAuth !== null && (basicAuth.usernameFile !== null || basicAuth.passwordFile !== null)) ||
    Object.values(httpHeaders ?? {}).some(({ files }) => files.length > 0)
  );
}

function authorizationOf({ authorization, basicAuth }: HttpClientConfig, files: FreshFiles): string | null {
  if (authorization !== null)
    return `${authorization.type} ${authorization.credentials ?? fileOr(authorization.credentialsFile, files, 'authorization credentials')}`;
  if (basicAuth === null) return null;
  const username = basicAuth.usernameFile === null ? basicAuth.username : fileOr(basicAuth.usernameFile, files, 'basic auth username');
  const password = basicAuth.password ?? fileOr(basicAuth.passwordFile, files, 'basic auth password');
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

function fileOr(path: string | null, files: FreshFiles, what: string): string {
  if (path === null) return '';
  try {
    return files.text(path);
  } catch (error) {
    throw new ScrapeError('credentials', `unable to read ${what}: ${(error as Error).message}`, { cause: error });
  }
}
