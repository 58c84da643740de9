// That this browser's clock and the server's differ: what is asked goes by the server's, but the times around this page may not.
import { Alert } from '@mantine/core';
import { formatSeconds } from '../format/time.ts';
import { useClockSkew } from '../server/clock.ts';

export function ClockNote() {
  const seconds = useClockSkew();
  if (seconds === 0) return null;
  return (
    <Alert color="yellow" mb="md" py="xs" role="status">
      The server's clock is {formatSeconds(Math.abs(seconds))} {seconds > 0 ? 'ahead of' : 'behind'} this browser's. The pages go by the
      server's; one of the two should be set right.
    </Alert>
  );
}
