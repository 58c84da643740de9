// A panel's result at one time.
import { ActionIcon, Button, Group, NativeSelect, Text, Tooltip } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { SearchField } from '../components/search-field.tsx';
import type { RowOrder } from '../panels/panel-address.ts';
import classes from './controls.module.css';
import { ResultCost, ResultNotes } from './result-notes.tsx';
import { filteredRows, orderedRows, resultRows } from './result-rows.ts';
import { ResultTable } from './result-table.tsx';
import { TimeField } from './time-field.tsx';
import { useInstantResult } from './use-result.ts';
import type { ViewProps } from './view-props.ts';

/** As many as a person looks through; the rest on demand. */
const FIRST_LIMIT = 10_000;
/** Fewer than these need no search. */
const SEARCHED_FROM = 8;

export function TableView({ state, executedMs, onChange, onAgain }: ViewProps) {
  const { expr, filter, order } = state;
  const [limit, setLimit] = useState(FIRST_LIMIT);
  const result = useInstantResult(expr === '' ? null : { query: expr, timeMs: state.endMs ?? executedMs, limit });
  const answer = result.answer?.data;
  const rows = useMemo(() => (answer === undefined ? null : resultRows(answer)), [answer]);
  const shown = useMemo(() => (rows === null ? [] : orderedRows(filteredRows(rows, filter), order)), [rows, filter, order]);
  // As the server says it.
  const cut = limit > 0 && (result.answer?.warnings.some((warning) => warning.includes('truncated')) ?? false);
  return (
    <>
      <Group gap="sm" mb="sm" className={classes.bar}>
        <TimeField
          name="Evaluation time"
          valueMs={state.endMs}
          nowMs={executedMs}
          stepMs={state.rangeMs / 2}
          onChange={(endMs) => onChange({ endMs })}
        />
        <Tooltip label="Execute again">
          <ActionIcon variant="default" aria-label="Execute again" onClick={onAgain}>
            <IconRefresh size={16} aria-hidden />
          </ActionIcon>
        </Tooltip>
        {rows !== null && (rows.length >= SEARCHED_FROM || filter !== '') && (
          <>
            <SearchField label="Filter the series" value={filter} onChange={(value) => onChange({ filter: value }, { replace: true })} />
            <NativeSelect
              size="xs"
              aria-label="Order"
              value={order}
              onChange={(event) => onChange({ order: event.currentTarget.value as RowOrder }, { replace: true })}
              data={[
                { value: 'answer', label: 'As answered' },
                { value: 'series', label: 'By series' },
                { value: 'value-down', label: 'Highest first' },
                { value: 'value-up', label: 'Lowest first' },
              ]}
            />
          </>
        )}
        <ResultCost result={result} />
      </Group>
      <ResultNotes result={result} />
      {expr === '' && <Text c="dimmed">Write an expression and execute it: its result is shown here.</Text>}
      <div className={classes.result} data-old={result.isOld || undefined}>
        {cut && (
          <Group gap="xs" mb="xs">
            <Text fz="sm">The first {limit.toLocaleString('en-US')} series are shown.</Text>
            <Button size="compact-xs" variant="default" onClick={() => setLimit(0)}>
              Ask for all
            </Button>
          </Group>
        )}
        {rows !== null && rows.length === 0 && (
          <Text c="dimmed">Empty: no series at this time. The Explain tab shows where they are lost.</Text>
        )}
        {shown.length > 0 && (
          <ResultTable
            rows={shown}
            expr={result.answer?.question.query ?? expr}
            rangeMs={state.rangeMs}
            endMs={state.endMs}
            isString={answer?.resultType === 'string'}
          />
        )}
        {rows !== null && rows.length > 0 && shown.length === 0 && <Text c="dimmed">No series has all of these words.</Text>}
      </div>
    </>
  );
}
