// The kernel's XOR chunks under the suite of all chunk codecs, and what the head does with them: where it cuts, what it reads back, what it
// refuses.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chunkCodecSuite } from '../../test/support/chunk-codec-suite.ts';
import { TestHead } from '../../test/support/head.ts';
import { samplesRecord } from '../../test/support/plain-log.ts';
import type { BitSample } from '../../test/support/reference-chunk.ts';
import { createHeadMemory, type HeadMemory, HeadSeriesReader, HeadWriter } from './index.ts';
import { at } from './layout.ts';

const SEED = 20_240_611;
const CHUNK_RANGE_MS = 7_200_000;
const PAYLOAD_BYTES = 60;
const BLOCK_BYTES = 64;
const CHUNK_HEADER_BYTES = 8;
/** Of a pin, and of a chunk: the kernel's are shorter. */
const MOST_SAMPLES = 240;
const MOST_BYTES = 7000;

/** Samples go in by the log's records, which alone bring any bits, and come out as blocks take them. */
function kernelCodec(checked: boolean) {
  const head = new TestHead({ bytes: 64 * 1024 * 1024, checked, retentionMs: 0 });
  const { exports, buffer } = head.memory;
  const record = exports.arenaOf(1) >>> 0;
  const reading = new HeadSeriesReader(head.reader);
  let ref = 0;
  return {
    encode(samples: readonly BitSample[]): Buffer[] {
      head.writer.series([['i', String(++ref)]], 1);
      const bytes = samplesRecord(samples.map(({ t, bits }) => [ref, t, bits]));
      bytes.copy(buffer, record);
      exports.replaySamples(record, bytes.length, -8.64e15);
      return reading.read(Uint32Array.of(ref), -8.64e15, 8.64e15)[0].chunks.map(({ data }) => data);
    },
    /** A chunk of these bytes is laid out as the head's are, and read through a pin of it. */
    decode(data: Uint8Array): BitSample[] {
      if (data.length < 2) return [];
      const samples = Math.min(data[0] * 256 + data[1], MOST_SAMPLES);
      const stream = Buffer.concat([Buffer.alloc(CHUNK_HEADER_BYTES), data.subarray(2, 2 + MOST_BYTES)]);
      const blocks = Math.ceil(stream.length / PAYLOAD_BYTES);
      const chunk = head.reader.alloc((blocks + 1) * BLOCK_BYTES);
      const out = head.reader.alloc(MOST_SAMPLES * 16);
      buffer.fill(0, chunk, chunk + (blocks + 1) * BLOCK_BYTES);
      for (let i = 0; i < blocks; i++) {
        stream.copy(buffer, chunk + i * BLOCK_BYTES, i * PAYLOAD_BYTES, (i + 1) * PAYLOAD_BYTES);
        if (i + 1 < blocks) buffer.writeUInt32LE(chunk + (i + 1) * BLOCK_BYTES, chunk + i * BLOCK_BYTES + PAYLOAD_BYTES);
      }
      const pin = chunk + blocks * BLOCK_BYTES;
      buffer.writeUInt32LE(samples, pin + 16);
      buffer.writeUInt32LE(chunk, pin + 20);
      const values = out + MOST_SAMPLES * 8;
      const n = exports.pinnedSamples(pin, -9e15, 9e15, out, values, MOST_SAMPLES, head.reader.scratch) >>> 0;
      const decoded = Array.from({ length: n }, (_, i) => ({
        t: Number(buffer.readBigInt64LE(out + i * 8)),
        bits: buffer.readBigUInt64LE(values + i * 8),
      }));
      head.reader.arena.free(chunk);
      head.reader.arena.free(out);
      return decoded;
    },
  };
}

chunkCodecSuite("the kernel's XOR chunks", kernelCodec(false));
chunkCodecSuite("the checked kernel's XOR chunks", kernelCodec(true), { runs: 60 });

function openHead(checked: boolean) {
  const head = createHeadMemory({ bytes: 64 * 1024 * 1024, workers: 1, checked, retentionMs: 1e15 });
  return { head, writer: new HeadWriter(head), number: 0 };
}

/** Chunks of a series, oldest first: ordinal of the first sample and the stream's bytes (whole blocks). */
function chunksOf({ buffer }: HeadMemory, slot: number): { ordinal: number; stream: Buffer }[] {
  const chunks = [];
  for (
    let chunk = buffer.readUInt32LE(buffer.readUInt32LE(at.HOT_BASE) + slot * 64 + 52);
    chunk !== 0;
    chunk = buffer.readUInt32LE(chunk + 4)
  ) {
    const blocks = [];
    for (let block = chunk; block !== 0; block = buffer.readUInt32LE(block + 60)) blocks.push(buffer.subarray(block, block + 60));
    chunks.unshift({ ordinal: buffer.readUInt32LE(chunk), stream: Buffer.concat(blocks).subarray(8) });
  }
  return chunks;
}

function readBack({ buffer, exports }: HeadMemory, slot: number, minT: number, maxT: number, limit: number): [number, bigint][] {
  const arena = buffer.readUInt32LE(at.ARENA_BASE);
  exports.enterEpoch(0);
  const pinned = exports.pinSample(slot, exports.horizon(), arena);
  const n = pinned === 1 ? exports.pinnedSamples(arena, minT, maxT, arena + 64, arena + 64 + limit * 8, limit, arena + 64 + limit * 16) : 0;
  exports.leaveEpoch(0);
  return Array.from({ length: n }, (_, i) => [
    Number(buffer.readBigInt64LE(arena + 64 + i * 8)),
    buffer.readBigUInt64LE(arena + 64 + limit * 8 + i * 8),
  ]);
}

test.for([false, true])(
  'wherever a series begins: chunks within the range, of at most 240 samples, read back by time (checked: %s)',
  (checked) => {
    const { head, writer } = openHead(checked);
    const step = fc.oneof(
      { arbitrary: fc.constant(15_000), weight: 6 },
      { arbitrary: fc.integer({ min: 1, max: 20_000 }), weight: 3 },
      fc.nat(7e5),
    );
    const start = fc.oneof(fc.constant(1_700_000_000_000), fc.integer({ min: 0, max: 4e12 }));
    let run = 0;
    fc.assert(
      fc.property(start, fc.array(step, { minLength: 1, maxLength: 400, size: 'max' }), (first, steps) => {
        head.buffer.writeBigInt64LE(-(2n ** 63n), at.MAX_TIME); // as if nothing newer had come: each run may begin anywhere
        const slot = writer.series([['run', String(run++)]], 0);
        const times = [first];
        for (const ms of steps) times.push(times[times.length - 1] + Math.max(1, ms));
        for (const t of times) {
          const batch = writer.openBatch();
          batch.push(slot, t, t % 1000);
          writer.append(batch, 0, 1);
          expect(writer.commit()).toMatchObject({ appended: 1, outOfOrder: 0, duplicate: 0, tooOld: 0, outOfMemory: 0 });
          batch.free();
        }
        expect(readBack(head, slot, -9e15, 9e15, 500).map(([t]) => t)).toEqual(times);
        const [from, to] = [times[times.length >> 2], times[times.length >> 1]];
        expect(readBack(head, slot, from, to, 500).map(([t]) => t)).toEqual(times.filter((t) => t >= from && t <= to));
        const chunks = chunksOf(head, slot);
        for (const [i, { ordinal }] of chunks.entries()) {
          const own = times.slice(ordinal, chunks[i + 1]?.ordinal);
          expect(Math.floor(own[0] / CHUNK_RANGE_MS)).toBe(Math.floor(own.at(-1)! / CHUNK_RANGE_MS));
          expect(own.length).toBeLessThanOrEqual(240);
        }
      }),
      { seed: SEED, numRuns: checked ? 40 : 120 },
    );
  },
);

test('a regular series is cut at equal chunks up to the range boundary, as Prometheus predicts it', () => {
  const { head, writer } = openHead(false);
  const slot = writer.series([['a', 'b']], 0);
  const start = Math.floor(1_700_000_000_000 / CHUNK_RANGE_MS) * CHUNK_RANGE_MS;
  for (let i = 0; i < 480; i++) {
    const batch = writer.openBatch();
    batch.push(slot, start + i * 15_000, i);
    writer.append(batch, 0, 1);
    writer.commit();
    batch.free();
  }
  // 480 samples of 15 s are two hours: at sample 30 the end is predicted so that four chunks of 120 fill them.
  expect(chunksOf(head, slot).map(({ ordinal }) => ordinal)).toEqual([0, 120, 240, 360]);
});

test('order and duplicates: refused and counted, and the same sample again is nothing', () => {
  const { head, writer } = openHead(true);
  const slot = writer.series([['a', 'b']], 0);
  const check = (t: number, v: number, expected: object) => {
    const batch = writer.openBatch();
    batch.push(slot, t, v);
    writer.append(batch, 0, 1);
    expect(writer.commit()).toEqual({ appended: 0, outOfOrder: 0, duplicate: 0, tooOld: 0, outOfMemory: 0, ...expected });
    batch.free();
  };
  const t = 1_700_000_000_000;
  check(t, 1, { appended: 1 });
  check(t, 1, {});
  check(t, 2, { duplicate: 1 });
  check(t - 1, 3, { outOfOrder: 1 });
  check(t + CHUNK_RANGE_MS, 3, { appended: 1 });
  check(t + CHUNK_RANGE_MS / 2 - 1, 3, { tooOld: 1 });
  check(t + CHUNK_RANGE_MS / 2, 3, { outOfOrder: 1 });
  check(t + CHUNK_RANGE_MS, Number.NaN, { duplicate: 1 });
  expect(readBack(head, slot, -9e15, 9e15, 100).map(([time]) => time)).toEqual([t, t + CHUNK_RANGE_MS]);
});
