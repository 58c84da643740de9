// Queries that were run in this browser: newest first, each once, bounded. Kept in its storage, which may be switched off, full, or hold
// what somebody else wrote; then they live as long as the page.
import { useSyncExternalStore } from 'react';
import { usePreferences } from '../preferences/preferences.ts';

export type QueryHistory = readonly string[];

const KEY = 'tributary-query-history';
const MOST_QUERIES = 100;
const LONGEST_QUERY = 10_000;

/** The history after `query` was run. One that is too long to keep changes nothing. */
export function withQuery(history: QueryHistory, query: string): QueryHistory {
  const text = query.trim();
  if (text === '' || text.length > LONGEST_QUERY || history[0] === text) return history;
  return [text, ...history.filter((other) => other !== text)].slice(0, MOST_QUERIES);
}

/** A history as it was stored. What does not belong in it is passed over. */
export function historyOf(stored: string | null): QueryHistory {
  try {
    const entries: unknown = JSON.parse(stored ?? '[]');
    if (!Array.isArray(entries)) return [];
    const queries = entries.filter((entry): entry is string => typeof entry === 'string');
    return queries.slice(0, 2 * MOST_QUERIES).reduceRight<QueryHistory>(withQuery, []);
  } catch {
    return [];
  }
}

const NONE: QueryHistory = [];
const listeners = new Set<() => void>();
let current = NONE;
/** What the storage had when it was read last. */
let currentText: string | null = null;

/** Takes over what the storage has now. Without storage what this page knows stays. */
function read(): void {
  try {
    const text = window.localStorage.getItem(KEY);
    if (text === currentText) return;
    currentText = text;
    current = historyOf(text);
  } catch {
    return;
  }
  for (const listener of listeners) listener();
}

read();

function set(history: QueryHistory): void {
  if (history === current) return;
  current = history;
  try {
    const text = JSON.stringify(history);
    window.localStorage.setItem(KEY, text);
    currentText = text;
  } catch {
    // Without storage it holds for this page.
  }
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  // Another tab has run a query, or has forgotten all.
  const onStorage = ({ key }: StorageEvent): void => {
    if (key === KEY || key === null) read();
  };
  listeners.add(listener);
  window.addEventListener('storage', onStorage);
  // While nobody listened nobody was told.
  read();
  return () => {
    listeners.delete(listener);
    window.removeEventListener('storage', onStorage);
  };
}

function rememberQuery(query: string): void {
  set(withQuery(current, query));
}

function rememberNothing(): void {}

export function forgetQueries(): void {
  set(NONE);
}

/** What is kept in this browser, newest first, whether it is in use or not. */
export function useKeptQueries(): QueryHistory {
  return useSyncExternalStore(subscribe, () => current);
}

/** What was run, newest first; and how to add to it. Nothing of both for those who do not want it. */
export function useQueryHistory(): {
  readonly history: QueryHistory;
  readonly remember: (query: string) => void;
} {
  const { history: isWanted } = usePreferences();
  const kept = useKeptQueries();
  return isWanted ? { history: kept, remember: rememberQuery } : { history: NONE, remember: rememberNothing };
}
