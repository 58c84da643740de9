// What of an answer a graph does not show, and why.
import { Alert, Button, Group, Text } from '@mantine/core';
import { formatCount } from '../format/number.ts';

interface Props {
  /** Of the series that are chosen. */
  readonly series: number;
  /** Of them, those with nothing to draw. */
  readonly withoutValue: number;
  readonly drawn: number;
  onDrawAll(): void;
}

export function UndrawnNote({ series, withoutValue, drawn, onDrawAll }: Props) {
  const drawable = series - withoutValue;
  if (series > 0 && drawable === 0)
    return (
      <Alert color="yellow" mb="xs">
        No finite values: NaN and ±Inf cannot be drawn; the Table tab shows them.
      </Alert>
    );
  return (
    <>
      {withoutValue > 0 && (
        <Text size="xs" c="dimmed" mb={4}>
          {formatCount(withoutValue)} of {formatCount(series)} series {withoutValue === 1 ? 'has' : 'have'} no finite value: NaN and ±Inf
          cannot be drawn.
        </Text>
      )}
      {drawn < drawable && (
        <Group gap="sm" mb={4}>
          <Text size="sm" role="status">
            {formatCount(drawn)} of {formatCount(drawable)} series are drawn.
          </Text>
          <Button size="compact-sm" variant="light" onClick={onDrawAll}>
            Draw all
          </Button>
        </Group>
      )}
    </>
  );
}
