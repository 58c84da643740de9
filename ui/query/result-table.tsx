// Rows of results; only those in sight are there, so that 10,000 scroll smoothly.
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { memo, type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { LabelMap, SampleAnswer } from '../../src/answers/index.ts';
import { quoteGo } from '../../src/model/index.ts';
import { copyText } from '../components/copy-text.ts';
import { LongText } from '../components/long-text.tsx';
import { RowButton } from '../components/row-button.tsx';
import { OriginMenu } from '../drill/origin-menu.tsx';
import { useHasSources } from '../drill/own-sources.ts';
import { formatMatcher } from '../format/series.ts';
import { beginningOf } from '../format/short-text.ts';
import { useTimeFormat } from '../format/time.ts';
import { MatcherMenu } from './matcher-menu.tsx';
import type { ResultRow } from './result-rows.ts';
import classes from './result-table.module.css';

const ROW_PX = 33;
const COPIED_SHOWN_MS = 2_000;
/** Samples of one series of a range. */
const MOST_SAMPLES = 1_000;

interface Props {
  readonly rows: readonly ResultRow[];
  readonly expr: string;
  readonly rangeMs: number;
  readonly endMs: number | null;
  readonly isString: boolean;
}

export function ResultTable({ rows, expr, rangeMs, endMs, isString }: Props) {
  const table = useRef<HTMLTableElement>(null);
  const [top, setTop] = useState(0);
  useLayoutEffect(() => setTop(table.current?.offsetTop ?? 0), []);
  const virtual = useWindowVirtualizer({ count: rows.length, estimateSize: () => ROW_PX, overscan: 15, scrollMargin: top });
  const items = virtual.getVirtualItems();
  const before = items.length === 0 ? 0 : items[0].start - top;
  const after = items.length === 0 ? 0 : virtual.getTotalSize() - (items[items.length - 1].end - top);
  const drills = useHasSources();
  const { measureElement } = virtual;
  return (
    <table ref={table} className={classes.table} aria-rowcount={rows.length + 1}>
      <thead>
        <tr>
          <th scope="col">Series</th>
          <th scope="col" className={classes.valueHead}>
            Value
          </th>
        </tr>
      </thead>
      <tbody>
        {before > 0 && <tr style={{ height: before }} />}
        {items.map(({ index, key }) => (
          <Row
            key={key}
            index={index}
            row={rows[index]}
            measure={measureElement}
            drill={drills ? expr : null}
            rangeMs={rangeMs}
            endMs={endMs}
            isString={isString}
          />
        ))}
        {after > 0 && <tr style={{ height: after }} />}
      </tbody>
    </table>
  );
}

interface RowProps extends Pick<Props, 'rangeMs' | 'endMs' | 'isString'> {
  readonly index: number;
  readonly row: ResultRow;
  readonly measure: (element: Element | null) => void;
  /** The expression whose sources can be asked for; null where there are none. */
  readonly drill: string | null;
}

/** Kept while it is in sight: scrolling makes the new ones alone. */
const Row = memo(({ index, row, measure, drill, rangeMs, endMs, isString }: RowProps) => (
  <tr ref={measure} data-index={index} aria-rowindex={index + 2} className={classes.row}>
    <td className={classes.series}>
      <Series row={row}>
        {drill !== null && <OriginMenu expr={drill} row={row.labels} rangeMs={rangeMs} endMs={endMs} tab="table" />}
      </Series>
    </td>
    <td className={isString ? classes.string : classes.value}>
      <Samples samples={row.samples} />
    </td>
  </tr>
));

/** A series, how to copy it or one of its labels, and what else can be done with it. */
function Series({ row: { labels, text }, children }: { readonly row: ResultRow; readonly children: ReactNode }) {
  const [copied, setCopied] = useState('');
  useEffect(() => {
    if (copied === '') return;
    const timer = setTimeout(() => setCopied(''), COPIED_SHOWN_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async (copying: string): Promise<void> => setCopied((await copyText(copying)) ? copying : '');
  const { __name__: _name, ...others } = labels;
  const matchers = Object.entries(others).map(([label, value]) => formatMatcher(label, value));
  return (
    <>
      <SeriesText labels={labels} text={text} onCopy={copy} />
      {Object.keys(labels).length > 0 && (
        <span className={classes.actions}>
          <RowButton aria-label={`Copy ${text}`} title="Copy" onClick={() => copy(text)}>
            {copied === text ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
          </RowButton>
          {matchers.length > 0 && <MatcherMenu series={text} matchers={matchers} onCopy={copy} />}
          {children}
          <span aria-live="polite" className={classes.copied}>
            {copied !== '' && `Copied${copied === text ? '' : ` ${copied}`}`}
          </span>
        </span>
      )}
    </>
  );
}

/** Nearly all are short: no component for these, of which scrolling would have to make many. */
function quoted(label: string, value: string): ReactNode {
  const text = quoteGo(value);
  return beginningOf(text) === null ? text : <LongText text={text.slice(0, -1)} of={label} end={'"'} />;
}

interface SeriesTextProps {
  readonly labels: LabelMap;
  readonly text: string;
  onCopy(matcher: string): void;
}

function SeriesText({ labels, text, onCopy }: SeriesTextProps) {
  const { __name__: name, ...others } = labels;
  const pairs = Object.entries(others);
  if (pairs.length === 0) return <span className={classes.metric}>{text}</span>;
  return (
    <span>
      {name !== undefined && <span className={classes.metric}>{name}</span>}
      {'{'}
      {pairs.map(([label, value], i) => (
        <span key={label}>
          {i > 0 && ', '}
          {/* biome-ignore lint/a11y/noStaticElementInteractions: for a mouse; the row's menu does the same with the keyboard */}
          <span className={classes.pair} title="Double click: copy this matcher" onDoubleClick={() => onCopy(formatMatcher(label, value))}>
            <span className={classes.label}>{label}</span>=<span className={classes.text}>{quoted(label, value)}</span>
          </span>
        </span>
      ))}
      {'}'}
    </span>
  );
}

function Samples({ samples }: { readonly samples: readonly SampleAnswer[] }) {
  const timeOf = useTimeFormat();
  if (samples.length === 1) return samples[0][1];
  const shown = samples.slice(0, MOST_SAMPLES);
  return (
    <>
      {shown.map(([seconds, value]) => (
        <div key={seconds}>
          {value} <span className={classes.time}>@ {timeOf(seconds * 1000)}</span>
        </div>
      ))}
      {samples.length > shown.length && <div className={classes.time}>and {samples.length - shown.length} more</div>}
    </>
  );
}
