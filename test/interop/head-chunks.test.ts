// Head chunk files of the real Prometheus, killed and stopped, read by us; and ours, with a log that has nothing but the series,
// served by it.
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { createCodec } from '../../src/kernel/index.ts';
import { type HeadChunk, HeadChunkScan, HeadChunkWriter, headChunkSamples, setHeadChunksAside } from '../../src/tsdb/head-chunks/index.ts';
import { requirePeer, startPrometheus } from '../support/peers.ts';
import { bitsOf, encodeChunk } from '../support/reference-chunk.ts';
import { StaticTarget } from '../support/static-target.ts';

const codec = createCodec();
const folder = mkdtempSync(join(tmpdir(), 'tributary-test-head-chunks-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const END = Date.now() - 10_000;
/** Prometheus keeps 4 MiB of chunks back, so that a kill shows only what is more: 700 × 6 chunks of 1 kB are. */
const SERIES = 700;
const SAMPLES = 750;

interface Sample {
  readonly t: number;
  readonly v: number;
}

/** Values of 17 digits at uneven times: 8 to 9 bytes a sample. */
function samplesOf(series: number): Sample[] {
  let state = series + 1;
  return Array.from({ length: SAMPLES }, (_, k) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return { t: END - (SAMPLES - k) * 1000 + (state % 500), v: state / 4294967296 + k * 1e-14 };
  });
}

function exposition(): string {
  const lines: string[] = [];
  for (let i = 0; i < SERIES; i++) for (const { t, v } of samplesOf(i)) lines.push(`x{i="${i}"} ${v} ${t}\n`);
  return lines.join('');
}

function dataOf(samples: readonly Sample[]): Uint8Array {
  return new Uint8Array(
    Buffer.concat([
      Buffer.of(samples.length >> 8, samples.length & 0xff),
      encodeChunk(samples.map(({ t, v }) => ({ t, bits: bitsOf(v) }))),
    ]),
  );
}

/** 2.42 leaves a zero byte at the end where the bits of a chunk fill the last one; 3.x does not. */
function sameData(data: Uint8Array, expected: Uint8Array): boolean {
  const isLonger = data.length === expected.length + 1 && data.at(-1) === 0;
  return Buffer.compare(isLonger ? data.subarray(0, -1) : data, expected) === 0;
}

/** All samples of a series that the server has, as [time in seconds, value as text]. */
async function queried(url: string, selector: string): Promise<[number, string][]> {
  const response = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(`${selector}[1h]`)}`);
  const { data } = (await response.json()) as { data: { result: { values: [number, string][] }[] } };
  return data.result[0]?.values ?? [];
}

const shown = (samples: readonly Sample[]) => samples.map(({ t, v }) => [t / 1000, v]);

/** Checks every chunk's place and order, and the bytes of every fifth; returns how many samples there are of each series. */
function checkChunks(dataDir: string): number[] {
  const scan = new HeadChunkScan(dataDir, codec);
  const have = new Array<number>(SERIES).fill(0);
  let chunks = 0;
  for (const chunk of scan.chunks()) {
    // The target's own series come first to the scrape, the report series after them.
    const i = chunk.seriesRef - 1;
    if (i >= SERIES) continue;
    const samples = samplesOf(i).slice(have[i], have[i] + headChunkSamples(chunk));
    expect(chunk).toMatchObject({ encoding: 1, outOfOrder: false, minTimeMs: samples[0].t, maxTimeMs: samples.at(-1)!.t });
    if (chunks % 5 === 0) expect(sameData(chunk.data, dataOf(samples)), `chunk ${chunks} of series ${i}`).toBe(true);
    have[i] += samples.length;
    chunks++;
  }
  expect(scan.damage).toBe(null);
  return have;
}

describe.runIf(requirePeer('prometheus'))('head chunks and the real Prometheus', () => {
  test('its files, after a kill and after an orderly end', async () => {
    const dataDir = join(folder, 'theirs');
    const body = exposition();
    let asked = 0;
    const target = await StaticTarget.start(() => ({ body: asked++ === 0 ? body : '' }));
    const config = `scrape_configs: [{job_name: x, scrape_interval: 5s, static_configs: [{targets: ['${target.address}']}]}]`;
    try {
      const killed = await startPrometheus({ config, dataDir });
      await vi.waitFor(async () => expect((await queried(killed.url, `x{i="${SERIES - 1}"}`)).length).toBe(SAMPLES), {
        timeout: 30_000,
        interval: 200,
      });
      for (const i of [0, 123, SERIES - 1])
        expect((await queried(killed.url, `x{i="${i}"}`)).map(([t, v]) => [t, Number(v)])).toEqual(shown(samplesOf(i)));
      killed.process.kill('SIGKILL');
      await killed.process.exited();
      await killed.stop();
      const written = checkChunks(dataDir).reduce((sum, n) => sum + n, 0);
      expect(written).toBeGreaterThan(300_000);

      // It reads its log, writes the chunks that were not in the file, and ends in order.
      const stopped = await startPrometheus({ config, dataDir });
      await stopped.stop();
      for (const samples of checkChunks(dataDir)) expect(samples).toBeGreaterThan(SAMPLES - 250);
    } finally {
      await target.close();
    }
  });

  test('ours', async () => {
    const dataDir = join(folder, 'ours');
    const chunks: HeadChunk[] = [];
    for (let from = 0; from < 720; from += 120)
      for (let i = 0; i < 3; i++) {
        const samples = samplesOf(i).slice(from, from + 120);
        const [minTimeMs, maxTimeMs] = [samples[0].t, samples[119].t];
        chunks.push({ seriesRef: 10 + i, minTimeMs, maxTimeMs, encoding: 1, outOfOrder: false, data: dataOf(samples) });
      }
    const writer = new HeadChunkWriter({ dataFolder: dataDir, checksum: codec, files: [], fileBytes: 5000 });
    writer.write(chunks);
    expect(writer.files.length).toBeGreaterThan(3);
    writer.close();
    writeLog(
      dataDir,
      [0, 1, 2].map((i) => [
        10 + i,
        [
          ['__name__', 'x'],
          ['i', String(i)],
        ],
      ]),
    );
    await expectServed(dataDir, 720);
  });

  test('ours, torn, with the rest set aside', async () => {
    const dataDir = join(folder, 'torn');
    const writer = new HeadChunkWriter({ dataFolder: dataDir, checksum: codec, files: [] });
    for (let i = 0; i < 3; i++) {
      const samples = samplesOf(i).slice(0, 120);
      writer.write([
        { seriesRef: 10 + i, minTimeMs: samples[0].t, maxTimeMs: samples[119].t, encoding: 1, outOfOrder: false, data: dataOf(samples) },
      ]);
    }
    writer.close();
    const path = join(dataDir, 'chunks_head', '000001');
    writeFileSync(path, Buffer.alloc(500, 7), { flag: 'a' });
    const scan = new HeadChunkScan(dataDir, codec);
    expect(Array.from(scan.chunks()).length).toBe(3);
    expect(setHeadChunksAside(dataDir, scan.damage!, new Date()).sizeBytes).toBe(500);
    expect(statSync(path).size).toBe(writer.sizeBytes);
    writeLog(
      dataDir,
      [0, 1, 2].map((i) => [
        10 + i,
        [
          ['__name__', 'x'],
          ['i', String(i)],
        ],
      ]),
    );
    await expectServed(dataDir, 120);
  });
});

/** The real Prometheus on the folder has so many samples of each series, out of nothing but the head chunks, and complains of nothing. */
async function expectServed(dataDir: string, samples: number): Promise<void> {
  const peer = await startPrometheus({ config: 'scrape_configs: []', dataDir });
  try {
    for (let i = 0; i < 3; i++) {
      const values = await queried(peer.url, `x{i="${i}"}`);
      expect(values.map(([t, v]) => [t, Number(v)])).toEqual(shown(samplesOf(i).slice(0, samples)));
    }
    const metrics = await (await fetch(`${peer.url}/metrics`)).text();
    expect(metrics).toMatch(/^prometheus_tsdb_mmap_chunk_corruptions_total 0$/m);
    expect(peer.process.log).not.toMatch(/chunk|corrupt/i);
  } finally {
    await peer.stop();
  }
}

/** A log whose one record, of one page, has these series: (type, ref, labels)… */
function writeLog(dataDir: string, series: [ref: number, labels: string[][]][]): void {
  const text = (value: string) => Buffer.concat([Buffer.of(value.length), Buffer.from(value, 'latin1')]);
  const records = series.map(([ref, labels]) =>
    Buffer.concat([Buffer.of(0, 0, 0, 0, 0, 0, 0, ref, labels.length), ...labels.flat().map(text)]),
  );
  const record = Buffer.concat([Buffer.of(1), ...records]);
  const header = Buffer.of(1, 0, 0, 0, 0, 0, 0);
  header.writeUInt16BE(record.length, 1);
  header.writeUInt32BE(codec.crc32c(record), 3);
  mkdirSync(join(dataDir, 'wal'));
  writeFileSync(join(dataDir, 'wal', '00000000'), Buffer.concat([header, record]));
}
