// Long lists a page at a time: quick to draw, and all that is drawn is found by the browser's own search.
import { Button, Group, Text } from '@mantine/core';
import { useState } from 'react';
import { formatCount } from '../format/number.ts';
import { useUrlText } from './use-url-state.ts';

export interface Paged<T> {
  readonly shown: readonly T[];
  /** From 0. */
  readonly page: number;
  readonly pages: number;
  readonly from: number;
  readonly total: number;
  readonly go: (page: number) => void;
}

/** `name`: of the parameter of the address. A page that is not there any more is the last one. */
export function usePaged<T>(all: readonly T[], size: number, name: string): Paged<T> {
  const [text, setText] = useUrlText(name, '1');
  const wanted = /^[1-9]\d{0,8}$/.test(text) ? Number(text) - 1 : 0;
  return pagedOf(all, size, wanted, (to) => setText(String(to + 1)));
}

/** Where no address needs to know which page is shown. */
export function usePagedHere<T>(all: readonly T[], size: number): Paged<T> {
  const [wanted, go] = useState(0);
  return pagedOf(all, size, wanted, go);
}

function pagedOf<T>(all: readonly T[], size: number, wanted: number, go: (page: number) => void): Paged<T> {
  const pages = Math.max(Math.ceil(all.length / size), 1);
  const page = Math.min(wanted, pages - 1);
  const from = page * size;
  return { shown: all.slice(from, from + size), page, pages, from, total: all.length, go };
}

/** Nothing where one page holds all. `what`: "of the targets of api". */
export function Pager<T>({ paged, what }: { readonly paged: Paged<T>; readonly what: string }) {
  const { shown, page, pages, from, total, go } = paged;
  if (pages === 1) return null;
  return (
    <Group component="nav" aria-label={`Pages ${what}`} gap="xs" px="sm" py={6} justify="flex-end">
      <Text fz="xs" c="dimmed" aria-live="polite">
        {formatCount(from + 1)}–{formatCount(from + shown.length)} of {formatCount(total)}
      </Text>
      <Button size="compact-xs" variant="default" disabled={page === 0} onClick={() => go(0)}>
        First
      </Button>
      <Button size="compact-xs" variant="default" disabled={page === 0} onClick={() => go(page - 1)}>
        Previous
      </Button>
      <Button size="compact-xs" variant="default" disabled={page === pages - 1} onClick={() => go(page + 1)}>
        Next
      </Button>
      <Button size="compact-xs" variant="default" disabled={page === pages - 1} onClick={() => go(pages - 1)}>
        Last
      </Button>
    </Group>
  );
}
