// The page of queries: panels, each with an expression and what came of it.
import { Alert, Button, Code, Group, Stack, Text, VisuallyHidden } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { FailingSources } from '../drill/failing-sources.tsx';
import { useQueryHistory } from '../editor/query-history.ts';
import { counted } from '../format/number.ts';
import { Panel } from './panel.tsx';
import { usePanels } from './use-panels.ts';

export default function QueryPage() {
  const { list, isFull, beyond, notUnderstood, zoomsOf, change, add, duplicate, remove } = usePanels();
  const { history, remember } = useQueryHistory();
  return (
    <Stack gap="md">
      <VisuallyHidden>
        <h1>Query</h1>
      </VisuallyHidden>
      <FailingSources />
      {notUnderstood.length > 0 && (
        <Alert color="yellow" py="xs" role="status" title="Not all of this address is understood">
          What is shown is as if this were not there: <Code>{notUnderstood.join(' ')}</Code>
        </Alert>
      )}
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
      {beyond > 0 && (
        <Text fz="sm" c="dimmed" role="status">
          {counted(beyond, 'more panel')} of this address {beyond === 1 ? 'is' : 'are'} not shown. Remove others to see{' '}
          {beyond === 1 ? 'it' : 'them'}.
        </Text>
      )}
      <Group>
        <Button variant="default" size="xs" leftSection={<IconPlus size={14} aria-hidden />} onClick={add} disabled={isFull}>
          Add a panel
        </Button>
      </Group>
    </Stack>
  );
}
