// What the kernel encodes, as the first segment of a data folder, is replayed by the real Prometheus: every sample, although records end and
// begin at every place of a page that matters.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { type SampleBatch, type WalCompression, WalEncoder } from '../../src/kernel/index.ts';
import { TestHead } from '../support/head.ts';
import { seededRandom } from '../support/made-blocks.ts';
import { requirePeer, startPrometheus } from '../support/peers.ts';

const PAGE_BYTES = 32_768;
const SEED = 31_337;
const folder = mkdtempSync(join(tmpdir(), 'tributary-test-wal-encoder-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Milliseconds and value as text, by series; stale markers are not shown. */
type Shown = Record<string, [time: number, value: string][]>;

class Segment {
  readonly shown: Shown = {};
  readonly #head = new TestHead({ bytes: 128 * 1024 * 1024 });
  readonly #encoder = new WalEncoder(this.#head.memory);
  readonly #compression: WalCompression;
  readonly #parts: Buffer[] = [];
  #sizeBytes = 0;

  constructor(compression: WalCompression) {
    this.#compression = compression;
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }

  get pageUsed(): number {
    return this.#sizeBytes % PAGE_BYTES;
  }

  /** One batch, as it is written and committed. Its series are `m{i=…,pad=…}`. */
  write(samples: readonly { i: string; pad?: number; t: number; v: number | 'stale' }[]): void {
    const batch = this.#batch(samples);
    const output = this.#encoded(batch);
    this.#parts.push(output);
    this.#sizeBytes += output.length;
    this.#head.writer.append(batch, 0, 1000);
    this.#head.writer.commit();
    batch.free();
    for (const { i, t, v } of samples) {
      this.shown[i] ??= [];
      if (v !== 'stale') this.shown[i].push([t / 1000, textOf(v)]);
    }
  }

  /** Writes a series with a label of such a length that its record leaves so many bytes of a page. */
  endPageWith(left: number, i: string, t: number): void {
    // How long the output becomes is known by trying: another length of the label is another series, which is never committed.
    let pad = 100;
    for (let tries = 0; tries < 20; tries++) {
      const batch = this.#batch([{ i, pad, t, v: left }]);
      const end = this.pageUsed + this.#encoded(batch).length;
      batch.free();
      // Zeros are written where no header fits any more.
      const missing = 2 * PAGE_BYTES - left - end + (left < 7 ? left : 0);
      if (missing === 0) {
        this.write([{ i, pad, t, v: left }]);
        return;
      }
      pad += missing;
      if (pad < 0) pad += PAGE_BYTES;
    }
    throw new Error(`no label is so long that ${left} bytes are left`);
  }

  #batch(samples: readonly { i: string; pad?: number; t: number; v: number | 'stale' }[]): SampleBatch {
    const batch = this.#head.writer.openBatch();
    for (const { i, pad = 0, t, v } of samples) {
      const labels: [string, string][] = [
        ['__name__', 'm'],
        ['i', i],
      ];
      if (pad > 0) labels.push(['pad', 'x'.repeat(pad)]);
      const slot = this.#head.writer.series(labels, 1);
      if (v === 'stale') batch.pushStale(slot, t);
      else batch.push(slot, t, v);
    }
    return batch;
  }

  #encoded(batch: SampleBatch): Buffer {
    this.#encoder.begin(this.pageUsed, this.#compression);
    if (this.#encoder.addBatch(batch, 0) !== 0) throw new Error('want the batch in one output');
    return Buffer.from(this.#encoder.takeOutput());
  }
}

function textOf(v: number): string {
  return v === Number.POSITIVE_INFINITY ? '+Inf' : v === Number.NEGATIVE_INFINITY ? '-Inf' : Object.is(v, -0) ? '-0' : String(v);
}

async function expectServed(name: string, segment: Segment): Promise<void> {
  const dataDir = join(folder, name);
  mkdirSync(join(dataDir, 'wal'), { recursive: true });
  writeFileSync(join(dataDir, 'wal', '00000000'), segment.bytes);
  const prometheus = await startPrometheus({ config: 'scrape_configs: []\n', dataDir });
  try {
    const response = await fetch(`${prometheus.url}/api/v1/query?query=${encodeURIComponent('m[2h]')}`);
    const { data } = (await response.json()) as { data: { result: { metric: { i: string }; values: [number, string][] }[] } };
    const served: Shown = Object.fromEntries(data.result.map(({ metric, values }) => [metric.i, values]));
    expect(Object.keys(served).length).toBe(Object.keys(segment.shown).length);
    expect(served).toEqual(segment.shown);
  } finally {
    await prometheus.stop();
  }
}

describe.runIf(requirePeer('prometheus'))('the real Prometheus replays', () => {
  test('records that leave 0 to 12 bytes of a page, each with others behind it', async () => {
    const segment = new Segment('none');
    const start = Date.now() - 60_000;
    for (let left = 0; left <= 12; left++) {
      segment.endPageWith(left, `left${left}`, start + left * 10);
      expect(segment.pageUsed).toBe(left < 7 ? 0 : PAGE_BYTES - left);
      segment.write([{ i: 'behind', t: start + left * 10 + 1, v: left }]);
      segment.write([
        { i: `new${left}`, t: start + left * 10 + 2, v: left },
        { i: 'behind', t: start + left * 10 + 2, v: left + 0.5 },
      ]);
    }
    await expectServed('edges', segment);
  });

  for (const compression of ['none', 'snappy'] as const) {
    test(`many batches of all sizes, over many pages (${compression}; seed ${SEED})`, async () => {
      const random = seededRandom(SEED);
      const segment = new Segment(compression);
      const start = Date.now() - 1_800_000;
      const values = [0, -0, 1, 5e-324, 1.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
      for (let k = 0; k < 800; k++) {
        const size = random() < 0.1 ? 300 : 1 + Math.floor(random() * 12);
        const first = Math.floor(random() * 600);
        segment.write(
          Array.from({ length: size }, (_, n) => ({
            i: String(first + n),
            t: start + k * 1000 + Math.floor(random() * 900),
            v: random() < 0.05 ? 'stale' : random() < 0.2 ? values[Math.floor(random() * values.length)] : Math.floor(random() * 1e6) / 64,
          })),
        );
      }
      expect(segment.bytes.length).toBeGreaterThan(5 * PAGE_BYTES);
      await expectServed(compression, segment);
    });
  }
});
