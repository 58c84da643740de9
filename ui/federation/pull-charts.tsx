// Lag, series, bytes and duration of the last pulls: four small charts with one cursor, moved by the pointer or by the arrow keys.
import { type KeyboardEvent, type PointerEvent, useState } from 'react';
import type { PullHistory } from '../../src/answers/index.ts';
import { counted, formatBytes, formatCount, formatShort } from '../format/number.ts';
import { clockOf, formatSeconds } from '../format/time.ts';
import { usePreferences } from '../preferences/preferences.ts';
import classes from './pull-charts.module.css';
import { curveOf, EXTENT, nearest, pullPositions } from './pull-column.ts';

interface Column {
  readonly title: string;
  readonly values: readonly (number | null)[];
  readonly format: (value: number) => string;
  /** Of the axis. */
  readonly short?: (value: number) => string;
}

interface Props {
  readonly history: PullHistory;
  /** "pull" or "request". */
  readonly noun: string;
}

export function PullCharts({ history, noun }: Props) {
  const [at, setAt] = useState<number | null>(null);
  const { utc } = usePreferences();
  const count = history.timesMs.length;
  if (count === 0) return <p className={classes.none}>No {noun} yet: the charts begin with the first one.</p>;
  const columns: Column[] = [
    { title: 'Lag', values: history.lagSeconds, format: formatSeconds },
    { title: 'Series', values: history.series, format: formatCount, short: formatShort },
    { title: 'Bytes', values: history.bytes, format: formatBytes },
    { title: 'Duration', values: history.durationSeconds, format: formatSeconds },
  ];
  const positions = pullPositions(history);
  const last = count - 1;
  const shown = Math.min(at ?? last, last);
  const clock = (i: number): string => clockOf(new Date(history.timesMs[i]), utc).join(':');
  const failed = history.ok.filter((ok) => !ok).length;
  const valueAt = ({ values, format }: Column): string =>
    values[shown] === null || values[shown] === undefined ? '–' : format(values[shown]);

  const follow = (event: PointerEvent<HTMLElement>): void => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    setAt(nearest(positions, (EXTENT * (event.clientX - left)) / Math.max(width, 1)));
  };
  const step = (event: KeyboardEvent): void => {
    const to = { ArrowLeft: shown - 1, ArrowDown: shown - 1, ArrowRight: shown + 1, ArrowUp: shown + 1, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    setAt(Math.min(Math.max(to, 0), last));
  };

  return (
    <div>
      <p className={classes.head}>
        <span>
          {clock(0)} – {clock(last)}: {counted(count, noun)}
        </span>
        {failed > 0 && <span className={classes.failed}>✕ {counted(failed, 'failure')}</span>}
      </p>
      <div
        className={classes.charts}
        role="slider"
        tabIndex={0}
        aria-label={`One ${noun} of the last ones`}
        aria-valuemin={1}
        aria-valuemax={count}
        aria-valuenow={shown + 1}
        aria-valuetext={`${clock(shown)}${history.ok[shown] ? '' : ', failed'}: ${columns.map((c) => `${c.title} ${valueAt(c)}`).join(', ')}`}
        onKeyDown={step}
        onBlur={() => setAt(null)}
        onPointerLeave={() => setAt(null)}
      >
        {columns.map((column) => (
          <div key={column.title} className={classes.chart}>
            <div className={classes.title}>
              <span>{column.title}</span>
              <b>{history.ok[shown] || column.values[shown] != null ? valueAt(column) : 'failed'}</b>
            </div>
            <Chart column={column} history={history} positions={positions} cursor={at === null ? null : positions[shown]} onMove={follow} />
          </div>
        ))}
      </div>
      <p className={classes.cursor} aria-hidden>
        {at === null
          ? `Values of the last ${noun}`
          : `${noun === 'pull' ? 'Pull' : 'Request'} at ${clock(shown)}${history.ok[shown] ? '' : ': failed'}`}
      </p>
    </div>
  );
}

interface ChartProps {
  readonly column: Column;
  readonly history: PullHistory;
  readonly positions: readonly number[];
  readonly cursor: number | null;
  readonly onMove: (event: PointerEvent<HTMLElement>) => void;
}

function Chart({ column: { values, format, short = format }, history, positions, cursor, onMove }: ChartProps) {
  const { line, dots, area, top, bottom } = curveOf(values, positions);
  const isEmpty = line === '' && dots === '';
  return (
    <div className={classes.plot} onPointerMove={onMove}>
      <svg viewBox={`0 0 ${EXTENT} ${EXTENT}`} preserveAspectRatio="none" aria-hidden="true">
        <path className={classes.area} d={area} />
        <path className={classes.line} d={line} />
        <path className={classes.dots} d={dots} />
        {history.ok.map((ok, i) => ok || <path key={history.timesMs[i]} className={classes.fault} d={`M${positions[i]} 88V100`} />)}
        {cursor !== null && <path className={classes.hair} d={`M${cursor} 0V${EXTENT}`} />}
      </svg>
      <span className={classes.top}>{isEmpty ? '' : short(top)}</span>
      <span className={classes.bottom}>{isEmpty ? 'no value yet' : short(bottom)}</span>
    </div>
  );
}
