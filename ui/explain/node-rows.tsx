// The tree itself. Arrow keys move through it as trees are moved through everywhere: one row is in the order of Tab.
import { UnstyledButton } from '@mantine/core';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import { type KeyboardEvent, useRef, useState } from 'react';
import { PromqlText } from '../components/promql-text.tsx';
import classes from './explain-tree.module.css';
import { type NodeState, stateOf } from './explaining.ts';
import { LabelValues } from './label-values.tsx';
import { NodeCount } from './node-count.tsx';
import { type ExplainNode, nodesOf } from './node-tree.ts';
import { titleOf } from './node-words.ts';

interface Props {
  readonly root: ExplainNode;
  readonly states: ReadonlyMap<string, NodeState>;
  readonly selectedId: string;
  readonly onSelect: (id: string) => void;
}

const LABELS_SHOWN = 4;

export function NodeRows({ root, states, selectedId, onSelect }: Props) {
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const tree = useRef<HTMLDivElement>(null);
  const isHidden = ({ id }: ExplainNode): boolean => [...closed].some((ancestor) => id.startsWith(`${ancestor}.`));
  const rows = nodesOf(root).filter((node) => !isHidden(node));
  const focused = rows.some(({ id }) => id === selectedId) ? selectedId : root.id;

  const goTo = (id: string | undefined): void => {
    if (id === undefined) return;
    onSelect(id);
    tree.current?.querySelector<HTMLElement>(`[data-node="${id}"]`)?.focus();
  };
  const setOpen = (id: string, open: boolean): void => {
    const after = new Set(closed);
    if (open) after.delete(id);
    else after.add(id);
    setClosed(after);
    // What was chosen would be out of sight.
    if (!open && selectedId.startsWith(`${id}.`)) goTo(id);
  };
  const onKeyDown = (event: KeyboardEvent, node: ExplainNode): void => {
    const at = rows.indexOf(node);
    const isOpen = node.children.length > 0 && !closed.has(node.id);
    const moves: Readonly<Record<string, () => void>> = {
      ArrowDown: () => goTo(rows[at + 1]?.id),
      ArrowUp: () => goTo(rows[at - 1]?.id),
      Home: () => goTo(rows[0].id),
      End: () => goTo(rows.at(-1)?.id),
      ArrowRight: () => (isOpen ? goTo(node.children[0].id) : setOpen(node.id, true)),
      ArrowLeft: () => (isOpen ? setOpen(node.id, false) : goTo(node.id.split('.').slice(0, -1).join('.') || undefined)),
      Enter: () => onSelect(node.id),
      ' ': () => onSelect(node.id),
    };
    // Of a label in the row, which has keys of its own.
    if (event.target !== event.currentTarget) return;
    if (!Object.hasOwn(moves, event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    moves[event.key]();
  };
  return (
    <div ref={tree} role="tree" aria-label="Parts of the expression" className={classes.tree}>
      {rows.map((node) => {
        const depth = node.id.split('.').length - 1;
        const isOpen = !closed.has(node.id);
        const isSelected = node.id === selectedId;
        return (
          <div
            key={node.id}
            data-node={node.id}
            role="treeitem"
            aria-level={depth + 1}
            aria-selected={isSelected}
            aria-expanded={node.children.length > 0 ? isOpen : undefined}
            tabIndex={node.id === focused ? 0 : -1}
            className={classes.row}
            style={{ '--depth': depth } as React.CSSProperties}
            onClick={() => goTo(node.id)}
            onKeyDown={(event) => onKeyDown(event, node)}
          >
            <span className={classes.head}>
              {node.children.length > 0 ? (
                <UnstyledButton
                  tabIndex={-1}
                  aria-hidden
                  className={classes.toggle}
                  onClick={(event) => {
                    event.stopPropagation();
                    setOpen(node.id, !isOpen);
                  }}
                >
                  {isOpen ? <IconChevronDown size={16} /> : <IconChevronRight size={16} />}
                </UnstyledButton>
              ) : (
                <span className={classes.toggle} />
              )}
              <span className={classes.text}>
                <PromqlText expr={node.text} />
              </span>
              <NodeCount node={node} states={states} />
            </span>
            <span className={classes.foot}>
              <span>{titleOf(node)}</span>
              <RowLabels state={stateOf(states, node)} tabIndex={node.id === focused ? 0 : -1} />
            </span>
          </div>
        );
      })}
    </div>
  );
}

/** The labels that tell its series apart, and with how many values. */
function RowLabels({ state, tabIndex }: { readonly state: NodeState; readonly tabIndex: number }) {
  if (state.kind !== 'series' || state.labels === null) return null;
  const shown = state.labels.slice(0, LABELS_SHOWN);
  const more = state.labels.length - shown.length;
  return (
    <>
      {shown.map((label) => (
        <LabelValues key={label.name} label={label} tabIndex={tabIndex} />
      ))}
      {more > 0 && <span>and {more} more</span>}
    </>
  );
}
