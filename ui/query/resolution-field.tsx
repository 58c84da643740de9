// How far apart the steps of a graph are: by density, one of usual steps, or a step of one's own.
import { Group, NativeSelect } from '@mantine/core';
import { formatDuration } from '../../src/model/index.ts';
import type { Density, Resolution } from '../panels/panel-address.ts';
import { CheckedInput } from './checked-input.tsx';
import classes from './controls.module.css';
import { readDuration } from './duration-text.ts';
import { offeredSteps, stepOf } from './resolution.ts';

interface Props {
  readonly value: Resolution;
  readonly rangeMs: number;
  onChange(resolution: Resolution): void;
}

export function ResolutionField({ value, rangeMs, onChange }: Props) {
  const stepMs = stepOf(value, rangeMs);
  return (
    <Group gap={4} wrap="nowrap">
      <NativeSelect
        size="xs"
        aria-label="Resolution"
        value={value.type === 'auto' ? value.density : value.type === 'fixed' ? String(value.stepMs) : 'custom'}
        onChange={(event) => onChange(chosenOf(event.currentTarget.value, stepMs))}
        data={[
          {
            group: 'By the range',
            items: [
              { value: 'low', label: 'Low resolution' },
              { value: 'medium', label: 'Medium resolution' },
              { value: 'high', label: 'High resolution' },
            ],
          },
          { group: 'A fixed step', items: offeredSteps(value).map((ms) => ({ value: String(ms), label: `Step ${formatDuration(ms)}` })) },
          { group: 'Another step', items: [{ value: 'custom', label: 'Own step' }] },
        ]}
      />
      <CheckedInput
        className={classes.range}
        name="Step"
        title="The step, such as 15s or 5m"
        disabled={value.type !== 'custom'}
        shown={formatDuration(stepMs)}
        read={readDuration}
        expected="a duration such as 15s or 5m"
        onTake={(ms) => ms !== stepMs && onChange({ type: 'custom', stepMs: ms })}
      />
    </Group>
  );
}

/** A step of one's own begins as the one that is there. */
function chosenOf(text: string, stepMs: number): Resolution {
  if (text === 'custom') return { type: 'custom', stepMs };
  return /^\d+$/.test(text) ? { type: 'fixed', stepMs: Number(text) } : { type: 'auto', density: text as Density };
}
