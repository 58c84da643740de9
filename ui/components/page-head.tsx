import { Group, Title } from '@mantine/core';
import type { ReactNode } from 'react';

/** A page's title, and beside it what chooses what is shown. */
export function PageHead({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <Group mb="md" gap="md" align="center">
      <Title order={1} size="h3">
        {title}
      </Title>
      {children}
    </Group>
  );
}
