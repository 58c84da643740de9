// How far apart the steps of a graph are: by density, one of usual steps, or a step of one's own.
import { Group, NativeSelect } from '@mantine/core';
import { useEffect, useState } from 'react';
import { formatDuration, parseDuration } from '../../src/model/index.ts';
import type { Density, Resolution } from '../panels/panel-address.ts';
import classes from './controls.module.css';
import { offeredSteps, stepOf } from './resolution.ts';

interface Props {
  readonly value: Resolution;
  readonly rangeMs: number;
  onChange(resolution: Resolution): void;
}

export function ResolutionField({ value, rangeMs, onChange }: Props) {
  const stepMs = stepOf(value, rangeMs);
  const shown = formatDuration(stepMs);
  const [text, setText] = useState(shown);
  useEffect(() => setText(shown), [shown]);
  const take = (): void => {
    try {
      const ms = parseDuration(text.trim());
      if (ms > 0 && text !== shown) onChange({ type: 'custom', stepMs: ms });
    } catch {
      setText(shown);
    }
  };
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
      <input
        className={`${classes.input} ${classes.range}`}
        aria-label="Step"
        title="The step, such as 15s or 5m"
        value={text}
        disabled={value.type !== 'custom'}
        onChange={(event) => setText(event.currentTarget.value)}
        onBlur={take}
        onKeyDown={(event) => event.key === 'Enter' && take()}
      />
    </Group>
  );
}

/** A step of one's own begins as the one that is there. */
function chosenOf(text: string, stepMs: number): Resolution {
  if (text === 'custom') return { type: 'custom', stepMs };
  return /^\d+$/.test(text) ? { type: 'fixed', stepMs: Number(text) } : { type: 'auto', density: text as Density };
}
