// One data folder, two servers: what ours wrote is served by the real Prometheus sample by sample, and what that left by ours, each killed
// in the middle, with blocks, a checkpoint and a log; and so is a snapshot.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { KillServer } from '../support/kill-server.ts';
import { findPeer, requirePeer, startPrometheus } from '../support/peers.ts';
import { startTributary } from '../support/tributary.ts';
import { type Stored, scraping, startVariedTarget, stored } from '../support/varied-target.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const BLOCKS = ['--storage.tsdb.min-block-duration=5s', '--storage.tsdb.max-block-duration=20s'];
const NOTHING = 'scrape_configs: []\n';

/** Everything that was seen is there, sample for sample; what came after may follow. */
function expectAll(seen: Stored, after: Stored): void {
  expect(Object.keys(seen).length).toBeGreaterThan(40);
  for (const [series, samples] of Object.entries(seen))
    expect([series, after[series]?.slice(0, samples.length)]).toEqual([series, samples]);
}

async function runUntilBlocks(server: KillServer): Promise<Stored> {
  cleanups.push(() => server.remove());
  server.spawn();
  await server.untilReady();
  await vi.waitFor(() => expect(readdirSync(server.dataDir).filter((name) => name.length === 26).length).toBeGreaterThanOrEqual(2), {
    timeout: 40_000,
    interval: 200,
  });
  await sleep(1000);
  const seen = await stored(server.url);
  await server.kill();
  return seen;
}

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-test-store-'));
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function copyOf(folder: string): string {
  const copy = newFolder();
  cpSync(folder, copy, { recursive: true });
  return copy;
}

async function startTarget() {
  const target = await startVariedTarget();
  cleanups.push(() => target.close());
  return target;
}

describe.runIf(requirePeer('prometheus') && requirePeer('promtool'))('a data folder', { timeout: 120_000 }, () => {
  for (const compression of [['--storage.tsdb.wal-compression'], ['--no-storage.tsdb.wal-compression']]) {
    test(`of ours, killed, is served by Prometheus (${compression[0]})`, async () => {
      const target = await startTarget();
      const server = await KillServer.create({ config: scraping(target), flags: [...BLOCKS, ...compression] });
      const seen = await runUntilBlocks(server);
      const folder = copyOf(server.dataDir);
      const tool = (...args: string[]) => execFileSync(findPeer('promtool')!, ['tsdb', ...args], { encoding: 'utf8', maxBuffer: 1 << 28 });
      expect(tool('list', folder).trim().split('\n').length).toBeGreaterThanOrEqual(3);
      expect(tool('analyze', folder)).toContain('Label names most involved');
      // Of a folder with a log the tool shows the head as well.
      expect(tool('dump', folder).split('\n').length).toBeGreaterThan(Object.values(seen).flat().length * 0.9);
      const prometheus = await startPrometheus({ config: NOTHING, dataDir: folder, flags: BLOCKS });
      cleanups.push(() => prometheus.stop());
      expectAll(seen, await stored(prometheus.url));
    });
  }

  for (const compression of [['--storage.tsdb.wal-compression'], ['--no-storage.tsdb.wal-compression']]) {
    test(`of Prometheus, killed, is served by ours (${compression[0]})`, async () => {
      const target = await startTarget();
      const server = await KillServer.create({
        config: scraping(target),
        flags: [...BLOCKS, ...compression],
        command: findPeer('prometheus')!,
      });
      const seen = await runUntilBlocks(server);
      const ours = await startTributary({ config: NOTHING, dataDir: copyOf(server.dataDir), flags: BLOCKS });
      cleanups.push(() => ours.stop());
      expectAll(seen, await stored(ours.url));
    });
  }

  test('closed chunks are in files: a start takes them up, the real one too, and damaged ones come from the log', async () => {
    const flags = ['--storage.tsdb.min-block-duration=10s', '--storage.tsdb.max-block-duration=40s'];
    const server = await KillServer.create({ config: scraping(await startTarget()), flags });
    cleanups.push(() => server.remove());
    server.spawn();
    await server.untilReady();
    const chunksStored = async () =>
      Number(/^prometheus_tsdb_mmap_chunks_total (\d+)/m.exec(await (await fetch(`${server.url}/metrics`)).text())![1]);
    await vi.waitFor(async () => expect(await chunksStored()).toBeGreaterThan(40), { timeout: 40_000, interval: 200 });
    await sleep(500);
    const seen = await stored(server.url);
    await server.kill();
    const file = join(server.dataDir, 'chunks_head', '000001');
    const copy = copyOf(server.dataDir);
    server.spawn();
    await server.untilReady();
    expect(server.log).toMatch(/mappable chunks replay completed" component=tsdb chunks=([4-9]\d|\d{3,}) /);
    expectAll(seen, await stored(server.url));
    await server.kill();
    const prometheus = await startPrometheus({ config: NOTHING, dataDir: copy, flags });
    cleanups.push(() => prometheus.stop());
    expectAll(seen, await stored(prometheus.url));
    const bytes = readFileSync(file);
    bytes[Math.floor(bytes.length / 2)] ^= 0x10;
    writeFileSync(file, bytes);
    server.spawn();
    await server.untilReady();
    expect(server.log).toContain('Head chunks are damaged: their samples come from the WAL');
    expectAll(seen, await stored(server.url));
  });

  test('goes from ours to Prometheus and back, with new samples each time', async () => {
    const target = await startTarget();
    const folder = newFolder();
    const first = await startTributary({ config: scraping(target), dataDir: folder });
    await sleep(2500);
    const seen = await stored(first.url);
    await first.stop();
    const prometheus = await startPrometheus({ config: scraping(target), dataDir: folder });
    await sleep(2500);
    const both = await stored(prometheus.url);
    expectAll(seen, both);
    await prometheus.stop();
    const second = await startTributary({ config: scraping(target), dataDir: folder });
    cleanups.push(() => second.stop());
    await sleep(1500);
    const all = await stored(second.url);
    expectAll(both, all);
    expect(Object.values(all).flat().length).toBeGreaterThan(Object.values(both).flat().length);
  });

  test('a snapshot of ours is served by Prometheus', async () => {
    const target = await startTarget();
    const dataDir = newFolder();
    const server = await startTributary({ config: scraping(target), dataDir, flags: [...BLOCKS, '--web.enable-admin-api'] });
    cleanups.push(() => server.stop());
    await sleep(10_000);
    const seen = await stored(server.url);
    const response = await fetch(`${server.url}/api/v1/admin/tsdb/snapshot`, { method: 'POST' });
    const { data } = (await response.json()) as { data: { name: string } };
    const prometheus = await startPrometheus({ config: NOTHING, dataDir: copyOf(join(dataDir, 'snapshots', data.name)) });
    cleanups.push(() => prometheus.stop());
    expectAll(seen, await stored(prometheus.url));
  });
});
