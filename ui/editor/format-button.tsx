import { ActionIcon, Popover, Text, Tooltip } from '@mantine/core';
import { parser } from '@prometheus-io/lezer-promql';
import { IconAlignLeft } from '@tabler/icons-react';
import { useState } from 'react';
import { prettyPrint } from '../../src/promql/parser/index.ts';
import { readExpression } from './expression-problem.ts';

interface Props {
  readonly text: string;
  /** With the same expression, set out for reading. */
  readonly onFormat: (text: string) => void;
}

/** Sets an expression out over lines; says why not where it cannot. */
export function FormatButton({ text, onFormat }: Props) {
  const [refusal, setRefusal] = useState('');
  const format = (): void => {
    const formatted = formattedOf(text);
    if ('refusal' in formatted) setRefusal(formatted.refusal);
    else if (formatted.text !== text) onFormat(formatted.text);
  };
  return (
    <Popover
      opened={refusal !== ''}
      onChange={(opened) => !opened && setRefusal('')}
      position="bottom-end"
      shadow="md"
      width={300}
      withArrow
    >
      <Popover.Target>
        <Tooltip label="Format" disabled={refusal !== ''}>
          <ActionIcon variant="default" size="input-sm" aria-label="Format the expression" onClick={format} disabled={text.trim() === ''}>
            <IconAlignLeft size={18} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown role="alert">
        <Text fz="sm">{refusal}</Text>
      </Popover.Dropdown>
    </Popover>
  );
}

export function formattedOf(text: string): { readonly text: string } | { readonly refusal: string } {
  const read = readExpression(text);
  if ('problem' in read) return { refusal: `This cannot be formatted while it has an error: ${read.problem.sentence}.` };
  // A tree has none, so they would be lost.
  if (hasComments(text)) return { refusal: 'This cannot be formatted without losing its comments.' };
  return { text: prettyPrint(read.expr) };
}

function hasComments(text: string): boolean {
  let found = false;
  parser.parse(text).iterate({
    enter: ({ name }) => {
      found ||= name === 'LineComment';
    },
  });
  return found;
}
