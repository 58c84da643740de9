import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib';
import fastify, { type FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebPages } from './web-pages.ts';

const SCRIPT = 'console.log("a script");'.repeat(100);
let folder: string;
let app: FastifyInstance;

async function serve(from: string): Promise<FastifyInstance> {
  const served = fastify();
  const pages = new WebPages({ folder: from, title: 'A <title>' });
  served.get('/t/query', (_, reply) => pages.send(reply));
  served.get('/t/favicon.ico', (_, reply) => pages.sendIcon(reply) ?? reply.code(404).send());
  for (const path of ['/t/', '/t/graph']) served.get(path, (request, reply) => pages.redirect(request, reply, 'query'));
  await served.register((instance) => pages.mountAssets(instance, '/t'));
  return served;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tributary-pages-'));
  mkdirSync(join(folder, 'ui/assets'), { recursive: true });
  writeFileSync(
    join(folder, 'ui/index.html'),
    '<link rel="icon" href="./assets/icon-1a2b.svg"><title>PAGE_TITLE_PLACEHOLDER</title><meta name="server-time" content="SERVER_TIME_PLACEHOLDER"><meta nonce="CSP_NONCE_PLACEHOLDER"><script nonce="CSP_NONCE_PLACEHOLDER"></script>',
  );
  writeFileSync(join(folder, 'ui/assets/main-1a2b.js'), SCRIPT);
  writeFileSync(join(folder, 'ui/assets/main-1a2b.js.br'), brotliCompressSync(SCRIPT));
  writeFileSync(join(folder, 'ui/assets/icon-1a2b.svg'), '<svg/>');
  writeFileSync(join(folder, 'secret'), 'do not tell');
  app = await serve(join(folder, 'ui'));
});
afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true });
});

test('the document has an escaped title, the time, and a nonce that no other copy has', async () => {
  const nonceOf = async (): Promise<string> => {
    const { body, headers } = await app.inject('/t/query');
    const [nonce, second] = [...body.matchAll(/nonce="([^"]{20,})"/g)].map((match) => match[1]);
    expect(second).toBe(nonce);
    expect(headers['content-security-policy']).toContain(`style-src 'self' 'nonce-${nonce}';`);
    expect(headers['cache-control']).toBe('no-store');
    expect(body).toContain('<title>A &#60;title&#62;</title>');
    const time = Number(/name="server-time" content="(\d+)"/.exec(body)?.[1]);
    expect(Math.abs(time - Date.now())).toBeLessThan(60_000);
    return nonce;
  };
  expect(await nonceOf()).not.toBe(await nonceOf());
});

test('the policy lets nothing in from elsewhere, and no script that stands in the page', async () => {
  const policy = String((await app.inject('/t/query')).headers['content-security-policy']);
  expect(policy).toMatch(/^default-src 'none'; script-src 'self'; /);
  expect(policy).not.toMatch(/unsafe|https?:|\*/);
});

test('files are kept for a year, and come compressed', async () => {
  const plain = await app.inject('/t/assets/main-1a2b.js');
  expect([plain.statusCode, plain.body, plain.headers['content-type']]).toEqual([200, SCRIPT, 'application/javascript; charset=utf-8']);
  expect(plain.headers['cache-control']).toBe('public, max-age=31536000, immutable');
  const { rawPayload, headers } = await app.inject({ url: '/t/assets/main-1a2b.js', headers: { 'accept-encoding': 'gzip, br' } });
  expect([headers['content-encoding'], String(headers.vary).toLowerCase()]).toEqual(['br', 'accept-encoding']);
  expect(brotliDecompressSync(rawPayload).toString()).toBe(SCRIPT);
});

test('the icon is where it is looked for without the document', async () => {
  const { statusCode, headers, body } = await app.inject('/t/favicon.ico');
  expect([statusCode, headers['content-type'], body]).toEqual([200, 'image/svg+xml', '<svg/>']);
  expect(headers['content-security-policy']).toBe("default-src 'none'");
});

test('nothing else can be read', async () => {
  const check = async (path: string) => expect((await app.inject(path)).statusCode, path).toBeGreaterThanOrEqual(400);
  for (const path of ['', 'nope.js', '../index.html', '../../secret', '..%2f..%2fsecret', '%2e%2e/%2e%2e/secret', '..\\..\\secret', '%00'])
    await check(`/t/assets/${path}`);
});

test('addresses of older servers go to today’s, with what they ask for', async () => {
  const check = async (path: string, location: string) => {
    const { statusCode, headers } = await app.inject(path);
    expect([statusCode, headers.location]).toEqual([302, location]);
  };
  await check('/t/', 'query');
  await check('/t/graph', 'query');
  await check('/t/graph?g0.expr=up%7Ba%3D%22%3F%22%7D&g0.tab=0', 'query?g0.expr=up%7Ba%3D%22%3F%22%7D&g0.tab=0');
});

test('an application that is not built is told, and the server starts', async () => {
  const bare = await serve(join(folder, 'nowhere'));
  expect((await bare.inject('/t/query')).body).toContain('npm run setup');
  expect((await bare.inject('/t/favicon.ico')).statusCode).toBe(404);
  await bare.close();
});
