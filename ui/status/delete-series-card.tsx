// Series to delete. What is being written is this form's: nothing happens before it is confirmed.
import { Button, Group, Text, Textarea, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { Card } from '../components/card.tsx';
import { zoneName } from '../format/time.ts';
import { usePreferences } from '../preferences/preferences.ts';
import classes from './admin-cards.module.css';
import { DeleteSeriesDialog } from './delete-series-dialog.tsx';
import { type DeletionDraft, deletionOf, draftFaults, EMPTY_DRAFT, type SeriesDeletion } from './series-deletion.ts';

export function DeleteSeriesCard() {
  const { utc } = usePreferences();
  const [draft, setDraft] = useState(EMPTY_DRAFT);
  // Faults are told once somebody wants to go on, and from then on while they write.
  const [isTold, setTold] = useState(false);
  const [asked, ask] = useState<SeriesDeletion | null>(null);
  const [isDone, setDone] = useState(false);
  const faults = draftFaults(draft, utc);
  const shown = isTold ? faults : EMPTY_DRAFT;
  const change = (part: Partial<DeletionDraft>): void => {
    setDone(false);
    setDraft({ ...draft, ...part });
  };

  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setDone(false);
    const isGood = Object.values(faults).every((fault) => fault === '');
    setTold(!isGood);
    if (isGood) ask(deletionOf(draft, utc));
  };

  return (
    <Card title="Delete series">
      <form onSubmit={submit} noValidate className={classes.body}>
        <Textarea
          label="Selectors"
          description="One a line: series that match any of them"
          placeholder={'up{job="api"}'}
          value={draft.selectors}
          onChange={(event) => change({ selectors: event.currentTarget.value })}
          error={shown.selectors || undefined}
          classNames={{ input: classes.code }}
          autosize
          minRows={2}
          maxRows={10}
          autoComplete="off"
          spellCheck={false}
        />
        <Group gap="md" align="flex-start" grow preventGrowOverflow={false}>
          {(['start', 'end'] as const).map((part) => (
            <TextInput
              key={part}
              label={`${part === 'start' ? 'Start' : 'End'} (${zoneName(utc)})`}
              description={part === 'start' ? 'Empty: from the oldest sample on' : 'Empty: up to the newest sample'}
              placeholder="2026-01-31 13:05:09"
              value={draft[part]}
              onChange={(event) => change({ [part]: event.currentTarget.value })}
              error={shown[part] || undefined}
              autoComplete="off"
              spellCheck={false}
            />
          ))}
        </Group>
        <Group gap="sm">
          <Button type="submit" size="xs" variant="default">
            Delete series…
          </Button>
          <Text fz="sm" role="status">
            {isDone && 'Deleted. Blocks keep their size until tombstones are cleaned, or they are compacted.'}
          </Text>
        </Group>
      </form>
      <DeleteSeriesDialog
        deletion={asked}
        onClose={(done) => {
          ask(null);
          setDone(done);
          if (done) setDraft(EMPTY_DRAFT);
        }}
      />
    </Card>
  );
}
