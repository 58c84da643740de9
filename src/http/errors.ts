// Why a request got no answer. The texts stand in /api/v1/targets as the target's last error, so they use the words that
// Prometheus (that is, Go's HTTP client) uses for the same thing, and dashboards and runbooks that match them go on working.

import { isIP } from 'node:net';

export type ScrapeErrorCode =
  | 'timeout'
  | 'canceled'
  | 'connect'
  | 'tls'
  | 'eof'
  | 'protocol'
  | 'redirect'
  | 'status'
  | 'encoding'
  | 'body_too_large'
  | 'credentials'
  | 'proxy';

export class ScrapeError extends Error {
  readonly code: ScrapeErrorCode;
  /** Of a `status`: the one that came; otherwise 0. */
  readonly status: number;
  constructor(code: ScrapeErrorCode, message: string, options: ErrorOptions & { readonly status?: number } = {}) {
    super(message, options);
    this.name = 'ScrapeError';
    this.code = code;
    this.status = options.status ?? 0;
  }
}

/** What the libraries hang on their errors; all of it optional. */
interface SystemErrorFields {
  code?: string;
  syscall?: string;
  hostname?: string;
  address?: string;
  port?: number;
  /** Of a certificate for other names: the name that was wanted, and the certificate. */
  host?: string;
  cert?: { subjectaltname?: string };
  errors?: unknown[];
}

const systemTexts: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset by peer',
  ECONNABORTED: 'software caused connection abort',
  EHOSTUNREACH: 'no route to host',
  EHOSTDOWN: 'host is down',
  ENETUNREACH: 'network is unreachable',
  ENETDOWN: 'network is down',
  ETIMEDOUT: 'connection timed out',
  EADDRNOTAVAIL: 'cannot assign requested address',
  EMFILE: 'too many open files',
  ENFILE: 'too many open files in system',
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EPIPE: 'broken pipe',
  EINVAL: 'invalid argument',
};

const lookupTexts: Readonly<Record<string, string>> = {
  ENOTFOUND: 'no such host',
  EAI_NONAME: 'no such host',
  EAI_AGAIN: 'server misbehaving',
  EAI_FAIL: 'server misbehaving',
};

const unknownAuthority = new Set([
  'CERT_SIGNATURE_FAILURE',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** An error of a socket, of the resolver, of TLS or of undici, put into the words of Go's HTTP client. */
export function networkError(error: unknown): ScrapeError {
  if (error instanceof ScrapeError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const fields: SystemErrorFields = error instanceof Error ? (error as Error & SystemErrorFields) : {};
  const fail = (code: ScrapeErrorCode, text: string) => new ScrapeError(code, text, { cause: error });
  const { code = '' } = fields;

  // One address after the other was tried (a name with several); the first failure is what Go names.
  const [first] = fields.errors ?? [];
  if (first instanceof Error) return networkError(first);
  if (Object.hasOwn(lookupTexts, code)) return fail('connect', `dial tcp: lookup ${fields.hostname ?? ''}: ${lookupTexts[code]}`);
  if (Object.hasOwn(systemTexts, code)) {
    if (fields.syscall === 'connect') return fail('connect', `dial tcp ${hostPort(fields)}: connect: ${systemTexts[code]}`);
    return fail('eof', `${fields.syscall ?? 'read'}: ${systemTexts[code]}`);
  }
  if (unknownAuthority.has(code)) return fail('tls', 'tls: failed to verify certificate: x509: certificate signed by unknown authority');
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID')
    return fail('tls', 'tls: failed to verify certificate: x509: certificate has expired or is not yet valid');
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return fail('tls', `tls: failed to verify certificate: x509: ${wrongNameText(fields)}`);
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG')
    return fail('tls', 'http: server gave HTTP response to HTTPS client');
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_')) return fail('tls', `tls: ${message.trim()}`);
  if (code === 'UND_ERR_CONNECT_TIMEOUT') return fail('connect', 'dial tcp: i/o timeout');
  if (code === 'UND_ERR_SOCKET') return fail('eof', 'EOF');
  if (code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH') return fail('eof', 'unexpected EOF');
  if (code === 'UND_ERR_HEADERS_OVERFLOW') return fail('protocol', 'net/http: server response headers exceeded the limit; aborted');
  if (error instanceof Error && error.name === 'HTTPParserError') return fail('protocol', `net/http: malformed HTTP response: ${message}`);
  return fail('connect', message);
}

/** As Go's x509.HostnameError says it. */
function wrongNameText({ host = '', cert }: SystemErrorFields): string {
  const kind = isIP(host) === 0 ? 'DNS:' : 'IP Address:';
  const names = (cert?.subjectaltname ?? '').split(', ').filter((name) => name.startsWith(kind));
  if (names.length > 0) return `certificate is valid for ${names.map((name) => name.slice(kind.length)).join(', ')}, not ${host}`;
  if (isIP(host) !== 0) return `cannot validate certificate for ${host} because it doesn't contain any IP SANs`;
  return `certificate is not valid for any names, but wanted to match ${host}`;
}

function hostPort({ address = '', port }: SystemErrorFields): string {
  const host = address.includes(':') ? `[${address}]` : address;
  return port === undefined ? host : `${host}:${port}`;
}
