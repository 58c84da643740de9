import { expect, test } from 'vitest';
import { apiRequest } from '../../test/support/api-request.ts';
import { adminRoutes } from './admin.ts';
import { ApiError } from './errors.ts';
import type { TsdbAdminPort } from './ports.ts';

class FakeStore implements TsdbAdminPort {
  readonly done: string[] = [];
  failure: Error | null = null;

  async snapshot(withHead: boolean): Promise<string> {
    this.#do(`snapshot ${withHead ? 'with' : 'without'} head`);
    return '20260101T000000Z-0000000000000001';
  }
  async deleteSeries(matchers: readonly unknown[], minTimeMs: number, maxTimeMs: number): Promise<void> {
    this.#do(`delete {${matchers.map(String).join()}} ${minTimeMs} ${maxTimeMs}`);
  }
  async cleanTombstones(): Promise<void> {
    this.#do('clean');
  }
  #do(what: string): void {
    if (this.failure !== null) throw this.failure;
    this.done.push(what);
  }
}

/** What the store was told to do, and the answer. */
async function ask(request: string, { enabled = true, failure = null as Error | null } = {}): Promise<unknown> {
  const [path, query = ''] = request.split('?');
  const store = new FakeStore();
  store.failure = failure;
  const route = adminRoutes({ tsdbAdmin: store }, { enableAdminApi: enabled }).find((r) => r.path === `/admin/tsdb/${path}`)!;
  expect(route.methods).toEqual(['POST', 'PUT']);
  try {
    const answer = await route.handle(apiRequest(query));
    return [...store.done, answer];
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return [...store.done, `${error.code}: ${error.message}`];
  }
}

test('snapshots', async () => {
  const check = async (request: string, ...want: unknown[]) => expect(await ask(request), request).toEqual(want);
  const named = { data: { name: '20260101T000000Z-0000000000000001' } };
  await check('snapshot', 'snapshot with head', named);
  await check('snapshot?skip_head=', 'snapshot with head', named);
  await check('snapshot?skip_head=false', 'snapshot with head', named);
  await check('snapshot?skip_head=true', 'snapshot without head', named);
  await check('snapshot?skip_head=1', 'snapshot without head', named);
  await check(
    'snapshot?skip_head=x',
    'bad_data: invalid parameter "skip_head": unable to parse boolean: strconv.ParseBool: parsing "x": invalid syntax',
  );
});

test('the deletion of series', async () => {
  const check = async (request: string, ...want: unknown[]) => expect(await ask(request), request).toEqual(want);
  await check('delete_series', 'bad_data: no match[] parameter provided');
  await check('delete_series?match[]=up', 'delete {__name__="up"} -Infinity Infinity', null);
  await check(
    'delete_series?match[]=up&match[]={a="b"}&start=1&end=2.5',
    'delete {__name__="up"} 1000 2500',
    'delete {a="b"} 1000 2500',
    null,
  );
  await check(
    'delete_series?match[]=up&match[]=up{',
    'bad_data: invalid parameter "match[]": 1:4: parse error: unexpected end of input inside braces',
  );
  await check(
    'delete_series?match[]=up&start=x',
    `bad_data: invalid parameter "start": Invalid time value for 'start': cannot parse "x" to a valid timestamp`,
  );
});

test('tombstones are cleaned', async () => {
  expect(await ask('clean_tombstones')).toEqual(['clean', null]);
});

test('what the store cannot do is its error', async () => {
  const failure = new Error('disk full');
  const check = async (request: string, want: string) => expect(await ask(request, { failure })).toEqual([want]);
  await check('snapshot', 'internal: create snapshot: disk full');
  await check('delete_series?match[]=up', 'internal: disk full');
  await check('clean_tombstones', 'internal: disk full');
  expect(await ask('clean_tombstones', { failure: new ApiError('unavailable', 'stopping') })).toEqual(['unavailable: stopping']);
});

test('nothing is done without --web.enable-admin-api', async () => {
  for (const request of ['snapshot', 'delete_series?match[]=up', 'clean_tombstones']) {
    expect(await ask(request, { enabled: false })).toEqual(['unavailable: admin APIs disabled']);
  }
});
