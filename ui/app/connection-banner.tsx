// Says when the server does not answer, or not yet; goes away by itself.
import { Alert, Progress, Text } from '@mantine/core';
import { useTimeFormat } from '../format/time.ts';
import { type Connection, useConnection } from '../server/connection.ts';

export function ConnectionBanner({ connection }: { readonly connection: Connection }) {
  const state = useConnection(connection);
  const timeOf = useTimeFormat();
  if (state.kind === 'good') return null;
  if (state.kind === 'lost') {
    return (
      <Alert color="red" mb="md" role="status" title="The server does not answer">
        The last answer came at {timeOf(state.sinceMs)}. What is shown below may be old. This page tries again every second.
      </Alert>
    );
  }
  const { replay } = state;
  const segments = replay === null ? 0 : Math.max(replay.max - replay.min + 1, 1);
  const done = replay === null ? 0 : Math.min(Math.max(replay.current - replay.min, 0), segments);
  return (
    <Alert color="yellow" mb="md" role="status" title="The server is starting">
      <Text fz="sm">
        {replay === null
          ? 'It does not take requests yet.'
          : `It reads its log: ${done} of ${segments} ${segments === 1 ? 'segment' : 'segments'}. This page goes on by itself.`}
      </Text>
      {replay !== null && <Progress mt="xs" value={(100 * done) / segments} aria-label="Replay of the log" />}
    </Alert>
  );
}
