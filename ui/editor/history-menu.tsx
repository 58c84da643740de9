import { ActionIcon, Combobox, Group, ScrollArea, Text, Tooltip, useCombobox } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';
import { useState } from 'react';
import { PromqlText } from '../components/promql-text.tsx';
import { usePreferences } from '../preferences/preferences.ts';
import classes from './history-menu.module.css';

interface Props {
  readonly history: readonly string[];
  readonly onPick: (query: string) => void;
}

/** Queries that were run, to take one up again. */
export function HistoryMenu({ history, onPick }: Props) {
  const { history: isWanted } = usePreferences();
  const [search, setSearch] = useState('');
  const combobox = useCombobox({
    onDropdownClose: () => {
      combobox.resetSelectedOption();
      setSearch('');
      combobox.focusTarget();
    },
    onDropdownOpen: () => combobox.focusSearchInput(),
  });
  // Who does not want a history has no use for a button to it.
  if (!isWanted) return null;
  const words = search.toLowerCase().split(/\s+/);
  const found = history.filter((query) => words.every((word) => query.toLowerCase().includes(word)));
  const pick = (query: string): void => {
    onPick(query);
    combobox.closeDropdown();
  };
  return (
    <Combobox store={combobox} onOptionSubmit={(i) => pick(history[Number(i)])} width="min(40rem, 94vw)" position="bottom-end" shadow="md">
      <Combobox.Target targetType="button" withAriaAttributes={false}>
        <Tooltip label="Queries that were run" disabled={combobox.dropdownOpened}>
          <ActionIcon
            variant="default"
            size="input-sm"
            aria-label="Queries that were run"
            aria-haspopup="listbox"
            aria-expanded={combobox.dropdownOpened}
            onClick={() => combobox.toggleDropdown()}
          >
            <IconHistory size={18} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </Combobox.Target>
      <Combobox.Dropdown>
        <Combobox.Search
          value={search}
          onChange={(event) => {
            setSearch(event.currentTarget.value);
            combobox.updateSelectedOptionIndex();
          }}
          placeholder="Search the queries that were run"
          aria-label="Search the queries that were run"
        />
        <Combobox.Options labelledBy={undefined} aria-label="Queries that were run">
          <ScrollArea.Autosize mah="50vh" type="auto">
            {found.map((query) => (
              <Combobox.Option key={query} value={String(history.indexOf(query))} className={classes.option}>
                <PromqlText expr={query} />
              </Combobox.Option>
            ))}
          </ScrollArea.Autosize>
        </Combobox.Options>
        {found.length === 0 && (
          <Group p="xs">
            <Text fz="sm" c="dimmed" role="status">
              {history.length === 0 ? 'No query has been run in this browser.' : 'No such query.'}
            </Text>
          </Group>
        )}
      </Combobox.Dropdown>
    </Combobox>
  );
}
