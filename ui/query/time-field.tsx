// A time that may be "now": a text, the browser's own way to pick one, and steps to either side.
import { ActionIcon, Button, Group } from '@mantine/core';
import { IconCalendar, IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { formatDuration } from '../../src/model/index.ts';
import { formatTime, parseTime, zoneName } from '../format/time.ts';
import { usePreferences } from '../preferences/preferences.ts';
import classes from './controls.module.css';

interface Props {
  readonly name: string;
  /** Null: now. */
  readonly valueMs: number | null;
  /** What "now" is. */
  readonly nowMs: number;
  /** How far the arrows go. */
  readonly stepMs: number;
  onChange(ms: number | null): void;
}

export function TimeField({ name, valueMs, nowMs, stepMs, onChange }: Props) {
  const { utc } = usePreferences();
  const shown = valueMs === null ? '' : formatTime(valueMs, utc);
  const [text, setText] = useState(shown);
  useEffect(() => setText(shown), [shown]);
  const picker = useRef<HTMLInputElement>(null);
  const isBad = text !== '' && Number.isNaN(parseTime(text, utc));
  const take = (): void => {
    if (isBad) setText(shown);
    else if (text !== shown) onChange(text === '' ? null : parseTime(text, utc));
  };
  // From "now" on whole seconds, which read better.
  const at = valueMs ?? Math.floor(nowMs / 1000) * 1000;
  const step = Math.max(Math.round(stepMs), 1);
  return (
    <Group gap={4} wrap="nowrap">
      <ActionIcon
        variant="default"
        aria-label={`${name}: earlier`}
        title={`${formatDuration(step)} earlier`}
        onClick={() => onChange(at - step)}
      >
        <IconChevronLeft size={16} aria-hidden />
      </ActionIcon>
      <input
        className={`${classes.input} ${classes.time}`}
        aria-label={`${name} (${zoneName(utc)})`}
        title={`${name}, ${zoneName(utc)}; empty: now`}
        placeholder={`${name}: now`}
        aria-invalid={isBad}
        data-bad={isBad || undefined}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onBlur={take}
        onKeyDown={(event) => event.key === 'Enter' && take()}
      />
      <span className={classes.pick}>
        <ActionIcon variant="default" aria-label={`${name}: pick`} onClick={() => picker.current?.showPicker()}>
          <IconCalendar size={16} aria-hidden />
        </ActionIcon>
        <input
          ref={picker}
          type="datetime-local"
          className={classes.picker}
          tabIndex={-1}
          aria-hidden
          value={formatTime(Math.floor(at / 60_000) * 60_000, utc).replace(' ', 'T')}
          onChange={(event) => {
            const ms = parseTime(event.currentTarget.value, utc);
            if (!Number.isNaN(ms)) onChange(ms);
          }}
        />
      </span>
      <ActionIcon
        variant="default"
        aria-label={`${name}: later`}
        title={`${formatDuration(step)} later`}
        onClick={() => onChange(at + step)}
      >
        <IconChevronRight size={16} aria-hidden />
      </ActionIcon>
      {valueMs !== null && (
        <Button variant="subtle" size="compact-sm" onClick={() => onChange(null)}>
          Now
        </Button>
      )}
    </Group>
  );
}
