// The answer of a range query as a picture: lines, a stack, or a heat map; with its legend.
import { Alert, useComputedColorScheme } from '@mantine/core';
import { type ReactNode, useMemo, useState } from 'react';
import { counted } from '../format/number.ts';
import { isShown, type SeriesChoice } from '../panels/series-choice.ts';
import { usePreferences } from '../preferences/preferences.ts';
import { heatMapOf } from './heat-map.ts';
import { HeatMapChart } from './heat-map-chart.tsx';
import { Legend } from './legend.tsx';
import { LineChart } from './line-chart.tsx';
import { seriesColour } from './palette.ts';
import { type GraphSeries, isDrawable, type RangeData } from './range-data.ts';
import { DrawnNote, NoValueNote } from './undrawn-note.tsx';

/** More take a browser seconds, and nobody can tell them apart; all are drawn where somebody asks for that. */
const MOST_DRAWN = 1000;

interface Props {
  readonly data: RangeData;
  readonly mode: 'lines' | 'stacked' | 'heatmap';
  /** Where the values' axis begins; null: where the values do. */
  readonly least: number | null;
  readonly choice: SeriesChoice;
  onChoice(choice: SeriesChoice): void;
  onZoom(startMs: number, endMs: number): void;
  /** Beside a series in the legend. */
  readonly action?: (series: GraphSeries) => ReactNode;
}

export function Graph({ data, mode, least, choice, onChoice, onZoom, action }: Props) {
  const dark = useComputedColorScheme('light') === 'dark';
  const { utc } = usePreferences();
  const colours = useMemo(() => data.series.map((_, i) => seriesColour(i, dark)), [data, dark]);
  const heatMap = useMemo(() => (mode === 'heatmap' ? heatMapOf(data) : null), [data, mode]);
  // Not a switch: an answer with still more series asks again.
  const [mostDrawn, setMostDrawn] = useState(MOST_DRAWN);
  const shown = useMemo(() => {
    const chosen = data.series.map((_, i) => i).filter((i) => isShown(choice, data.series[i].text));
    const drawable = chosen.filter((i) => isDrawable(data.series[i]));
    const indices = drawable.slice(0, mostDrawn);
    return {
      chosen: chosen.length,
      drawable: drawable.length,
      data: { times: data.times, series: indices.map((i) => data.series[i]) },
      colours: indices.map((i) => colours[i]),
    };
  }, [data, choice, colours, mostDrawn]);
  if (mode === 'heatmap' && heatMap !== null) {
    const name = `Heat map of ${counted(heatMap.bounds.length, 'bucket')}`;
    return (
      <>
        {heatMap.histograms > 1 && (
          <Alert color="blue" mb="xs">
            {counted(heatMap.histograms, 'histogram')} added up: aggregate by (le) to choose which.
          </Alert>
        )}
        <NoValueNote series={data.series.length} withoutValue={data.series.filter((one) => !isDrawable(one)).length} />
        <HeatMapChart map={heatMap} dark={dark} utc={utc} name={name} onZoom={onZoom} />
      </>
    );
  }
  return (
    <>
      {mode === 'heatmap' && (
        <Alert color="yellow" mb="xs" title="No histogram, so these are lines">
          A heat map shows the buckets of a classic histogram: every series needs a label le, as in sum by (le) (rate(…_bucket[5m])).
        </Alert>
      )}
      <NoValueNote series={shown.chosen} withoutValue={shown.chosen - shown.drawable} />
      <DrawnNote series={shown.drawable} drawn={shown.data.series.length} onDrawAll={() => setMostDrawn(shown.drawable)} />
      <LineChart
        data={shown.data}
        colours={shown.colours}
        stack={mode === 'stacked'}
        least={least}
        dark={dark}
        utc={utc}
        name={`Graph of ${counted(shown.data.series.length, 'series', 'series')}; the Table tab has the values`}
        onZoom={onZoom}
      />
      <Legend series={data.series} colours={colours} choice={choice} onChoice={onChoice} action={action} />
    </>
  );
}
