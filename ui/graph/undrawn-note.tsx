// What of an answer a graph does not show, and why.
import { Alert, Text } from '@mantine/core';
import { formatCount } from '../format/number.ts';

interface Props {
  /** Of the series that are chosen. */
  readonly series: number;
  /** Of them, those with nothing to draw. */
  readonly withoutValue: number;
}

export function UndrawnNote({ series, withoutValue }: Props) {
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
