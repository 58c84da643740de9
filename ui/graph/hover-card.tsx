// What the pointer is near: the time, the value, the labels.
import { type RefObject, useLayoutEffect, useRef, useState } from 'react';
import { useTimeFormat } from '../format/time.ts';
import classes from './chart.module.css';
import type { Hover } from './hover.ts';
import type { GraphSeries } from './range-data.ts';

const BESIDE_PX = 14;

interface Props {
  readonly hover: Hover;
  readonly timeMs: number;
  readonly value: number | null;
  readonly series: Pick<GraphSeries, 'labels'>;
  readonly colour: string;
  readonly chart: RefObject<HTMLDivElement | null>;
}

export function HoverCard({ hover, timeMs, value, series, colour, chart }: Props) {
  const timeOf = useTimeFormat();
  const card = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState({ left: 0, top: 0 });
  useLayoutEffect(() => {
    const over = chart.current?.querySelector<HTMLElement>('.u-over');
    const frame = chart.current?.getBoundingClientRect();
    if (over == null || frame === undefined || card.current === null) return;
    const plot = over.getBoundingClientRect();
    const { width, height } = card.current.getBoundingClientRect();
    const right = plot.left - frame.left + hover.left + BESIDE_PX;
    const fits = right + width <= frame.width;
    const left = fits ? right : Math.max(0, right - width - 2 * BESIDE_PX);
    setPlace({ left, top: Math.max(0, Math.min(plot.top - frame.top + hover.top - height / 2, frame.height - height)) });
  }, [hover, chart]);
  const { __name__: name, ...labels } = series.labels;
  return (
    <div ref={card} className={classes.card} style={place} aria-hidden>
      <div className={classes.time}>{timeOf(timeMs)}</div>
      <div className={classes.value}>
        <span className={classes.swatch} style={{ background: colour }} />
        {value === null ? 'no value' : String(value)}
      </div>
      {name !== undefined && <div className={classes.metric}>{name}</div>}
      <dl className={classes.labels}>
        {Object.entries(labels).map(([label, text]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
