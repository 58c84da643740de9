// A time that may be "now": a text, the browser's own way to pick one, and steps to either side.
import { ActionIcon, Button, Group } from '@mantine/core';
import { IconCalendar, IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { useRef } from 'react';
import { formatDuration } from '../../src/model/index.ts';
import { formatMoment, formatTime, parseTime, zoneName } from '../format/time.ts';
import { usePreferences } from '../preferences/preferences.ts';
import { CheckedInput } from './checked-input.tsx';
import classes from './controls.module.css';
import { readMoment } from './moment-text.ts';

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
  const picker = useRef<HTMLInputElement>(null);
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
      <CheckedInput
        className={classes.time}
        name={`${name} (${zoneName(utc)})`}
        title={`${name}, ${zoneName(utc)}; empty: now`}
        placeholder={`${name}: now`}
        shown={valueMs === null ? '' : formatMoment(valueMs, utc)}
        read={(text) => readMoment(text, nowMs, utc)}
        expected="a time such as 2026-01-31 18:05, 18:05, now-5m or 1769882700"
        onTake={(ms) => ms !== valueMs && onChange(ms)}
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
