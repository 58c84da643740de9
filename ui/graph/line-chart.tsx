// Series as lines, or one upon the other. Dragging chooses a time; what is near the pointer is drawn over the chart.
import { useMemo, useRef, useState } from 'react';
import type uPlot from 'uplot';
import { tickDates, timeAxis, valueAxis } from './axes.ts';
import classes from './chart.module.css';
import { type Hover, nearestSeries } from './hover.ts';
import { HoverCard } from './hover-card.tsx';
import { Overlay } from './overlay.ts';
import { groundColours } from './palette.ts';
import { isolatedPoints, type RangeData } from './range-data.ts';
import { type Layer, layerPaths, stacked } from './stack.ts';
import { useChart } from './use-chart.ts';
import { valueRange } from './value-range.ts';

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
  const layers = useMemo(() => (stack ? stacked(data.series) : null), [data, stack]);
  const rows = useMemo(() => layers?.map(({ outer }) => outer) ?? data.series.map(({ values }) => values), [data, layers]);
  const aligned = useMemo(() => [data.times, ...rows] as unknown as uPlot.AlignedData, [data, rows]);
  const options = useMemo(
    () => optionsOf({ rows, layers, colours, least, dark, utc, onHover: setHover, onZoom: (from, to) => zoom.current(from, to) }),
    [rows, layers, colours, least, dark, utc],
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

interface Drawing extends Pick<LineChartProps, 'colours' | 'least' | 'dark' | 'utc' | 'onZoom'> {
  readonly rows: readonly (readonly (number | null)[])[];
  /** Null: no stack. */
  readonly layers: readonly Layer[] | null;
  onHover(hover: Hover | null): void;
}

function optionsOf({ rows, layers, colours, least, dark, utc, onHover, onZoom }: Drawing): Omit<uPlot.Options, 'width' | 'height'> {
  const ground = groundColours(dark);
  let overlay: Overlay;
  return {
    padding: [12, 28, 0, 0],
    tzDate: tickDates(utc),
    legend: { show: false },
    cursor: { points: { show: false }, drag: { x: true, y: false, setScale: false, dist: LEAST_DRAG_PX }, y: false },
    scales: { x: { time: true }, y: { range: (_chart, low, high) => valueRange(low, high, layers === null ? least : 0) } },
    axes: [timeAxis(ground, utc), valueAxis(ground)],
    series: [{}, ...rows.map((_, i) => lineOf(colours[i], layers?.[i]))],
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

function lineOf(colour: string, layer: Layer | undefined): uPlot.Series {
  return {
    stroke: colour,
    width: layer === undefined ? 1.5 : 1,
    fill: layer && translucent(colour),
    paths: layer && layerPaths(layer),
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
