// The write-ahead log and the real Prometheus: logs that it wrote, killed, are read record by record as a plain reader does; logs,
// checkpoints and repaired logs of ours are replayed by it, every sample and no other.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createHeadMemory, HeadWriter, WalEncoder } from '../../src/kernel/index.ts';
import { labelsOf } from '../../src/model/index.ts';
import {
  decodeMetadata,
  lastCheckpoint,
  listSegments,
  removeCheckpointsBefore,
  repairSegments,
  WalLog,
  WalWriter,
  writeCheckpoint,
} from '../../src/tsdb/wal/index.ts';
import { KillServer } from '../support/kill-server.ts';
import { findPeer, type Peer, requirePeer, startPrometheus } from '../support/peers.ts';
import { type PlainLog, plainLog, plainRecords, samplesRecord } from '../support/plain-log.ts';
import { StaticTarget } from '../support/static-target.ts';
import { codec, compressions, newFolder, readLog, writeLog } from '../support/wal-folder.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const NOTHING = 'scrape_configs: []\n';
const END = Math.floor(Date.now() / 1000) * 1000 - 10_000;
const LABELS = ['__name__', 'x', 'i'] as const;

type Stored = Record<string, [time: number, value: string][]>;

/** All samples of an hour, by the series' labels. */
async function stored(url: string, selector: string): Promise<Stored> {
  const response = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(`${selector}[1h]`)}`);
  const { status, data, error } = (await response.json()) as {
    status: string;
    error?: string;
    data: { result: { metric: Record<string, string>; values: [number, string][] }[] };
  };
  if (status !== 'success') throw new Error(`${url}: ${error}`);
  return Object.fromEntries(data.result.map(({ metric, values }) => [JSON.stringify(Object.entries(metric).sort()), values]));
}

/** The peer on a copy of the log, with nothing to complain of. */
async function peerOn(walFolder: string): Promise<Peer> {
  const dataDir = newFolder();
  cpSync(walFolder, join(dataDir, 'wal'), { recursive: true });
  const peer = await startPrometheus({ config: NOTHING, dataDir });
  cleanups.push(() => peer.stop());
  const metrics = await (await fetch(`${peer.url}/metrics`)).text();
  expect(metrics).toMatch(/^prometheus_tsdb_wal_corruptions_total 0$/m);
  expect(peer.process.log).not.toMatch(/corrupt|repair|unknown series|level=error/i);
  return peer;
}

function seriesRecord(refs: readonly number[]): Buffer {
  const text = (value: string) => Buffer.concat([Buffer.of(value.length), Buffer.from(value)]);
  const one = (ref: number) => {
    const head = Buffer.alloc(8);
    head.writeBigUInt64BE(BigInt(ref));
    return Buffer.concat([head, Buffer.of(2), ...[LABELS[0], LABELS[1], LABELS[2], String(ref)].map(text)]);
  };
  return Buffer.concat([Buffer.of(1), ...refs.map(one)]);
}

function bitsOf(value: number): bigint {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes.readBigUInt64BE();
}

const valueAt = (ref: number, step: number) => ref + step / 7;
/** Samples of steps [from, to), a second apart. */
function steps(refs: readonly number[], from: number, to: number): Buffer[] {
  const records: Buffer[] = [];
  for (let step = from; step < to; step++)
    records.push(samplesRecord(refs.map((ref): PlainLog['samples'][number] => [ref, timeOf(step), bitsOf(valueAt(ref, step))])));
  return records;
}
const timeOf = (step: number) => END - 600_000 + step * 1000;

/** What a peer must tell of those steps. */
function shown(refs: readonly number[], wanted: readonly number[]): Stored {
  return Object.fromEntries(
    refs.map((ref) => [
      JSON.stringify([
        ['__name__', 'x'],
        ['i', String(ref)],
      ]),
      wanted.map((step): [number, string] => [timeOf(step) / 1000, String(valueAt(ref, step))]),
    ]),
  );
}
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, k) => from + k);

describe.runIf(requirePeer('prometheus') && requirePeer('promtool'))('the log and the real Prometheus', { timeout: 60_000 }, () => {
  // Together, since the peer looks for its targets no sooner than after 5 s.
  test('its logs, killed, are read as a plain reader reads them, with all that it had shown; our checkpoints of them are as good', async () => {
    await Promise.all(['--storage.tsdb.wal-compression', '--no-storage.tsdb.wal-compression'].map(checkTheirs));
  });

  for (const compression of compressions.filter((name) => name !== 'zstd'))
    test(`a log of ours over segments is replayed, every sample (${compression})`, async () => {
      const refs = range(1, 200);
      const folder = writeLog([seriesRecord(refs), ...steps(refs, 0, 300)], compression, 96 * 1024);
      expect(listSegments(folder).length).toBeGreaterThan(2);
      const peer = await peerOn(folder);
      expect(await stored(peer.url, 'x')).toEqual(shown(refs, range(0, 300)));
    });

  test('a live log of ours, as the kernel frames it, with a cut, is replayed', async () => {
    const memory = createHeadMemory({ bytes: 64 * 1024 * 1024, workers: 2 });
    const writer = new HeadWriter(memory);
    const encoder = new WalEncoder(memory);
    const folder = newFolder();
    const log = new WalLog(folder, 10 * 1024 * 1024);
    const refs = range(0, 5000);
    const slots = refs.map((ref) => writer.series(labelsOf({ __name__: 'x', i: String(ref) }), 1));
    for (let step = 0; step < 12; step++) {
      const batch = writer.openBatch();
      for (const ref of refs) batch.push(slots[ref], timeOf(step), valueAt(ref, step));
      encoder.begin(log.pageUsed, 'snappy');
      expect(encoder.addBatch(batch, 0)).toBe(0);
      await log.append(encoder.takeOutput());
      writer.append(batch, 0, 1 << 20);
      writer.commit();
      batch.free();
      if (step === 5) log.cut();
    }
    log.close();
    expect(listSegments(folder).length).toBe(2);
    expect(await stored((await peerOn(folder)).url, 'x{i=~".*7"}')).toEqual(
      shown(
        refs.filter((ref) => ref % 10 === 7),
        range(0, 12),
      ),
    );
  });

  test('a checkpoint of ours: series, samples from the time on, deletions, metadata; and the segments behind it', async () => {
    const refs = range(1, 50);
    const wal = newFolder();
    const deletion = Buffer.alloc(1 + 8 + 20);
    deletion[0] = 3;
    deletion.writeBigUInt64BE(3n, 1);
    let at = 9;
    for (const time of [timeOf(110), timeOf(119)]) {
      let rest = BigInt(time) * 2n;
      for (; rest >= 0x80n; rest >>= 7n) deletion[at++] = Number(rest & 0x7fn) | 0x80;
      deletion[at++] = Number(rest);
    }
    const metadata = Buffer.concat([
      Buffer.of(6, 1, 2, 2),
      ...['UNIT', '', 'HELP', 'x'].map((t) => Buffer.from([t.length, ...Buffer.from(t)])),
    ]);
    const parts = [
      [seriesRecord(refs), metadata, ...steps(refs, 0, 100)],
      [...steps(refs, 100, 200), deletion.subarray(0, at)],
      steps(refs.slice(0, 20), 200, 300),
    ];
    for (const [i, records] of parts.entries()) cpSync(listSegments(writeLog(records, 'snappy'))[0].path, join(wal, `0000000${i}`));
    const counts = writeCheckpoint({
      walFolder: wal,
      lastSegment: 1,
      minTimeMs: timeOf(50),
      keep: (ref) => ref < 40,
      codec,
      compression: 'snappy',
    });
    expect(counts).toEqual({ seriesKept: 39, seriesDropped: 10, samplesKept: 49 * 150, samplesDropped: 49 * 50 });
    rmSync(join(wal, '00000000'));
    rmSync(join(wal, '00000001'));
    removeCheckpointsBefore(wal, lastCheckpoint(wal)!.number);
    // Samples of series that the head has no more are in the checkpoint still, as in Prometheus's; it says so and goes on.
    const dataDir = newFolder();
    cpSync(wal, join(dataDir, 'wal'), { recursive: true });
    const peer = await startPrometheus({ config: NOTHING, dataDir });
    cleanups.push(() => peer.stop());
    expect(await stored(peer.url, 'x')).toEqual({
      ...shown(range(1, 21), range(50, 300)),
      ...shown(range(21, 40), range(50, 200)),
      ...shown(
        [3],
        range(50, 300).filter((step) => step < 110 || step > 119),
      ),
    });
    expect(await (await fetch(`${peer.url}/metrics`)).text()).toMatch(/^prometheus_tsdb_wal_corruptions_total 0$/m);
  });

  test('a damaged log, repaired: Prometheus reads what it would have read, without repairing, and goes on behind it', async () => {
    const refs = range(1, 200);
    const folder = writeLog([seriesRecord(refs), ...steps(refs, 0, 300)], 'none', 256 * 1024);
    const segments = listSegments(folder);
    const bytes = readFileSync(segments[1].path);
    bytes[100_000] ^= 4;
    writeFileSync(segments[1].path, bytes);
    // What Prometheus keeps of it, left alone.
    const theirs = newFolder();
    cpSync(folder, join(theirs, 'wal'), { recursive: true });
    const repairing = await startPrometheus({ config: NOTHING, dataDir: theirs });
    cleanups.push(() => repairing.stop());
    const kept = await stored(repairing.url, 'x');
    expect(repairing.process.log).toMatch(/repair/);
    const ours = newFolder();
    cpSync(folder, join(ours, 'wal'), { recursive: true });
    const { corruption } = readLog(join(ours, 'wal'));
    const { files } = repairSegments(join(ours, 'wal'), ours, corruption!, new Date());
    expect(files.map(({ name }) => name)).toEqual([
      `00000001.from-${corruption!.goodBytes}`,
      ...segments.slice(2).map(({ number }) => `0000000${number}`),
    ]);
    const peer = await peerOn(join(ours, 'wal'));
    const served = await stored(peer.url, 'x');
    expect(served).toEqual(kept);
    const count = Object.values(served)[0].length;
    expect(count > 20 && count < 280).toBe(true);
    // Something is written behind it, and read by both.
    writeFileSync(join(ours, 'wal', '00000002'), readFileSync(listSegments(writeLog(steps(refs, 299, 300), 'none'))[0].path));
    expect(readLog(join(ours, 'wal')).corruption).toBe(null);
    const next = await stored((await peerOn(join(ours, 'wal'))).url, 'x');
    expect(Object.values(next).map((samples) => samples.length)).toEqual(refs.map(() => count + 1));
  });

  test('metadata records: written once, and when something changes; Prometheus reads a log with them', async () => {
    let help = 'Things';
    const target = await StaticTarget.start(() => ({
      body: `# HELP x_total ${help}\n# TYPE x_total counter\nx_total{a="1"} 1\nx_total{a="2"} 2\n# TYPE h histogram\nh_bucket{le="+Inf"} 1\nh_sum 1\nh_count 1\nplain 1\n`,
    }));
    cleanups.push(() => target.close());
    const config = `scrape_configs: [{job_name: t, scrape_interval: 200ms, scrape_timeout: 200ms, static_configs: [{targets: ['${target.address}']}]}]\n`;
    const server = await KillServer.create({ config, flags: ['--enable-feature=metadata-wal-records'] });
    cleanups.push(() => server.remove());
    const wal = join(server.dataDir, 'wal');
    const live = async (change?: string) => {
      server.spawn();
      await server.untilReady();
      const asked = target.requests.length;
      await vi.waitFor(() => expect(target.requests.length).toBeGreaterThan(asked + 3), { timeout: 10_000 });
      if (change !== undefined) {
        help = change;
        const then = target.requests.length;
        await vi.waitFor(() => expect(target.requests.length).toBeGreaterThan(then + 3), { timeout: 10_000 });
      }
      const seen = await stored(server.url, '{job="t"}');
      await server.kill();
      return seen;
    };
    /** As `name type help` of all metadata records, in their order. */
    const told = () => {
      const { records } = readLog(wal);
      const { series } = plainLog(records.filter((record) => record[0] === 1));
      const nameOf = (ref: number) => series.get(ref)![series.get(ref)!.indexOf('__name__') + 1];
      return records
        .filter((record) => record[0] === 6)
        .flatMap((record) => decodeMetadata(record)!.map(({ ref, type, help }) => `${nameOf(ref)} ${type} ${help}`));
    };
    const first = ['h_bucket', 'h_count', 'h_sum'].map((name) => `${name} histogram `);
    first.push('x_total counter Things', 'x_total counter Things');
    await live();
    expect(told().sort()).toEqual(first);
    await live();
    expect(told().sort()).toEqual(first);
    const seen = await live('Other things');
    expect(told().slice(first.length).sort()).toEqual(['x_total counter Other things', 'x_total counter Other things']);
    expect(Object.keys(seen).length).toBeGreaterThan(5);
    const theirs = await stored((await peerOn(wal)).url, '{job="t"}');
    for (const [series, samples] of Object.entries(seen))
      expect([series, theirs[series]?.slice(0, samples.length)]).toEqual([series, samples]);
  });

  test('promtool dumps a log of ours', async () => {
    const data = newFolder();
    mkdirSync(join(data, 'wal'));
    const writer = new WalWriter(join(data, 'wal'), { codec, compression: 'snappy' });
    for (const record of [seriesRecord([1, 2]), ...steps([1, 2], 0, 5)]) writer.append(record);
    writer.close();
    const lines = execFileSync(findPeer('promtool')!, ['tsdb', 'dump', data], { encoding: 'utf8' }).trim().split('\n');
    const expected = [1, 2].flatMap((ref) => range(0, 5).map((step) => `{__name__="x", i="${ref}"} ${valueAt(ref, step)} ${timeOf(step)}`));
    expect(lines).toEqual(expected);
  });
});

async function checkTheirs(flag: string): Promise<void> {
  let scrape = 0;
  const target = await StaticTarget.start(() => {
    scrape++;
    const lines = Array.from({ length: 3000 }, (_, i) => `m{i="${i}",text="a\\"b ü 😀"} ${(scrape * i) / 7}\n`);
    if (scrape % 4 < 2) lines.push(`sometimes ${scrape}\n`);
    return { body: `${lines.join('')}nan NaN\ninf{a="b"} -Inf\n` };
  });
  cleanups.push(() => target.close());
  const dataDir = newFolder();
  const config = `global: {scrape_interval: 200ms, scrape_timeout: 200ms}\nscrape_configs: [{job_name: t, static_configs: [{targets: ['${target.address}']}]}]\n`;
  const peer = await startPrometheus({ config, dataDir, flags: [flag] });
  cleanups.push(() => peer.stop());
  await vi.waitFor(() => expect(scrape).toBeGreaterThan(8), { timeout: 20_000, interval: 50 });
  const seen = await stored(peer.url, '{job="t"}');
  peer.process.kill('SIGKILL');
  await peer.process.exited();
  // Another life begins a segment, and leaves the page before it torn.
  const next = await startPrometheus({ config: NOTHING, dataDir, flags: [flag] });
  cleanups.push(() => next.stop());
  next.process.kill('SIGKILL');
  await next.process.exited();

  const wal = join(dataDir, 'wal');
  const { records, corruption } = readLog(wal);
  expect([corruption, listSegments(wal).length]).toEqual([null, 2]);
  expect(records).toEqual(listSegments(wal).flatMap(({ path }) => plainRecords(readFileSync(path))));
  expectAll(seen, plainLog(records));

  // What is in the first segment becomes a checkpoint, and the segment goes.
  writeCheckpoint({ walFolder: wal, lastSegment: 0, minTimeMs: 0, keep: () => true, codec, compression: 'snappy' });
  rmSync(join(wal, '00000000'));
  const again = await stored((await peerOn(wal)).url, '{job="t"}');
  for (const [series, samples] of Object.entries(seen))
    expect([series, again[series]?.slice(0, samples.length)]).toEqual([series, samples]);
}

/** Every sample that was shown is in the log. */
function expectAll(seen: Stored, { series, samples }: PlainLog): void {
  expect(Object.keys(seen).length).toBeGreaterThan(3000);
  const logged = new Map<string, Set<number>>();
  for (const [ref, t] of samples) {
    const labels = series.get(ref)!;
    const key = JSON.stringify(range(0, labels.length / 2).map((i) => [labels[2 * i], labels[2 * i + 1]]));
    const times = logged.get(key) ?? new Set<number>();
    logged.set(key, times.add(t));
  }
  for (const [key, values] of Object.entries(seen))
    for (const [time] of values) if (!logged.get(key)?.has(Math.round(time * 1000))) throw new Error(`${key} at ${time} is not in the log`);
}
