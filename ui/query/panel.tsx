// One expression and what came of it: as a table, as a graph, explained.
import { ActionIcon, Button, Group, Paper, Tabs, Tooltip } from '@mantine/core';
import { IconBinaryTree, IconCopyPlus, IconListSearch, IconX } from '@tabler/icons-react';
import { lazy, Suspense, useEffect, useMemo, useRef, useState } from 'react';
import { Loading } from '../components/loading.tsx';
import { WhenNear } from '../components/when-near.tsx';
import { type EditorHandle, ExpressionEditor } from '../editor/expression-editor.tsx';
import { FormatButton } from '../editor/format-button.tsx';
import { HistoryMenu } from '../editor/history-menu.tsx';
import type { PanelState, PanelTab } from '../panels/panel-address.ts';
import { ALL_SERIES } from '../panels/series-choice.ts';
import { serverNow } from '../server/clock.ts';
import { GraphView } from './graph-view.tsx';
import classes from './panel.module.css';
import { PartNote } from './part-note.tsx';
import { shownPartOf } from './shown-part.ts';
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
  /** A copy, with what is written by now; null where the page has no room for one. */
  readonly onDuplicate: ((written: string) => void) | null;
  readonly onRemove: () => void;
}

export function Panel({ number, state, zooms, history, onChange, onExecuted, onDuplicate, onRemove }: Props) {
  const { expr, part: partId, showTree } = state;
  // What is being written; the address has what was executed.
  const [text, setText] = useState(expr);
  useEffect(() => setText(expr), [expr]);
  const [executedMs, executeAgain] = useExecutionTime(state);
  const editor = useRef<EditorHandle>(null);
  const [exploring, setExploring] = useState(false);
  const execute = (typed: string): void => {
    const written = typed.trim() === '' ? '' : typed;
    setText(written);
    executeAgain();
    if (written !== '') onExecuted(written);
    if (written !== expr) onChange({ expr: written, choice: ALL_SERIES, part: '' });
  };
  const part = useMemo(() => shownPartOf({ expr, part: partId, showTree }), [expr, partId, showTree]);
  // Other series are shown then, and what was chosen of those before would hide them.
  const showPart = (change: Pick<Partial<PanelState>, 'part' | 'showTree'>): void =>
    onChange(shownPartOf({ ...state, ...change })?.text === part?.text ? change : { ...change, choice: ALL_SERIES }, { replace: true });
  const explanation = (
    <ExplainTree
      expr={expr}
      endMs={state.endMs ?? executedMs}
      selected={partId || '0'}
      onTake={execute}
      onSelected={(id) => showPart({ part: id === '0' ? '' : id })}
    />
  );
  const view = { zooms, executedMs, onChange, onAgain: executeAgain };
  const partNote = part !== null && <PartNote part={part} isGraph={state.tab === 'graph'} onWhole={() => showPart({ part: '' })} />;
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
            autoFocus={number === 1 && expr === ''}
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
          <Tooltip label={showTree ? 'Hide the tree of the expression' : 'Show the tree of the expression'}>
            <ActionIcon
              variant={showTree ? 'filled' : 'default'}
              size="lg"
              aria-label="Tree of the expression"
              aria-pressed={showTree}
              onClick={() => showPart({ showTree: !showTree })}
            >
              <IconBinaryTree size={18} aria-hidden />
            </ActionIcon>
          </Tooltip>
          <Button flex="none" onClick={() => execute(text)}>
            Execute
          </Button>
          <Tooltip label="Duplicate">
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              aria-label={`Duplicate panel ${number}`}
              disabled={onDuplicate === null}
              onClick={() => onDuplicate?.(text)}
            >
              <IconCopyPlus size={18} aria-hidden />
            </ActionIcon>
          </Tooltip>
          <Tooltip label="Remove">
            <ActionIcon variant="subtle" color="gray" size="lg" aria-label={`Remove panel ${number}`} onClick={onRemove}>
              <IconX size={18} aria-hidden />
            </ActionIcon>
          </Tooltip>
        </Group>
      </div>
      {exploring && (
        <Suspense fallback={null}>
          <MetricsExplorer opened onClose={() => setExploring(false)} onPick={(picked) => editor.current?.insert(picked)} />
        </Suspense>
      )}
      {showTree && state.tab !== 'explain' && expr !== '' && <Suspense fallback={<Loading what="the tree" />}>{explanation}</Suspense>}
      <Tabs value={state.tab} onChange={(tab) => onChange({ tab: tab as PanelTab }, { replace: true })} keepMounted={false} mt="sm">
        <Tabs.List aria-label={`How panel ${number} shows its result`}>
          <Tabs.Tab value="table">Table</Tabs.Tab>
          <Tabs.Tab value="graph">Graph</Tabs.Tab>
          <Tabs.Tab value="explain">Explain</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="table" pt="sm">
          {partNote}
          <WhenNear minHeight="8rem">
            <TableView {...view} state={part === null ? state : { ...state, expr: part.text }} />
          </WhenNear>
        </Tabs.Panel>
        <Tabs.Panel value="graph" pt="sm">
          {partNote}
          <WhenNear minHeight="30rem">
            <GraphView {...view} state={part === null ? state : { ...state, expr: part.graphed }} />
          </WhenNear>
        </Tabs.Panel>
        <Tabs.Panel value="explain" pt="sm">
          {expr === '' ? (
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
