// What the store costs, ours beside Prometheus's, over the same targets: how soon a killed server is ready again, what a sample takes on
// disk and in memory, and whether scraping goes on while blocks, checkpoints and snapshots are written. Each scenario gives the same kind
// of table as the others do.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Peer, type PeerName } from './peers.ts';
import { type Figure, figureTable, megabytes, milliseconds } from './report.ts';
import { largestGaps } from './scrape-gaps.ts';
import { type BenchTargets, startTargets } from './targets.ts';

interface ReadyScenario {
  readonly kind: 'ready';
  readonly series: number;
  readonly targets: number;
  readonly scrapes: number;
  readonly intervalS: number;
}

interface DiskScenario {
  readonly kind: 'disk';
  readonly series: number;
  readonly targets: number;
  readonly intervalS: number;
  /** Range of a block, and how long the server runs before its memory is read. */
  readonly blockMinutes: number;
}

export type StorageScenario = ReadyScenario | DiskScenario;

export const storageScenarios: Readonly<Record<string, StorageScenario>> = {
  'ready-25': { kind: 'ready', series: 100_000, targets: 20, scrapes: 25, intervalS: 1 },
  'ready-250': { kind: 'ready', series: 100_000, targets: 20, scrapes: 250, intervalS: 1 },
  'ready-million': { kind: 'ready', series: 1_000_000, targets: 20, scrapes: 10, intervalS: 10 },
  // 480 samples a series in a block, as two hours by 15 seconds have.
  disk: { kind: 'disk', series: 100_000, targets: 20, intervalS: 1, blockMinutes: 8 },
};

/** Both have a store in Prometheus's formats; VictoriaMetrics's is another thing. */
export const storagePeers: readonly PeerName[] = ['tributary', 'prometheus'];

const READY_WITHIN_MS = 15 * 60_000;
const READY_POLL_MS = 5;
/** Smaller than the usual 128 MiB, so that there are enough for a checkpoint. */
const SEGMENT_FLAG = '--storage.tsdb.wal-segment-size=16MB';
const SETTLING_S = 10;
const sleep = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

export interface StorageRun {
  readonly scenario: StorageScenario;
  readonly servers: readonly PeerName[];
  readonly folder: string;
  readonly firstPort: number;
}

/** The scenario's table, under a line that says what it was. */
export async function runStorage({ scenario, servers, folder, firstPort }: StorageRun): Promise<string> {
  const seriesPerTarget = Math.round(scenario.series / scenario.targets);
  const targets = await startTargets({ targets: scenario.targets, seriesPerTarget, encoding: 'identity' });
  try {
    const columns = new Map<PeerName, readonly Figure[]>();
    for (const [i, name] of servers.entries()) {
      console.error(`  ${name} …`);
      const place = { name, targets, folder: join(folder, name), port: firstPort + i };
      columns.set(name, scenario.kind === 'ready' ? await measureReady(scenario, place) : await measureDisk(scenario, place));
    }
    return `${describeStorage(scenario)}:\n\n${figureTable(columns)}`;
  } finally {
    targets.stop();
  }
}

function describeStorage(scenario: StorageScenario): string {
  const series = `${scenario.series.toLocaleString('en')} series of ${scenario.targets} targets`;
  if (scenario.kind === 'ready') return `${series}, killed after ${scenario.scrapes} scrapes of each, every ${scenario.intervalS} s`;
  return `${series} every ${scenario.intervalS} s, blocks of ${scenario.blockMinutes} minutes, segments of 16 MB`;
}

interface Place {
  readonly name: PeerName;
  readonly targets: BenchTargets;
  readonly folder: string;
  readonly port: number;
}

async function measureReady(scenario: ReadyScenario, { name, targets, folder, port }: Place): Promise<Figure[]> {
  const settings = { folder, port, addresses: targets.addresses, intervalS: scenario.intervalS };
  const first = new Peer(name, settings);
  const scrapesBefore = await targets.scrapes();
  try {
    await first.waitUntilReady();
    // Twice the time: a server that cannot keep its interval is measured over as many scrapes all the same.
    await targets.until(
      scrapesBefore + scenario.scrapes * scenario.targets,
      2 * (scenario.scrapes + SETTLING_S) * scenario.intervalS * 1000,
    );
    // The last bodies were only asked for.
    await sleep(Math.min(scenario.intervalS / 2, 2));
  } finally {
    await first.kill();
  }
  const walBytes = bytesIn(join(folder, 'data', 'wal'));
  const startedMs = performance.now();
  const second = new Peer(name, settings);
  try {
    await second.waitUntilReady({ withinMs: READY_WITHIN_MS, pollMs: READY_POLL_MS });
    const seconds = (performance.now() - startedMs) / 1000;
    return [
      { title: 'ready again after', value: seconds, show: milliseconds },
      { title: 'RSS then', value: second.rssBytes(), show: megabytes },
      { title: 'WAL', value: walBytes, show: megabytes },
    ];
  } finally {
    await second.stop();
  }
}

async function measureDisk(scenario: DiskScenario, { name, targets, folder, port }: Place): Promise<Figure[]> {
  const blockS = scenario.blockMinutes * 60;
  const data = join(folder, 'data');
  const flags = [
    `--storage.tsdb.min-block-duration=${blockS}s`,
    `--storage.tsdb.max-block-duration=${blockS}s`,
    SEGMENT_FLAG,
    '--web.enable-admin-api',
  ];
  // The first block holds what was scraped until the next multiple of its range: all servers begin where one begins.
  await sleep(blockS - ((Date.now() / 1000) % blockS));
  const peer = new Peer(name, { folder, port, addresses: targets.addresses, intervalS: scenario.intervalS, flags });
  try {
    await peer.waitUntilReady();
    const scrapesBefore = await targets.scrapes();
    const beganMs = Date.now();
    await sleep(blockS - ((Date.now() / 1000) % blockS));
    const rssBytes = peer.rssBytes();
    const samples = ((await targets.scrapes()) - scrapesBefore) * (scenario.series / scenario.targets);
    const walBytes = bytesIn(join(data, 'wal'));
    const steadyUntilMs = Date.now();
    // The head spans one and a half ranges, and it is looked at once a minute.
    const block = await untilFound(() => blocksIn(data)[0], blockS + 180, `block of ${name}`);
    await untilFound(
      () => readdirSync(join(data, 'wal')).find((file) => /^checkpoint\.\d+$/.test(file)),
      120,
      `checkpoint of ${name}`,
    ).catch((error: Error) => console.error(`  ${error.message}`));
    const response = await fetch(`${peer.url}/api/v1/admin/tsdb/snapshot`, { method: 'POST' });
    if (response.status !== 200) console.error(`  ${name}'s snapshot: got status ${response.status}, want 200`);
    await sleep(SETTLING_S);
    const [steady, busy] = await largestGaps(peer.url, [
      { fromMs: beganMs + SETTLING_S * 1000, toMs: steadyUntilMs },
      { fromMs: steadyUntilMs, toMs: Date.now() },
    ]);
    return [
      { title: `RSS after ${blockS / scenario.intervalS} samples a series`, value: rssBytes, show: megabytes },
      { title: 'WAL, a sample', value: walBytes / samples, show: bytesPerSample },
      { title: 'block, a sample', value: block.bytes / block.samples, show: bytesPerSample },
      { title: 'block, its chunks alone, a sample', value: block.chunkBytes / block.samples, show: bytesPerSample },
      { title: 'RSS after the block and a snapshot', value: peer.rssBytes(), show: megabytes },
      { title: 'largest gap between two scrapes, at rest', value: steady.gapSeconds, show: milliseconds },
      { title: 'largest gap, while a block, a checkpoint and a snapshot are written', value: busy.gapSeconds, show: milliseconds },
      { title: 'longest scrape, at rest', value: steady.durationSeconds, show: milliseconds },
      { title: 'longest scrape, meanwhile', value: busy.durationSeconds, show: milliseconds },
    ];
  } finally {
    await peer.stop();
  }
}

interface Block {
  readonly bytes: number;
  readonly chunkBytes: number;
  readonly samples: number;
}

/** The finished blocks, oldest first. */
function blocksIn(data: string): Block[] {
  return readdirSync(data)
    .filter((name) => /^[0-9A-HJKMNP-TV-Z]{26}$/.test(name))
    .sort()
    .map((name) => {
      const folder = join(data, name);
      const { stats } = JSON.parse(readFileSync(join(folder, 'meta.json'), 'utf8')) as { stats: { numSamples: number } };
      return { bytes: bytesIn(folder), chunkBytes: bytesIn(join(folder, 'chunks')), samples: stats.numSamples };
    });
}

/** Of all files below; those that go meanwhile are none. */
function bytesIn(folder: string): number {
  let bytes = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isFile()) bytes += statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    // A server renames folders that it has finished.
    else if (entry.isDirectory() && !entry.name.endsWith('.tmp')) bytes += bytesIn(path);
  }
  return bytes;
}

async function untilFound<T>(look: () => T | undefined, withinS: number, what: string): Promise<T> {
  for (let i = 0; i < withinS; i++) {
    const found = look();
    if (found !== undefined) return found;
    await sleep(1);
  }
  throw new Error(`cannot measure: got no ${what} within ${withinS} s`);
}

const bytesPerSample = (bytes: number) => `${bytes.toFixed(2)} B`;
