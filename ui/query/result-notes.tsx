// What is to be said of a result: warnings, infos, what it cost.
import { Alert, Button, Group, Loader, Text, Tooltip } from '@mantine/core';
import type { QueryAnswer, QueryStatisticsAnswer } from '../../src/answers/index.ts';
import { ErrorNote } from '../components/error-note.tsx';
import { counted, formatBytes } from '../format/number.ts';
import { formatSeconds } from '../format/time.ts';
import { usePreferences } from '../preferences/preferences.ts';
import type { Told } from '../server/ask.ts';
import { ServerError } from '../server/server-error.ts';
import classes from './controls.module.css';
import { costFacts } from './cost-facts.ts';
import type { QueryResult } from './use-result.ts';

type Shown = Pick<QueryResult<unknown>, 'answer' | 'error' | 'state' | 'cancel'>;

export function ResultNotes({ result: { answer, error } }: { readonly result: Shown }) {
  const { warnings, infos } = usePreferences();
  return (
    <>
      {error !== null && (
        <ErrorNote error={asServerError(error)} title={error.errorType === 'bad_data' ? 'The expression has an error' : undefined} />
      )}
      {warnings && answer?.warnings.map((text) => <Note key={text} kind="Warning" text={text} />)}
      {infos && answer?.infos.map((text) => <Note key={text} kind="Info" text={text} />)}
    </>
  );
}

/** A fault of the page itself is told too. */
function asServerError(error: unknown): ServerError {
  return error instanceof ServerError ? error : new ServerError('refused', String(error));
}

function Note({ kind, text }: { readonly kind: 'Warning' | 'Info'; readonly text: string }) {
  return (
    <Alert color={kind === 'Warning' ? 'yellow' : 'blue'} mb="xs" py="xs" role="note">
      <Text fz="sm">
        <b>{kind}:</b> {text.replace(/^PromQL (warning|info): /, '')}
      </Text>
    </Alert>
  );
}

/** What the answer cost, or that it is under way and can be broken off. */
export function ResultCost({ result: { answer, state, cancel } }: { readonly result: Shown }) {
  if (state === 'executing') {
    return (
      <Group gap="xs" wrap="nowrap" role="status">
        <Loader size="xs" aria-hidden />
        <Text fz="sm" c="dimmed">
          Executing…
        </Text>
        <Button size="compact-xs" variant="default" onClick={cancel}>
          Cancel
        </Button>
      </Group>
    );
  }
  if (state === 'cancelled') {
    return (
      <Text fz="sm" c="dimmed" role="status">
        Cancelled.
      </Text>
    );
  }
  if (answer === null) return null;
  const { stats } = answer.data;
  return (
    <Text fz="xs" c="dimmed" role="status" component="div">
      {stats === undefined ? costOf(answer) : <CostDetails line={costOf(answer)} stats={stats} />}
    </Text>
  );
}

/** All statistics, under the pointer or with the keyboard on the line. */
function CostDetails({ line, stats }: { readonly line: string; readonly stats: QueryStatisticsAnswer }) {
  const facts = costFacts(stats).map(([name, value]) => (
    <span key={name} className={classes.costFact}>
      <span>{name}</span> <span>{value}</span>
    </span>
  ));
  return (
    <Tooltip label={facts} events={{ hover: true, focus: true, touch: true }} multiline maw="90vw" portalProps={{ target: 'main' }}>
      <button type="button" className={classes.cost}>
        {line}
      </button>
    </Tooltip>
  );
}

function costOf({ data, durationMs, bytes }: Told<QueryAnswer>): string {
  const parts: string[] = [];
  if (data.resultType === 'vector' || data.resultType === 'matrix') parts.push(counted(data.result.length, 'series', 'series'));
  if (data.stats !== undefined) {
    parts.push(`${counted(data.stats.samples.totalQueryableSamples, 'sample')} read`);
    parts.push(`${formatSeconds(data.stats.timings.execTotalTime ?? 0)} in the server`);
  }
  parts.push(`${formatSeconds(durationMs / 1000)} in all`, formatBytes(bytes));
  return parts.join(' · ');
}
