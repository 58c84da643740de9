// A server that is killed again and again on one data folder: started, killed at any moment (also before it is ready), started again.
// Nothing of it is asked to end in order. What an earlier life left in the data folder is what the next one finds.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from './free-port.ts';

export interface KillServerOptions {
  /** Text of the configuration file. */
  readonly config: string;
  readonly flags?: readonly string[];
  /** Default bin/tributary; for a comparison the path of the real Prometheus. */
  readonly command?: string;
}

const PROGRAM = fileURLToPath(new URL('../../bin/tributary', import.meta.url));
const MAX_LOG_LENGTH = 1 << 18;
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export class KillServer {
  readonly dataDir: string;
  readonly url: string;
  readonly #folder: string;
  readonly #command: string;
  readonly #args: readonly string[];
  #child: ChildProcess | null = null;
  #log = '';

  private constructor(folder: string, port: number, { command = PROGRAM, flags = [] }: KillServerOptions) {
    this.#folder = folder;
    this.#command = command;
    this.dataDir = join(folder, 'data');
    this.url = `http://127.0.0.1:${port}`;
    this.#args = [
      `--config.file=${join(folder, 'config.yml')}`,
      `--storage.tsdb.path=${this.dataDir}`,
      `--web.listen-address=127.0.0.1:${port}`,
      ...flags,
    ];
  }

  static async create(options: KillServerOptions): Promise<KillServer> {
    const folder = await mkdtemp(join(tmpdir(), 'tributary-test-kill-'));
    const server = new KillServer(folder, await freePort(), options);
    await mkdir(server.dataDir);
    await writeFile(join(folder, 'config.yml'), options.config);
    return server;
  }

  /** Of this life, the newest 256 KiB. */
  get log(): string {
    return this.#log;
  }

  /** Starts it, and waits for nothing. */
  spawn(): void {
    if (this.#child !== null) throw new Error('BUG: the server runs already');
    this.#log = '';
    const child = spawn(this.#command, this.#args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    running.add(child);
    child.once('exit', () => running.delete(child));
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.#log = (this.#log + text).slice(-MAX_LOG_LENGTH);
      });
  }

  /** Milliseconds until /-/ready answers 200. @throws with its log when it ends by itself, or stays silent for 30 s */
  async untilReady(): Promise<number> {
    const startedMs = performance.now();
    while (performance.now() - startedMs < 30_000) {
      if (this.#hasEnded) throw new Error(`the server ended by itself (${this.#child?.exitCode ?? this.#child?.signalCode})\n${this.#log}`);
      const response = await fetch(`${this.url}/-/ready`, { signal: AbortSignal.timeout(5000) }).catch(() => null);
      await response?.arrayBuffer().catch(() => null);
      if (response?.status === 200) return performance.now() - startedMs;
      await sleep(20);
    }
    throw new Error(`the server was not ready within 30 s\n${this.#log}`);
  }

  /** SIGKILL. @throws when it had ended by itself before */
  async kill(): Promise<void> {
    const child = this.#child;
    if (child === null) return;
    if (this.#hasEnded) throw new Error(`the server ended by itself (${child.exitCode ?? child.signalCode})\n${this.#log}`);
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
    this.#child = null;
  }

  /** Ends it, and removes its folder. */
  async remove(): Promise<void> {
    if (this.#child !== null && !this.#hasEnded) await this.kill();
    this.#child = null;
    await rm(this.#folder, { recursive: true, force: true });
  }

  get #hasEnded(): boolean {
    return this.#child !== null && (this.#child.exitCode !== null || this.#child.signalCode !== null);
  }
}
