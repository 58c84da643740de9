import { Center, Loader, Text } from '@mantine/core';

/** While an answer is under way; every question has a time limit, so this ends. */
export function Loading({ what }: { readonly what: string }) {
  return (
    <Center py="xl" role="status">
      <Loader size="sm" aria-hidden />
      <Text ml="sm" c="dimmed" fz="sm">
        Loading {what}…
      </Text>
    </Center>
  );
}
