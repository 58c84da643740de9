// The matchers of a series, each to be copied: with the keyboard and by touch, as a double click on a label does with a mouse.
import { Popover, Stack } from '@mantine/core';
import { IconFilter } from '@tabler/icons-react';
import { useState } from 'react';
import { RowButton } from '../components/row-button.tsx';
import classes from './result-table.module.css';

interface Props {
  readonly series: string;
  readonly matchers: readonly string[];
  readonly onCopy: (matcher: string) => void;
}

/** No more than a button until it is opened, for there is one in every row. */
export function MatcherMenu(props: Props) {
  const [used, setUsed] = useState(false);
  if (used) return <OpenedMenu {...props} />;
  return (
    <RowButton {...namesOf(props)} aria-expanded={false} onClick={() => setUsed(true)}>
      <IconFilter size={14} aria-hidden />
    </RowButton>
  );
}

function OpenedMenu(props: Props) {
  const [opened, setOpened] = useState(true);
  const take = (matcher: string): void => {
    props.onCopy(matcher);
    setOpened(false);
  };
  return (
    <Popover
      opened={opened}
      onChange={setOpened}
      position="bottom-start"
      shadow="md"
      trapFocus
      returnFocus
      withRoles={false}
      portalProps={{ target: 'main' }}
    >
      <Popover.Target>
        {/* It stands in for the button that was pressed, and focus comes back to it. */}
        <RowButton {...namesOf(props)} autoFocus aria-expanded={opened} onClick={() => setOpened(!opened)}>
          <IconFilter size={14} aria-hidden />
        </RowButton>
      </Popover.Target>
      <Popover.Dropdown role="dialog" aria-label="Matchers to copy" className={classes.matchers}>
        <Stack gap={2} align="flex-start">
          {props.matchers.map((matcher) => (
            <RowButton key={matcher} className={classes.matcher} onClick={() => take(matcher)}>
              {matcher}
            </RowButton>
          ))}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

function namesOf({ series }: Props) {
  return { 'aria-label': `Copy a matcher of ${series}`, 'aria-haspopup': 'dialog', title: 'Copy a matcher' } as const;
}
