// Kill -9, again and again, at random moments: while it scrapes, replays its log, writes blocks. What /federate has shown is there
// after the next start, and every start succeeds. The moments follow from the seed (TRIBUTARY_FUZZ_SEED), as far as time does.
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { KillServer } from '../support/kill-server.ts';
import { ShownSamples } from '../support/shown-samples.ts';
import { StaticTarget } from '../support/static-target.ts';

const SEED = Number(process.env.TRIBUTARY_FUZZ_SEED ?? 20_240_607);
const TARGETS = 20;
const SERIES = 200;

/** Every sixteenth series, of all targets. */
const SELECTOR = '{part="0"}';

function generator(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

async function startTargets(): Promise<StaticTarget[]> {
  return Promise.all(
    Array.from({ length: TARGETS }, (_, target) => {
      let scrape = 0;
      return StaticTarget.start(() => {
        scrape++;
        const lines = Array.from({ length: SERIES }, (_, i) => `m${i % 10}{i="${i}",part="${i % 16}"} ${sampleText(target, i, scrape)}\n`);
        return { body: lines.join('') };
      });
    }),
  );
}

/** Counters, constants, fractions, NaN and infinities. */
function sampleText(target: number, i: number, scrape: number): string {
  if (i % 64 === 32) return scrape % 3 === 0 ? 'NaN' : scrape % 3 === 1 ? '+Inf' : '-Inf';
  return String(i % 48 === 0 ? scrape * 7 + target : i % 16 === 0 ? (scrape * 0.1 + i) / 3 : i);
}

interface Kills {
  readonly kills: number;
  readonly flags: readonly string[];
  /** Done while the server runs, now and then. */
  readonly disturb?: (server: KillServer) => Promise<unknown>;
}

async function killAgainAndAgain({ kills, flags, disturb }: Kills): Promise<void> {
  const random = generator(SEED);
  const targets = await startTargets();
  const server = await KillServer.create({
    config: `global: {scrape_interval: 200ms, scrape_timeout: 200ms}
scrape_configs: [{job_name: killed, static_configs: [{targets: [${targets.map(({ address }) => `'${address}'`).join(', ')}]}]}]`,
    flags,
  });
  const shown = new ShownSamples();
  try {
    for (let kill = 0; kill < kills; kill++) {
      const where = `seed ${SEED}, kill ${kill}`;
      // Every fourth is killed while it starts, and then started once more.
      const startedMs = Date.now();
      server.spawn();
      if (kill % 4 === 3) {
        await sleep(random(600));
        await server.kill();
        continue;
      }
      await server.untilReady();
      expect(await shown.missing(server, SELECTOR, '10m'), where).toEqual([]);
      // Not before this life has scraped, and then at any moment of an interval or two.
      await vi.waitFor(
        async () => {
          await shown.look(server, SELECTOR);
          expect(shown.newestMs, where).toBeGreaterThan(startedMs);
        },
        { timeout: 15_000, interval: 50 },
      );
      await sleep(random(400));
      const disturbance = kill % 3 === 0 ? disturb?.(server).catch(() => null) : undefined;
      await sleep(random(200));
      expect(await shown.look(server, SELECTOR), where).toBeGreaterThan(0);
      // Most are killed as soon as they have shown something, some a while later.
      if (kill % 5 === 4) await sleep(random(150));
      await server.kill();
      await disturbance;
    }
    server.spawn();
    await server.untilReady();
    expect(await shown.missing(server, SELECTOR, '10m'), `seed ${SEED}, after the last kill`).toEqual([]);
    // A test that saw nothing would find nothing missing.
    expect(shown.seriesCount).toBe(TARGETS * Math.ceil(SERIES / 16));
    expect(shown.count).toBeGreaterThan(shown.seriesCount * kills * 0.4);
  } finally {
    await server.remove();
    for (const target of targets) await target.close();
  }
}

test(`56 kills in the middle of scrapes and starts, seed ${SEED}`, { timeout: 120_000 }, () => killAgainAndAgain({ kills: 56, flags: [] }));

test(`24 kills while blocks, checkpoints and snapshots are written, seed ${SEED}`, { timeout: 90_000 }, () =>
  killAgainAndAgain({
    kills: 24,
    flags: ['--storage.tsdb.min-block-duration=5s', '--storage.tsdb.max-block-duration=20s', '--web.enable-admin-api'],
    disturb: (server) => fetch(`${server.url}/api/v1/admin/tsdb/snapshot`, { method: 'POST' }),
  }),
);
