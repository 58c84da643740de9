// A state by sign, word and colour.
import { IconAlertTriangle, IconCircleCheck, IconCircleDashed, IconCircleX, type TablerIcon } from '@tabler/icons-react';
import type { Tone } from '../components/state-badge.tsx';
import type { Health } from './health.ts';
import classes from './health-mark.module.css';

const ICONS: Readonly<Record<Tone, TablerIcon>> = {
  good: IconCircleCheck,
  bad: IconCircleX,
  odd: IconAlertTriangle,
  quiet: IconCircleDashed,
};

export function HealthMark({ health: { tone, word } }: { readonly health: Health }) {
  const Icon = ICONS[tone];
  return (
    <span className={classes.mark} data-tone={tone}>
      <Icon size={14} aria-hidden />
      {word}
    </span>
  );
}
