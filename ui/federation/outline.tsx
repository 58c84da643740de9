// The tree as an indented list, where there is no room for the picture. The same content, the same places to select.
import { counted, formatCount } from '../format/number.ts';
import {
  agentWords,
  bytesWords,
  everyWords,
  failureWords,
  lagWords,
  seriesWords,
  softwareWords,
  sourceSoftware,
  warningsOf,
} from './flow-words.ts';
import { belowKey, consumersKey, groupOf, MOST_BESIDE, mostBelow } from './groups.ts';
import { HealthMark } from './health-mark.tsx';
import classes from './outline.module.css';
import type { Selection } from './selection.ts';
import { type ConsumerNode, type FederationTree, SELF_KEY, type SourceNode } from './tree.ts';

interface Props {
  readonly tree: FederationTree;
  readonly selection: Selection;
}

export function Outline({ tree, selection }: Props) {
  const { server, name, sources, consumers } = tree;
  return (
    <div className={classes.outline}>
      <p className={classes.title}>Consumers{consumers.length === 0 && ': no server has asked for /federate'}</p>
      <Nodes nodes={consumers} groupKey={consumersKey} most={MOST_BESIDE} deeper={0} selection={selection} />
      <p className={classes.title}>This server</p>
      <button type="button" className={classes.node} aria-pressed={selection.key === SELF_KEY} onClick={() => selection.select(SELF_KEY)}>
        <b>{name}</b>
        <span className={classes.quiet}>
          {softwareWords(server)} · {counted(sources.length, 'source')}, {counted(consumers.length, 'consumer')}
        </span>
      </button>
      <p className={classes.title}>Sources{sources.length === 0 && ': this server pulls from no other'}</p>
      <Nodes nodes={sources} groupKey={belowKey(SELF_KEY)} most={MOST_BESIDE} deeper={mostBelow(sources)} selection={selection} />
    </div>
  );
}

interface NodesProps {
  readonly nodes: readonly (SourceNode | ConsumerNode)[];
  readonly groupKey: string;
  readonly most: number;
  readonly deeper: number;
  readonly selection: Selection;
}

function Nodes({ nodes, groupKey, most, deeper, selection }: NodesProps) {
  if (nodes.length === 0) return null;
  const { shown, hidden, opened } = groupOf(nodes, most, selection.opened.has(groupKey));
  const failing = hidden.filter(({ health }) => health.tone === 'bad').length;
  return (
    <ul className={classes.list}>
      {shown.map((node) => (
        <li key={node.key}>
          <button
            type="button"
            className={classes.node}
            data-tone={node.health.tone}
            aria-pressed={selection.key === node.key}
            onClick={() => selection.select(node.key)}
          >
            <NodeText node={node} />
          </button>
          {node.kind === 'source' && (
            <Nodes nodes={node.children} groupKey={belowKey(node.key)} most={deeper} deeper={deeper} selection={selection} />
          )}
        </li>
      ))}
      {(hidden.length > 0 || opened) && (
        <li>
          <button type="button" className={classes.more} onClick={() => selection.toggle(groupKey)}>
            {opened ? 'Show fewer' : `and ${formatCount(hidden.length)} more`}
            {failing > 0 && `, ${formatCount(failing)} failing`}
          </button>
        </li>
      )}
    </ul>
  );
}

function NodeText({ node }: { readonly node: SourceNode | ConsumerNode }) {
  const { flow, health } = node;
  const isSource = node.kind === 'source';
  const who = isSource
    ? [node.place, sourceSoftware(node.source)]
    : [agentWords(node.consumer.userAgent), node.consumer.selectors[0] ?? ''];
  if (isSource && node.loopTo !== '') who.push(`is ${node.loopTo} again`);
  const trouble = health.tone === 'bad' ? failureWords(node) : '';
  const what = [
    seriesWords(flow.series),
    bytesWords(flow.bytes),
    everyWords(node),
    trouble,
    trouble === '' || !flow.isCurrent ? lagWords(flow.lagSeconds) : '',
  ];
  const warnings = warningsOf(node);
  return (
    <>
      <span className={classes.head}>
        <b>{node.name}</b> <HealthMark health={health} />
        {warnings > 0 && <span className={classes.warnings}>{counted(warnings, 'warning')}</span>}
      </span>
      <span className={classes.quiet}>{joined(who)}</span>
      <span className={classes.quiet}>{joined(what)}</span>
    </>
  );
}

const joined = (words: readonly string[]): string => words.filter((word) => word !== '').join(' · ');
