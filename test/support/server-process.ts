// A server that a test runs as a child process: started with its log kept, waited for until it answers, stopped by its
// pid, its temporary folder removed. Whatever is still running when the test process ends is killed then.

import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface ServerProcessOptions {
  readonly command: string;
  readonly args: readonly string[];
  /** Address whose 200 means ready. */
  readonly readyUrl: string;
  /** Of the request to it. */
  readonly readyHeaders?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Folder removed after the server has stopped. */
  readonly removeAfter?: string;
  /** Default 30 s: two cores are shared with the other tests. */
  readonly readyTimeoutMs?: number;
}

const MAX_LOG_LENGTH = 1 << 20;
const STOP_TIMEOUT_MS = 10_000;
/** Running children and the folders to remove after them. */
const running = new Map<ChildProcess, string | undefined>();
process.once('exit', () => {
  for (const [child, folder] of running) {
    child.kill('SIGKILL');
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }
});

export class ServerProcess {
  readonly #child: ChildProcess;
  readonly #options: ServerProcessOptions;
  readonly #exited: Promise<void>;
  #log = '';
  #exit: { code: number | null; signal: string | null } | null = null;

  private constructor(options: ServerProcessOptions) {
    this.#options = options;
    this.#child = spawn(options.command, options.args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...options.env } });
    running.set(this.#child, options.removeAfter);
    this.#child.stdout!.setEncoding('utf8').on('data', this.#keepLog);
    this.#child.stderr!.setEncoding('utf8').on('data', this.#keepLog);
    this.#exited = new Promise((resolve) => {
      this.#child.once('error', (error) => {
        this.#keepLog(`${error.message}\n`);
        this.#ended(null, null);
        resolve();
      });
      this.#child.once('close', (code, signal) => {
        this.#ended(code, signal);
        resolve();
      });
    });
  }

  /** Starts the process and waits until it is ready. A process that ends or stays silent is an error with its log. */
  static async start(options: ServerProcessOptions): Promise<ServerProcess> {
    const server = new ServerProcess(options);
    try {
      await server.#waitUntilReady();
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** Standard output and error so far, the newest 1 MiB of it. */
  get log(): string {
    return this.#log;
  }

  /** How it ended, or null while it runs. */
  get exit(): { code: number | null; signal: string | null } | null {
    return this.#exit;
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Resolves when the process has ended by whatever cause. */
  exited(): Promise<void> {
    return this.#exited;
  }

  /** Asks the process to end, insists after 10 s, and removes its folder. May be called again. */
  async stop(): Promise<void> {
    if (this.#exit === null) {
      this.#child.kill('SIGTERM');
      const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_TIMEOUT_MS);
      await this.#exited;
      clearTimeout(timer);
    }
    if (this.#options.removeAfter !== undefined) await rm(this.#options.removeAfter, { recursive: true, force: true });
  }

  async #waitUntilReady(): Promise<void> {
    const deadline = performance.now() + (this.#options.readyTimeoutMs ?? 30_000);
    for (;;) {
      if (this.#exit !== null) throw this.#failure(`ended with code ${this.#exit.code}`);
      if (await answersOk(this.#options.readyUrl, this.#options.readyHeaders)) return;
      if (performance.now() > deadline) throw this.#failure('was not ready in time');
      await sleep(50);
    }
  }

  #failure(reason: string): Error {
    return new Error(`cannot start ${this.#options.command}: it ${reason}\n${this.#log}`);
  }

  #keepLog = (text: string): void => {
    this.#log = (this.#log + text).slice(-MAX_LOG_LENGTH);
  };

  #ended(code: number | null, signal: string | null): void {
    this.#exit = { code, signal };
    running.delete(this.#child);
  }
}

/** A temporary folder for one server's files. */
export function temporaryFolder(name: string): Promise<string> {
  return mkdtemp(join(tmpdir(), `tributary-test-${name}-`));
}

async function answersOk(url: string, headers: Readonly<Record<string, string>> = {}): Promise<boolean> {
  try {
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(2000) });
    await response.arrayBuffer();
    return response.status === 200;
  } catch {
    // Not listening yet.
    return false;
  }
}
