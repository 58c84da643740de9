// What is known of the place that is selected.
import { Button, Stack, Text } from '@mantine/core';
import type { RefObject } from 'react';
import { Card } from '../components/card.tsx';
import { ConsumerDetail } from './consumer-detail.tsx';
import classes from './detail.module.css';
import type { Preview } from './interval.ts';
import type { Selection } from './selection.ts';
import { ServerDetail } from './server-detail.tsx';
import { SourceDetail } from './source-detail.tsx';
import { type FederationTree, nodeAt, SELF_KEY } from './tree.ts';

interface Props {
  readonly tree: FederationTree;
  readonly selection: Selection;
  /** Asks what selectors cost. */
  readonly onPreview: Preview;
  /** Focused when something else than the picture has selected. */
  readonly headRef: RefObject<HTMLDivElement | null>;
}

export function Detail({ tree, selection, onPreview, headRef }: Props) {
  const node = nodeAt(tree, selection.key);
  return (
    <section ref={headRef} tabIndex={-1} className={classes.detail} aria-label="Details of what is selected">
      {node === undefined && (
        <Card title="Not there any more">
          <Stack p="sm" gap="xs" align="start">
            <Text fz="sm">
              What this address selects is not part of the federation now: its target has gone, or it has not asked for long.
            </Text>
            <Button size="xs" variant="default" onClick={() => selection.select(SELF_KEY)}>
              Show this server
            </Button>
          </Stack>
        </Card>
      )}
      {node === null && <ServerDetail tree={tree} />}
      {node?.kind === 'source' && <SourceDetail node={node} onPreview={onPreview} />}
      {node?.kind === 'consumer' && <ConsumerDetail node={node} onPreview={onPreview} />}
    </section>
  );
}
