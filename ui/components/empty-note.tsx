import { Text } from '@mantine/core';
import type { ReactNode } from 'react';

/** Nothing to show, and what to do about it. */
export function EmptyNote({ children }: { readonly children: ReactNode }) {
  return (
    <Text c="dimmed" fz="sm" py="md" role="status">
      {children}
    </Text>
  );
}
