// A classic histogram over time: a column a step, a cell a bucket, coloured by its count.
import { useMemo, useRef, useState } from 'react';
import type uPlot from 'uplot';
import { formatShort } from '../format/number.ts';
import { tickDates, timeAxis, valueAxis, widthOf } from './axes.ts';
import classes from './chart.module.css';
import type { HeatMap } from './heat-map.ts';
import type { Hover } from './hover.ts';
import { HoverCard } from './hover-card.tsx';
import { groundColours, heatColour } from './palette.ts';
import { useChart } from './use-chart.ts';

const HEIGHT = 400;
const LEAST_DRAG_PX = 6;
/** Bounds beyond this many are not all named. */
const MOST_TEXTS = 20;

interface Props {
  readonly map: HeatMap;
  readonly dark: boolean;
  readonly utc: boolean;
  readonly name: string;
  onZoom(startMs: number, endMs: number): void;
}

export function HeatMapChart({ map, dark, utc, name, onZoom }: Props) {
  const [hover, setHover] = useState<Hover | null>(null);
  const zoom = useRef(onZoom);
  zoom.current = onZoom;
  // One row of values that nothing is drawn of: uPlot wants a series to have axes for.
  const data = useMemo(() => [map.times, map.times.map(() => null)] as unknown as uPlot.AlignedData, [map]);
  const options = useMemo(
    () => optionsOf({ map, dark, utc, onHover: setHover, onZoom: (from, to) => zoom.current(from, to) }),
    [map, dark, utc],
  );
  const element = useChart(options, data, HEIGHT);
  const count = hover === null ? null : map.counts[hover.series][hover.step];
  return (
    <div className={classes.frame}>
      <div ref={element} className={classes.chart} role="img" aria-label={name} />
      <div className={classes.scale}>
        0
        <span
          aria-hidden
          style={{
            background: `linear-gradient(to right, ${[0, 0.25, 0.5, 0.75, 1].map((share) => heatColour(share * share, dark)).join(',')})`,
          }}
        />
        {formatShort(map.largest)} in a bucket
      </div>
      {hover !== null && (
        <HoverCard
          hover={hover}
          timeMs={map.times[hover.step] * 1000}
          value={count}
          series={{ labels: { le: map.bounds[hover.series], above: hover.series === 0 ? '−Inf' : map.bounds[hover.series - 1] } }}
          colour={heatColour((count ?? 0) / (map.largest || 1), dark)}
          chart={element}
        />
      )}
    </div>
  );
}

interface Drawing extends Pick<Props, 'map' | 'dark' | 'utc' | 'onZoom'> {
  onHover(hover: Hover | null): void;
}

function optionsOf({ map, dark, utc, onHover, onZoom }: Drawing): Omit<uPlot.Options, 'width' | 'height'> {
  const ground = groundColours(dark);
  const every = Math.ceil((map.bounds.length + 1) / MOST_TEXTS);
  const splits = Array.from({ length: map.bounds.length + 1 }, (_, i) => i).filter((i) => i % every === 0);
  return {
    padding: [12, 28, 0, 0],
    tzDate: tickDates(utc),
    legend: { show: false },
    cursor: { points: { show: false }, drag: { x: true, y: false, setScale: false, dist: LEAST_DRAG_PX }, y: false },
    scales: { x: { time: true }, y: { range: [0, map.bounds.length] } },
    axes: [
      timeAxis(ground, utc),
      {
        ...valueAxis(ground),
        splits,
        values: () => splits.map((i) => (i === 0 ? '' : map.bounds[i - 1])),
        size: (_chart, texts) => widthOf(texts),
      },
    ],
    series: [{}, { show: true, points: { show: false } }],
    hooks: {
      draw: [(chart) => drawCells(chart, map, dark)],
      setCursor: [
        (chart) => {
          const { idx, left = -1, top = -1 } = chart.cursor;
          const bucket = left < 0 ? -1 : Math.floor(chart.posToVal(top, 'y'));
          onHover(idx == null || bucket < 0 || bucket >= map.bounds.length ? null : { series: bucket, step: idx, left, top });
        },
      ],
      setSelect: [
        (chart) => {
          const { left, width } = chart.select;
          if (width < LEAST_DRAG_PX) return;
          onZoom(chart.posToVal(left, 'x') * 1000, chart.posToVal(left + width, 'x') * 1000);
          chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
        },
      ],
    },
  };
}

function drawCells(chart: uPlot, { times, counts, largest }: HeatMap, dark: boolean): void {
  const { ctx, bbox } = chart;
  const stepSeconds = times.length > 1 ? times[1] - times[0] : 1;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  counts.forEach((row, bucket) => {
    const top = Math.round(chart.valToPos(bucket + 1, 'y', true));
    const bottom = Math.round(chart.valToPos(bucket, 'y', true));
    row.forEach((count, step) => {
      if (count === null || count === 0) return;
      const left = Math.round(chart.valToPos(times[step] - stepSeconds / 2, 'x', true));
      const right = Math.round(chart.valToPos(times[step] + stepSeconds / 2, 'x', true));
      ctx.fillStyle = heatColour(count / largest, dark);
      ctx.fillRect(left, top, Math.max(right - left, 1), Math.max(bottom - top - 1, 1));
    });
  });
  ctx.restore();
}
