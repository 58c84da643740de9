// "What would this match[] cost?": asked of this server, before a consumer pays it every few seconds.
import { Stack, Text } from '@mantine/core';
import type { RefObject } from 'react';
import type { FederationPreview } from '../../src/answers/index.ts';
import { Card } from '../components/card.tsx';
import { ErrorNote } from '../components/error-note.tsx';
import { Loading } from '../components/loading.tsx';
import { useUrlList } from '../components/use-url-state.ts';
import { useAnswer } from '../server/use-answer.ts';
import classes from './cost.module.css';
import { CostForm } from './cost-form.tsx';
import { CostResult } from './cost-result.tsx';

export function CostPreview({ headRef }: { readonly headRef: RefObject<HTMLDivElement | null> }) {
  const [inAddress, setAsked] = useUrlList('match');
  const asked = [...new Set(inAddress)];
  const { data, error, isFetching } = useAnswer<FederationPreview>(
    '/federation/preview',
    { 'match[]': asked },
    { method: 'POST', enabled: asked.length > 0 },
  );
  const isBadSelector = error?.kind === 'refused' && error.status === 400;
  const atField = isBadSelector && asked.length === 1;
  return (
    <div ref={headRef} tabIndex={-1} className={classes.part}>
      <Card title="What would this match[] cost?">
        <Stack p="sm" gap="sm">
          <Text fz="sm" c="dimmed">
            What a consumer would pull from this server now with these selectors: how much, of what, and which labels make it large.
          </Text>
          <CostForm key={asked.join('\n')} asked={asked} onAsk={setAsked} refused={atField ? error.message : ''} />
          {asked.length > 0 && error !== null && !atField && (
            <ErrorNote error={error} title={isBadSelector ? 'A selector is not accepted' : undefined} />
          )}
          {asked.length > 0 && isFetching && data === undefined && <Loading what="the cost" />}
          {asked.length > 0 && data !== undefined && error === null && <CostResult preview={data.data} />}
        </Stack>
      </Card>
    </div>
  );
}
