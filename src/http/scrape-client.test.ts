import type { Socket } from 'node:net';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { plainHttpClient, type RawServer, rawServer, sharedWindow } from '../../test/support/raw-server.ts';
import type { HttpClientConfig } from '../config/index.ts';
import { createScrapeClient, ScrapeError, type ScrapeRequest } from './index.ts';

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

type Answer = string | Buffer | readonly (string | Buffer)[] | ((socket: Socket, head: string, index: number) => void);

async function serve(answer: Answer): Promise<RawServer> {
  const server = await rawServer(typeof answer === 'function' ? answer : (socket) => void sendSlowly(socket, [answer].flat()));
  cleanups.push(() => server.close());
  return server;
}

/** Each piece arrives as a read of its own. An empty last piece closes the connection. */
async function sendSlowly(socket: Socket, pieces: readonly (string | Buffer)[]): Promise<void> {
  for (const piece of pieces) {
    if (socket.destroyed) return;
    if (piece.length === 0) socket.end();
    else socket.write(piece);
    if (pieces.length > 1) await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

interface Scraped {
  readonly body: string;
  readonly contentType: string;
  readonly bodyBytes: number;
}

function newClient(windowBytes?: number, environment: Record<string, string> = {}) {
  const window = sharedWindow(windowBytes);
  const client = createScrapeClient({ buffer: window }, { environment });
  cleanups.push(() => client.close());
  const scrape = async (url: URL, more: Partial<ScrapeRequest> = {}): Promise<Scraped> => {
    const parts: Buffer[] = [];
    let contentType = '';
    const sink = {
      head(_: number, type: string) {
        contentType = type;
      },
      data(length: number, offset: number) {
        parts.push(Buffer.from(window.subarray(offset, offset + length)));
        return length;
      },
    };
    const request = { url, headers: {}, timeoutMs: 5000, bodySizeLimitBytes: 0, client: plainHttpClient, ...more };
    const { bodyBytes } = await client.scrape(request, sink);
    return { body: Buffer.concat(parts).toString('latin1'), contentType, bodyBytes };
  };
  return { client, window, scrape };
}

/** Body or error text; the server's port is shown as PORT. */
async function outcome(answer: Answer, more: Partial<ScrapeRequest> = {}): Promise<string> {
  const server = await serve(answer);
  try {
    return (await newClient().scrape(server.url, more)).body;
  } catch (error) {
    expect(error).toBeInstanceOf(ScrapeError);
    const { code, message } = error as ScrapeError;
    return `${code}: ${message}`.replaceAll(String(server.port), 'PORT');
  }
}

const check = (name: string, answer: Answer, expected: string, more?: Partial<ScrapeRequest>) =>
  test(name, async () => expect(await outcome(answer, more)).toBe(expected));

const ok = (headers: string, body = '') => `HTTP/1.1 200 OK\r\n${headers}\r\n\r\n${body}`;
const GET = 'Get "http://127.0.0.1:PORT/metrics"';

describe('framing', () => {
  check('content-length', ok('Content-Length: 5', 'a 1\n\n'), 'a 1\n\n');
  check('an empty body', ok('Content-Length: 0'), '');
  check('head and body cut anywhere', [...ok('Content-Length: 4', 'a 1\n')], 'a 1\n');
  check('until the connection closes', [ok('X: y', 'a 1\n'), 'b 2\n', ''], 'a 1\nb 2\n');
  check('HTTP/1.0', ['HTTP/1.0 200 OK\r\n\r\na 1\n', ''], 'a 1\n');
  check(
    'chunks of one read are moved together',
    ok('Transfer-Encoding: chunked', '4\r\na 1\n\r\n4;x=y\r\nb 2\n\r\n0\r\n\r\n'),
    'a 1\nb 2\n',
  );
  check(
    'chunks cut anywhere, trailers',
    [...ok('Transfer-Encoding: chunked', '4\r\na 1\n\r\nA\r\nb 2\nc 333\n\r\n0\r\nT: v\r\n\r\n')],
    'a 1\nb 2\nc 333\n',
  );
  check('interim responses', ['HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n', ok('Content-Length: 4', 'a 1\n')], 'a 1\n');
  check('half a body by length', [ok('Content-Length: 9', 'a 1\n'), ''], 'eof: unexpected EOF');
  check('half a body by chunks', [ok('Transfer-Encoding: chunked', '4\r\na 1\n\r\n'), ''], 'eof: unexpected EOF');
  check('chunks without the last', [ok('Transfer-Encoding: chunked', '4\r\na 1\n\r\n0\r\n'), ''], 'eof: unexpected EOF');
  check('a chunk size that is none', ok('Transfer-Encoding: chunked', 'zz\r\n'), 'protocol: invalid byte in chunk length');
  check('a negative chunk size', ok('Transfer-Encoding: chunked', '1\r\na\r\n-6\r\n'), 'protocol: invalid byte in chunk length');
  check('a huge chunk size', ok('Transfer-Encoding: chunked', 'fffffffffffff\r\n'), 'protocol: http chunk length too large');
  check('a chunk longer than it says', ok('Transfer-Encoding: chunked', '1\r\nab\r\n'), 'protocol: malformed chunked encoding');
  check(
    'endless extensions',
    ok('Transfer-Encoding: chunked', `1;${'x'.repeat(20_000)}`),
    'protocol: chunked encoding contains too much non-data',
  );
  const broken = `protocol: ${GET}: net/http: HTTP/1.x transport connection broken:`;
  check('a negative length', ok('Content-Length: -5', 'a 1\n'), `${broken} bad Content-Length "-5"`);
  check(
    'lengths that differ',
    ok('Content-Length: 4\r\nContent-Length: 5', 'a 1\n'),
    `${broken} malformed HTTP response "HTTP/1.1 200 OK"`,
  );
  check('another transfer coding', ok('Transfer-Encoding: gzip, chunked'), `${broken} unsupported transfer encoding: "gzip, chunked"`);
  check('garbage', 'SSH-2.0-OpenSSH_9.2\r\n', `${broken} malformed HTTP response "SSH-2.0-OpenSSH_9.2"`);
  check(
    'endless headers',
    `HTTP/1.1 200 OK\r\n${'X: y\r\n'.repeat(20_000)}`,
    `protocol: ${GET}: net/http: server response headers exceeded 65536 bytes; aborted`,
  );
  check(
    'endless interim responses',
    'HTTP/1.1 100 Continue\r\n\r\n'.repeat(6),
    `protocol: ${GET}: net/http: too many 1xx informational responses`,
  );
  check('closed without an answer', (socket) => void socket.end(), `eof: ${GET}: EOF`);
  check('closed within the head', ['HTTP/1.1 200 OK\r\nCont', ''], `eof: ${GET}: unexpected EOF`);
  check('reset', (socket) => void socket.resetAndDestroy(), `eof: ${GET}: read: connection reset by peer`);
});

describe('status', () => {
  check(
    '500',
    'HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n',
    'status: server returned HTTP status 500 Internal Server Error',
  );
  check('404 with a body', 'HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\n\r\nno\n', 'status: server returned HTTP status 404 Not Found');
  check('204 is not 200', 'HTTP/1.1 204 No Content\r\n\r\n', 'status: server returned HTTP status 204 No Content');
  check('no words', 'HTTP/1.1 503\r\nContent-Length: 0\r\n\r\n', 'status: server returned HTTP status 503');
});

describe('coding', () => {
  const body = 'some_metric{label="value"} 1\n'.repeat(20_000);
  const encoded = (name: string, bytes: Buffer) => [ok(`Content-Encoding: ${name}\r\nContent-Length: ${bytes.length}`), bytes];
  check('gzip', encoded('gzip', gzipSync(body)), body);
  check('zstd', encoded('zstd', zstdCompressSync(body)), body);
  check('gzip in two members', encoded('gzip', Buffer.concat([gzipSync('a 1\n'), gzipSync('b 2\n')])), 'a 1\nb 2\n');
  check('gzip cut short', encoded('gzip', gzipSync(body).subarray(0, 300)), 'eof: unexpected EOF');
  check('zstd cut short', encoded('zstd', zstdCompressSync(body).subarray(0, 40)), 'eof: unexpected EOF');
  check('no gzip at all', encoded('gzip', Buffer.from(body)), 'encoding: gzip: invalid header');
  check(
    'brotli',
    encoded('br', Buffer.from('x')),
    'encoding: cannot decode response body: got Content-Encoding "br", want gzip, zstd or identity',
  );
  check('identity over the limit', ok('Content-Length: 4', 'a 1\n'), 'body_too_large: body size limit exceeded', { bodySizeLimitBytes: 4 });
  check('identity below the limit', ok('Content-Length: 4', 'a 1\n'), 'a 1\n', { bodySizeLimitBytes: 5 });
  check('gzip over the limit', encoded('gzip', gzipSync(body)), 'body_too_large: body size limit exceeded', {
    bodySizeLimitBytes: body.length,
  });

  for (const [name, bomb] of [
    ['gzip', gzipSync(Buffer.alloc(200_000_000))],
    ['zstd', zstdCompressSync(Buffer.alloc(200_000_000))],
  ] as const) {
    test(`a ${name} bomb stops at the limit`, async () => {
      const more = { bodySizeLimitBytes: 1_000_000 };
      expect(await outcome(encoded(name, bomb), more)).toBe('body_too_large: body size limit exceeded');
    });

    test(`a ${name} bomb without a limit passes in pieces of bounded size`, async () => {
      const server = await serve(encoded(name, bomb));
      const { client } = newClient();
      let largest = 0;
      const sink = {
        head() {
          largest = 0;
        },
        data(length: number) {
          largest = Math.max(largest, length, process.memoryUsage().arrayBuffers - before);
          return length;
        },
      };
      const before = process.memoryUsage().arrayBuffers;
      const request = { url: server.url, headers: {}, timeoutMs: 30_000, bodySizeLimitBytes: 0, client: plainHttpClient };
      const { bodyBytes } = await client.scrape(request, sink);
      expect(bodyBytes).toBe(200_000_000);
      expect(largest).toBeLessThan(4_000_000);
    });
  }
});

describe('connections', () => {
  const small = ok('Content-Length: 4', 'a 1\n');
  const twice = async (answer: Answer, pause = 0) => {
    const server = await serve(answer);
    const { scrape } = newClient();
    const bodies = [(await scrape(server.url)).body];
    if (pause > 0) await new Promise((resolve) => setTimeout(resolve, pause));
    bodies.push((await scrape(server.url)).body);
    return { bodies, connections: server.connections };
  };
  const both = ['a 1\n', 'a 1\n'];
  const checkTwice = (name: string, answer: Answer, connections: number, pause?: number) =>
    test(name, async () => expect(await twice(answer, pause)).toEqual({ bodies: both, connections }));

  checkTwice('are kept', small, 1);
  checkTwice('are kept after chunks', ok('Transfer-Encoding: chunked', '4\r\na 1\n\r\n0\r\n\r\n'), 1);
  checkTwice('are kept after gzip', [ok('Content-Encoding: gzip\r\nContent-Length: 24'), gzipSync('a 1\n')], 1);
  checkTwice('are not kept when the server says close', ok('Connection: close\r\nContent-Length: 4', 'a 1\n'), 2);
  checkTwice('are not kept by HTTP/1.0', small.replace('1.1', '1.0'), 2);
  checkTwice('are kept by HTTP/1.0 with keep-alive', 'HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 4\r\n\r\na 1\n', 1);
  checkTwice('are not kept when more came than belongs to the answer', `${small}HTTP/1.1 200 OK\r\n`, 2);
  checkTwice(
    'are not kept when length and chunks are given',
    ok('Content-Length: 4\r\nTransfer-Encoding: chunked', '4\r\na 1\n\r\n0\r\n\r\n'),
    2,
  );
  checkTwice('are dropped when the server closed them', (socket) => void socket.end(small), 2, 20);
  // The server closes only when it is asked again: the client cannot know before.
  checkTwice(
    'are replaced when the server closes instead of answering',
    (socket, _, index) => void (index === 0 ? socket.write(small) : socket.destroy()),
    2,
  );

  test('of 60 targets at once keep their bodies apart in one window', async () => {
    const server = await serve((socket, head) => {
      const name = / \/(\w+) /.exec(head)![1];
      const line = `${name}{x="${'y'.repeat(50)}"} 1\n`;
      const body = line.repeat(3000);
      const chunk = `${(line.length * 100).toString(16)}\r\n${line.repeat(100)}\r\n`;
      const isChunked = name.endsWith('0');
      socket.write(isChunked ? ok('Transfer-Encoding: chunked') : ok(`Content-Length: ${body.length}`));
      void sendSlowly(socket, isChunked ? [...Array<string>(30).fill(chunk), '0\r\n\r\n'] : body.match(/[\s\S]{1,9973}/g)!);
    });
    const { scrape } = newClient(16 * 1024);
    const names = Array.from({ length: 60 }, (_, i) => `target${i}`);
    const bodies = await Promise.all(names.map((name) => scrape(new URL(`/${name}`, server.url.href))));
    for (const [i, name] of names.entries()) expect(bodies[i].body === `${name}{x="${'y'.repeat(50)}"} 1\n`.repeat(3000)).toBe(true);
  });

  test('refused', async () => {
    const server = await serve(small);
    server.close();
    await new Promise((resolve) => setTimeout(resolve, 10));
    const text = `Get "http://127.0.0.1:${server.port}/metrics": dial tcp 127.0.0.1:${server.port}: connect: connection refused`;
    await expect(newClient().scrape(server.url)).rejects.toMatchObject({ code: 'connect', message: text });
  });

  test('to a name that does not exist', async () => {
    const scraping = newClient().scrape(new URL('http://nowhere.invalid/metrics'), { timeoutMs: 30_000 });
    await expect(scraping).rejects.toMatchObject({
      code: 'connect',
      message: expect.stringContaining('dial tcp: lookup nowhere.invalid: '),
    });
  });
});

describe('deadline and close', () => {
  const deadline = 'context deadline exceeded';
  check('no answer', () => {}, `timeout: ${GET}: ${deadline}`, { timeoutMs: 50 });
  check('a body that does not end', ok('Content-Length: 9', 'a 1\n'), `timeout: ${deadline}`, { timeoutMs: 50 });
  check('trickling', [...Array<string>(40).fill('HTTP/1.1 100 Continue\r\n')], `timeout: ${GET}: ${deadline}`, { timeoutMs: 50 });

  test('close ends what is under way, and what comes later', async () => {
    const server = await serve(() => {});
    const { client, scrape } = newClient();
    const scraping = scrape(server.url);
    setTimeout(() => client.close(), 20);
    const canceled = { code: 'canceled', message: `Get "${server.url}": context canceled` };
    await expect(scraping).rejects.toMatchObject(canceled);
    await expect(scrape(server.url)).rejects.toMatchObject(canceled);
  });

  test('a sink that throws ends the scrape with its own error, and its connection', async () => {
    const server = await serve(ok('Content-Length: 4', 'a 1\n'));
    const { client, scrape } = newClient();
    const request = { url: server.url, headers: {}, timeoutMs: 5000, bodySizeLimitBytes: 0, client: plainHttpClient };
    const refuse = () => {
      throw new Error('not this one');
    };
    await expect(client.scrape(request, { head: refuse, data: () => 0 })).rejects.toThrow('not this one');
    await expect(client.scrape(request, { head() {}, data: refuse })).rejects.toThrow('not this one');
    expect((await scrape(server.url)).body).toBe('a 1\n');
    expect(server.connections).toBe(3);
  });
});

describe('requests', () => {
  const headers = { Accept: 'text/plain', 'User-Agent': 'test' };
  const sent = async (client: Partial<HttpClientConfig>, own: Record<string, string> = headers) => {
    const server = await serve(ok('Content-Length: 0'));
    await newClient().scrape(new URL(`${server.url}?a=b%20c#d`), { headers: own, client: { ...plainHttpClient, ...client } });
    return server.requests[0].split('\r\n').filter((line) => !line.startsWith('Host:'));
  };
  const basic = ['GET /metrics?a=b%20c HTTP/1.1', 'Accept: text/plain', 'User-Agent: test'];

  test('plain', async () => expect(await sent({})).toEqual(basic));
  test('basic_auth', async () => {
    const basicAuth = { username: 'me', usernameFile: null, password: 'secret', passwordFile: null };
    expect(await sent({ basicAuth })).toEqual([...basic, 'Authorization: Basic bWU6c2VjcmV0']);
  });
  test('authorization', async () => {
    const authorization = { type: 'Bearer', credentials: 'token', credentialsFile: null };
    expect(await sent({ authorization })).toEqual([...basic, 'Authorization: Bearer token']);
  });
  test('http_headers, each value a header', async () => {
    const httpHeaders = { 'X-Scope': { values: ['a', 'b'], secrets: ['c'], files: [] } };
    expect(await sent({ httpHeaders })).toEqual([...basic, 'X-Scope: a', 'X-Scope: b', 'X-Scope: c']);
  });
  test('a value that would break the header', async () => {
    const authorization = { type: 'Bearer', credentials: 'a\r\nX: y', credentialsFile: null };
    await expect(sent({ authorization })).rejects.toMatchObject({ code: 'credentials' });
  });
  test('a file that is not there', async () => {
    const authorization = { type: 'Bearer', credentials: null, credentialsFile: '/nowhere/token' };
    const text =
      'unable to read authorization credentials: unable to read file /nowhere/token: open /nowhere/token: no such file or directory';
    await expect(sent({ authorization })).rejects.toMatchObject({ code: 'credentials', message: expect.stringContaining(text) });
  });
});

describe('redirects', () => {
  const moved = (location: string, status = 302) => `HTTP/1.1 ${status} Found\r\nLocation: ${location}\r\nContent-Length: 0\r\n\r\n`;
  const authorization = { type: 'Bearer', credentials: 'token', credentialsFile: null };
  const byPath = (answers: Record<string, string>) => (socket: Socket, head: string) =>
    void socket.write(answers[head.split(' ')[1]] ?? ok('Content-Length: 4', 'a 1\n'));

  for (const status of [301, 302, 303, 307, 308]) check(`${status}`, byPath({ '/metrics': moved('/other?x=y', status) }), 'a 1\n');
  check('without Location', 'HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n', 'status: server returned HTTP status 302 Found');
  check('300 is none', moved('/other', 300), 'status: server returned HTTP status 300 Found');
  check('in a circle', moved('/metrics'), `redirect: ${GET}: stopped after 10 redirects`);
  check('to another scheme', moved('ftp://x/'), `redirect: ${GET}: unsupported protocol scheme "ftp"`);
  check('not followed', moved('/other'), 'status: server returned HTTP status 302 Found', {
    client: { ...plainHttpClient, followRedirects: false },
  });

  test('keep credentials on the same server', async () => {
    const server = await serve(byPath({ '/metrics': moved('/other') }));
    await newClient().scrape(server.url, { client: { ...plainHttpClient, authorization } });
    expect(server.requests.map((head) => /Authorization: .*/.exec(head)?.[0])).toEqual([
      'Authorization: Bearer token',
      'Authorization: Bearer token',
    ]);
  });

  test('lose credentials for good on the way to another server', async () => {
    const home = await serve(byPath({}));
    const away = await serve(moved(`http://127.0.0.1:${home.port}/back`));
    const start = await serve(moved(`http://127.0.0.1:${away.port}/away`));
    const httpHeaders = { 'X-Key': { values: [], secrets: ['k'], files: [] } };
    const more = { headers: { Accept: 'text/plain', Cookie: 'c=1' }, client: { ...plainHttpClient, authorization, httpHeaders } };
    expect((await newClient().scrape(start.url, more)).body).toBe('a 1\n');
    expect(start.requests[0]).toMatch(/Cookie: c=1[\s\S]*X-Key: k[\s\S]*Authorization: Bearer token/);
    for (const { requests } of [away, home]) expect(requests[0].split('\r\n').slice(2)).toEqual(['Accept: text/plain']);
  });
});

test('a window is as long as the largest piece that a decoder gives, or pieces are split', async () => {
  const body = 'x'.repeat(300_000);
  const server = await serve([ok('Content-Encoding: gzip\r\nConnection: close'), gzipSync(body), '']);
  const { scrape } = newClient(10_000);
  expect(await scrape(server.url)).toMatchObject({ body, bodyBytes: 300_000 });
});
