// Whether queries that are run are kept in this browser; and how to be rid of them.
import { Button, Switch, Text } from '@mantine/core';
import { forgetQueries, useKeptQueries } from '../editor/query-history.ts';
import { counted } from '../format/number.ts';
import { setPreferences, usePreferences } from '../preferences/preferences.ts';

export function HistorySettings() {
  const { history } = usePreferences();
  const kept = useKeptQueries();
  return (
    <>
      <Text fz="sm" fw={600}>
        Queries that were run
      </Text>
      <Switch label="Keep a history" checked={history} onChange={(e) => setPreferences({ history: e.currentTarget.checked })} />
      <div>
        <Button size="compact-sm" variant="default" onClick={forgetQueries}>
          Forget the history
        </Button>
        <Text fz="xs" c="dimmed" mt={4} role="status">
          {kept.length === 0 ? 'This browser has no queries.' : `This browser has ${counted(kept.length, 'query', 'queries')}.`}
        </Text>
      </div>
    </>
  );
}
