// The search of a page that has sections and pages of lists, in its address: what it finds is seen.
import { useCallback } from 'react';
import { useSearchParams } from 'react-router';
import { closeNothing } from './use-folds.ts';
import { useUrlChange } from './use-url-state.ts';

const SEARCH = 'search';

/** Another search opens what was closed, and begins at the first pages. */
export function useSearch(): readonly [string, (search: string) => void] {
  const [params] = useSearchParams();
  const change = useUrlChange();
  const set = useCallback(
    (search: string) =>
      change((after) => {
        if (search === '') after.delete(SEARCH);
        else after.set(SEARCH, search);
        closeNothing(after);
        for (const name of new Set(after.keys())) if (name === 'page' || name.startsWith('page.')) after.delete(name);
      }, 'typing'),
    [change],
  );
  return [params.get(SEARCH) ?? '', set];
}
