// One expression and what came of it: as a table, as a graph, explained.
import { ActionIcon, Button, Group, Paper, Tabs, Tooltip } from '@mantine/core';
import { IconBinaryTree, IconListSearch, IconX } from '@tabler/icons-react';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { Loading } from '../components/loading.tsx';
import { type EditorHandle, ExpressionEditor } from '../editor/expression-editor.tsx';
import { FormatButton } from '../editor/format-button.tsx';
import { HistoryMenu } from '../editor/history-menu.tsx';
import type { PanelState, PanelTab } from '../panels/panel-address.ts';
import { ALL_SERIES } from '../panels/series-choice.ts';
import { serverNow } from '../server/clock.ts';
import { GraphView } from './graph-view.tsx';
import classes from './panel.module.css';
import { TableView } from './table-view.tsx';
import type { ChangeOptions, TimeWindow } from './use-panels.ts';

const MetricsExplorer = lazy(() =>
  import('../explorer/metrics-explorer.tsx').then(({ MetricsExplorer: content }) => ({ default: content })),
);
const ExplainTree = lazy(() => import('../explain/explain-tree.tsx').then(({ ExplainTree: content }) => ({ default: content })));

interface Props {
  /** From 1, for names. */
  readonly number: number;
  readonly state: PanelState;
  readonly history: readonly string[];
  readonly zooms: readonly TimeWindow[];
  onChange(change: Partial<PanelState>, options?: ChangeOptions): void;
  onExecuted(text: string): void;
  /** Null for the only panel. */
  readonly onRemove: (() => void) | null;
}

export function Panel({ number, state, zooms, history, onChange, onExecuted, onRemove }: Props) {
  // What is being written; the address has what was executed.
  const [text, setText] = useState(state.expr);
  useEffect(() => setText(state.expr), [state.expr]);
  const [executedMs, executeAgain] = useExecutionTime(state);
  const editor = useRef<EditorHandle>(null);
  const [exploring, setExploring] = useState(false);
  const execute = (expr: string): void => {
    setText(expr);
    executeAgain();
    if (expr.trim() !== '') onExecuted(expr);
    if (expr !== state.expr) onChange({ expr, choice: ALL_SERIES, part: '' });
  };
  const explanation = (
    <ExplainTree
      expr={state.expr}
      endMs={state.endMs ?? executedMs}
      selected={state.part || '0'}
      onSelect={execute}
      onSelected={(part) => onChange({ part: part === '0' ? '' : part }, { replace: true })}
    />
  );
  const view = { state, zooms, executedMs, onChange, onAgain: executeAgain };
  return (
    <Paper component="section" aria-label={`Panel ${number}`} withBorder p="md" className={classes.panel}>
      <div className={classes.head}>
        <div className={classes.editor}>
          <ExpressionEditor
            ref={editor}
            value={text}
            onChange={setText}
            onExecute={execute}
            history={history}
            placeholder="Expression (Enter executes, Shift+Enter begins a new line)"
            autoFocus={number === 1 && state.expr === ''}
          />
        </div>
        <Group gap={6} wrap="nowrap" className={classes.actions}>
          <FormatButton text={text} onFormat={setText} />
          <HistoryMenu history={history} onPick={setText} />
          <Tooltip label="Look for metrics">
            <ActionIcon variant="default" size="lg" aria-label="Look for metrics" onClick={() => setExploring(true)}>
              <IconListSearch size={18} aria-hidden />
            </ActionIcon>
          </Tooltip>
          <Tooltip label={state.showTree ? 'Hide the tree of the expression' : 'Show the tree of the expression'}>
            <ActionIcon
              variant={state.showTree ? 'filled' : 'default'}
              size="lg"
              aria-label="Tree of the expression"
              aria-pressed={state.showTree}
              onClick={() => onChange({ showTree: !state.showTree }, { replace: true })}
            >
              <IconBinaryTree size={18} aria-hidden />
            </ActionIcon>
          </Tooltip>
          <Button onClick={() => execute(text)}>Execute</Button>
          {onRemove !== null && (
            <ActionIcon variant="subtle" color="gray" size="lg" aria-label={`Remove panel ${number}`} onClick={onRemove}>
              <IconX size={18} aria-hidden />
            </ActionIcon>
          )}
        </Group>
      </div>
      {exploring && (
        <Suspense fallback={null}>
          <MetricsExplorer opened onClose={() => setExploring(false)} onPick={(picked) => editor.current?.insert(picked)} />
        </Suspense>
      )}
      {state.showTree && state.tab !== 'explain' && state.expr !== '' && (
        <Suspense fallback={<Loading what="the tree" />}>{explanation}</Suspense>
      )}
      <Tabs value={state.tab} onChange={(tab) => onChange({ tab: tab as PanelTab }, { replace: true })} keepMounted={false} mt="sm">
        <Tabs.List aria-label={`How panel ${number} shows its result`}>
          <Tabs.Tab value="table">Table</Tabs.Tab>
          <Tabs.Tab value="graph">Graph</Tabs.Tab>
          <Tabs.Tab value="explain">Explain</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="table" pt="sm">
          <TableView {...view} />
        </Tabs.Panel>
        <Tabs.Panel value="graph" pt="sm">
          <GraphView {...view} />
        </Tabs.Panel>
        <Tabs.Panel value="explain" pt="sm">
          {state.expr === '' ? (
            'There is nothing to explain yet: write an expression and execute it.'
          ) : (
            <Suspense fallback={<Loading what="the tree" />}>{explanation}</Suspense>
          )}
        </Tabs.Panel>
      </Tabs>
    </Paper>
  );
}

/** What "now" is: another one with each execution, and with each change of what is asked. */
function useExecutionTime({ expr, tab, rangeMs, endMs, resolution }: PanelState): readonly [number, () => void] {
  const asked = JSON.stringify([expr, tab, rangeMs, endMs, resolution]);
  const [execution, setExecution] = useState(() => ({ asked, ms: serverNow() }));
  // While it is drawn, so that nothing is asked with the time before.
  if (execution.asked !== asked) setExecution({ asked, ms: serverNow() });
  return [execution.ms, () => setExecution({ asked, ms: serverNow() })];
}
