// Which sections of a page are open, in its address: those that a person opened or closed; the others are as the page finds right.
import { useSearchParams } from 'react-router';
import { useUrlChange } from './use-url-state.ts';

const OPEN = 'open';
const CLOSED = 'closed';
const ALL = 'folds';

export interface Folds {
  /** `together`: whether "Open all" opens it. "Close all" closes everything. */
  isOpen(key: string, byDefault: boolean, together?: boolean): boolean;
  set(key: string, open: boolean): void;
  setAll(open: boolean): void;
}

export function useFolds(): Folds {
  const [params] = useSearchParams();
  const change = useUrlChange();
  const open = new Set(params.getAll(OPEN));
  const closed = new Set(params.getAll(CLOSED));
  const all = params.get(ALL);
  return {
    isOpen(key, byDefault, together = true) {
      if (open.has(key)) return true;
      if (closed.has(key)) return false;
      if (all === OPEN) return together || byDefault;
      return all === CLOSED ? false : byDefault;
    },
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
        after.set(ALL, toOpen ? OPEN : CLOSED);
      });
    },
  };
}
