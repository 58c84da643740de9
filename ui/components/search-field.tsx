import { CloseButton, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useState } from 'react';

interface Props {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** Browsers take only so many changes of the address in a while. */
const AFTER_MS = 200;

/** Told when the typing pauses. */
export function SearchField({ label, value, onChange }: Props) {
  const [text, setText] = useState(value);
  const tell = useDebouncedCallback(onChange, AFTER_MS);
  useEffect(() => setText(value), [value]);
  const change = (next: string): void => {
    setText(next);
    tell(next);
  };
  return (
    <TextInput
      aria-label={label}
      placeholder={label}
      size="xs"
      w={{ base: '100%', xs: 280 }}
      value={text}
      onChange={(event) => change(event.currentTarget.value)}
      leftSection={<IconSearch size={14} aria-hidden />}
      rightSection={text === '' ? null : <CloseButton size="xs" aria-label="Clear the search" onClick={() => change('')} />}
      spellCheck={false}
      autoComplete="off"
    />
  );
}
