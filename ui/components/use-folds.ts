// Which sections of a page are open, in its address: those that a person opened or closed; the others are as the page finds right.
import { useCallback } from 'react';
import { useSearchParams } from 'react-router';

const OPEN = 'open';
const CLOSED = 'closed';
const ALL = 'folds';

export interface Folds {
  /** `together`: whether it follows "Open all" and "Close all". */
  isOpen(key: string, byDefault: boolean, together?: boolean): boolean;
  set(key: string, open: boolean): void;
  setAll(open: boolean): void;
}

export function useFolds(): Folds {
  const [params, setParams] = useSearchParams();
  const open = new Set(params.getAll(OPEN));
  const closed = new Set(params.getAll(CLOSED));
  const all = params.get(ALL);
  const set = useCallback(
    (key: string, toOpen: boolean) =>
      setParams(
        (before) => {
          const after = new URLSearchParams(before);
          after.delete(OPEN, key);
          after.delete(CLOSED, key);
          after.append(toOpen ? OPEN : CLOSED, key);
          return after;
        },
        { replace: true },
      ),
    [setParams],
  );
  const setAll = useCallback(
    (toOpen: boolean) =>
      setParams(
        (before) => {
          const after = new URLSearchParams(before);
          after.delete(OPEN);
          after.delete(CLOSED);
          after.set(ALL, toOpen ? OPEN : CLOSED);
          return after;
        },
        { replace: true },
      ),
    [setParams],
  );
  const isOpen = (key: string, byDefault: boolean, together = true): boolean => {
    if (open.has(key)) return true;
    if (closed.has(key)) return false;
    return all === null || !together ? byDefault : all === OPEN;
  };
  return { isOpen, set, setAll };
}
