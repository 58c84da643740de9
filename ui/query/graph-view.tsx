// A panel's result over a range of time.
import { ActionIcon, Button, Group, SegmentedControl, Switch, Text, Tooltip } from '@mantine/core';
import { IconArrowBackUp, IconRefresh } from '@tabler/icons-react';
import { useMemo } from 'react';
import { OriginMenu } from '../drill/origin-menu.tsx';
import { useHasSources } from '../drill/own-sources.ts';
import { Graph } from '../graph/graph.tsx';
import { rangeDataOf } from '../graph/range-data.ts';
import { chosenOf, type DisplayMode } from '../panels/panel-address.ts';
import classes from './controls.module.css';
import { RangeField } from './range-field.tsx';
import { stepOf, stepProblem } from './resolution.ts';
import { ResolutionField } from './resolution-field.tsx';
import { ResultCost, ResultNotes } from './result-notes.tsx';
import { TimeField } from './time-field.tsx';
import { useChoice } from './use-choice.ts';
import { useRangeResult } from './use-result.ts';
import type { ViewProps } from './view-props.ts';

const MODES: { label: string; value: DisplayMode }[] = [
  { label: 'Lines', value: 'lines' },
  { label: 'Stacked', value: 'stacked' },
  { label: 'Heat map', value: 'heatmap' },
];
/** Shorter than this is no time to zoom into. */
const LEAST_RANGE_MS = 1_000;

export function GraphView({ state, zooms, executedMs, onChange, onAgain }: ViewProps) {
  const { expr, rangeMs, resolution, displayMode, leastValue } = state;
  const [choice, setChoice] = useChoice(state.choice, (value) => onChange({ choice: value }, { replace: true }));
  const drills = useHasSources();
  const stepMs = stepOf(resolution, rangeMs);
  const problem = stepProblem(stepMs, rangeMs);
  // Whole seconds read better, and nobody draws the last one's fraction.
  const endMs = state.endMs ?? Math.floor(executedMs / 1000) * 1000;
  const grid = useMemo(() => ({ startMs: endMs - rangeMs, endMs, stepMs }), [endMs, rangeMs, stepMs]);
  const result = useRangeResult(expr === '' || problem !== null ? null : { query: expr, ...grid });
  const { answer } = result;
  const data = useMemo(() => (answer?.data.resultType === 'matrix' ? rangeDataOf(answer.data.result, answer.question) : null), [answer]);
  const zoom = (startMs: number, toMs: number): void => {
    const range = Math.max(Math.round(toMs - startMs), LEAST_RANGE_MS);
    const unit = range > 60_000 ? 1000 : 1;
    onChange(
      { rangeMs: Math.round(range / unit) * unit, endMs: Math.round(toMs / unit) * unit },
      { zooms: [...zooms, { rangeMs, endMs: state.endMs }] },
    );
  };
  return (
    <>
      <Group gap="sm" mb="sm" className={classes.bar}>
        <RangeField valueMs={rangeMs} onChange={(ms) => onChange({ rangeMs: ms })} />
        <TimeField name="End" valueMs={state.endMs} nowMs={executedMs} stepMs={rangeMs / 2} onChange={(ms) => onChange({ endMs: ms })} />
        <ResolutionField value={resolution} rangeMs={rangeMs} onChange={(value) => onChange({ resolution: value }, { replace: true })} />
        <SegmentedControl
          size="xs"
          aria-label="How series are drawn"
          data={MODES}
          value={displayMode}
          onChange={(value) => onChange({ displayMode: value as DisplayMode }, { replace: true })}
        />
        <Switch
          size="xs"
          label="From 0"
          checked={leastValue === 0}
          onChange={(event) => onChange({ leastValue: event.currentTarget.checked ? 0 : null }, { replace: true })}
        />
        <Tooltip label="Execute again">
          <ActionIcon variant="default" aria-label="Execute again" onClick={onAgain}>
            <IconRefresh size={16} aria-hidden />
          </ActionIcon>
        </Tooltip>
        {zooms.length > 0 && (
          <Button
            size="compact-sm"
            variant="light"
            leftSection={<IconArrowBackUp size={16} aria-hidden />}
            onClick={() => onChange(zooms.at(-1)!, { zooms: zooms.slice(0, -1) })}
          >
            Back out
          </Button>
        )}
        <ResultCost result={result} />
      </Group>
      {problem !== null && <Text c="var(--bad)">{problem}</Text>}
      <ResultNotes result={result} />
      {expr === '' && <Text c="dimmed">Write an expression and execute it: its graph is drawn here.</Text>}
      <div className={classes.result} data-old={result.isOld || undefined}>
        {chosenOf(choice).texts.length < choice.texts.length && (
          <Text fz="sm" c="dimmed">
            The address has room for {chosenOf(choice).texts.length} of the {choice.texts.length} series that were chosen in the legend.
          </Text>
        )}
        {data !== null && data.series.length === 0 && (
          <Text c="dimmed">Nothing in this time: no series has a sample. The Explain tab shows where they are lost.</Text>
        )}
        {data !== null && data.series.length > 0 && (
          <Graph
            data={data}
            mode={displayMode}
            least={leastValue}
            choice={choice}
            onChoice={setChoice}
            onZoom={zoom}
            action={
              drills
                ? ({ labels }) => (
                    <OriginMenu expr={answer?.question.query ?? expr} row={labels} rangeMs={rangeMs} endMs={state.endMs} tab="graph" />
                  )
                : undefined
            }
          />
        )}
      </div>
    </>
  );
}
