import { formatCount } from '../format/number.ts';
import classes from './health-meter.module.css';

interface Props {
  readonly up: number;
  readonly down: number;
  readonly total: number;
}

/** `3/4 up`, and the same as a bar. */
export function HealthMeter({ up, down, total }: Props) {
  return (
    <span className={classes.meter}>
      <span className={classes.text}>
        {formatCount(up)}/{formatCount(total)} up
      </span>
      <span className={classes.bar} aria-hidden>
        <span className={classes.up} style={{ width: `${(100 * up) / total}%` }} />
        <span className={classes.down} style={{ width: `${(100 * down) / total}%` }} />
      </span>
    </span>
  );
}
