// What is done with blocks, over real ones: compaction that fails, is broken off, or meets overlaps; what an earlier process left; retention.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { chunked, makeSeries, seededRandom } from '../../test/support/made-blocks.ts';
import { createCodec } from '../kernel/index.ts';
import { type Logger, silentLogger } from '../model/index.ts';
import type { Background } from './background/background.ts';
import type { BackgroundTask } from './background/messages.ts';
import { BlockError, type BlockMeta, BlockReader, readBlockMeta, writeBlock, writeBlockMeta } from './block/index.ts';
import { blockNames } from './block-folder.ts';
import { BlockStock } from './block-stock.ts';
import { BlockUpkeep } from './block-upkeep.ts';
import { compactBlocks } from './compaction/index.ts';
import type { RetentionLimits } from './retention.ts';

const HOUR_MS = 3_600_000;
const T0 = Math.floor(1_700_000_000_000 / (18 * HOUR_MS)) * 18 * HOUR_MS;
const codec = createCodec();

let folder: string;
let blocks: BlockStock;
let upkeep: BlockUpkeep;
let limits: RetentionLimits;
let logged: string[];
/** Tasks that were asked for. */
let compactions: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tributary-test-block-upkeep-'));
  logged = [];
  compactions = [];
  limits = { timeMs: 0, sizeBytes: 0 };
  const log = (message: string) => logged.push(message);
  const logger: Logger = { ...silentLogger, info: log, warn: log, error: log };
  const background = { run: async (task: BackgroundTask) => run(task) } as unknown as Background;
  blocks = new BlockStock(folder, background, logger);
  upkeep = new BlockUpkeep({
    blocks,
    background,
    minBlockMs: 2 * HOUR_MS,
    maxBlockMs: 18 * HOUR_MS,
    retention: () => limits,
    otherBytes: () => 0,
    logger,
  });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** As the background thread does it. */
function run(task: BackgroundTask) {
  if (task.type === 'compact') {
    compactions.push(task.ulids.join(' '));
    return { ulid: compactBlocks({ dataFolder: folder, ulids: task.ulids, codec })?.ulid ?? null };
  }
  if (task.type !== 'checkBlocks') throw new Error(`BUG: ${task.type}`);
  const good: { ulid: string; sizeBytes: number }[] = [];
  const refused: { ulid: string; reason: string }[] = [];
  for (const ulid of task.ulids) {
    try {
      const block = new BlockReader(join(folder, ulid), codec);
      good.push({ ulid, sizeBytes: block.sizeBytes });
      block.close();
    } catch (error) {
      if (!(error instanceof BlockError)) throw error;
      refused.push({ ulid, reason: error.message });
    }
  }
  return { good, refused };
}

function block(fromHours: number, toHours: number): BlockMeta {
  const minTimeMs = T0 + fromHours * HOUR_MS;
  const series = makeSeries(seededRandom(fromHours), 5, { startMs: minTimeMs, mostSamples: 20, classicNames: true });
  return writeBlock(folder, { minTimeMs, maxTimeMs: T0 + toHours * HOUR_MS, codec }, chunked(series))!;
}

const isOtherDue = () => false;
const rangesNow = () =>
  blocks.good().map(({ meta }) => [(meta.minTime - T0) / HOUR_MS, (meta.maxTime - T0) / HOUR_MS, meta.compaction.level]);

test('what is due in between goes first', async () => {
  for (const at of [0, 2, 4, 6, 8, 10, 12]) block(at, at + 2);
  await blocks.refresh();
  let asked = 0;
  expect(await upkeep.compact(() => asked++ === 1)).toBe(true);
  expect(rangesNow().slice(0, 2)).toEqual([
    [0, 6, 2],
    [6, 8, 1],
  ]);
  expect(await upkeep.compact(isOtherDue)).toBe(false);
  expect(rangesNow()).toEqual([
    [0, 6, 2],
    [6, 12, 2],
    [12, 14, 1],
  ]);
  expect(upkeep.counters).toMatchObject({ compactions: 2, verticalCompactions: 0 });
});

test('overlapping blocks are told and counted', async () => {
  block(0, 2);
  block(1, 3);
  await blocks.refresh();
  await upkeep.compact(isOtherDue);
  expect(rangesNow()).toEqual([[0, 3, 2]]);
  expect(upkeep.counters).toMatchObject({ compactions: 1, verticalCompactions: 1 });
  expect(logged).toContain('Found overlapping blocks during compaction');
});

test('blocks that cannot be compacted are not tried again, and stand in the way of no others', async () => {
  const [bad] = [0, 2, 4].map((at) => block(at, at + 2));
  for (const at of [6, 8, 10, 12]) block(at, at + 2);
  const file = join(folder, bad.ulid, 'chunks', '000001');
  const bytes = readFileSync(file);
  bytes[20] ^= 1;
  writeFileSync(file, bytes);
  await blocks.refresh();
  await expect(upkeep.compact(isOtherDue)).rejects.toThrow(/checksum/);
  expect(readBlockMeta(join(folder, bad.ulid)).compaction.failed).toBe(true);
  await upkeep.compact(isOtherDue);
  expect(rangesNow().slice(-2)).toEqual([
    [6, 12, 2],
    [12, 14, 1],
  ]);
  expect(compactions.filter((ulids) => ulids.includes(bad.ulid))).toHaveLength(1);
  expect(blockNames(folder)).toContain(bad.ulid);
});

test('parents that an earlier process left go, damaged ones too, and no other damaged block', async () => {
  const metas = [0, 2, 4].map((at) => block(at, at + 2));
  const made = compactBlocks({ dataFolder: folder, ulids: metas.map(({ ulid }) => ulid), codec })!;
  const other = block(6, 8);
  for (const { ulid } of [metas[1], other]) writeFileSync(join(folder, ulid, 'index'), 'nonsense');
  await blocks.refresh();
  expect(
    blocks
      .refused()
      .map(({ ulid }) => ulid)
      .sort(),
  ).toEqual([metas[1].ulid, other.ulid].sort());
  await upkeep.compact(isOtherDue);
  expect(blockNames(folder).sort()).toEqual([made.ulid, other.ulid].sort());
  expect(blocks.refused().map(({ ulid }) => ulid)).toEqual([other.ulid]);
});

test('a limit that is exceeded counts once, however many blocks go', async () => {
  const metas = [0, 2, 4, 6, 8].map((at) => block(at, at + 2));
  await blocks.refresh();
  upkeep.retain();
  expect(upkeep.counters).toMatchObject({ timeRetentions: 0, sizeRetentions: 0 });
  limits = { timeMs: 5 * HOUR_MS, sizeBytes: 0 };
  upkeep.retain();
  upkeep.retain();
  expect(blocks.good().map(({ meta }) => meta.ulid)).toEqual(metas.slice(2).map(({ ulid }) => ulid));
  limits = { timeMs: 0, sizeBytes: blocks.good()[2].sizeBytes + 1 };
  upkeep.retain();
  expect(blocks.good()).toHaveLength(1);
  expect(upkeep.counters).toMatchObject({ timeRetentions: 1, sizeRetentions: 1 });
});

test('a block whose meta.json was changed is looked at again when it is forgotten', async () => {
  const meta = block(0, 2);
  await blocks.refresh();
  writeBlockMeta(join(folder, meta.ulid), { ...meta, stats: { ...meta.stats, numTombstones: 3 } });
  await blocks.refresh();
  expect(blocks.good()[0].meta.stats.numTombstones).toBeUndefined();
  blocks.forget(meta.ulid);
  await blocks.refresh();
  expect(blocks.good()[0].meta.stats.numTombstones).toBe(3);
  expect(existsSync(join(folder, meta.ulid))).toBe(true);
});
