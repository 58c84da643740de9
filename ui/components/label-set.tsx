import type { LabelMap } from '../../src/answers/index.ts';
import classes from './label-set.module.css';
import { LongText } from './long-text.tsx';

interface Props {
  readonly labels: LabelMap;
  /** Names that stand elsewhere. */
  readonly without?: readonly string[];
}

/** Labels, each `name="value"`, that wrap. Not within a button: a long value has one of its own. */
export function LabelSet({ labels, without = [] }: Props) {
  const entries = Object.entries(labels).filter(([name]) => !without.includes(name));
  if (entries.length === 0) return <span className={classes.none}>no labels</span>;
  return (
    <span className={classes.set}>
      {entries.map(([name, value]) => (
        <span key={name} className={classes.label}>
          <span className={classes.name}>{name}</span>="
          <LongText text={value} of={name} end={'"'} />
        </span>
      ))}
    </span>
  );
}
