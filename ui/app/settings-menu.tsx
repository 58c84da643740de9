// What a person prefers: colours, time zone, help of the editor, what is shown of results, what is kept.
import { ActionIcon, type MantineColorScheme, Popover, SegmentedControl, Stack, Switch, Text, useMantineColorScheme } from '@mantine/core';
import { IconSettings } from '@tabler/icons-react';
import { zoneName } from '../format/time.ts';
import { setPreferences, usePreferences } from '../preferences/preferences.ts';
import { HistorySettings } from './history-settings.tsx';
import classes from './settings-menu.module.css';

const SCHEMES: { label: string; value: MantineColorScheme }[] = [
  { label: 'Light', value: 'light' },
  { label: 'Dark', value: 'dark' },
  { label: 'As the system', value: 'auto' },
];

export function SettingsMenu() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const { utc, completion, highlighting, linting, warnings, infos } = usePreferences();
  return (
    <Popover position="bottom-end" shadow="md" withinPortal trapFocus>
      <Popover.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label="Settings">
          <IconSettings size={20} aria-hidden />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown aria-label="Settings" className={classes.dropdown}>
        <Stack gap="sm">
          <Text fz="sm" fw={600}>
            Colours
          </Text>
          <SegmentedControl
            aria-label="Colours"
            size="xs"
            data={SCHEMES}
            value={colorScheme}
            onChange={(value) => setColorScheme(value as MantineColorScheme)}
          />
          <Text fz="sm" fw={600}>
            Times
          </Text>
          <SegmentedControl
            aria-label="Time zone"
            size="xs"
            data={[
              { label: `Local (${zoneName(false)})`, value: 'local' },
              { label: 'UTC', value: 'utc' },
            ]}
            value={utc ? 'utc' : 'local'}
            onChange={(value) => setPreferences({ utc: value === 'utc' })}
          />
          <Text fz="sm" fw={600}>
            Expressions
          </Text>
          <Switch label="Completion" checked={completion} onChange={(e) => setPreferences({ completion: e.currentTarget.checked })} />
          <Switch label="Highlighting" checked={highlighting} onChange={(e) => setPreferences({ highlighting: e.currentTarget.checked })} />
          <Switch label="Underline errors" checked={linting} onChange={(e) => setPreferences({ linting: e.currentTarget.checked })} />
          <Text fz="sm" fw={600}>
            Results
          </Text>
          <Switch label="Show warnings" checked={warnings} onChange={(e) => setPreferences({ warnings: e.currentTarget.checked })} />
          <Switch label="Show infos" checked={infos} onChange={(e) => setPreferences({ infos: e.currentTarget.checked })} />
          <HistorySettings />
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
