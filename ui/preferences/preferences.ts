// What a person prefers, kept in this browser: never part of what a page shows, only of how.
import { useSyncExternalStore } from 'react';

export interface Preferences {
  /** Times in UTC instead of the browser's zone. */
  readonly utc: boolean;
  readonly completion: boolean;
  readonly highlighting: boolean;
  readonly linting: boolean;
  /** Queries that are run are kept, to be taken up again. */
  readonly history: boolean;
  /** Whether those of a query's answer are shown. */
  readonly warnings: boolean;
  readonly infos: boolean;
}

const KEY = 'tributary-preferences';
// Times as Prometheus's pages have them unless told otherwise: people say them to one another.
const DEFAULTS: Preferences = {
  utc: true,
  completion: true,
  highlighting: true,
  linting: true,
  history: true,
  warnings: true,
  infos: true,
};
const listeners = new Set<() => void>();
let current = load();

function load(): Preferences {
  try {
    const kept: unknown = JSON.parse(window.localStorage.getItem(KEY) ?? '{}');
    const entries = Object.entries(kept as object).filter(([name, value]) => name in DEFAULTS && typeof value === 'boolean');
    return { ...DEFAULTS, ...Object.fromEntries(entries) };
  } catch {
    return DEFAULTS; // storage is switched off, or holds what somebody else wrote
  }
}

export function setPreferences(change: Partial<Preferences>): void {
  current = { ...current, ...change };
  try {
    window.localStorage.setItem(KEY, JSON.stringify(current));
  } catch {
    // Without storage it holds for this page.
  }
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function usePreferences(): Preferences {
  return useSyncExternalStore(subscribe, () => current);
}
