// How long a graph's time is: a duration, with steps to shorter and longer.
import { ActionIcon, Group } from '@mantine/core';
import { IconMinus, IconPlus } from '@tabler/icons-react';
import { formatDuration } from '../../src/model/index.ts';
import { CheckedInput } from './checked-input.tsx';
import classes from './controls.module.css';
import { readDuration } from './duration-text.ts';

const S = 1000;
const M = 60 * S;
const H = 60 * M;
const D = 24 * H;
/** What the steps go through. */
const RANGES = [
  S,
  10 * S,
  M,
  5 * M,
  15 * M,
  30 * M,
  H,
  2 * H,
  6 * H,
  12 * H,
  D,
  2 * D,
  7 * D,
  14 * D,
  28 * D,
  56 * D,
  112 * D,
  182 * D,
  365 * D,
  730 * D,
];

interface Props {
  readonly valueMs: number;
  onChange(ms: number): void;
}

export function RangeField({ valueMs, onChange }: Props) {
  const shorter = RANGES.findLast((range) => range < valueMs);
  const longer = RANGES.find((range) => range > valueMs);
  return (
    <Group gap={4} wrap="nowrap">
      <ActionIcon variant="default" aria-label="A shorter range" disabled={shorter === undefined} onClick={() => onChange(shorter!)}>
        <IconMinus size={16} aria-hidden />
      </ActionIcon>
      <CheckedInput
        className={classes.range}
        name="Range"
        title="Range, such as 15m, 1h30m or 2d"
        shown={formatDuration(valueMs)}
        read={readDuration}
        expected="a duration such as 15m, 1h30m or 2d"
        onTake={(ms) => ms !== valueMs && onChange(ms)}
      />
      <ActionIcon variant="default" aria-label="A longer range" disabled={longer === undefined} onClick={() => onChange(longer!)}>
        <IconPlus size={16} aria-hidden />
      </ActionIcon>
    </Group>
  );
}
