// Which sections of a page are open, in its address: those that a person opened or closed; the others are as the page finds right.
import { useSearchParams } from 'react-router';
import { useUrlChange } from './use-url-state.ts';

const OPEN = 'open';
const CLOSED = 'closed';
/** "Close all" of what a search has found: before, it was about all that the page has. */
const FOUND_CLOSED = 'found-closed';
const ALL = 'folds';

export interface Folds {
  /** `together`: whether "Open all" opens it. "Close all" closes everything, but what is searched for afterwards is seen. */
  isOpen(key: string, byDefault: boolean, together?: boolean): boolean;
  set(key: string, open: boolean): void;
  setAll(open: boolean): void;
}

/** `search`: what the page's sections are searched for. */
export function useFolds(search = ''): Folds {
  const [params] = useSearchParams();
  const change = useUrlChange();
  const isSearched = search.trim() !== '';
  return {
    isOpen: (key, byDefault, together = true) => isOpenIn(params, { key, byDefault, together, isSearched }),
    set(key, toOpen) {
      change((after) => {
        after.delete(OPEN, key);
        after.delete(CLOSED, key);
        after.append(toOpen ? OPEN : CLOSED, key);
      });
    },
    setAll(toOpen) {
      change((after) => {
        after.delete(OPEN);
        after.delete(CLOSED);
        after.set(ALL, toOpen ? OPEN : isSearched ? FOUND_CLOSED : CLOSED);
      }, 'step');
    },
  };
}

interface Section {
  readonly key: string;
  readonly byDefault: boolean;
  readonly together: boolean;
  readonly isSearched: boolean;
}

export function isOpenIn(params: URLSearchParams, { key, byDefault, together, isSearched }: Section): boolean {
  if (params.has(OPEN, key)) return true;
  if (params.has(CLOSED, key)) return false;
  const all = params.get(ALL);
  if (all === OPEN) return together || byDefault;
  return all === FOUND_CLOSED || (all === CLOSED && !isSearched) ? false : byDefault;
}

/** For another search: what it finds may be in what was closed. */
export function closeNothing(params: URLSearchParams): void {
  params.delete(CLOSED);
  if (params.get(ALL) === FOUND_CLOSED) params.delete(ALL);
}
