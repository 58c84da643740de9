// What selectors would bring: the sums, and what makes them large.
import { Group, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { FederationPreview } from '../../src/answers/index.ts';
import tableClasses from '../components/table.module.css';
import { useUrlText } from '../components/use-url-state.ts';
import { Wide } from '../components/wide.tsx';
import { formatBytes, formatCount } from '../format/number.ts';
import classes from './cost.module.css';
import { Warnings } from './detail-parts.tsx';
import { DEFAULT_INTERVAL, intervalMs } from './interval.ts';

const DAY_MS = 86_400_000;

export function CostResult({ preview }: { readonly preview: FederationPreview }) {
  const [wanted, setInterval] = useUrlText('interval', DEFAULT_INTERVAL);
  /** What is being written while it is no duration yet; of no account once the address says something else. */
  const [draft, setDraft] = useState({ text: wanted, beside: wanted });
  const text = draft.beside === wanted ? draft.text : wanted;
  const everyMs = intervalMs(text);
  const write = (written: string): void => {
    const isDuration = intervalMs(written) !== null;
    if (isDuration) setInterval(written);
    setDraft({ text: written, beside: isDuration ? written : wanted });
  };
  const { series, textBytes, gzipBytes, selectors, metrics, labels, warnings } = preview;
  const daily = (bytes: number): string => (everyMs === null ? '–' : formatBytes((bytes * DAY_MS) / everyMs));
  return (
    <Stack gap="md" role="group" aria-label="The cost">
      <div className={classes.sums}>
        <Sum name="Series" value={formatCount(series)} />
        <Sum name="Text of one pull" value={formatBytes(textBytes)} />
        <Sum name="With gzip" value={formatBytes(gzipBytes)} />
        <Sum name="A day, with gzip" value={daily(gzipBytes)} note={`${daily(textBytes)} of text to read`} />
        <Group gap="xs" align="center">
          <Text fz="xs" c="dimmed" id="cost-interval">
            pulled every
          </Text>
          <TextInput
            aria-labelledby="cost-interval"
            size="xs"
            w="7rem"
            value={text}
            onChange={(event) => write(event.currentTarget.value)}
            error={everyMs === null ? 'such as 15s, 1m30s' : undefined}
            classNames={{ input: classes.input, error: classes.fault }}
            autoComplete="off"
            spellCheck={false}
          />
        </Group>
      </div>
      <div className={classes.warnings}>
        <Warnings warnings={warnings} />
      </div>
      {series === 0 && <Text fz="sm">Nothing here matches now: a consumer with these selectors would be answered, and get no series.</Text>}
      {series > 0 && (
        <div className={classes.tables}>
          {selectors.length > 1 && (
            <Table
              title="Each selector alone"
              heads={['Selector', 'Series']}
              rows={selectors.map((one) => ({ name: one.selector, cells: [formatCount(one.series)], share: one.series / series }))}
            />
          )}
          <Table
            title="Names with the most series"
            heads={['Name', 'Series']}
            rows={metrics.map(({ name, value }) => ({ name, cells: [formatCount(value)], share: value / series }))}
          />
          <Table
            title="Worst labels, by the text they cost"
            heads={['Label', 'Values', 'Series', 'Bytes']}
            rows={labels.map((label) => ({
              name: label.name,
              cells: [formatCount(label.values), formatCount(label.series), formatBytes(label.textBytes)],
              share: label.textBytes / Math.max(textBytes, 1),
            }))}
          />
        </div>
      )}
    </Stack>
  );
}

function Sum({ name, value, note }: { readonly name: string; readonly value: string; readonly note?: string }) {
  return (
    <div>
      <div className={classes.sumName}>{name}</div>
      <div className={classes.sumValue}>{value}</div>
      {note !== undefined && <div className={classes.sumName}>{note}</div>}
    </div>
  );
}

interface Row {
  readonly name: string;
  readonly cells: readonly string[];
  /** Of the whole, at most 1. */
  readonly share: number;
}

function Table({ title, heads, rows }: { readonly title: string; readonly heads: readonly string[]; readonly rows: readonly Row[] }) {
  if (rows.length === 0) return null;
  return (
    <div className={classes.table}>
      <h3 className={classes.tableTitle}>{title}</h3>
      <Wide name={title}>
        <table className={tableClasses.table}>
          <thead>
            <tr>
              {heads.map((head, i) => (
                <th key={head} scope="col" className={i === 0 ? undefined : tableClasses.number}>
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ name, cells, share }) => (
              <tr key={name}>
                <th scope="row" className={classes.name}>
                  {name}
                  <span className={classes.share} style={{ width: `${100 * Math.min(share, 1)}%` }} />
                </th>
                {cells.map((cell, i) => (
                  <td key={heads[i + 1]} className={tableClasses.number}>
                    {cell}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Wide>
    </div>
  );
}
