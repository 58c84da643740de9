// The selectors whose cost is asked for. What is being written is this form's; what was asked stands in the address.
import { ActionIcon, Button, Group, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import { selectorFault } from '../format/selector-fault.ts';
import classes from './cost.module.css';

interface Props {
  /** What was asked. Another list needs another form (its key). */
  readonly asked: readonly string[];
  readonly onAsk: (selectors: readonly string[]) => void;
  /** What the server said about the only selector; '' otherwise. */
  readonly refused: string;
}

interface Draft {
  readonly id: number;
  readonly text: string;
}

const MOST = 30;

export function CostForm({ asked, onAsk, refused }: Props) {
  const [drafts, setDrafts] = useState<readonly Draft[]>(() => (asked.length === 0 ? [''] : asked).map((text, id) => ({ id, text })));
  const [isMissing, setMissing] = useState(false);
  const texts = drafts.map(({ text }) => text.trim()).filter((text) => text !== '');
  const hasFault = texts.some((text) => selectorFault(text) !== '');

  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setMissing(texts.length === 0);
    if (texts.length > 0 && !hasFault) onAsk(texts);
  };
  const change = (id: number, text: string): void => {
    setMissing(false);
    setDrafts(drafts.map((draft) => (draft.id === id ? { id, text } : draft)));
  };
  const faultOf = ({ text }: Draft): string => {
    if (isMissing) return 'Write a selector: {__name__=~"job:.*"} is what recording rules usually make.';
    const isAsked = asked.length === 1 && text.trim() === asked[0];
    return selectorFault(text) || (isAsked ? refused : '');
  };

  return (
    <form onSubmit={submit} noValidate>
      {drafts.map((draft, i) => (
        <Group key={draft.id} gap="xs" wrap="nowrap" align="flex-start" mb={6}>
          <TextInput
            aria-label={drafts.length === 1 ? 'Selector' : `Selector ${i + 1}`}
            placeholder={'{__name__=~"job:.*"}'}
            value={draft.text}
            onChange={(event) => change(draft.id, event.currentTarget.value)}
            error={faultOf(draft) || undefined}
            leftSection={<span className={classes.prefix}>match[]</span>}
            leftSectionWidth={72}
            classNames={{ input: classes.input, error: classes.fault }}
            autoComplete="off"
            spellCheck={false}
            flex={1}
          />
          {drafts.length > 1 && (
            <ActionIcon
              variant="subtle"
              color="gray"
              size={36}
              aria-label={`Remove selector ${i + 1}`}
              onClick={() => setDrafts(drafts.filter(({ id }) => id !== draft.id))}
            >
              <IconTrash size={16} aria-hidden />
            </ActionIcon>
          )}
        </Group>
      ))}
      <Group gap="xs">
        <Button type="submit" size="xs" disabled={hasFault}>
          Show the cost
        </Button>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconPlus size={14} aria-hidden />}
          disabled={drafts.length >= MOST}
          onClick={() => setDrafts([...drafts, { id: Math.max(...drafts.map(({ id }) => id)) + 1, text: '' }])}
        >
          Another selector
        </Button>
        {asked.length > 0 && (
          <Button size="xs" variant="subtle" color="gray" onClick={() => onAsk([])}>
            Clear
          </Button>
        )}
      </Group>
    </form>
  );
}
