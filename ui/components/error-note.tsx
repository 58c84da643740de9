import { Alert, Text } from '@mantine/core';
import type { ServerError } from '../server/server-error.ts';

const TITLES: Readonly<Record<ServerError['kind'], string>> = {
  lost: 'No connection',
  starting: 'Not ready yet',
  late: 'No answer in time',
  refused: 'The server says no',
};

/** An error where it occurred, in the server's words. */
export function ErrorNote({ error, title }: { readonly error: ServerError; readonly title?: string }) {
  return (
    <Alert color="red" role="alert" title={title ?? TITLES[error.kind]}>
      <Text fz="sm" ff="monospace" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
        {error.message}
      </Text>
    </Alert>
  );
}
