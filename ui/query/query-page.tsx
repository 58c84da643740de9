// The page of queries: panels, each with an expression and what came of it.
import { Button, Group, Stack, VisuallyHidden } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQueryHistory } from '../editor/query-history.ts';
import { Panel } from './panel.tsx';
import { usePanels } from './use-panels.ts';

export default function QueryPage() {
  const { list, isFull, zoomsOf, change, add, duplicate, remove } = usePanels();
  const { history, remember } = useQueryHistory();
  return (
    <Stack gap="md">
      <VisuallyHidden>
        <h1>Query</h1>
      </VisuallyHidden>
      {list.map(({ id, state }, i) => (
        <Panel
          key={id}
          number={i + 1}
          state={state}
          zooms={zoomsOf(id)}
          history={history}
          onChange={(next, options) => change(id, next, options)}
          onExecuted={remember}
          onDuplicate={isFull ? null : (expr) => duplicate(id, expr)}
          onRemove={() => remove(id)}
        />
      ))}
      <Group>
        <Button variant="default" size="xs" leftSection={<IconPlus size={14} aria-hidden />} onClick={add} disabled={isFull}>
          Add a panel
        </Button>
      </Group>
    </Stack>
  );
}
