// delete_series and clean_tombstones beside the real Prometheus's, on two copies of one folder with blocks, head chunks and a log: the same
// is left, on every way to look at it, also after a kill, and when each of the two goes on with the other's folder.
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { blockNames } from '../../src/tsdb/block-folder.ts';
import { KillServer } from '../support/kill-server.ts';
import { findPeer, requirePeer } from '../support/peers.ts';
import { scraping, startVariedTarget, stored } from '../support/varied-target.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const NOTHING = 'scrape_configs: []\n';
const ADMIN = '--web.enable-admin-api';
const MATCH = '{job="t"}';

/** A folder with at least two blocks of 5 s and a head, and the times that its samples span (s). */
async function makeFolder(): Promise<{ folder: string; begin: number; end: number }> {
  const target = await startVariedTarget();
  cleanups.push(() => target.close());
  const flags = ['--storage.tsdb.min-block-duration=5s', '--storage.tsdb.max-block-duration=20s'];
  const server = await KillServer.create({ config: scraping(target), flags });
  cleanups.push(() => server.remove());
  server.spawn();
  await server.untilReady();
  await vi.waitFor(() => expect(blockNames(server.dataDir).length).toBeGreaterThanOrEqual(2), { timeout: 40_000, interval: 200 });
  await sleep(1500);
  const times = Object.values(await stored(server.url)).flatMap((samples) => samples.map(([time]) => time));
  await server.kill();
  return { folder: server.dataDir, begin: Math.min(...times), end: Math.max(...times) };
}

/** Started on a copy of the folder. */
async function serverOn(folder: string, command?: string): Promise<KillServer> {
  const server = await KillServer.create({ config: NOTHING, flags: [ADMIN], command });
  cleanups.push(() => server.remove());
  cpSync(folder, server.dataDir, { recursive: true });
  server.spawn();
  await server.untilReady();
  return server;
}

async function admin(server: KillServer, what: string, params: Record<string, string> = {}): Promise<void> {
  const response = await fetch(`${server.url}/api/v1/admin/tsdb/${what}?${new URLSearchParams(params)}`, { method: 'POST' });
  expect([response.status, await response.text()]).toEqual([204, '']);
}

async function shown(server: KillServer) {
  const federated = await (await fetch(`${server.url}/federate?match[]=${encodeURIComponent(MATCH)}`)).text();
  return {
    samples: await stored(server.url),
    federated: federated
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .sort(),
  };
}

async function listed(server: KillServer): Promise<string[]> {
  const response = await fetch(`${server.url}/api/v1/series?match[]=${encodeURIComponent(MATCH)}`);
  const { data } = (await response.json()) as { data: Record<string, string>[] };
  return data.map((labels) => JSON.stringify(Object.entries(labels).sort())).sort();
}

const tombstonesOf = (folder: string) =>
  blockNames(folder)
    .map((name) => JSON.parse(readFileSync(join(folder, name, 'meta.json'), 'utf8')))
    .map(({ minTime, stats: { numTombstones = 0, numSamples } }) => [minTime, numTombstones, numSamples])
    .sort(([a], [b]) => a - b);

describe.runIf(requirePeer('prometheus'))('deletes', { timeout: 120_000 }, () => {
  test("leave what they leave in Prometheus, before and after a kill, in either one's folder", async () => {
    const { folder, begin, end } = await makeFolder();
    const servers = [await serverOn(folder), await serverOn(folder, findPeer('prometheus')!)];
    const [ours, theirs] = servers;
    const before = await shown(ours);
    expect(before).toEqual(await shown(theirs));
    const middle = (begin + end) / 2;
    for (const server of servers) {
      await admin(server, 'delete_series', { 'match[]': 'm1' });
      await admin(server, 'delete_series', { 'match[]': 'm0{i=~"3|6"}', start: String(begin + 1.05), end: String(middle) });
      // The newest samples, so that older ones are federated; a stale marker may be among them.
      await admin(server, 'delete_series', { 'match[]': '{__name__=~"m2|sometimes"}', start: String(end - 2.1) });
      await admin(server, 'delete_series', { 'match[]': 'special{kind=~"nan|inf"}', end: String(begin + 2) });
      await admin(server, 'delete_series', { 'match[]': '{i="9"}', start: String(end - 3), end: String(end - 1) });
      await admin(server, 'delete_series', { 'match[]': '{i="9"}', start: String(end - 4), end: String(end - 2) });
      await admin(server, 'delete_series', { 'match[]': 'nobody' });
    }
    const after = await shown(theirs);
    expect(Object.values(after.samples).flat().length).toBeLessThan(Object.values(before.samples).flat().length - 500);
    expect(after.federated).not.toEqual(before.federated);
    expect(await shown(ours)).toEqual(after);
    // Prometheus goes on listing a series of the head of which nothing is left; ours does not.
    expect(await listed(ours)).toEqual(Object.keys(after.samples).sort());
    expect(await listed(theirs)).toEqual(expect.arrayContaining(Object.keys(after.samples)));
    expect(tombstonesOf(ours.dataDir)).toEqual(tombstonesOf(theirs.dataDir));
    for (const server of servers) await server.kill();
    // Each with the other's folder.
    const swapped = [await serverOn(theirs.dataDir), await serverOn(ours.dataDir, findPeer('prometheus')!)];
    for (const server of swapped) expect(await shown(server)).toEqual(after);
    for (const server of swapped) {
      await admin(server, 'clean_tombstones');
      expect(await shown(server)).toEqual(after);
    }
    const [cleaned, cleanedByThem] = swapped.map(({ dataDir }) => tombstonesOf(dataDir));
    expect(cleaned).toEqual(cleanedByThem);
    expect(cleaned.every(([, stones]) => stones === 0)).toBe(true);
    for (const server of swapped) await server.kill();
    expect(await shown(await serverOn(swapped[1].dataDir))).toEqual(after);
    expect(await shown(await serverOn(swapped[0].dataDir, findPeer('prometheus')!))).toEqual(after);
  });

  test('stay deleted when the head becomes a block, and in a snapshot; what comes later is there', async () => {
    const target = await startVariedTarget();
    cleanups.push(() => target.close());
    const flags = ['--storage.tsdb.min-block-duration=5s', '--storage.tsdb.max-block-duration=20s', ADMIN];
    const server = await KillServer.create({ config: scraping(target), flags });
    cleanups.push(() => server.remove());
    server.spawn();
    await server.untilReady();
    await sleep(4000);
    const seen = await stored(server.url);
    const isDeleted = (series: string) => series.includes('"m1"');
    const newest = Math.max(...Object.entries(seen).flatMap(([series, samples]) => (isDeleted(series) ? samples.map(([t]) => t) : [])));
    await admin(server, 'delete_series', { 'match[]': 'm1' });
    const deletedBy = Date.now() / 1000;
    const check = async (server: KillServer) => {
      const now = await stored(server.url);
      for (const [series, samples] of Object.entries(seen)) {
        if (!isDeleted(series)) expect([series, now[series]?.slice(0, samples.length)]).toEqual([series, samples]);
        else expect(now[series]?.filter(([time]) => time <= newest) ?? []).toEqual([]);
      }
      return now;
    };
    await check(server);
    await vi.waitFor(() => expect(blockNames(server.dataDir).length).toBeGreaterThanOrEqual(2), { timeout: 40_000, interval: 200 });
    const now = await check(server);
    expect(Object.entries(now).flatMap(([series, samples]) => (isDeleted(series) ? samples : [])).length).toBeGreaterThan(100);
    expect(
      Math.min(...Object.entries(now).flatMap(([series, samples]) => (isDeleted(series) ? samples.map(([t]) => t) : []))),
    ).toBeLessThan(deletedBy + 1);
    await admin(server, 'delete_series', { 'match[]': 'm1', end: String(newest + 1) });
    const response = await fetch(`${server.url}/api/v1/admin/tsdb/snapshot`, { method: 'POST' });
    const { data } = (await response.json()) as { data: { name: string } };
    await server.kill();
    const theirs = await serverOn(join(server.dataDir, 'snapshots', data.name), findPeer('prometheus')!);
    const theirNow = await check(theirs);
    server.spawn();
    await server.untilReady();
    const ourNow = await check(server);
    // A snapshot may end a scrape before the kill.
    for (const [series, samples] of Object.entries(theirNow))
      expect([series, ourNow[series].slice(0, samples.length)]).toEqual([series, samples]);
  });
});
