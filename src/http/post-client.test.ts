import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { freePort } from '../../test/support/free-port.ts';
import { plainHttpClient } from '../../test/support/raw-server.ts';
import { TlsProxy } from '../../test/support/tls-proxy.ts';
import type { HttpClientConfig } from '../config/index.ts';
import { createPostClient, type PostAnswer, type PostClient, ScrapeError } from './index.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

type Answer = (request: IncomingMessage, response: ServerResponse, index: number) => void;

async function serve(answer: Answer = (_, response) => response.end()) {
  const received: Received[] = [];
  let connections = 0;
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const index = received.push({ method: request.method!, url: request.url!, headers: request.headers, body });
    answer(request, response, index - 1);
  });
  server.on('connection', () => connections++);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { port, url: `http://127.0.0.1:${port}/x`, received, connections: () => connections };
}

function newClient(): PostClient {
  const client = createPostClient();
  cleanups.push(() => client.close());
  return client;
}

const json = { 'Content-Type': 'application/json', 'User-Agent': 'us/1' };

function post(client: PostClient, url: string, more: { client?: Partial<HttpClientConfig>; body?: string; timeoutMs?: number } = {}) {
  const { body = '[]', timeoutMs = 5000 } = more;
  return client.post({ url, headers: json, body: Buffer.from(body), timeoutMs, client: { ...plainHttpClient, ...more.client } });
}

/** Status, or the error's code and text; ports are shown as PORT. */
async function outcome(answer: Promise<PostAnswer>): Promise<string> {
  try {
    const { status, statusText } = await answer;
    return `${status} ${statusText}`.trim();
  } catch (error) {
    expect(error).toBeInstanceOf(ScrapeError);
    const { code, message } = error as ScrapeError;
    return `${code}: ${message}`.replaceAll(/(127\.0\.0\.1):\d+/g, '$1:PORT');
  }
}

describe('what is sent and answered', () => {
  test('the body in UTF-8, its headers, the credentials; one connection for all', async () => {
    const server = await serve((_, response) => response.end('fine'));
    const client = newClient();
    const body = JSON.stringify(['ü€😀', '\u0000']);
    const basicAuth = { username: 'u', usernameFile: null, password: 'p', passwordFile: null };
    const httpHeaders = { 'X-Own': { values: ['a'], secrets: ['b'], files: [] } };
    expect(await outcome(post(client, server.url, { body, client: { basicAuth, httpHeaders } }))).toBe('200 OK');
    expect(await outcome(post(client, server.url))).toBe('200 OK');
    expect(server.received).toMatchObject([
      {
        method: 'POST',
        url: '/x',
        body,
        headers: {
          host: `127.0.0.1:${server.port}`,
          'content-type': 'application/json',
          'content-length': String(Buffer.byteLength(body)),
          'user-agent': 'us/1',
          authorization: `Basic ${Buffer.from('u:p').toString('base64')}`,
          'x-own': 'a, b',
        },
      },
      { method: 'POST', body: '[]' },
    ]);
    expect(server.received[1].headers.authorization).toBeUndefined();
    expect(server.connections()).toBe(1);
  });

  test('a body larger than a read; again when a kept connection ends without an answer', async () => {
    const server = await serve((_, response, index) => (index === 1 ? response.socket!.destroy() : response.end()));
    const client = newClient();
    const body = JSON.stringify('x'.repeat(3_000_000));
    for (let i = 0; i < 2; i++) expect(await outcome(post(client, server.url, { body }))).toBe('200 OK');
    expect(server.received.map((request) => request.body.length)).toEqual(Array(3).fill(body.length));
    expect(server.connections()).toBe(2);
  });

  const check = (what: string, answer: Answer, expected: string, more: Parameters<typeof post>[2] = {}) =>
    test(what, async () => {
      const server = await serve(answer);
      expect(await outcome(post(newClient(), server.url, more))).toBe(expected);
    });
  const POST = 'Post "http://127.0.0.1:PORT/x"';
  check('no content', (_, response) => response.writeHead(204).end(), '204 No Content');
  check('any status is an answer', (_, response) => response.writeHead(500, 'Oh dear').end('why'), '500 Oh dear');
  check('a body that never comes to its end', (_, response) => void response.writeHead(202).write('a'), '202 Accepted', {
    timeoutMs: 1000,
  });
  check(
    'a body that breaks off',
    (_, response) => response.writeHead(200, { 'Content-Length': 9 }).write('a', () => response.destroy()),
    '200 OK',
  );
  check('silence', () => undefined, `timeout: ${POST}: context deadline exceeded`, { timeoutMs: 100 });
  check('a connection that is closed', (_, response) => void response.socket!.end(), `eof: ${POST}: EOF`);
  check(
    'a file that is not there',
    (_, response) => response.end(),
    `credentials: ${POST}: unable to read authorization credentials: unable to read file /nowhere: open /nowhere: no such file or directory`,
    { client: { authorization: { type: 'Bearer', credentials: null, credentialsFile: '/nowhere' } } },
  );

  test('an endless answer is cut', async () => {
    const server = await serve((_, response) => {
      response.writeHead(200);
      const more = () => {
        while (response.write('x'.repeat(10_000)));
      };
      response.on('drain', more);
      more();
    });
    expect(await outcome(post(newClient(), server.url))).toBe('200 OK');
  });
});

describe('redirects', () => {
  const moved =
    (status: number, location: string): Answer =>
    (_, response, index) =>
      index === 0 ? response.writeHead(status, { Location: location }).end() : response.end();

  test.each([307, 308])('%i repeats the request, with credentials to the same server only', async (status) => {
    const other = await serve();
    const same = await serve(moved(status, '/y'));
    const away = await serve(moved(status, `${other.url}/z`));
    const client = newClient();
    const authorization = { type: 'Bearer', credentials: 't', credentialsFile: null };
    for (const server of [same, away])
      expect(await outcome(post(client, server.url, { body: '[1]', client: { authorization } }))).toBe('200 OK');
    const shown = ({ method, url, body, headers }: Received) => [method, url, body, headers.authorization, headers['content-type']];
    expect(shown(same.received[1])).toEqual(['POST', '/y', '[1]', 'Bearer t', 'application/json']);
    expect(shown(other.received[0])).toEqual(['POST', '/x/z', '[1]', undefined, 'application/json']);
  });

  test.each([301, 302, 303])('%i would not post', async (status) => {
    const server = await serve(moved(status, '/y'));
    expect(await outcome(post(newClient(), server.url))).toMatch(
      new RegExp(`^redirect: Post "http://127.0.0.1:PORT/x": redirected by ${status} [A-Za-z ]+ to "/y", which would not be posted to$`),
    );
    expect(server.received.length).toBe(1);
  });

  const check = (what: string, answer: Answer, expected: string, client: Partial<HttpClientConfig> = {}) =>
    test(what, async () => expect(await outcome(post(newClient(), (await serve(answer)).url, { client }))).toBe(expected));
  check('not followed', moved(307, '/y'), '307 Temporary Redirect', { followRedirects: false });
  check('without a place', (_, response) => response.writeHead(307).end(), '307 Temporary Redirect');
  check(
    'in a circle',
    (_, response) => response.writeHead(307, { Location: '/x' }).end(),
    'redirect: Post "http://127.0.0.1:PORT/x": stopped after 10 redirects',
  );
  check('elsewhere', moved(307, 'ftp://a/'), 'redirect: Post "http://127.0.0.1:PORT/x": unsupported protocol scheme "ftp"');
});

describe('no server', () => {
  test('nobody listens', async () => {
    const port = await freePort();
    expect(await outcome(post(newClient(), `http://127.0.0.1:${port}/api/v2/alerts`))).toBe(
      'connect: Post "http://127.0.0.1:PORT/api/v2/alerts": dial tcp 127.0.0.1:PORT: connect: connection refused',
    );
  });

  test('no HTTP', async () => {
    const server = createTcpServer((socket) => socket.end('SSH-2.0\r\n\r\n')).listen(0, '127.0.0.1');
    cleanups.push(() => server.close());
    await once(server, 'listening');
    expect(await outcome(post(newClient(), `http://127.0.0.1:${(server.address() as AddressInfo).port}/`))).toContain(
      'malformed HTTP response',
    );
  });

  const check = (url: string, expected: string) => test(url, async () => expect(await outcome(post(newClient(), url))).toBe(expected));
  check('ftp://a/x', 'protocol: Post "ftp://a/x": unsupported protocol scheme "ftp"');
  check('//a/x', 'protocol: parse "//a/x": invalid URL');
  check('http://a b/x', 'protocol: parse "http://a b/x": invalid URL');
});

test('over TLS, and what its certificate is refused for', async () => {
  const server = await serve();
  const proxy = await TlsProxy.start({ target: `127.0.0.1:${server.port}` });
  cleanups.push(() => proxy.close());
  const tls = {
    ca: null,
    caFile: proxy.caFile,
    cert: null,
    certFile: null,
    key: null,
    keyFile: null,
    serverName: '',
    insecureSkipVerify: false,
    minVersion: null,
    maxVersion: null,
  };
  const client = newClient();
  const url = `https://${proxy.address}/x`;
  for (let i = 0; i < 2; i++) {
    expect(await outcome(post(client, url, { body: '["ü"]', client: { tls } }))).toBe('200 OK');
    // The connection is free again a turn after the answer's end.
    await nextTurn();
  }
  expect(server.received.map(({ method, body }) => [method, body])).toEqual([
    ['POST', '["ü"]'],
    ['POST', '["ü"]'],
  ]);
  expect(proxy.connections).toBe(1);
  expect(await outcome(post(client, url))).toBe(
    'tls: Post "https://127.0.0.1:PORT/x": tls: failed to verify certificate: x509: certificate signed by unknown authority',
  );
});

test('through a proxy', async () => {
  const proxy = await serve();
  expect(
    await outcome(post(newClient(), 'http://elsewhere.example/x', { body: '[1]', client: { proxyUrl: `http://127.0.0.1:${proxy.port}` } })),
  ).toBe('200 OK');
  expect(proxy.received).toMatchObject([{ method: 'POST', url: 'http://elsewhere.example/x', body: '[1]' }]);
});

test('closed: what is under way and what comes later fails', async () => {
  const server = await serve(() => undefined);
  const client = newClient();
  const running = outcome(post(client, server.url));
  while (server.received.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  client.close();
  const canceled = 'canceled: Post "http://127.0.0.1:PORT/x": context canceled';
  expect(await running).toBe(canceled);
  expect(await outcome(post(client, server.url))).toBe(canceled);
});
