// Series as lines, or one upon the other. Dragging chooses a time; what is near the pointer is drawn over the chart.
import { useMemo, useRef, useState } from 'react';
import type uPlot from 'uplot';
import { timeAxis, valueAxis } from './axes.ts';
import classes from './chart.module.css';
import { type Hover, nearestSeries } from './hover.ts';
import { HoverCard } from './hover-card.tsx';
import { Overlay } from './overlay.ts';
import { groundColours } from './palette.ts';
import { isolatedPoints, type RangeData, stacked } from './range-data.ts';
import { useChart } from './use-chart.ts';

const HEIGHT = 400;
/** Less than this was a click. */
const LEAST_DRAG_PX = 6;

export interface LineChartProps {
  readonly data: RangeData;
  /** By series. */
  readonly colours: readonly string[];
  readonly stack: boolean;
  /** Where the values' axis begins; null: where the values do. */
  readonly least: number | null;
  readonly dark: boolean;
  readonly utc: boolean;
  readonly name: string;
  onZoom(startMs: number, endMs: number): void;
}

export function LineChart({ data, colours, stack, least, dark, utc, name, onZoom }: LineChartProps) {
  const [hover, setHover] = useState<Hover | null>(null);
  const zoom = useRef(onZoom);
  zoom.current = onZoom;
  const rows = useMemo(() => (stack ? stacked(data.series) : data.series.map(({ values }) => values)), [data, stack]);
  const aligned = useMemo(() => [data.times, ...rows] as unknown as uPlot.AlignedData, [data, rows]);
  const options = useMemo(
    () => optionsOf({ rows, colours, stack, least, dark, utc, onHover: setHover, onZoom: (from, to) => zoom.current(from, to) }),
    [rows, colours, stack, least, dark, utc],
  );
  const element = useChart(options, aligned, HEIGHT);
  const shown = hover === null ? undefined : data.series[hover.series];
  return (
    <div className={classes.frame}>
      <div ref={element} className={classes.chart} role="img" aria-label={name} />
      {hover !== null && shown !== undefined && (
        <HoverCard
          hover={hover}
          timeMs={data.times[hover.step] * 1000}
          value={shown.values[hover.step] ?? null}
          series={shown}
          colour={colours[hover.series]}
          chart={element}
        />
      )}
    </div>
  );
}

interface Drawing extends Pick<LineChartProps, 'colours' | 'stack' | 'least' | 'dark' | 'utc' | 'onZoom'> {
  readonly rows: readonly (readonly (number | null)[])[];
  onHover(hover: Hover | null): void;
}

function optionsOf({ rows, colours, stack, least, dark, utc, onHover, onZoom }: Drawing): Omit<uPlot.Options, 'width' | 'height'> {
  const ground = groundColours(dark);
  let overlay: Overlay;
  return {
    padding: [12, 12, 0, 0],
    legend: { show: false },
    cursor: { points: { show: false }, drag: { x: true, y: false, setScale: false, dist: LEAST_DRAG_PX }, y: false },
    scales: { x: { time: true }, y: { range: (_chart, low, high) => valueRange(low, high, stack ? 0 : least) } },
    axes: [timeAxis(ground, utc), valueAxis(ground)],
    series: [{}, ...rows.map((_, i) => lineOf(colours[i], stack))],
    // The space between a series and the one below it.
    bands: stack ? rows.slice(1).map((_, i) => ({ series: [i + 2, i + 1] as [number, number], fill: translucent(colours[i + 1]) })) : [],
    hooks: {
      init: [
        (chart) => {
          overlay = new Overlay(chart, ground.ground);
        },
      ],
      setCursor: [
        (chart) => {
          const { idx, left = -1, top = -1 } = chart.cursor;
          const near = idx == null || left < 0 ? null : nearestSeries(rows, idx, (value) => chart.valToPos(value, 'y'), top);
          overlay.draw(chart, near === null ? null : { values: rows[near], colour: colours[near], step: idx! });
          onHover(near === null ? null : { series: near, step: idx!, left, top });
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

function lineOf(colour: string, stack: boolean): uPlot.Series {
  return {
    stroke: colour,
    width: stack ? 1 : 1.5,
    fill: stack ? translucent(colour) : undefined,
    points: {
      show: false,
      size: 4,
      fill: colour,
      filter: (chart, index) => isolatedPoints(chart.data[index] as (number | null)[]),
    },
  };
}

function translucent(colour: string): string {
  return `${colour}55`;
}

/** Some room above and below; never an empty range. */
function valueRange(low: number | null, high: number | null, least: number | null): [number, number] {
  if (low === null || high === null) return [least ?? 0, (least ?? 0) + 1];
  const from = least ?? low;
  const to = Math.max(high, from);
  const room = (to - from) * 0.06 || Math.abs(to) * 0.1 || 1;
  return [least ?? low - room, to + room];
}
