import { afterEach, expect, test } from 'vitest';
import { plainHttpClient, sharedWindow } from '../../test/support/raw-server.ts';
import { StaticTarget, type TargetAnswer } from '../../test/support/static-target.ts';
import type { HttpClientConfig } from '../config/index.ts';
import { BodyFetcher, createScrapeClient } from './index.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function fetched(answer: TargetAnswer, limitBytes = 1000, client: HttpClientConfig = plainHttpClient) {
  const target = await StaticTarget.start(answer);
  const window = sharedWindow(4096);
  const scraping = createScrapeClient({ buffer: window });
  cleanups.push(
    () => target.close(),
    () => scraping.close(),
  );
  const fetcher = new BodyFetcher(scraping, window, 'Test/1');
  const body = await fetcher.get({ url: new URL(target.url), timeoutMs: 5000, limitBytes, client });
  return { body: body.toString(), headers: target.requests[0].headers };
}

test('the whole body, decoded, in windows of any size', async () => {
  const check = async (answer: TargetAnswer, limitBytes: number, expected: string) =>
    expect((await fetched(answer, limitBytes)).body).toBe(expected);
  const long = 'ü0123456789'.repeat(1000);
  await check({ body: '{}', contentType: 'application/json' }, 2, '{}');
  await check({ body: '' }, 10, '');
  await check({ body: long }, 12_000, long);
  await check({ body: long, encoding: 'gzip' }, 12_000, long);
  await check({ body: long, chunkBytes: 777 }, 12_000, long);
});

test('with the job’s credentials', async () => {
  const client = { ...plainHttpClient, authorization: { type: 'Bearer', credentials: 'secret', credentialsFile: null } };
  expect((await fetched({}, 10, client)).headers).toMatchObject({ authorization: 'Bearer secret', 'user-agent': 'Test/1' });
});

test('what is refused', async () => {
  const check = (answer: TargetAnswer, limitBytes: number, expected: object) =>
    expect(fetched(answer, limitBytes)).rejects.toMatchObject(expected);
  await check({ body: 'abc' }, 2, { code: 'body_too_large' });
  await check({ fault: 'gzip bomb' }, 100_000, { code: 'body_too_large' });
  await check({ status: 404 }, 10, { code: 'status', message: 'server returned HTTP status 404 Not Found' });
  // Nobody else is asked.
  await check({ status: 302, headers: { Location: 'http://127.0.0.1:1/' } }, 10, { code: 'status' });
});
