// What is selected, and which groups are open: in the address, so that a link shows the same.
import { useCallback } from 'react';
import { useUrlList, useUrlText } from '../components/use-url-state.ts';
import { SELF_KEY } from './tree.ts';

export interface Selection {
  readonly key: string;
  readonly select: (key: string) => void;
  readonly opened: ReadonlySet<string>;
  readonly toggle: (groupKey: string) => void;
}

export function useSelection(): Selection {
  const [key, select] = useUrlText('node', SELF_KEY);
  const [open, setOpen] = useUrlList('open');
  const toggle = useCallback(
    (groupKey: string) => setOpen(open.includes(groupKey) ? open.filter((one) => one !== groupKey) : [...open, groupKey]),
    [open, setOpen],
  );
  return { key, select, opened: new Set(open), toggle };
}
