// When a rule's alerts were pending and firing, as bars over time.
import { useInViewport } from '@mantine/hooks';
import { useId } from 'react';
import type { AlertAnswer, QueryAnswer } from '../../src/answers/index.ts';
import { Answered } from '../components/answered.tsx';
import { FaultBoundary } from '../components/fault-boundary.tsx';
import { LabelSet } from '../components/label-set.tsx';
import { useNow } from '../format/now.ts';
import { counted } from '../format/number.ts';
import { clockOf, formatSeconds, useTimeFormat } from '../format/time.ts';
import { usePreferences } from '../preferences/preferences.ts';
import { STATE_EVERY_MS, useAnswer } from '../server/use-answer.ts';
import type { ShownAlertRule } from './alert-groups.ts';
import { type AlertRow, type AlertSpan, alertRows, alertsQuery, rangeBefore, type TimeRange, ticksOf, timelineOf } from './alert-spans.ts';
import classes from './alert-timeline.module.css';

/** Of those that are not active any more. */
const MOST_ENDED = 10;
const TICKS = 6;

interface Props {
  readonly shown: ShownAlertRule;
  /** The alerts beside the timeline, in their order. */
  readonly alerts: readonly AlertAnswer[];
  readonly rangeMs: number;
}

export function AlertTimeline({ shown, alerts, rangeMs }: Props) {
  const { rule } = shown;
  // Only what is in sight is asked for: dozens of rules may be open.
  const { ref, inViewport } = useInViewport();
  const range = rangeBefore(useNow(STATE_EVERY_MS), rangeMs);
  const result = useAnswer<QueryAnswer>(
    '/query_range',
    {
      query: alertsQuery(rule.name, rule.labels),
      start: range.startMs / 1000,
      end: range.endMs / 1000,
      step: range.stepMs / 1000,
    },
    { method: 'POST', keepPrevious: true, enabled: inViewport },
  );
  return (
    <div ref={ref} className={classes.frame}>
      <Answered result={result} what="the timeline">
        {(answer) => (
          <FaultBoundary what="The timeline" of={answer}>
            <Rows answer={answer} shown={shown} alerts={alerts} range={range} />
          </FaultBoundary>
        )}
      </Answered>
    </div>
  );
}

interface RowsProps extends Omit<Props, 'rangeMs'> {
  readonly answer: QueryAnswer;
  readonly range: TimeRange;
}

function Rows({ answer, shown: { rule, finds }, alerts, range }: RowsProps) {
  const { active, ended } = timelineOf(answer.resultType === 'matrix' ? alertRows(answer.result, range) : [], {
    shown: alerts.map(({ labels }) => labels),
    all: (rule.alerts ?? []).map(({ labels }) => labels),
    finds,
  });
  const length = formatSeconds((range.endMs - range.startMs) / 1000);
  if (active.length + ended.length === 0) return <p className={classes.note}>Nothing was pending or firing in the last {length}.</p>;
  return (
    <div className={classes.timeline}>
      <RowList rows={active} range={range} />
      {active.length > 0 && ended.length > 0 && <p className={classes.ended}>Not active any more</p>}
      <RowList rows={ended.slice(0, MOST_ENDED)} range={range} />
      <Axis range={range} />
      <p className={classes.note}>
        <span className={classes.swatch} data-state="pending" aria-hidden /> pending
        <span className={classes.swatch} data-state="firing" aria-hidden /> firing
        {ended.length > MOST_ENDED && (
          <span>
            {' '}
            · the newest {MOST_ENDED} of {counted(ended.length, 'alert')} that{' '}
            {active.length > 0 ? 'are not active any more' : 'were active'}
          </span>
        )}
      </p>
    </div>
  );
}

function RowList({ rows, range }: { readonly rows: readonly AlertRow[]; readonly range: TimeRange }) {
  if (rows.length === 0) return null;
  return (
    <ul className={classes.rows}>
      {rows.map((row) => (
        <li key={row.key} className={classes.row}>
          <LabelSet labels={row.labels} without={['alertname']} />
          <Bars row={row} range={range} />
        </li>
      ))}
    </ul>
  );
}

function Bars({ row: { spans }, range }: { readonly row: AlertRow; readonly range: TimeRange }) {
  const id = useId();
  const timeOf = useTimeFormat();
  const share = (ms: number): string => `${(100 * ms) / (range.endMs - range.startMs)}%`;
  const textOf = ({ state, fromMs, toMs }: AlertSpan): string => {
    if (toMs === fromMs) return `${state} since ${timeOf(fromMs)}`;
    return `${state} from ${timeOf(fromMs)} for ${formatSeconds((toMs - fromMs) / 1000)}${toMs === range.endMs ? ', up to now' : ''}`;
  };
  return (
    <div className={classes.bars} role="img" aria-labelledby={id}>
      {spans.map((span) => (
        <span
          key={`${span.fromMs} ${span.state}`}
          className={classes.bar}
          data-state={span.state}
          style={{ left: `min(${share(span.fromMs - range.startMs)}, 100% - var(--least))`, width: share(span.toMs - span.fromMs) }}
          title={textOf(span)}
        />
      ))}
      <span id={id} hidden>
        {spans.length === 0 ? 'no sample in this time' : spans.map(textOf).join('; ')}
      </span>
    </div>
  );
}

function Axis({ range }: { readonly range: TimeRange }) {
  const { utc } = usePreferences();
  return (
    <div className={classes.axis} aria-hidden>
      {ticksOf(range, TICKS).map((ms) => (
        <span key={ms} style={{ left: `${(100 * (ms - range.startMs)) / (range.endMs - range.startMs)}%` }}>
          {clockOf(new Date(ms), utc).slice(0, 2).join(':')}
        </span>
      ))}
    </div>
  );
}
