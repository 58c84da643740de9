// A page's state in its address, so that a link shows a colleague the same thing.
import { useCallback } from 'react';
import { useSearchParams } from 'react-router';

/** A text in the query string; an empty one is left out. A change replaces the entry of the browser's history. */
export function useUrlText(name: string, initial = ''): readonly [string, (value: string) => void] {
  const [params, setParams] = useSearchParams();
  const set = useCallback(
    (value: string) =>
      setParams(
        (before) => {
          const after = new URLSearchParams(before);
          if (value === initial) after.delete(name);
          else after.set(name, value);
          return after;
        },
        { replace: true },
      ),
    [setParams, name, initial],
  );
  return [params.get(name) ?? initial, set];
}

/** Several values under one name, none by default. */
export function useUrlList(name: string): readonly [readonly string[], (values: readonly string[]) => void] {
  const [params, setParams] = useSearchParams();
  const set = useCallback(
    (values: readonly string[]) =>
      setParams(
        (before) => {
          const after = new URLSearchParams(before);
          after.delete(name);
          for (const value of values) after.append(name, value);
          return after;
        },
        { replace: true },
      ),
    [setParams, name],
  );
  return [params.getAll(name), set];
}
