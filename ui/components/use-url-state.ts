// A page's state in its address, so that a link shows a colleague the same thing.
import { useCallback } from 'react';
import { useSearchParams } from 'react-router';

/** Changes the query string in place. A change replaces the entry of the browser's history. */
export function useUrlChange(): (change: (params: URLSearchParams) => void) => void {
  const [, setParams] = useSearchParams();
  return useCallback(
    (change) =>
      setParams(
        () => {
          // Of the browser and not of what is drawn: on a busy page that is behind, and one of two quick changes would be lost.
          const after = new URLSearchParams(window.location.search);
          change(after);
          return after;
        },
        { replace: true },
      ),
    [setParams],
  );
}

/** A text in the query string; one at its default is left out. */
export function useUrlText(name: string, initial = ''): readonly [string, (value: string) => void] {
  const [params] = useSearchParams();
  const change = useUrlChange();
  const set = useCallback(
    (value: string) =>
      change((after) => {
        if (value === initial) after.delete(name);
        else after.set(name, value);
      }),
    [change, name, initial],
  );
  return [params.get(name) ?? initial, set];
}

/** Several values under one name, none by default. */
export function useUrlList(name: string): readonly [readonly string[], (values: readonly string[]) => void] {
  const [params] = useSearchParams();
  const change = useUrlChange();
  const set = useCallback(
    (values: readonly string[]) =>
      change((after) => {
        after.delete(name);
        for (const value of values) after.append(name, value);
      }),
    [change, name],
  );
  return [params.getAll(name), set];
}
