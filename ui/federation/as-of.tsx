// Of when what is shown is, and whether the server is late with something newer.
import { Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTimeFormat } from '../format/time.ts';

interface Props {
  readonly updatedAtMs: number;
  readonly isAsking: boolean;
}

/** A server that asks its sources takes a moment; beyond this it is said. */
const LATE_AFTER_MS = 4_000;

export function AsOf({ updatedAtMs, isAsking }: Props) {
  const [isLate, setLate] = useState(false);
  const timeOf = useTimeFormat();
  useEffect(() => {
    setLate(false);
    if (!isAsking) return;
    const timer = setTimeout(() => setLate(true), LATE_AFTER_MS);
    return () => clearTimeout(timer);
  }, [isAsking]);
  const seconds = Math.floor(updatedAtMs / 1000) * 1000;
  return (
    <Text fz="xs" c="dimmed" ml="auto">
      {updatedAtMs > 0 && `As of ${timeOf(seconds)}`}
      {isLate && <span role="status">{updatedAtMs > 0 && '. '}The server has been asked again and has not answered yet.</span>}
    </Text>
  );
}
