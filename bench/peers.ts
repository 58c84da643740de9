// The servers that are measured: how each is started over the same targets, and what its process costs, read from /proc.

import { type ChildProcess, spawn } from 'node:child_process';
import { accessSync, appendFileSync, constants, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export type PeerName = 'tributary' | 'prometheus' | 'victoria-metrics';
export const peerNames: readonly PeerName[] = ['tributary', 'prometheus', 'victoria-metrics'];

const LAUNCHER = fileURLToPath(new URL('../bin/tributary', import.meta.url));
const READY_WITHIN_MS = 60_000;
const END_WITHIN_MS = 30_000;
/** Clock ticks a second in /proc/PID/stat: USER_HZ, 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

export interface PeerSettings {
  readonly folder: string;
  readonly port: number;
  readonly addresses: readonly string[];
  readonly intervalS: number;
  /** Flags of our own server beside the usual ones. */
  readonly extraFlags?: readonly string[];
  /** Flags that ours and Prometheus both have. */
  readonly flags?: readonly string[];
}

export interface ReadyOptions {
  /** Default a minute. */
  readonly withinMs?: number;
  /** How often it is asked; default 100 ms. */
  readonly pollMs?: number;
}

/** Null when it is not installed. */
export function pathOf(name: PeerName): string | null {
  if (name === 'tributary') return LAUNCHER;
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // not in this folder
    }
  }
  return null;
}

export class Peer {
  readonly name: PeerName;
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #config: string;
  #output = '';

  constructor(name: PeerName, settings: PeerSettings) {
    const { folder, port, addresses, intervalS, extraFlags = [], flags: sharedFlags = [] } = settings;
    this.name = name;
    this.url = `http://127.0.0.1:${port}`;
    mkdirSync(folder, { recursive: true });
    const config = join(folder, 'config.yml');
    this.#config = config;
    writeFileSync(config, configText(addresses, intervalS));
    const data = join(folder, 'data');
    const flags: Record<PeerName, readonly string[]> = {
      tributary: [
        `--config.file=${config}`,
        `--storage.tsdb.path=${data}`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--log.level=error',
        ...sharedFlags,
        ...extraFlags,
      ],
      prometheus: [
        `--config.file=${config}`,
        `--storage.tsdb.path=${data}`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--log.level=error',
        ...sharedFlags,
      ],
      'victoria-metrics': [
        `-promscrape.config=${config}`,
        `-storageDataPath=${data}`,
        `-httpListenAddr=127.0.0.1:${port}`,
        '-loggerLevel=ERROR',
      ],
    };
    const path = pathOf(name);
    if (path === null) throw new Error(`cannot start ${name}: got no such program in PATH, want it installed`);
    this.#child = spawn(path, flags[name], { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.#child.stdout!, this.#child.stderr!])
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.#output = (this.#output + text).slice(-4000);
      });
  }

  async waitUntilReady({ withinMs = READY_WITHIN_MS, pollMs = 100 }: ReadyOptions = {}): Promise<void> {
    const path = this.name === 'victoria-metrics' ? '/health' : '/-/ready';
    const deadline = performance.now() + withinMs;
    while (!(await answers(this.url + path))) {
      if (this.#ended || performance.now() > deadline)
        throw new Error(`cannot measure ${this.name}: it did not become ready\n${this.#output}`);
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
  }

  /** Loads the configuration again, with this rule file. */
  addRules(file: string): void {
    appendFileSync(this.#config, `rule_files: ['${file}']\n`);
    this.#child.kill('SIGHUP');
  }

  /** User and system time of all threads so far. */
  cpuSeconds(): number {
    const stat = this.#proc('stat');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  }

  /** Resident memory; memory that its threads share counts once. */
  rssBytes(): number {
    const kilobytes = /^Rss:\s+(\d+) kB$/m.exec(this.#proc('smaps_rollup'))?.[1];
    if (kilobytes === undefined) throw new Error(`cannot read the memory of ${this.name}: got no Rss in smaps_rollup`);
    return Number(kilobytes) * 1024;
  }

  /** The most resident memory since this was asked to begin. */
  beginPeak(): void {
    writeFileSync(`/proc/${this.#child.pid}/clear_refs`, '5');
  }

  peakRssBytes(): number {
    const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(this.#proc('status'))?.[1];
    if (kilobytes === undefined) throw new Error(`cannot read the memory of ${this.name}: got no VmHWM in status`);
    return Number(kilobytes) * 1024;
  }

  /** SIGKILL: what it leaves on disk is what a crash leaves. */
  async kill(): Promise<void> {
    if (this.#ended) return;
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGKILL');
    await ended;
  }

  async stop(): Promise<void> {
    if (this.#ended) return;
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGTERM');
    const kill = setTimeout(() => this.#child.kill('SIGKILL'), END_WITHIN_MS);
    await ended;
    clearTimeout(kill);
  }

  get #ended(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  #proc(file: string): string {
    if (this.#ended) throw new Error(`cannot measure ${this.name}: it has ended\n${this.#output}`);
    return readFileSync(`/proc/${this.#child.pid}/${file}`, 'utf8');
  }
}

/** Short job and interval, no relabelling: what every one of them reads. */
function configText(addresses: readonly string[], intervalS: number): string {
  return `global:
  scrape_interval: ${intervalS}s
  scrape_timeout: ${intervalS}s
scrape_configs:
  - job_name: bench
    static_configs:
      - targets: [${addresses.map((address) => `'${address}'`).join(', ')}]
`;
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false; // not listening yet
  }
}
