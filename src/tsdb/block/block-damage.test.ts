// Blocks with a byte changed or the end cut off, at random places: what is read is what was written, or there is one clear sentence. Never
// anything else, even where checksums are right.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chunked, contentOf, filesOf, makeSeries, seededRandom } from '../../../test/support/made-blocks.ts';
import { createCodec } from '../../kernel/index.ts';
import { Matcher } from '../../model/index.ts';
import { ChunkError } from '../chunk/index.ts';
import { type BlockCodec, BlockError, BlockReader, writeBlock, writeTombstones } from './index.ts';

const T0 = 1_700_006_400_000;
const SEED = Number(process.env.TRIBUTARY_FUZZ_SEED ?? Date.now() % 1_000_000);
/** Every checksum is 0, and so right: damage comes through to what reads behind it. */
const blindCodec: BlockCodec = { crc32c: () => 0, chunkRun: createCodec().chunkRun };

const random = seededRandom(SEED);
const below = (n: number) => Math.floor(random() * n);
let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'tributary-test-damage-'));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A block of 150 series in several chunk files, with tombstones: its folder's name and its files. */
function makeBlock(codec: BlockCodec): { ulid: string; files: Map<string, Buffer>; everything: unknown } {
  const series = makeSeries(random, 150, { startMs: T0, mostSamples: 150 });
  const { ulid } = writeBlock(root, { minTimeMs: T0, maxTimeMs: T0 + 7_200_000, codec, segmentBytes: 20_000 }, chunked(series))!;
  const folder = join(root, ulid);
  const block = new BlockReader(folder, codec);
  const refs = [...block.select([], T0, T0 + 7_200_000)].map(({ ref }) => ref);
  block.close();
  writeTombstones(folder, new Map(refs.slice(0, 20).map((ref) => [ref, [{ minTimeMs: T0, maxTimeMs: T0 + ref }]])), codec);
  const files = filesOf(folder);
  const everything = readAll(folder, codec);
  rmSync(folder, { recursive: true });
  return { ulid, files, everything };
}

/** All that a block tells but its meta.json, which has no checksum. */
function readAll(folder: string, codec: BlockCodec): unknown {
  const block = new BlockReader(folder, codec);
  try {
    const values = block.labelNames().map((name) => [name, block.labelValues(name)]);
    const some = [...block.select([new Matcher('job', '!=', ''), new Matcher('a', '=~', '.*b?')], T0, T0 + 1e9)].map(
      ({ labels }) => labels,
    );
    return {
      content: contentOf(block),
      stones: [...block.tombstones],
      values,
      some,
      more: block.labelValues('b', [new Matcher('job', '=~', '.+')]),
    };
  } finally {
    block.close();
  }
}

function restore(ulid: string, files: ReadonlyMap<string, Buffer>): string {
  const folder = join(root, ulid);
  rmSync(folder, { recursive: true, force: true });
  for (const [name, bytes] of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
  return folder;
}

function damage(bytes: Buffer): { damaged: Buffer; what: string } {
  if (random() < 0.25) {
    const length = below(bytes.length);
    return { damaged: bytes.subarray(0, length), what: `cut to ${length}` };
  }
  const damaged = Buffer.from(bytes);
  const at = random() < 0.2 ? damaged.length - 1 - below(Math.min(60, damaged.length)) : below(damaged.length);
  damaged[at] ^= 1 << below(8);
  return { damaged, what: `bit of byte ${at}` };
}

describe(`damage, seed ${SEED}`, () => {
  const names = ['index', 'index', 'index', 'chunks/000001', 'chunks/000002', 'meta.json', 'tombstones'];

  test('is told in one sentence, or changes nothing', () => {
    const codec = createCodec();
    const { ulid, files, everything } = makeBlock(codec);
    const folder = restore(ulid, files);
    let told = 0;
    for (let i = 0; i < 500; i++) {
      const name = names[i % names.length];
      const { damaged, what } = damage(files.get(name)!);
      writeFileSync(join(folder, name), damaged);
      let outcome: unknown;
      try {
        outcome = readAll(folder, codec);
        expect(outcome, `${name}: ${what}`).toEqual(everything);
      } catch (error) {
        if (outcome !== undefined) throw error;
        expect(error, `${name}: ${what}`).toBeInstanceOf(BlockError);
        expect((error as Error).message, what).toMatch(/^cannot (read|open) [^\n]*$/);
        expect((error as Error).message, what).toContain(ulid);
        told++;
      }
      writeFileSync(join(folder, name), files.get(name)!);
    }
    expect(told).toBeGreaterThan(350);
    expect(readAll(folder, codec)).toEqual(everything);
  });

  test('behind checksums that are right is an error or other samples, and never takes long', () => {
    const { ulid, files } = makeBlock(blindCodec);
    const folder = restore(ulid, files);
    let told = 0;
    for (let i = 0; i < 500; i++) {
      const name = names[i % names.length];
      const { damaged, what } = damage(files.get(name)!);
      writeFileSync(join(folder, name), damaged);
      const began = performance.now();
      try {
        readAll(folder, blindCodec);
      } catch (error) {
        expect(error instanceof BlockError || error instanceof ChunkError, `${name}: ${what}: ${(error as Error).stack}`).toBe(true);
        told++;
      }
      expect(performance.now() - began, `${name}: ${what}`).toBeLessThan(3000);
      writeFileSync(join(folder, name), files.get(name)!);
    }
    expect(told).toBeGreaterThan(100);
  });

  const refused = (what: string, change: (folder: string) => void, message: RegExp) =>
    test(what, () => {
      const codec = createCodec();
      const { ulid, files } = makeBlock(codec);
      const folder = restore(ulid, files);
      change(folder);
      expect(() => new BlockReader(folder, codec)).toThrow(message);
    });
  const remove = (name: string) => (folder: string) => rmSync(join(folder, name), { recursive: true });
  refused('no meta.json', remove('meta.json'), /^cannot open block \w{26}: it has no meta\.json$/);
  refused('no index', remove('index'), /^cannot read .*\/index: there is no such file$/);
  refused('no chunks', remove('chunks'), /^cannot read .*\/chunks: there is no such folder$/);
  refused('a gap in the chunks', remove('chunks/000001'), /^cannot read .*\/chunks: got chunk file 000002, want 000001$/);
  refused(
    'an index that is a folder',
    (folder) => [remove('index')(folder), mkdirSync(join(folder, 'index'))],
    /\/index: it is not a file$/,
  );
  const version = (name: string, at: number) => (folder: string) => {
    const bytes = filesOf(folder).get(name)!;
    bytes[at] = 9;
    writeFileSync(join(folder, name), bytes);
  };
  refused('a newer index', version('index', 4), /^cannot read .*\/index: got an index of version 9, want 2$/);
  refused('newer chunks', version('chunks/000001', 4), /^cannot read .*\/000001: got chunks of version 9, want 1$/);
  refused('newer tombstones', version('tombstones', 4), /^cannot read .*\/tombstones: got version 9, want 1$/);
});
