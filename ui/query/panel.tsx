// One expression and what came of it: as a table, as a graph, explained.
import { ActionIcon, Button, Group, Paper, Tabs, Tooltip } from '@mantine/core';
import { IconBinaryTree, IconListSearch, IconX } from '@tabler/icons-react';
import { lazy, Suspense, useEffect, useState } from 'react';
import { Loading } from '../components/loading.tsx';
import { ExpressionEditor } from '../editor/expression-editor.tsx';
import { FormatButton } from '../editor/format-button.tsx';
import { HistoryMenu } from '../editor/history-menu.tsx';
import type { PanelState, PanelTab } from '../panels/panel-address.ts';
import { GraphView } from './graph-view.tsx';
import classes from './panel.module.css';
import { TableView } from './table-view.tsx';

const MetricsExplorer = lazy(() =>
  import('../explorer/metrics-explorer.tsx').then(({ MetricsExplorer: content }) => ({ default: content })),
);
const ExplainTree = lazy(() => import('../explain/explain-tree.tsx').then(({ ExplainTree: content }) => ({ default: content })));

interface Props {
  /** From 1, for names. */
  readonly number: number;
  readonly state: PanelState;
  readonly history: readonly string[];
  onChange(change: Partial<PanelState>, options?: { readonly replace?: boolean }): void;
  onExecuted(text: string): void;
  /** Null for the only panel. */
  readonly onRemove: (() => void) | null;
}

export function Panel({ number, state, history, onChange, onExecuted, onRemove }: Props) {
  // What is being written; the address has what was executed.
  const [text, setText] = useState(state.expr);
  useEffect(() => setText(state.expr), [state.expr]);
  const [executedMs, setExecutedMs] = useState(() => Date.now());
  const [exploring, setExploring] = useState(false);
  const execute = (expr: string): void => {
    setText(expr);
    setExecutedMs(Date.now());
    if (expr.trim() !== '') onExecuted(expr);
    if (expr !== state.expr) onChange({ expr, choice: { kind: 'hidden', texts: [] } });
  };
  const again = (): void => setExecutedMs(Date.now());
  const view = { state, executedMs, onChange, onAgain: again };
  return (
    <Paper component="section" aria-label={`Panel ${number}`} withBorder p="md" className={classes.panel}>
      <div className={classes.head}>
        <div className={classes.editor}>
          <ExpressionEditor
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
          <MetricsExplorer opened onClose={() => setExploring(false)} onPick={setText} />
        </Suspense>
      )}
      {state.showTree && state.tab !== 'explain' && state.expr !== '' && (
        <Suspense fallback={<Loading what="the tree" />}>
          <ExplainTree expr={state.expr} endMs={state.endMs ?? executedMs} />
        </Suspense>
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
            <Suspense fallback={<Loading what="the tree" />}>
              <ExplainTree expr={state.expr} endMs={state.endMs ?? executedMs} />
            </Suspense>
          )}
        </Tabs.Panel>
      </Tabs>
    </Paper>
  );
}
