// All that is known of the part that is chosen.
import { Alert, Button, Stack, Table, Text, Title } from '@mantine/core';
import { functionIdentifierTerms } from '@prometheus-io/codemirror-promql/dist/esm/complete/promql.terms';
import type { Expr } from '../../src/promql/parser/index.ts';
import { ErrorNote } from '../components/error-note.tsx';
import { PromqlText } from '../components/promql-text.tsx';
import { counted, formatCount } from '../format/number.ts';
import { formatSeconds } from '../format/time.ts';
import classes from './explain-tree.module.css';
import { type LabelCount, MOST_SERIES_READ, type NodeState, stateOf } from './explaining.ts';
import { MatchingView } from './matching-view.tsx';
import { isLostHere } from './node-count.tsx';
import type { ExplainNode } from './node-tree.ts';
import { emptinessOf, matchingSentences, sentenceOf, titleOf } from './node-words.ts';
import { SelectorFacts } from './selector-facts.tsx';
import { useLookback } from './use-lookback.ts';

interface Props {
  /** The expression that the part is of. */
  readonly whole: Expr;
  readonly node: ExplainNode;
  readonly states: ReadonlyMap<string, NodeState>;
  readonly onTake?: (text: string) => void;
}

const FUNCTIONS: ReadonlyMap<string, string> = new Map(
  functionIdentifierTerms.flatMap(({ label, info }) => (typeof info === 'string' ? [[label, `${info}.`] as const] : [])),
);

export function NodeDetails({ whole, node, states, onTake }: Props) {
  const state = stateOf(states, node);
  const { expr } = node;
  const lookback = useLookback();
  return (
    <section aria-label="The chosen part" className={classes.details}>
      <Stack gap="sm">
        <Title order={2} size="h5">
          {titleOf(node)}
        </Title>
        <PromqlText expr={node.text} pretty />
        <Text fz="sm">{sentenceOf(node, { functions: FUNCTIONS, lookback })}</Text>
        {expr.kind === 'vectorSelector' && <SelectorFacts selector={expr} />}
        {expr.kind === 'matrixSelector' && <SelectorFacts selector={expr.selector} />}
        {expr.kind === 'binary' &&
          matchingSentences(expr).map((sentence) => (
            <Text key={sentence} fz="sm">
              {sentence}
            </Text>
          ))}
        <Outcome node={node} state={state} states={states} />
        {expr.kind === 'binary' && expr.matching !== null && (
          <MatchingView whole={whole} binary={expr} node={node} states={states} onTake={onTake} />
        )}
        {state.kind === 'series' && state.count > 0 && <Labels state={state} />}
        {onTake !== undefined && node.id !== '0' && (
          <Button variant="default" size="xs" onClick={() => onTake(node.text)} w="fit-content">
            Query this part alone
          </Button>
        )}
      </Stack>
    </section>
  );
}

function Outcome({ node, state, states }: { node: ExplainNode; state: NodeState; states: Props['states'] }) {
  switch (state.kind) {
    case 'unasked':
      if (node.countQuery !== null)
        return <Text fz="sm">This expression has too many parts: the server was not asked about this one.</Text>;
      return node.type === 'scalar' || node.type === 'string' ? null : (
        <Text fz="sm">This names labels; it is no part to be asked about.</Text>
      );
    case 'waiting':
      return (
        <Text fz="sm" c="dimmed" role="status">
          Asking the server…
        </Text>
      );
    case 'failed':
      return (
        <>
          {node.children.some((child) => stateOf(states, child).kind === 'failed') && (
            <Text fz="sm">A part below fails, so this one does.</Text>
          )}
          <ErrorNote error={state.error} />
        </>
      );
    case 'scalar':
      return (
        <Text fz="sm">
          A number: <b>{state.value}</b>, calculated in {formatSeconds(state.durationMs / 1000)}.
        </Text>
      );
    case 'series':
      if (state.count > 0) {
        return (
          <Text fz="sm">
            <b>{counted(state.count, 'series', 'series')}</b>, counted in {formatSeconds(state.durationMs / 1000)}.
          </Text>
        );
      }
      return isLostHere(node, states) ? (
        <Alert color="yellow" title="Series are lost here" classNames={{ root: classes.empty, label: classes.lost, message: classes.lost }}>
          {emptinessOf(node)}
        </Alert>
      ) : (
        <Text fz="sm">No series, since a part below has none.</Text>
      );
  }
}

function Labels({ state }: { readonly state: NodeState & { kind: 'series' } }) {
  if (state.count > MOST_SERIES_READ) {
    return <Text fz="sm">Their labels are not looked at: these are more than {formatCount(MOST_SERIES_READ)} series.</Text>;
  }
  if (state.labels === null) return null;
  if (state.labels.length === 0) return <Text fz="sm">It has no labels.</Text>;
  return <LabelTable labels={state.labels} />;
}

function LabelTable({ labels }: { readonly labels: readonly LabelCount[] }) {
  return (
    <Table fz="sm" verticalSpacing={3} withRowBorders className={classes.labels}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Label</Table.Th>
          <Table.Th ta="right">Values</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {labels.map(({ name, values }) => (
          <Table.Tr key={name}>
            <Table.Td ff="monospace">{name}</Table.Td>
            <Table.Td ta="right">{formatCount(values)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
