// When a rule's alerts were pending and firing, as bars over time.
import { useId } from 'react';
import type { AlertingRuleAnswer, QueryAnswer } from '../../src/answers/index.ts';
import { Answered } from '../components/answered.tsx';
import { FaultBoundary } from '../components/fault-boundary.tsx';
import { LabelSet } from '../components/label-set.tsx';
import { useNow } from '../format/now.ts';
import { counted } from '../format/number.ts';
import { clockOf, formatSeconds, useTimeFormat } from '../format/time.ts';
import { usePreferences } from '../preferences/preferences.ts';
import { STATE_EVERY_MS, useAnswer } from '../server/use-answer.ts';
import { type AlertRow, type AlertSpan, alertRows, alertsQuery, rangeBefore, type TimeRange, ticksOf } from './alert-spans.ts';
import classes from './alert-timeline.module.css';

const MOST_ROWS = 30;
const TICKS = 6;

export function AlertTimeline({ rule, rangeMs }: { readonly rule: AlertingRuleAnswer; readonly rangeMs: number }) {
  const range = rangeBefore(useNow(STATE_EVERY_MS), rangeMs);
  const result = useAnswer<QueryAnswer>(
    '/query_range',
    {
      query: alertsQuery(rule.name, rule.labels),
      start: range.startMs / 1000,
      end: range.endMs / 1000,
      step: range.stepMs / 1000,
    },
    { method: 'POST', keepPrevious: true },
  );
  return (
    <Answered result={result} what="the timeline">
      {(answer) => (
        <FaultBoundary what="The timeline" of={answer}>
          <Rows answer={answer} range={range} />
        </FaultBoundary>
      )}
    </Answered>
  );
}

function Rows({ answer, range }: { readonly answer: QueryAnswer; readonly range: TimeRange }) {
  const rows = answer.resultType === 'matrix' ? alertRows(answer.result, range) : [];
  const length = formatSeconds((range.endMs - range.startMs) / 1000);
  if (rows.length === 0) return <p className={classes.note}>Nothing was pending or firing in the last {length}.</p>;
  return (
    <div className={classes.timeline}>
      <ul className={classes.rows}>
        {rows.slice(0, MOST_ROWS).map((row) => (
          <li key={row.key} className={classes.row}>
            <LabelSet labels={row.labels} without={['alertname']} />
            <Bars row={row} range={range} />
          </li>
        ))}
      </ul>
      <Axis range={range} />
      <p className={classes.note}>
        <span className={classes.swatch} data-state="pending" aria-hidden /> pending
        <span className={classes.swatch} data-state="firing" aria-hidden /> firing
        {rows.length > MOST_ROWS && (
          <span>
            {' '}
            · the newest {MOST_ROWS} of {counted(rows.length, 'alert')}
          </span>
        )}
      </p>
    </div>
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
        {spans.map(textOf).join('; ')}
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
