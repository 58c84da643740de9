// Rows of results; only those in sight are there, so that 10,000 scroll smoothly.
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { memo, useLayoutEffect, useRef, useState } from 'react';
import type { LabelMap, SampleAnswer } from '../../src/answers/index.ts';
import { quoteGo } from '../../src/model/index.ts';
import { copyText } from '../components/copy-text.ts';
import { RowButton } from '../components/row-button.tsx';
import { OriginMenu } from '../drill/origin-menu.tsx';
import { useHasSources } from '../drill/own-sources.ts';
import { useTimeFormat } from '../format/time.ts';
import type { ResultRow } from './result-rows.ts';
import classes from './result-table.module.css';

const ROW_PX = 33;
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
      <SeriesText labels={row.labels} text={row.text} />
      {Object.keys(row.labels).length > 0 && (
        <span className={classes.actions}>
          <Copy text={row.text} />
          {drill !== null && <OriginMenu expr={drill} row={row.labels} rangeMs={rangeMs} endMs={endMs} tab="table" />}
        </span>
      )}
    </td>
    <td className={isString ? classes.string : classes.value}>
      <Samples samples={row.samples} />
    </td>
  </tr>
));

function SeriesText({ labels, text }: { readonly labels: LabelMap; readonly text: string }) {
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
          <span className={classes.label}>{label}</span>=<span className={classes.text}>{quoteGo(value)}</span>
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

function Copy({ text }: { readonly text: string }) {
  const [copied, setCopied] = useState(false);
  return (
    <RowButton
      aria-label={`Copy ${text}`}
      title="Copy"
      onClick={async () => setCopied(await copyText(text))}
      onBlur={() => setCopied(false)}
    >
      {copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
      <span aria-live="polite">{copied && 'Copied'}</span>
    </RowButton>
  );
}
