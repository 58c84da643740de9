// What of an answer a graph does not show, and why.
import { Alert, Button, Group, Text } from '@mantine/core';
import { formatCount } from '../format/number.ts';

/** Of `series`, those with nothing to draw. */
export function NoValueNote({ series, withoutValue }: { readonly series: number; readonly withoutValue: number }) {
  if (withoutValue === 0) return null;
  if (withoutValue === series)
    return (
      <Alert color="yellow" mb="xs">
        No finite values: NaN and ±Inf cannot be drawn; the Table tab shows them.
      </Alert>
    );
  return (
    <Text size="xs" c="dimmed" mb={4}>
      {formatCount(withoutValue)} of {formatCount(series)} series {withoutValue === 1 ? 'has' : 'have'} no finite value: NaN and ±Inf cannot
      be drawn.
    </Text>
  );
}

interface DrawnNoteProps {
  /** Of those that can be drawn. */
  readonly series: number;
  readonly drawn: number;
  onDrawAll(): void;
}

export function DrawnNote({ series, drawn, onDrawAll }: DrawnNoteProps) {
  if (drawn === series) return null;
  return (
    <Group gap="sm" mb={4}>
      <Text size="sm" role="status">
        {formatCount(drawn)} of {formatCount(series)} series are drawn.
      </Text>
      <Button size="compact-sm" variant="light" onClick={onDrawAll}>
        Draw all
      </Button>
    </Group>
  );
}
