// The demo's servers, child processes. Until all are up, one that ends is the demo's end. Later it is told of and started again after a while,
// and the others go on: what a source looks like that fails is what many come to see.
import type { ChildProcess } from 'node:child_process';
import type { Clock } from '../model/index.ts';

const AGAIN_AFTER_MS = 60_000;
const END_WITHIN_MS = 8_000;
/** A server that gives up by itself so early could not start, whoever answers at its port. */
const START_WITHIN_MS = 20_000;

export interface DemoServersOptions {
  readonly spawn: (name: string) => ChildProcess;
  readonly clock: Pick<Clock, 'after' | 'monotonicMs'>;
  readonly say: (line: string) => void;
  /** Where to look while that server is gone; '' for nowhere. */
  readonly look: (name: string) => string;
  /** One could not start. */
  readonly onFailed: () => void;
}

export class DemoServers {
  readonly #options: DemoServersOptions;
  readonly #running = new Set<ChildProcess>();
  readonly #timers = new Set<() => void>();
  readonly #sinceMs: number;
  #state: 'starting' | 'up' | 'ending' = 'starting';

  constructor(options: DemoServersOptions) {
    this.#options = options;
    this.#sinceMs = options.clock.monotonicMs();
  }

  start(name: string): void {
    const child = this.#options.spawn(name);
    this.#running.add(child);
    child.on('exit', (code, signal) => this.#ended(name, child, signal ?? `exit code ${code}`, code !== null));
    child.on('error', (error) => {
      // Of one that runs: it cannot be sent a signal.
      if (child.pid === undefined) this.#ended(name, child, error.message, true);
    });
  }

  /** All are up. */
  goOn(): void {
    this.#state = 'up';
  }

  /** None is started again. */
  async end(): Promise<void> {
    this.#state = 'ending';
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
    await Promise.all([...this.#running].map((child) => this.#endOne(child)));
  }

  #ended(name: string, child: ChildProcess, how: string, byItself: boolean): void {
    const { clock, say, look, onFailed } = this.#options;
    this.#running.delete(child);
    if (this.#state === 'ending') return;
    if (this.#state === 'starting' || (byItself && clock.monotonicMs() - this.#sinceMs < START_WITHIN_MS)) {
      say(`${name} ended (${how})`);
      onFailed();
      return;
    }
    const where = look(name);
    say(
      `${name} ended (${how}); the others go on${where === '' ? '' : `: see ${where}`}. It is started again in ${AGAIN_AFTER_MS / 1000} s`,
    );
    const cancel = clock.after(AGAIN_AFTER_MS, () => {
      this.#timers.delete(cancel);
      say(`${name} is started again`);
      this.start(name);
    });
    this.#timers.add(cancel);
  }

  async #endOne(child: ChildProcess): Promise<void> {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    const cancelKill = this.#options.clock.after(END_WITHIN_MS, () => child.kill('SIGKILL'));
    await ended;
    cancelKill();
  }
}
