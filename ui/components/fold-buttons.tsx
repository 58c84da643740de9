import { Button, Group } from '@mantine/core';
import type { Folds } from './use-folds.ts';

/** Opens and closes all sections of a page. */
export function FoldButtons({ folds }: { readonly folds: Folds }) {
  return (
    <Group gap={4} ml="auto" wrap="nowrap">
      <Button size="compact-xs" variant="subtle" onClick={() => folds.setAll(true)}>
        Open all
      </Button>
      <Button size="compact-xs" variant="subtle" onClick={() => folds.setAll(false)}>
        Close all
      </Button>
    </Group>
  );
}
