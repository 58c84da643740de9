// One server over one scenario: started, given time to settle, then measured. Nothing else is measured meanwhile; the targets'
// process runs beside it and counts the scrapes.

import { join } from 'node:path';
import { type FederateTime, federateTime } from './federate-time.ts';
import { Peer, type PeerName } from './peers.ts';
import type { BenchTargets } from './targets.ts';

export interface Scenario {
  readonly name: string;
  /** All targets together. */
  readonly series: number;
  readonly targets: number;
  readonly intervalS: number;
  readonly minutes: number;
  readonly encoding: 'identity' | 'gzip';
}

export interface Measurement {
  readonly name: PeerName;
  readonly cpuMicrosPerSample: number;
  /** At the end of the minutes, before the first /federate. */
  readonly rssBytes: number;
  readonly rssAfterFederateBytes: number;
  readonly plain: FederateTime;
  readonly gzip: FederateTime;
  /** Ours only: how long the main thread was held while it scraped. */
  readonly loopDelay: LoopDelay | null;
}

export interface LoopDelay {
  readonly p99Seconds: number;
  readonly maxSeconds: number;
}

/** Intervals until every target was scraped twice and the start's work is over. */
const SETTLING_INTERVALS = 3;
const LOOP_DELAY_SECONDS = 60;
const sleep = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

export async function measure(
  name: PeerName,
  scenario: Scenario,
  targets: BenchTargets,
  folder: string,
  port: number,
): Promise<Measurement> {
  const { addresses } = targets;
  const peer = new Peer(name, { folder: join(folder, name), port, addresses, intervalS: scenario.intervalS });
  try {
    await peer.waitUntilReady();
    await sleep(SETTLING_INTERVALS * scenario.intervalS);
    const startedMs = performance.now();
    const scrapesBefore = await targets.scrapes();
    const cpuBefore = peer.cpuSeconds();
    // From the start of the server on, so that its memory is that of so many minutes.
    await sleep(Math.max(2 * scenario.intervalS, scenario.minutes * 60 - SETTLING_INTERVALS * scenario.intervalS));
    const cpuSeconds = peer.cpuSeconds() - cpuBefore;
    const scrapes = (await targets.scrapes()) - scrapesBefore;
    const expected = (scenario.targets * (performance.now() - startedMs)) / 1000 / scenario.intervalS;
    if (scrapes < 0.9 * expected) throw new Error(`cannot measure ${name}: got ${scrapes} scrapes, want about ${expected.toFixed(0)}`);
    const rssBytes = peer.rssBytes();
    const plain = await federateTime(peer.url, 'identity');
    const gzip = await federateTime(peer.url, 'gzip');
    const cpuMicrosPerSample = (cpuSeconds * 1e6) / (scrapes * (scenario.series / scenario.targets));
    const rssAfterFederateBytes = peer.rssBytes();
    await peer.stop();
    const loopDelay = name === 'tributary' ? await measureLoopDelay(scenario, addresses, folder, port) : null;
    return { name, cpuMicrosPerSample, rssBytes, rssAfterFederateBytes, plain, gzip, loopDelay };
  } finally {
    await peer.stop();
  }
}

/** A run of its own: measured as finely as this, the event loop's delay costs more CPU than the scrapes of a small server do. */
async function measureLoopDelay(scenario: Scenario, addresses: readonly string[], folder: string, port: number): Promise<LoopDelay> {
  const extraFlags = ['--metrics.loop-delay-resolution=2ms'];
  const peer = new Peer('tributary', { folder: join(folder, 'loop-delay'), port, addresses, intervalS: scenario.intervalS, extraFlags });
  try {
    await peer.waitUntilReady();
    await sleep(SETTLING_INTERVALS * scenario.intervalS);
    await loopDelayOf(peer); // what held it while it started is not the steady state: each reading begins a new window
    await sleep(LOOP_DELAY_SECONDS);
    return await loopDelayOf(peer);
  } finally {
    await peer.stop();
  }
}

export async function loopDelayOf(peer: Peer): Promise<LoopDelay> {
  const text = await (await fetch(`${peer.url}/metrics`)).text();
  const value = (series: string) =>
    Number(
      text
        .split('\n')
        .find((line) => line.startsWith(`${series} `))
        ?.split(' ')[1] ?? Number.NaN,
    );
  return {
    p99Seconds: value('tributary_event_loop_delay_seconds{percentile="0.99"}'),
    maxSeconds: value('tributary_event_loop_delay_seconds{percentile="max"}'),
  };
}
