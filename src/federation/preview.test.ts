import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestHead } from '../../test/support/head.ts';
import { type Labels, silentLogger } from '../model/index.ts';
import { parseMetricSelector } from '../promql/index.ts';
import { WorkerPool } from '../worker/index.ts';
import { answeredRequest } from './answered-request.ts';
import { FederatePreviewer, type PreviewOptions, type Selector } from './preview.ts';

const NOW = 1_700_000_000_000;

let pool: WorkerPool;

beforeAll(() => {
  const head = new TestHead({ bytes: 2 * 1024 ** 3 });
  const one = (labels: Record<string, string>, t = NOW - 10, v: number | 'stale' = 1) => ({ labels, t, v });
  head.write([
    ...Array.from({ length: 30_000 }, (_, i) => one({ __name__: `many${i % 3}`, instance: `i${i}`, job: 'm' }, NOW - 10 - (i % 7))),
    // More text than a worker's window takes at once.
    one({ __name__: 'wide', text: 'x'.repeat(300_000) }),
    one({ __name__: 'job:a', job: 'j', dc: 'us1' }),
    one({ __name__: 'job:a', job: 'k' }),
    one({ __name__: 'job:b', job: 'j' }),
    one({ __name__: 'old', job: 'j' }, NOW - 300_001),
    one({ __name__: 'over', job: 'j' }, NOW - 10, 'stale'),
    one({ __name__: 'ALERTS', job: 'j', alertname: 'A' }),
    one({ job: 'j', nameless: 'x' }),
  ]);
  const { memory, module, buffer, exports } = head.memory;
  const entry = new URL('../cli/query-worker.ts', import.meta.url);
  const clearEpoch = (reader: number) => exports.clearEpoch(reader);
  pool = new WorkerPool({ memory, module, buffer, workers: 2, entry, clearEpoch, logger: silentLogger });
  pool.start();
});

afterAll(() => pool.close());

const settings = (fields: Partial<PreviewOptions> = {}): PreviewOptions => ({
  pool,
  externalLabels: (): Labels => [['dc', 'eu1']],
  alerts: 'auto',
  lookbackMs: 300_000,
  maxSeries: 0,
  timeoutMs: 0,
  maxConcurrency: 5,
  now: () => NOW,
  ...fields,
});
const written = (...texts: string[]): Selector[] => texts.map((text) => ({ text, matchers: parseMetricSelector(text) }));
const preview = (texts: readonly string[], fields: Partial<PreviewOptions> = {}) =>
  new FederatePreviewer(settings(fields)).preview(written(...texts));

/** What /federate sends. */
async function answered(texts: readonly string[], encoding: 'identity' | 'gzip', fields: Partial<PreviewOptions> = {}): Promise<Buffer> {
  const request = answeredRequest(
    written(...texts).map(({ matchers }) => matchers),
    settings(fields),
  );
  const pieces: Buffer[] = [];
  const piece = (bytes: Buffer, release: () => void) => {
    pieces.push(Buffer.from(bytes));
    release();
  };
  await pool.run({ type: 'federate', ...request, utf8: false, encoding, headers: false, maxSeries: 0 }, { piece });
  return Buffer.concat(pieces);
}

const seriesLines = (text: string) => text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length;

test('series and bytes are those of the answer', async () => {
  const check = async (...texts: string[]) => {
    const [told, plain, gzip] = [await preview(texts), await answered(texts, 'identity'), await answered(texts, 'gzip')];
    expect(gunzipSync(gzip).equals(plain)).toBe(true);
    const { series, textBytes, gzipBytes } = told;
    expect({ series, textBytes, gzipBytes }).toEqual({
      series: seriesLines(plain.toString()),
      textBytes: plain.length,
      gzipBytes: gzip.length,
    });
    return series;
  };
  expect(await check('{job="m"}')).toBe(30_000);
  expect(await check('{job="j"}')).toBe(2);
  expect(await check('wide')).toBe(1);
  expect(await check('{job=~"j|m"}', '{__name__=~"job:.*"}', 'wide')).toBe(30_004);
  expect(await check('{dc="eu1"}', '{__name__=~"ALERTS"}')).toBe(30_004);
  expect(await check('nothing')).toBe(0);
  expect(await check('{}')).toBe(0);
});

test('each selector alone, names, labels', async () => {
  const { selectors, metrics, labels } = await preview(['{job=~"j|k"}', 'job:a', 'ALERTS', 'over', '{}', '{nameless="x"}']);
  expect(selectors).toEqual([
    { selector: '{job=~"j|k"}', series: 3 },
    { selector: 'job:a', series: 2 },
    { selector: 'ALERTS', series: 1 },
    { selector: 'over', series: 0 },
    { selector: '{}', series: 0 },
    { selector: '{nameless="x"}', series: 0 },
  ]);
  expect(metrics).toEqual([
    { name: 'job:a', value: 2 },
    { name: 'ALERTS', value: 1 },
    { name: 'job:b', value: 1 },
  ]);
  expect(labels.map(({ name, series, values }) => `${name} ${series} ${values}`)).toEqual([
    '__name__ 4 3',
    'instance 4 1',
    'dc 4 2',
    'job 4 2',
    'alertname 1 1',
  ]);
  expect(labels.find(({ name }) => name === 'dc')?.textBytes).toBe(4 * 'dc="us1",'.length);
});

test('at most so many names and labels', async () => {
  const many = new TestHead();
  many.write(Array.from({ length: 30 }, (_, i) => ({ labels: { __name__: `m${i}`, [`l${i}`]: 'x'.repeat(i) }, t: NOW, v: 1 })));
  const { memory, module, buffer, exports } = many.memory;
  const entry = new URL('../cli/query-worker.ts', import.meta.url);
  const clearEpoch = (reader: number) => exports.clearEpoch(reader);
  const other = new WorkerPool({ memory, module, buffer, workers: 1, entry, clearEpoch, logger: silentLogger });
  other.start();
  const { metrics, labels } = await preview(['{__name__=~"m.*"}'], { pool: other });
  await other.close();
  expect([metrics.length, labels.length]).toEqual([10, 20]);
  expect(labels.slice(0, 3).map(({ name }) => name)).toEqual(['__name__', 'instance', 'dc']);
});

test('warnings', async () => {
  const check = async (texts: readonly string[], expected: readonly string[], fields: Partial<PreviewOptions> = {}) => {
    const { warnings } = await preview(texts, fields);
    expect(warnings.map(({ code, message }) => `${code}: ${message.slice(0, 45)}`)).toEqual(expected);
  };
  await check(['job:a'], []);
  await check(['job:a', 'gone'], ['selector_matches_nothing: gone selects no series now: compare the names']);
  await check(['{job="m"}'], ['instance_level_series: 30000 series have a label instance of their o']);
  await check(['{instance="i7"}'], ['instance_level_series: One series has a label instance of its own: e']);
  await check(['job:a'], ['no_external_labels: This server has no external labels: above, it'], { externalLabels: () => [] });
  // An external label of that name is no instance's detail.
  await check(['job:a'], [], { externalLabels: () => [['instance', 'server']] });
});

test('limits', async () => {
  const check = (texts: readonly string[], fields: Partial<PreviewOptions>, expected: object) =>
    expect(preview(texts, fields)).rejects.toMatchObject(expected);
  await check(
    ['{job="m"}'],
    { maxSeries: 29_999 },
    {
      code: 'too_many_series',
      message: expect.stringMatching(
        /^the answer would have 30000 series, more than the limit of 29999 \(--federate.max-series\): select fewer/,
      ),
    },
  );
  expect(await preview(['{job="m"}'], { maxSeries: 30_000 })).toMatchObject({ series: 30_000 });
  await check(['{job="m"}'], { timeoutMs: 1 }, { code: 'timeout', message: expect.stringContaining('--federate.timeout') });
  await check(['job:a'], { maxConcurrency: 0 }, { code: 'concurrency' });
});

test('an asker that leaves holds nobody up', async () => {
  const previewer = new FederatePreviewer(settings({ maxConcurrency: 1 }));
  const leaving = new AbortController();
  const left = previewer.preview(written('{job="m"}'), leaving.signal);
  await expect(previewer.preview(written('job:a'))).rejects.toMatchObject({ code: 'concurrency' });
  leaving.abort();
  await expect(left).rejects.toMatchObject({ code: 'cancelled' });
  expect(await previewer.preview(written('job:a'))).toMatchObject({ series: 2 });
});
