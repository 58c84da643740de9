// A full disk, on a small file system of its own: appends are refused and told, the server goes on answering, and goes on storing when
// there is room again; what it had shown is there after a kill.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, test, vi } from 'vitest';
import { StaticTarget } from '../support/static-target.ts';
import { startTributary } from '../support/tributary.ts';

const folder = mkdtempSync(join(tmpdir(), 'tributary-test-full-'));
const mounted = mount();
afterAll(() => {
  if (mounted) spawnSync('umount', ['-l', folder]);
  rmSync(folder, { recursive: true, force: true });
});

function mount(): boolean {
  const { status, stderr, error } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', folder], { encoding: 'utf8' });
  if (status === 0) return true;
  const why = `cannot make a small file system: ${error?.message ?? stderr.trim()}`;
  if (process.env.CI) throw new Error(`${why}; want root, since CI is set`);
  console.warn(`skipped: ${why}`);
  return false;
}

const valuesOf = async (url: string): Promise<[number, string][]> => {
  const { data } = (await (await fetch(`${url}/api/v1/query?query=m%5B1h%5D`)).json()) as {
    data: { result: { values: [number, string][] }[] };
  };
  return data.result.flatMap(({ values }) => values);
};

test.runIf(mounted)('a full disk refuses samples, loses none that were shown, and heals', { timeout: 60_000 }, async () => {
  let scrape = 0;
  const target = await StaticTarget.start(() => ({
    body: `m ${++scrape}\n${Array.from({ length: 300 }, (_, i) => `n{i="${i}"} ${Math.sin(scrape * i)}\n`).join('')}`,
  }));
  const config = `global: {scrape_interval: 200ms, scrape_timeout: 200ms}\nscrape_configs: [{job_name: t, static_configs: [{targets: ['${target.address}']}]}]\n`;
  const server = await startTributary({ config, dataDir: folder });
  const filler = join(folder, 'filler');
  const health = async () => {
    const { data } = (await (await fetch(`${server.url}/api/v1/targets`)).json()) as {
      data: { activeTargets: { health: string; lastError: string }[] };
    };
    return data.activeTargets[0];
  };
  try {
    await vi.waitFor(async () => expect((await valuesOf(server.url)).length).toBeGreaterThan(3), { timeout: 10_000 });
    const { bavail, bsize } = statfsSync(folder);
    writeFileSync(filler, Buffer.alloc(Math.max(0, bavail - 2) * bsize));
    await vi.waitFor(async () => expect((await health()).lastError).toContain('no space left on the device'), { timeout: 15_000 });
    const shown = await valuesOf(server.url);
    await sleep(600);
    expect((await valuesOf(server.url)).length).toBe(shown.length);
    const metrics = await (await fetch(`${server.url}/metrics`)).text();
    expect(Number(/^prometheus_tsdb_wal_writes_failed_total (\d+)$/m.exec(metrics)?.[1])).toBeGreaterThan(0);
    expect(Number(/^tributary_head_batches_refused_total (\d+)$/m.exec(metrics)?.[1])).toBeGreaterThan(0);
    rmSync(filler);
    await vi.waitFor(async () => expect((await health()).health).toBe('up'), { timeout: 10_000 });
    await vi.waitFor(async () => expect((await valuesOf(server.url)).length).toBeGreaterThan(shown.length + 2), { timeout: 10_000 });
    const last = await valuesOf(server.url);
    server.process.kill('SIGKILL');
    await sleep(300);
    const again = await startTributary({ config: 'scrape_configs: []\n', dataDir: folder });
    expect((await valuesOf(again.url)).slice(0, last.length)).toEqual(last);
    await again.stop();
  } finally {
    await server.stop();
    await target.close();
  }
});
