import { Button, Text, UnstyledButton, VisuallyHidden } from '@mantine/core';
import { useState } from 'react';
import { counted, formatCount } from '../format/number.ts';
import type { LabelStatistics } from './label-statistics.ts';
import classes from './metrics-explorer.module.css';

interface Props {
  readonly label: LabelStatistics;
  /** The value that is wanted. */
  readonly chosen: string | undefined;
  readonly onToggle: (value: string) => void;
}

const FEW = 8;

/** A label's values, the commonest first. A click takes one into the selector, another takes it out. */
export function LabelValues({ label, chosen, onToggle }: Props) {
  const [all, setAll] = useState(false);
  const { name, values, top } = label;
  const shown = all ? top : top.slice(0, FEW);
  return (
    <div>
      <Text fz="sm" mb={4}>
        <b className={classes.label}>{name}</b>{' '}
        <Text component="span" c="dimmed" fz="xs">
          {counted(values, 'value')}
        </Text>
      </Text>
      <div className={classes.values}>
        {shown.map(({ value, series }) => (
          <UnstyledButton key={value} className={classes.value} aria-pressed={value === chosen} onClick={() => onToggle(value)}>
            <span>
              <VisuallyHidden>{name}=</VisuallyHidden>
              {value}
            </span>
            <span className={classes.number}>
              {formatCount(series)}
              <VisuallyHidden> series</VisuallyHidden>
            </span>
          </UnstyledButton>
        ))}
        {top.length > FEW && (
          <Button variant="subtle" size="compact-xs" onClick={() => setAll(!all)}>
            {all ? 'Fewer' : `${formatCount(top.length - FEW)} more`}
            <VisuallyHidden> values of {name}</VisuallyHidden>
          </Button>
        )}
        {all && values > top.length && (
          <Text fz="xs" c="dimmed">
            and {formatCount(values - top.length)} more that are not listed
          </Text>
        )}
      </div>
    </div>
  );
}
