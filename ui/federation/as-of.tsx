// Of when what is shown is, and whether the server is late with something newer.
import { Text } from '@mantine/core';
import { useLate } from '../components/use-late.ts';
import { useTimeFormat } from '../format/time.ts';

interface Props {
  readonly updatedAtMs: number;
  readonly isAsking: boolean;
  /** What is shown is this server's own knowledge: its sources are being asked. */
  readonly isIncomplete: boolean;
}

/** A server that asks its sources takes a moment; beyond this it is said. */
const LATE_AFTER_MS = 4_000;

export function AsOf({ updatedAtMs, isAsking, isIncomplete }: Props) {
  const isLate = useLate(isAsking, LATE_AFTER_MS);
  const timeOf = useTimeFormat();
  const seconds = Math.floor(updatedAtMs / 1000) * 1000;
  return (
    <Text fz="xs" c="dimmed" ml="auto">
      {updatedAtMs > 0 && `As of ${timeOf(seconds)}`}
      {isIncomplete && <span role="status">. Asking the sources…</span>}
      {isLate && !isIncomplete && (
        <span role="status">{updatedAtMs > 0 && '. '}The server has been asked again and has not answered yet.</span>
      )}
    </Text>
  );
}
