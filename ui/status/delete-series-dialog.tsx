// The question before series are deleted: it says what will be gone, and how many series that are now.
import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import type { LabelMap } from '../../src/answers/index.ts';
import { ErrorNote } from '../components/error-note.tsx';
import { Loading } from '../components/loading.tsx';
import { counted, formatCount } from '../format/number.ts';
import { formatSeries } from '../format/series.ts';
import { useTimeFormat } from '../format/time.ts';
import { useAction } from '../server/use-action.ts';
import { useAnswer } from '../server/use-answer.ts';
import classes from './admin-cards.module.css';
import { deletionParameters, matchesInWords, type SeriesDeletion, samplesInWords } from './series-deletion.ts';

/** More are not counted: a million series would be many megabytes. */
const MOST_COUNTED = 10_000;
const SHOWN = 10;

interface Props {
  /** Null: nothing is asked. */
  readonly deletion: SeriesDeletion | null;
  readonly onClose: (done: boolean) => void;
}

export function DeleteSeriesDialog({ deletion, onClose }: Props) {
  return (
    <Modal opened={deletion !== null} onClose={() => onClose(false)} size="lg" withCloseButton={false}>
      {/* Not the dialog's own head: that one is a second banner beside the page's. */}
      <Group justify="space-between" mb="sm">
        <Modal.Title fw={600}>Delete these series?</Modal.Title>
        <Modal.CloseButton aria-label="Close" />
      </Group>
      {deletion !== null && <Question deletion={deletion} onClose={onClose} />}
    </Modal>
  );
}

function Question({ deletion, onClose }: { readonly deletion: SeriesDeletion; readonly onClose: (done: boolean) => void }) {
  const timeOf = useTimeFormat();
  const parameters = deletionParameters(deletion);
  const { data, error, isFetching } = useAnswer<readonly LabelMap[]>('/series', { ...parameters, limit: MOST_COUNTED }, { method: 'POST' });
  const removal = useAction('/admin/tsdb/delete_series');
  // An answer that is kept from the question before says nothing of now.
  const found = isFetching || error !== null ? null : (data ?? null);
  const count = found?.data.length ?? 0;
  const isCut = (found?.warnings.length ?? 0) > 0;
  return (
    <Stack gap="sm">
      <Text fz="sm">
        This deletes {samplesInWords(deletion, timeOf)} of the series that match{' '}
        {deletion.selectors.length === 1 ? 'this selector' : `any of ${counted(deletion.selectors.length, 'selector')}`}:
      </Text>
      <ul className={classes.series}>
        {deletion.selectors.map((selector) => (
          <li key={selector}>{selector}</li>
        ))}
      </ul>
      {isFetching && <Loading what="the series that match" />}
      {error !== null && !isFetching && <ErrorNote error={error} title="The series that match could not be counted" />}
      {found !== null && (
        <>
          <Text fz="sm" fw={600} role="status">
            {matchesInWords(count, isCut)}
          </Text>
          {count > 0 && (
            <ul className={classes.series}>
              {found.data.slice(0, SHOWN).map((labels) => {
                const text = formatSeries(labels);
                return <li key={text}>{text}</li>;
              })}
              {count > SHOWN && (
                <li className={classes.more}>
                  and {isCut ? 'more than ' : ''}
                  {formatCount(count - SHOWN)} more
                </li>
              )}
            </ul>
          )}
        </>
      )}
      <Text fz="sm">It cannot be undone. Series that are still scraped, or made by rules, begin anew.</Text>
      {removal.error !== null && <ErrorNote error={removal.error} title="Not everything was deleted" />}
      <Group justify="flex-end" gap="sm">
        <Button variant="default" data-autofocus onClick={() => onClose(false)}>
          Cancel
        </Button>
        <Button
          color="red.9"
          loading={removal.isPending}
          disabled={count === 0}
          onClick={() => removal.mutate(parameters, { onSuccess: () => onClose(true) })}
        >
          {count === 0 ? 'Delete' : `Delete ${isCut ? 'more than ' : ''}${counted(count, 'series', 'series')}`}
        </Button>
      </Group>
    </Stack>
  );
}
