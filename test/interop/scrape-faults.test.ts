// Targets that fail in every way a network and a program can: the right `up`, last error and stale markers each time, nothing of the
// bad body stored, memory bounded. The server's real pieces (sockets, kernel, head) in this process, so that samples can be read.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseConfig } from '../../src/config/index.ts';
import { createScrapeClient, type ScrapeClient } from '../../src/http/index.ts';
import { at, createHeadMemory, type HeadMemory, TargetCache, WINDOW_BYTES } from '../../src/kernel/index.ts';
import { MetricRegistry } from '../../src/metrics/index.ts';
import { labelsOf, silentLogger } from '../../src/model/index.ts';
import { ScrapeSupervisor } from '../../src/scrape/index.ts';
import { Head } from '../../src/tsdb/index.ts';
import { requirePeer, startPrometheus } from '../support/peers.ts';
import { gzipBomb, StaticTarget, type TargetAnswer } from '../support/static-target.ts';

const INTERVAL_MS = 200;
const RETENTION_MS = 3 * 3_600_000;
const STALE_BITS = 0x7ff0000000000002n;
const GOOD = '# TYPE x counter\nx 1\ny{a="b"} 2\n';

let memory: HeadMemory;
let head: Head;
let client: ScrapeClient;
let supervisor: ScrapeSupervisor;
let target: StaticTarget;
let registry: MetricRegistry;

beforeEach(async () => {
  memory = createHeadMemory({ bytes: 128 * 1024 * 1024, workers: 1, checked: true });
  head = new Head(memory, { retentionMs: RETENTION_MS, sweepIntervalMs: 60_000 });
  head.startSweeps();
  registry = new MetricRegistry();
  client = createScrapeClient({ buffer: memory.buffer.subarray(at.WINDOW, at.WINDOW + WINDOW_BYTES) });
  supervisor = new ScrapeSupervisor({
    appender: head,
    client,
    createCache: (target) => new TargetCache(memory, { target }),
    logger: silentLogger,
    registry,
    userAgent: 'Tributary/test',
    hostname: 'test',
    external: { listenAddress: ':9090', host: 'test:9090', scheme: 'http' },
  });
  target = await StaticTarget.start(GOOD);
});

afterEach(async () => {
  await supervisor.stop();
  client.close();
  head.close();
  await target.close();
});

function apply(options = ''): void {
  const text = `global: {scrape_interval: ${INTERVAL_MS}ms, scrape_timeout: ${INTERVAL_MS}ms}
scrape_configs: [{job_name: j, static_configs: [{targets: ['${target.address}']}]${options === '' ? '' : `, ${options}`}}]`;
  supervisor.apply(parseConfig(text, { file: 'test.yml', env: {} }).config);
}

function exceededBodySize(): number {
  const name = 'prometheus_target_scrapes_exceeded_body_size_limit_total';
  const family = registry.collect().find((one) => one.name === name)!;
  return [...family.children()].reduce((sum, { child }) => sum + ('value' in child ? child.value : 0), 0);
}

type Value = number | 'stale';

/** The samples of a series of the target, oldest first. */
function samples(name: string, labels: Record<string, string> = {}): { t: number; v: Value }[] {
  const slot = head.series(labelsOf({ __name__: name, job: 'j', instance: target.address, ...labels }), 0);
  const { buffer, exports } = memory;
  const arena = buffer.readUInt32LE(at.ARENA_BASE);
  const limit = 1000;
  const times = arena + 64;
  const values = times + limit * 8;
  exports.enterEpoch(0);
  const pinned = exports.pinSample(slot, exports.horizon(), arena) === 1;
  const count = pinned ? exports.pinnedSamples(arena, 0, 8.64e15, times, values, limit, values + limit * 8) : 0;
  exports.leaveEpoch(0);
  return Array.from({ length: count }, (_, i) => ({
    t: Number(buffer.readBigInt64LE(times + i * 8)),
    v: buffer.readBigUInt64LE(values + i * 8) === STALE_BITS ? ('stale' as const) : buffer.readDoubleLE(values + i * 8),
  }));
}

const newest = (name: string, labels?: Record<string, string>): Value | undefined => samples(name, labels).at(-1)?.v;

async function until(what: string, condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries++) {
    if (tries > 1500) throw new Error(`waited in vain for ${what}; up ${newest('up')}, ${JSON.stringify(supervisor.targets.active())}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Good, then bad, then good again. `extra` looks at the target while it is bad. */
async function failsWith(bad: TargetAnswer, error: RegExp, options = '', extra: () => void = () => undefined): Promise<void> {
  apply(options);
  await until('the first good scrape', () => newest('up') === 1);
  target.set('/metrics', bad);
  await until('a failure', () => newest('up') === 0);
  const failures = samples('up').filter(({ v }) => v === 0).length;
  await until('another failure', () => samples('up').filter(({ v }) => v === 0).length > failures);
  const [shown] = supervisor.targets.active();
  expect(shown.health).toBe('down');
  expect(shown.lastError).toMatch(error);
  for (const [name, labels] of [
    ['x', {}],
    ['y', { a: 'b' }],
  ] as const) {
    const values = samples(name, labels).map(({ v }) => v);
    expect(
      values.filter((v) => v === 'stale'),
      `${name} ends once`,
    ).toHaveLength(1);
    expect(values.at(-1)).toBe('stale');
  }
  // The marker stands at the first failing scrape's time.
  expect(samples('x').at(-1)!.t).toBe(samples('up').find(({ v }) => v === 0)!.t);
  expect(samples('never'), 'of the bad body nothing is stored').toEqual([]);
  extra();
  target.set('/metrics', GOOD);
  await until('good again', () => newest('up') === 1 && newest('x') === 1 && newest('y', { a: 'b' }) === 2);
  expect(supervisor.targets.active()[0]).toMatchObject({ health: 'up', lastError: '' });
  expect(newest('scrape_series_added'), 'its lines were still known').toBe(0);
}

test('a target that is good stays good', async () => {
  apply();
  await until('five scrapes', () => samples('x').length >= 5);
  expect(samples('x').every(({ v }) => v === 1)).toBe(true);
  expect(samples('y', { a: 'b' }).every(({ v }) => v === 2)).toBe(true);
  expect([newest('up'), newest('scrape_samples_scraped'), newest('scrape_samples_post_metric_relabeling')]).toEqual([1, 2, 2]);
  expect([...supervisor.metadata.byName('x').values()]).toEqual([[{ metric: 'x', type: 'counter', help: '', unit: '' }]]);
});

test('killed, and started again on the same port', async () => {
  apply();
  await until('the first good scrape', () => newest('up') === 1);
  const { port } = target;
  await target.close();
  await until('a failure', () => newest('up') === 0);
  expect(newest('x')).toBe('stale');
  await until('a refused connection', () => /connect: connection refused$/.test(supervisor.targets.active()[0].lastError));
  expect(supervisor.targets.active()[0].lastError).toBe(`Get "${target.url}": dial tcp ${target.address}: connect: connection refused`);
  target = await StaticTarget.start(GOOD, { port });
  await until('good again', () => newest('up') === 1 && newest('x') === 1);
});

test('too slow', () => failsWith({ body: 'never 1\n', delayMs: 5_000 }, /context deadline exceeded$/));
test('silent', () => failsWith({ fault: 'hang' }, /context deadline exceeded$/));
test('slow in the middle of the body', () =>
  failsWith({ body: 'never 1\n'.repeat(100), chunkBytes: 8, delayMs: 50 }, /context deadline exceeded$/));
test('connection reset', () => failsWith({ fault: 'reset' }, /EOF|connection reset by peer/));
test('half a body', () => failsWith({ body: 'never 1\nx 7\n'.repeat(50), fault: 'half body' }, /unexpected EOF/));
test('500', () => failsWith({ status: 500, body: 'never 1\n' }, /^server returned HTTP status 500 Internal Server Error$/));
test('404', () => failsWith({ status: 404, body: 'never 1\n' }, /^server returned HTTP status 404 Not Found$/));
test('garbage', () => failsWith({ body: 'never 1\n\u0000\u0001\u0002 garbage\n' }, /^line 2, column 1: /));
test('a page of HTML', () => failsWith({ body: 'never 1\n<html></html>\n' }, /^line 2, column 1: expected .*, got "<html><\/html>"/));
test('a value that is none', () => failsWith({ body: 'never 1\nx one\n' }, /^line 2, column 3: /));
test('not UTF-8', () => failsWith({ body: Buffer.from('never 1\nx{a="\xff"} 1\n', 'latin1') }, /UTF-8/));
test('another content type', () =>
  failsWith(
    { body: 'never 1\n', contentType: 'application/json' },
    /^received unsupported Content-Type "application\/json" and no fallback_scrape_protocol specified for target$/,
  ));
test('no content type', () =>
  failsWith(
    { body: 'never 1\n', contentType: null },
    /^non-compliant scrape target sending blank Content-Type and no fallback_scrape_protocol specified for target$/,
  ));
test('a body over the limit', () =>
  failsWith({ body: 'never 1\n'.repeat(1000) }, /^body size limit exceeded$/, 'body_size_limit: 1KB, extra_scrape_metrics: true', () =>
    expect(newest('scrape_body_size_bytes')).toBe(-1),
  ));
test('more samples than the limit', () =>
  failsWith({ body: 'x 1\ny 1\nnever 1\nnever{a="b"} 1\n' }, /^sample limit exceeded$/, 'sample_limit: 2', () => {
    expect(newest('scrape_samples_scraped')).toBe(4);
    expect(newest('scrape_samples_post_metric_relabeling')).toBe(4);
  }));
test('more labels than the limit', () =>
  failsWith(
    { body: 'never 1\nx{a="1",b="2"} 1\n' },
    /^label_limit exceeded \(metric: x, number of labels: 5, limit: 4\)$/,
    'label_limit: 4',
  ));
test('an encoding that was not asked for', () =>
  failsWith(
    { body: 'never 1\n', headers: { 'Content-Encoding': 'br' } },
    /^cannot decode response body: got Content-Encoding "br", want gzip, zstd or identity$/,
  ));
test('gzip that is none', () => failsWith({ body: 'never 1\n', headers: { 'Content-Encoding': 'gzip' } }, /gzip|header check/));

const ENDLESS_LINE = /^line 1, column 1: expected a line of at most 256 KiB, got "x{24}…"$/;

test.for<[fault: 'gzip bomb' | 'gzip line bomb', options: string, error: RegExp]>([
  ['gzip bomb', 'body_size_limit: 1MB', /^body size limit exceeded$/],
  // Where there is no limit the time is what ends it.
  ['gzip bomb', '', /^context deadline exceeded$/],
  // The line is found too long before the body is.
  ['gzip line bomb', 'body_size_limit: 1MB', ENDLESS_LINE],
  ['gzip line bomb', '', ENDLESS_LINE],
])('a %s of 1 GiB (%s)', async ([fault, options, error]) => {
  gzipBomb('\n');
  gzipBomb('x');
  const before = process.memoryUsage.rss();
  let most = 0;
  await failsWith({ fault }, error, options, () => {
    most = Math.max(most, process.memoryUsage.rss());
    if (error.source.includes('body size')) expect(exceededBodySize()).toBeGreaterThanOrEqual(2);
    else expect(exceededBodySize()).toBe(0);
  });
  expect(most - before).toBeLessThan(150 * 1024 * 1024);
});

test('gzip, zstd and chunks are read as the plain body is', async () => {
  apply();
  let value = 1000;
  for (const answer of [{ encoding: 'gzip' }, { encoding: 'zstd' }, { chunkBytes: 3 }, { encoding: 'gzip', chunkBytes: 7 }] as const) {
    value++;
    target.set('/metrics', { ...answer, body: `${GOOD}z ${value}\n` });
    await until(JSON.stringify(answer), () => newest('z') === value);
  }
  expect(samples('up').every(({ v }) => v === 1)).toBe(true);
});

test('a series that vanishes ends at the time of the scrape that lacks it', async () => {
  apply();
  await until('the first good scrape', () => newest('up') === 1);
  target.set('/metrics', 'x 1\n');
  await until('the marker', () => newest('y', { a: 'b' }) === 'stale');
  const { t } = samples('y', { a: 'b' }).at(-1)!;
  expect(samples('x').map((sample) => sample.t)).toContain(t);
  expect(samples('x').every(({ v }) => v === 1)).toBe(true);
});

test('a reload of other rules: what goes on goes on, what does not ends', async () => {
  apply();
  await until('the first good scrape', () => newest('up') === 1);
  apply('metric_relabel_configs: [{source_labels: [__name__], regex: y, action: drop}]');
  await until('the marker', () => newest('y', { a: 'b' }) === 'stale');
  const seen = samples('x').length;
  await until('more scrapes', () => samples('x').length > seen + 2);
  expect(samples('x').every(({ v }) => v === 1)).toBe(true);
  expect(samples('up').every(({ v }) => v === 1)).toBe(true);
  const gaps = samples('up').map(({ t }, i, all) => (i === 0 ? 0 : t - all[i - 1].t));
  expect(Math.min(...gaps.slice(1)), 'no scrape came early').toBeGreaterThan(0);
});

test('a target that is removed ends with its report series; memory of its cache is given back', async () => {
  apply();
  await until('the first good scrape', () => newest('up') === 1);
  supervisor.apply(parseConfig('scrape_configs: []', { file: 'test.yml', env: {} }).config);
  const scrapes = samples('up').length;
  await until('the markers', () => newest('up') === 'stale');
  expect(newest('x')).toBe('stale');
  const [last, end] = samples('up').slice(-2);
  expect(end.t).toBeGreaterThan(last.t);
  expect(end.t, 'the time of the first missed scrape, not of the writing').toBeLessThan(Date.now() - INTERVAL_MS);
  expect(samples('up')).toHaveLength(scrapes + 1);
  expect(samples('x').at(-1)!.t).toBe(samples('up').at(-1)!.t);
  expect(supervisor.targets.active()).toEqual([]);
});

test('samples too far ahead are refused and the rest is taken', async () => {
  target.set('/metrics', `x 1\nahead 2 ${Date.now() + 3_600_000}\nsoon 3 ${Date.now() + 60_000}\n`);
  apply();
  await until('the first good scrape', () => newest('up') === 1);
  expect(newest('x')).toBe(1);
  expect(samples('ahead')).toEqual([]);
  expect(newest('soon')).toBe(3);
});

const LONG = 'v'.repeat(100);
/** Job: how it fails, and its options. Each is good twice, fails twice and is good again. */
const REPORTED: Readonly<Record<string, readonly [bad: TargetAnswer, options?: string]>> = {
  half_body: [{ body: 'never 1\nx 7\n'.repeat(50), fault: 'half body' }],
  chunked_cut: [{ body: 'never 1\nx 7\n'.repeat(50), fault: 'half body', chunkBytes: 8 }],
  silent: [{ fault: 'hang' }],
  status: [{ status: 500, body: 'never 1\n' }],
  body_limit: [{ body: 'never 1\n'.repeat(1000) }, 'body_size_limit: 1KB'],
  bad_line: [{ body: 'never 1\nx one\ny 1\n' }],
  bad_last_line: [{ body: 'never 1\nnever{a="b"} 1\nx' }],
  bad_utf8: [{ body: Buffer.from('x 1\nnever{a="\xff"} 1\n', 'latin1') }],
  duplicate_label: [{ body: 'x 1\nnever 1\nx{a="1",a="2"} 1\ny 1\n' }],
  label_limit: [{ body: 'never 1\nx{a="1",b="2"} 1\ny 1\n' }, 'label_limit: 4'],
  label_name_limit: [{ body: `never 1\nx{${LONG}="1"} 1\ny 1\n` }, 'label_name_length_limit: 50'],
  label_value_limit: [{ body: `x 1\nnever{a="${LONG}"} 1\ny 1\n` }, 'label_value_length_limit: 50'],
  missing_name: [
    { body: 'x 1\nnever 1\ny 1\n' },
    "metric_relabel_configs: [{regex: never, source_labels: [__name__], target_label: __name__, replacement: ''}]",
  ],
  sample_limit: [{ body: 'x 1\nnever 1\nnever{a="b"} 1\nnever{a="c"} 1\n' }, 'sample_limit: 2'],
  sample_limit_then_bad: [{ body: 'x 1\ny 1\nnever 1\nnever{a="b"} 1\nx one\n' }, 'sample_limit: 2'],
  dropped_then_bad: [
    { body: 'x 1\ndropped 1\nnever 1\nx one\n' },
    'metric_relabel_configs: [{regex: dropped, source_labels: [__name__], action: drop}]',
  ],
};
const REPORTS = ['up', 'scrape_samples_scraped', 'scrape_samples_post_metric_relabeling', 'scrape_series_added'];
const SCRAPES = 6;

/** A target with a path for each job of REPORTED, and the configuration of them all. */
async function faultyTarget(): Promise<{ peerTarget: StaticTarget; config: string }> {
  const peerTarget = await StaticTarget.start();
  const jobs = Object.entries(REPORTED).map(([job, [bad, options]]) => {
    let requests = 0;
    peerTarget.set(`/${job}`, () => {
      requests++;
      return requests === 3 || requests === 4 ? bad : { body: GOOD };
    });
    return `- {job_name: ${job}, metrics_path: /${job}, static_configs: [{targets: ['${peerTarget.address}']}]${options ? `, ${options}` : ''}}`;
  });
  return { peerTarget, config: `global: {scrape_interval: 500ms, scrape_timeout: 400ms}\nscrape_configs:\n${jobs.join('\n')}\n` };
}

interface Matrix {
  data: { result: { metric: { job: string }; values: [number, string][] }[] };
}

test.runIf(requirePeer('prometheus'))('failed scrapes report what those of the real Prometheus report', { timeout: 60_000 }, async () => {
  await target.close();
  const mine = await faultyTarget();
  const theirs = await faultyTarget();
  target = mine.peerTarget;
  const peer = await startPrometheus({ config: theirs.config });
  try {
    supervisor.apply(parseConfig(mine.config, { file: 'test.yml', env: {} }).config);
    const jobs = Object.keys(REPORTED);
    const real: Record<string, Record<string, number[]>> = {};
    await expect
      .poll(
        async () => {
          for (const report of REPORTS) {
            const answer = await fetch(`${peer.url}/api/v1/query?query=${encodeURIComponent(`${report}[5m]`)}`);
            const { data } = (await answer.json()) as Matrix;
            for (const { metric, values } of data.result) {
              real[metric.job] ??= {};
              real[metric.job][report] = values.slice(0, SCRAPES).map(([, value]) => Number(value));
            }
          }
          return jobs.filter((job) => !REPORTS.every((report) => real[job]?.[report]?.length === SCRAPES));
        },
        { timeout: 30_000, interval: 250 },
      )
      .toEqual([]);
    await until('our scrapes', () => jobs.every((job) => samples('up', { job }).length >= SCRAPES));
    const valuesOf = (job: string, report: string) => samples(report, { job }).slice(0, SCRAPES).map(({ v }) => v); // biome-ignore format: one line
    const ours = Object.fromEntries(jobs.map((job) => [job, Object.fromEntries(REPORTS.map((report) => [report, valuesOf(job, report)]))]));
    expect(real.half_body.up, 'it is the failures that are compared').toEqual([1, 1, 0, 0, 1, 1]);
    expect(ours).toEqual(real);
  } finally {
    await peer.stop();
    await theirs.peerTarget.close();
  }
});
