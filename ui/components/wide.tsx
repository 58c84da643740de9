import { Box } from '@mantine/core';
import type { ReactNode } from 'react';

/** What may be wider than the page scrolls in a place of its own, by the keyboard too. */
export function Wide({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <Box role="region" aria-label={name} tabIndex={0} style={{ overflowX: 'auto' }}>
      {children}
    </Box>
  );
}
