// Filters of which several may be chosen; none chosen: all are shown.
import { counted, formatCount } from '../format/number.ts';
import classes from './filter-chips.module.css';

export interface Choice<T extends string> {
  readonly value: T;
  readonly label: string;
  readonly count?: number;
  readonly tone?: 'good' | 'bad' | 'odd' | 'quiet';
}

interface Props<T extends string> {
  /** What is filtered by. */
  readonly label: string;
  /** What is counted, where that may be taken for something else: "rule". */
  readonly noun?: string;
  readonly choices: readonly Choice<T>[];
  readonly chosen: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
}

export function FilterChips<T extends string>({ label, noun, choices, chosen, onChange }: Props<T>) {
  const toggle = (value: T): void => onChange(chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value]);
  return (
    <fieldset className={classes.chips}>
      <legend className={classes.legend}>{label}</legend>
      {choices.map(({ value, label: name, count, tone }) => (
        <button
          key={value}
          type="button"
          className={classes.chip}
          data-tone={tone}
          aria-pressed={chosen.includes(value)}
          onClick={() => toggle(value)}
        >
          <span className={classes.dot} aria-hidden />
          {name}
          {count !== undefined && <span className={classes.count}>{noun === undefined ? formatCount(count) : counted(count, noun)}</span>}
        </button>
      ))}
    </fieldset>
  );
}
