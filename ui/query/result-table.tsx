// Rows of results; only those in sight are there, so that 10,000 scroll smoothly.
import { ActionIcon, CopyButton } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useLayoutEffect, useRef, useState } from 'react';
import type { LabelMap, SampleAnswer } from '../../src/answers/index.ts';
import { OriginMenu } from '../drill/origin-menu.tsx';
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
        {items.map(({ index, key }) => {
          const row = rows[index];
          return (
            <tr key={key} ref={virtual.measureElement} data-index={index} aria-rowindex={index + 2} className={classes.row}>
              <td className={classes.series}>
                <SeriesText labels={row.labels} text={row.text} />
                {row.labels !== undefined && Object.keys(row.labels).length > 0 && (
                  <span className={classes.actions}>
                    <Copy text={row.text} />
                    <OriginMenu expr={expr} row={row.labels} rangeMs={rangeMs} endMs={endMs} tab="table" />
                  </span>
                )}
              </td>
              <td className={isString ? classes.string : classes.value}>
                <Samples samples={row.samples} />
              </td>
            </tr>
          );
        })}
        {after > 0 && <tr style={{ height: after }} />}
      </tbody>
    </table>
  );
}

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
          <span className={classes.label}>{label}</span>=<span className={classes.text}>"{value}"</span>
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
  return (
    <CopyButton value={text}>
      {({ copied, copy }) => (
        <ActionIcon variant="subtle" color="gray" size="sm" aria-label={copied ? 'Copied' : `Copy ${text}`} onClick={copy}>
          {copied ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
        </ActionIcon>
      )}
    </CopyButton>
  );
}
