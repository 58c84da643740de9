import { Button } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { copyText } from './copy-text.ts';

const SHOWN_MS = 2_000;
const WORDS = { idle: '', done: 'Copied', failed: 'Select and copy by hand' } as const;

interface Props {
  readonly text: string;
  /** What the button says: `Copy the configuration`. */
  readonly label: string;
}

/** Says whether it worked. */
export function CopyButton({ text, label }: Props) {
  const [state, setState] = useState<keyof typeof WORDS>('idle');
  useEffect(() => {
    if (state === 'idle') return;
    const timer = setTimeout(() => setState('idle'), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [state]);
  return (
    <Button
      size="compact-sm"
      variant="default"
      leftSection={state === 'done' ? <IconCheck size={14} aria-hidden /> : <IconCopy size={14} aria-hidden />}
      onClick={async () => setState((await copyText(text)) ? 'done' : 'failed')}
      aria-live="polite"
    >
      {WORDS[state] || label}
    </Button>
  );
}
