import { Text } from '@mantine/core';

/** How much the filters leave: said when it changes. */
export function FoundNote({ children }: { readonly children: string }) {
  return (
    <Text c="dimmed" fz="xs" mb={6} role="status">
      {children}
    </Text>
  );
}
