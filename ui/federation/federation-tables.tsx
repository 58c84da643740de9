// All sources and consumers as tables: to sort, and for those who read the picture with their ears.
import { Anchor, Text } from '@mantine/core';
import { Card } from '../components/card.tsx';
import { type SortableColumn, SortableTable } from '../components/sortable-table.tsx';
import { counted, formatBytes, formatCount } from '../format/number.ts';
import { formatAgo, formatSeconds } from '../format/time.ts';
import classes from './federation-tables.module.css';
import { agentWords, everySeconds, rhythmWords, sourceSoftware, warningsOf } from './flow-words.ts';
import { HealthMark } from './health-mark.tsx';
import { allSources, type ConsumerNode, type FederationTree, type SourceNode } from './tree.ts';

interface Props {
  readonly tree: FederationTree;
  readonly selected: string;
  readonly onSelect: (key: string) => void;
}

type Row = SourceNode | ConsumerNode;

/** What both tables have. */
const FLOW: readonly SortableColumn<Row>[] = [
  {
    id: 'series',
    title: 'Series',
    isNumber: true,
    value: ({ flow }) => flow.series,
    cell: ({ flow }) => (flow.series === null ? '–' : formatCount(flow.series)),
  },
  {
    id: 'bytes',
    title: 'Bytes',
    isNumber: true,
    value: ({ flow }) => flow.bytes,
    cell: ({ flow }) => (flow.bytes === null ? '–' : formatBytes(flow.bytes)),
  },
  {
    id: 'duration',
    title: 'Duration',
    isNumber: true,
    value: ({ flow }) => flow.durationSeconds,
    cell: ({ flow }) => (flow.durationSeconds === null ? '–' : formatSeconds(flow.durationSeconds)),
  },
  {
    id: 'lag',
    title: 'Lag',
    isNumber: true,
    value: ({ flow }) => flow.lagSeconds,
    cell: ({ flow }) => (flow.lagSeconds === null ? '–' : formatSeconds(flow.lagSeconds)),
  },
];

const HEALTH: SortableColumn<Row> = {
  id: 'health',
  title: 'State',
  value: ({ health }) => ['bad', 'odd', 'quiet', 'good'].indexOf(health.tone),
  cell: ({ health }) => (
    <span className={classes.small}>
      <HealthMark health={health} />
    </span>
  ),
};

const WARNINGS: SortableColumn<Row> = { id: 'warnings', title: 'Warnings', isNumber: true, value: warningsOf };

export function SourcesTable({ tree, selected, onSelect }: Props) {
  const nodes = allSources(tree.sources);
  const hasDeeper = nodes.length > tree.sources.length;
  const pulledBy = ({ path }: SourceNode): string => (path.length === 0 ? 'this server' : path.join(' › '));
  const columns: SortableColumn<SourceNode>[] = [
    { id: 'name', title: 'Source', value: ({ name }) => name, cell: (node) => <Name node={node} onSelect={onSelect} /> },
    ...(hasDeeper ? [{ id: 'by', title: 'Pulled by', value: pulledBy }] : []),
    { id: 'job', title: 'Job', value: ({ source }) => source.job },
    { id: 'instance', title: 'Instance', value: ({ source }) => source.instance },
    { id: 'software', title: 'Software', value: ({ source }) => sourceSoftware(source) || null },
    HEALTH,
    ...FLOW,
    {
      id: 'last',
      title: 'Last pull',
      isNumber: true,
      value: ({ source }) => source.lastPullMs || null,
      cell: (node) => <LastTime node={node} timeMs={node.source.lastPullMs || null} good="good pull" />,
    },
    {
      id: 'failures',
      title: 'Failures',
      isNumber: true,
      value: ({ source }) => (source.pulls === 0 ? null : source.failures),
      cell: ({ source }) => (source.pulls === 0 ? '–' : `${formatCount(source.failures)} of ${formatCount(source.pulls)}`),
    },
    WARNINGS,
  ];
  return (
    <Card
      title="Sources"
      aside={
        <Text fz="xs" c="dimmed">
          {counted(nodes.length, 'source')}
          {hasDeeper && `, ${formatCount(tree.sources.length)} of them pulled by this server`}
        </Text>
      }
    >
      <SortableTable
        caption="Sources"
        name="sources"
        columns={columns}
        rows={nodes}
        keyOf={({ key }) => key}
        isSelected={({ key }) => key === selected}
      />
    </Card>
  );
}

export function ConsumersTable({ tree, selected, onSelect }: Props) {
  const columns: SortableColumn<ConsumerNode>[] = [
    { id: 'name', title: 'Consumer', value: ({ name }) => name, cell: (node) => <Name node={node} onSelect={onSelect} /> },
    { id: 'agent', title: 'User-Agent', value: ({ consumer }) => agentWords(consumer.userAgent) },
    {
      id: 'selectors',
      title: 'Selectors',
      value: ({ consumer }) => consumer.selectors.join(' '),
      cell: ({ consumer }) => <SelectorsCell selectors={consumer.selectors} />,
    },
    HEALTH,
    ...FLOW,
    { id: 'every', title: 'Asks', value: everySeconds, cell: rhythmWords },
    {
      id: 'last',
      title: 'Last request',
      isNumber: true,
      value: ({ consumer }) => consumer.lastRequestMs,
      cell: (node) => <LastTime node={node} timeMs={node.consumer.lastRequestMs} good="answer" />,
    },
    {
      id: 'failures',
      title: 'Failures',
      isNumber: true,
      value: ({ consumer }) => consumer.failures,
      cell: ({ consumer }) => `${formatCount(consumer.failures)} of ${formatCount(consumer.requests)}`,
    },
    WARNINGS,
  ];
  return (
    <Card
      title="Consumers"
      aside={
        <Text fz="xs" c="dimmed">
          {counted(tree.consumers.length, 'consumer')}
        </Text>
      }
    >
      <SortableTable
        caption="Consumers"
        name="consumers"
        columns={columns}
        rows={tree.consumers}
        keyOf={({ key }) => key}
        isSelected={({ key }) => key === selected}
      />
    </Card>
  );
}

function Name({ node, onSelect }: { readonly node: Row; readonly onSelect: (key: string) => void }) {
  return (
    <Anchor component="button" type="button" fz="inherit" ta="left" className={classes.name} onClick={() => onSelect(node.key)}>
      {node.name}
    </Anchor>
  );
}

function LastTime({ node, timeMs, good }: { readonly node: Row; readonly timeMs: number | null; readonly good: string }) {
  const { flow, nowMs } = node;
  return (
    <>
      {formatAgo(timeMs, nowMs)}
      {!flow.isCurrent && flow.lastGoodMs !== null && (
        <span className={classes.lastGood}>
          last {good} {formatAgo(flow.lastGoodMs, nowMs)}
        </span>
      )}
    </>
  );
}

function SelectorsCell({ selectors }: { readonly selectors: readonly string[] }) {
  const [first = 'none', ...others] = selectors;
  return (
    <span className={classes.selectors} title={selectors.join('\n')}>
      <code>{first}</code>
      {others.length > 0 && ` and ${others.length} more`}
    </span>
  );
}
