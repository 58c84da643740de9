// A page's state in its address, so that a link shows a colleague the same thing.
import { useCallback } from 'react';
import { useSearchParams } from 'react-router';

/**
 * What a change is in the browser's history. `in place`: none, the entry has another address; `step`: an entry that Back goes away from;
 * `typing`: one entry for a whole text, however often the typing pauses.
 */
export type HistoryStep = 'in place' | 'step' | 'typing';

/** What the entry of a text that is typed has beside its address. */
interface Beside {
  readonly typing?: boolean;
}

/** Changes the query string. */
export function useUrlChange(): (change: (params: URLSearchParams) => void, step?: HistoryStep) => void {
  const [, setParams] = useSearchParams();
  return useCallback(
    (change, step = 'in place') => {
      // Of the browser and not of what is drawn: on a busy page that is behind, and one of two quick changes would be lost.
      const before = new URLSearchParams(window.location.search);
      const after = new URLSearchParams(before);
      change(after);
      if (after.toString() === before.toString()) return;
      const state: Beside | undefined = step === 'typing' ? { typing: true } : undefined;
      setParams(after, { replace: isInPlace(step, besideNow()), state });
    },
    [setParams],
  );
}

/** `beside`: what the present entry has beside its address. */
export function isInPlace(step: HistoryStep, beside: Beside | null | undefined): boolean {
  return step === 'in place' || (step === 'typing' && beside?.typing === true);
}

/** Where the router keeps it. */
function besideNow(): Beside | null | undefined {
  return (window.history.state as { readonly usr?: Beside | null } | null)?.usr;
}

/** A text in the query string; one at its default is left out. */
export function useUrlText(name: string, initial = '', step?: HistoryStep): readonly [string, (value: string) => void] {
  const [params] = useSearchParams();
  const change = useUrlChange();
  const set = useCallback(
    (value: string) =>
      change((after) => {
        if (value === initial) after.delete(name);
        else after.set(name, value);
      }, step),
    [change, name, initial, step],
  );
  return [params.get(name) ?? initial, set];
}

/** Several values under one name, none by default. */
export function useUrlList(name: string, step?: HistoryStep): readonly [readonly string[], (values: readonly string[]) => void] {
  const [params] = useSearchParams();
  const change = useUrlChange();
  const set = useCallback(
    (values: readonly string[]) =>
      change((after) => {
        after.delete(name);
        for (const value of values) after.append(name, value);
      }, step),
    [change, name, step],
  );
  return [params.getAll(name), set];
}
