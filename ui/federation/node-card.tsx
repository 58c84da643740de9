// One place of the picture: who it is, how it stands with it, and what flows on its arrow.

import { VisuallyHidden } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { counted } from '../format/number.ts';
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
import { HealthMark } from './health-mark.tsx';
import type { Place } from './layout.ts';
import classes from './picture.module.css';
import type { ConsumerNode, FederationTree, SourceNode } from './tree.ts';

interface Props {
  readonly node: SourceNode | ConsumerNode;
  readonly side: Place['side'];
  readonly selected: boolean;
  readonly onSelect: () => void;
}

export function NodeCard({ node, side, selected, onSelect }: Props) {
  const isSource = node.kind === 'source';
  const software = isSource ? sourceSoftware(node.source) : agentWords(node.consumer.userAgent);
  return (
    <button
      type="button"
      className={classes.node}
      data-side={side}
      aria-pressed={selected}
      title={isSource ? `${node.name} (${node.place})` : node.consumer.userAgent}
      onClick={onSelect}
    >
      <VisuallyHidden component="span">{isSource ? 'Source' : 'Consumer'}</VisuallyHidden>
      <Flow node={node} side={side} />
      <span className={classes.card} data-tone={node.health.tone}>
        <span className={classes.name}>{node.name}</span>
        {isSource ? (
          <span className={classes.line2}>{node.place}</span>
        ) : (
          <code className={classes.selector}>{node.consumer.selectors[0]}</code>
        )}
        <span className={classes.line3}>
          <HealthMark health={node.health} />
          <span className={classes.quiet}>{isSource && node.loopTo !== '' ? `is ${node.loopTo} again` : software}</span>
          <Warnings count={warningsOf(node)} />
        </span>
      </span>
    </button>
  );
}

export function SelfCard({ tree, selected, onSelect }: { tree: FederationTree; selected: boolean; onSelect: () => void }) {
  const { server, name } = tree;
  const count = server.warnings.length;
  return (
    <button type="button" className={classes.node} data-side="none" aria-pressed={selected} onClick={onSelect}>
      <span className={classes.card} data-self>
        <span className={classes.name}>{name}</span>
        <span className={classes.line2}>{softwareWords(server)}</span>
        <span className={classes.line3}>
          <span className={classes.quiet}>
            {counted(tree.sources.length, 'source')}, {counted(tree.consumers.length, 'consumer')}
          </span>
          <Warnings count={count} />
        </span>
      </span>
    </button>
  );
}

function Warnings({ count }: { readonly count: number }) {
  if (count === 0) return null;
  return (
    <span className={classes.warnings}>
      <IconAlertTriangle size={13} aria-hidden /> {count}{' '}
      <VisuallyHidden component="span">{count === 1 ? 'warning' : 'warnings'}</VisuallyHidden>
    </span>
  );
}

/** Two columns beside a line that goes up; one row above a place that hangs. */
function Flow({ node, side }: Pick<Props, 'node' | 'side'>) {
  const { flow, health } = node;
  const trouble = health.tone === 'bad' ? failureWords(node) : '';
  const lag = lagWords(flow.lagSeconds);
  if (side === 'left') {
    const words = [seriesWords(flow.series), bytesWords(flow.bytes), trouble, trouble === '' || !flow.isCurrent ? lag : ''].filter(
      (word) => word !== '',
    );
    return <span className={classes.flowRow}>{words.join(' · ')}</span>;
  }
  return (
    <span className={classes.flow}>
      <span>{flow.isCurrent ? seriesWords(flow.series) : trouble && lag}</span>
      <span>{bytesWords(flow.bytes)}</span>
      <span>{everyWords(node)}</span>
      <span data-tone={health.tone}>{trouble || lag}</span>
    </span>
  );
}
