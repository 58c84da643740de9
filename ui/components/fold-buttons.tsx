import { Button, Group } from '@mantine/core';
import type { Folds } from './use-folds.ts';

interface Props {
  readonly folds: Folds;
  /** What "Open all" opens, where that is not all: "groups and their first rules". */
  readonly opens?: string;
}

/** Opens and closes all sections of a page. */
export function FoldButtons({ folds, opens }: Props) {
  return (
    <Group gap={4} ml="auto" wrap="nowrap">
      <Button size="compact-xs" variant="subtle" title={opens && `Opens ${opens}`} onClick={() => folds.setAll(true)}>
        Open all
      </Button>
      <Button size="compact-xs" variant="subtle" onClick={() => folds.setAll(false)}>
        Close all
      </Button>
    </Group>
  );
}
