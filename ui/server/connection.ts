// Whether the server answers. Questions report what they met; while it does not answer, one loop asks whether it does again, and then
// every question that is shown is asked anew.
import { useSyncExternalStore } from 'react';
import type { WalReplayAnswer } from '../../src/answers/index.ts';
import { pathOf } from './address.ts';
import { ask } from './ask.ts';
import { ServerError } from './server-error.ts';
import { lastAnsweredMs } from './watchdog.ts';

export type ConnectionState =
  | { readonly kind: 'good' }
  /** `sinceMs`: when it answered last. */
  | { readonly kind: 'lost'; readonly sinceMs: number }
  /** `replay` is null until it is known. */
  | { readonly kind: 'starting'; readonly replay: WalReplayAnswer | null };

const AGAIN_AFTER_MS = 1_000;
const GOOD: ConnectionState = { kind: 'good' };

export class Connection {
  #state: ConnectionState = GOOD;
  readonly #listeners = new Set<() => void>();
  readonly #whenBack: () => void;

  constructor(whenBack: () => void) {
    this.#whenBack = whenBack;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** What a question met. */
  report(error: unknown): void {
    if (!(error instanceof ServerError) || this.#state.kind !== 'good') return;
    if (error.kind === 'lost') this.#set({ kind: 'lost', sinceMs: lastAnsweredMs() });
    else if (error.kind === 'starting') this.#set({ kind: 'starting', replay: null });
    else return;
    void this.#wait();
  }

  async #wait(): Promise<void> {
    do {
      await new Promise((resolve) => setTimeout(resolve, AGAIN_AFTER_MS));
      this.#set(await this.#look());
    } while (this.#state.kind !== 'good');
    this.#whenBack();
  }

  async #look(): Promise<ConnectionState> {
    try {
      const { ok } = await fetch(pathOf('/-/ready'), { signal: AbortSignal.timeout(5_000) });
      if (ok) return GOOD;
      const { data } = await ask<WalReplayAnswer>('/status/walreplay', {}, { timeoutMs: 5_000 });
      return { kind: 'starting', replay: data };
    } catch {
      return { kind: 'lost', sinceMs: this.#state.kind === 'lost' ? this.#state.sinceMs : lastAnsweredMs() };
    }
  }

  #set(state: ConnectionState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

export function useConnection(connection: Connection): ConnectionState {
  return useSyncExternalStore(connection.subscribe, () => connection.state);
}
