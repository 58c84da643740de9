// What was deleted stays in its block, marked, until the block is written anew.
import { Button, Group, Text } from '@mantine/core';
import { Card } from '../components/card.tsx';
import { ErrorNote } from '../components/error-note.tsx';
import { useAction } from '../server/use-action.ts';
import classes from './admin-cards.module.css';

export function CleanTombstonesCard() {
  const cleaning = useAction('/admin/tsdb/clean_tombstones');
  return (
    <Card title="Clean tombstones">
      <div className={classes.body}>
        <Text fz="sm">
          Samples that were deleted stay in their blocks, marked by tombstones. This writes such blocks anew without them, which frees their
          space on disk and may take a while.
        </Text>
        <Group gap="sm">
          <Button size="xs" variant="default" loading={cleaning.isPending} onClick={() => cleaning.mutate({})}>
            Clean tombstones
          </Button>
          <Text fz="sm" role="status">
            {cleaning.isPending ? 'Blocks are being written anew…' : cleaning.isSuccess ? 'Cleaned.' : ''}
          </Text>
        </Group>
        {cleaning.error !== null && <ErrorNote error={cleaning.error} title="Tombstones could not be cleaned" />}
      </div>
    </Card>
  );
}
