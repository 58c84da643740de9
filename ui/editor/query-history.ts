// Queries that were run in this browser: newest first, each once, bounded. Kept in its storage, which may be switched off, full, or hold
// what somebody else wrote; then they live as long as the page.
import { useSyncExternalStore } from 'react';

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

const listeners = new Set<() => void>();
let current = load();

function load(): QueryHistory {
  try {
    return historyOf(window.localStorage.getItem(KEY));
  } catch {
    return [];
  }
}

function set(history: QueryHistory): void {
  if (history === current) return;
  current = history;
  try {
    window.localStorage.setItem(KEY, JSON.stringify(history));
  } catch {
    // Without storage it holds for this page.
  }
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  // Another tab has run a query.
  const onStorage = ({ key }: StorageEvent): void => {
    if (key !== KEY && key !== null) return;
    current = load();
    listener();
  };
  listeners.add(listener);
  window.addEventListener('storage', onStorage);
  return () => {
    listeners.delete(listener);
    window.removeEventListener('storage', onStorage);
  };
}

/** To be told of each query that is run. */
export function rememberQuery(query: string): void {
  set(withQuery(current, query));
}

/** What was run, newest first; and how to add to it. */
export function useQueryHistory(): {
  readonly history: QueryHistory;
  readonly remember: (query: string) => void;
} {
  const history = useSyncExternalStore(subscribe, () => current);
  return { history, remember: rememberQuery };
}
