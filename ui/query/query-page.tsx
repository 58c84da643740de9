// The page of queries: panels, each with an expression and what came of it.
import { Button, Group, Stack, VisuallyHidden } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useQueryHistory } from '../editor/query-history.ts';
import { Panel } from './panel.tsx';
import { usePanels } from './use-panels.ts';

export default function QueryPage() {
  const { list, zoomsOf, change, add, remove } = usePanels();
  const { history, remember } = useQueryHistory();
  // A panel that goes takes its text with it: the others must not move into its place.
  const [removed, setRemoved] = useState(0);
  return (
    <Stack gap="md">
      <VisuallyHidden>
        <h1>Query</h1>
      </VisuallyHidden>
      {list.map((state, i) => (
        <Panel
          // biome-ignore lint/suspicious/noArrayIndexKey: a panel has no other name than its place in the address
          key={`${removed}.${i}`}
          number={i + 1}
          state={state}
          zooms={zoomsOf(i)}
          history={history}
          onChange={(next, options) => change(i, next, options)}
          onExecuted={remember}
          onRemove={
            list.length === 1
              ? null
              : () => {
                  setRemoved(removed + 1);
                  remove(i);
                }
          }
        />
      ))}
      <Group>
        <Button variant="default" size="xs" leftSection={<IconPlus size={14} aria-hidden />} onClick={() => add()}>
          Add a panel
        </Button>
      </Group>
    </Stack>
  );
}
