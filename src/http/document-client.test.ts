import { afterEach, expect, test } from 'vitest';
import { plainHttpClient } from '../../test/support/raw-server.ts';
import { StaticTarget } from '../../test/support/static-target.ts';
import { createDocumentClient } from './document-client.ts';

const client = createDocumentClient();
const targets: StaticTarget[] = [];
afterEach(async () => {
  for (const target of targets.splice(0)) await target.close();
});

const get = async (answer: Parameters<typeof StaticTarget.start>[0], more: { timeoutMs?: number; limitBytes?: number } = {}) => {
  const target = await StaticTarget.start(answer);
  targets.push(target);
  const basicAuth = { username: 'u', usernameFile: null, password: 'p', passwordFile: null };
  const body = client.get({
    url: new URL(target.url),
    headers: { 'Accept-Encoding': 'gzip' },
    timeoutMs: 5000,
    limitBytes: 1000,
    client: { ...plainHttpClient, basicAuth },
    ...more,
  });
  return body.then(
    (bytes) => `${bytes} ${target.requests[0].headers.authorization}`,
    (error: Error & { code: string; status: number }) => `${error.code} ${error.status} ${target.requests.length}`,
  );
};

test('a document as a whole, with the credentials of scraping', async () => {
  expect(await get('text')).toBe('text Basic dTpw');
  expect(await get({ body: 'a longer text', encoding: 'gzip', chunkBytes: 3 })).toBe('a longer text Basic dTpw');
  expect(await get({ body: '' })).toBe(' Basic dTpw');
  // Several windows.
  const long = 'ü0123456789'.repeat(20_000);
  for (const encoding of [undefined, 'gzip'] as const)
    expect(await get({ body: long, encoding, chunkBytes: 7777 }, { limitBytes: 1e6 })).toBe(`${long} Basic dTpw`);
});

test('bounds, and redirects that are not followed', async () => {
  expect(await get('x'.repeat(1000))).toBe('body_too_large 0 1');
  expect(await get({ fault: 'gzip bomb' })).toBe('body_too_large 0 1');
  expect(await get({ fault: 'hang' }, { timeoutMs: 100 })).toBe('timeout 0 1');
  expect(await get({ status: 404 })).toBe('status 404 1');
  expect(await get({ status: 302, headers: { Location: '/metrics' } })).toBe('status 302 1');
});
