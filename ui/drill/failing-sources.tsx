// That sources fail, where their series are shown: those stay as they were for a while, and look as if nothing had happened.
import { Alert, Anchor } from '@mantine/core';
import { Link } from 'react-router';
import type { FederationSource } from '../../src/answers/index.ts';
import { useNow } from '../format/now.ts';
import { counted } from '../format/number.ts';
import { formatAgo } from '../format/time.ts';
import { lastGoodPullMs, useOwnSources } from './own-sources.ts';

const MOST_NAMED = 3;

/** Of all sources of this server. */
export function FailingSources() {
  const sources = useOwnSources();
  const failing = sources.filter(({ health }) => health === 'down');
  if (failing.length === 0) return null;
  const more = failing.length - MOST_NAMED;
  return (
    <Alert color="yellow" py="xs" role="status">
      What comes from {failing.length === 1 ? 'a source' : 'sources'} that cannot be pulled may be old:{' '}
      {failing.slice(0, MOST_NAMED).map((source, i) => (
        <span key={`${source.job} ${source.url}`}>
          {i > 0 && ', '}
          {source.instance} (job {source.job}, <LastGoodPull source={source} />)
        </span>
      ))}
      {more > 0 && ` and ${counted(more, 'other')}`}.{' '}
      <Anchor component={Link} to="/federation" fz="sm">
        See Federation
      </Anchor>
    </Alert>
  );
}

/** `last pulled 65 s ago` */
export function LastGoodPull({ source }: { readonly source: FederationSource }) {
  const nowMs = useNow();
  const ms = lastGoodPullMs(source);
  return ms === null ? 'not pulled lately' : `last pulled ${formatAgo(ms, nowMs)}`;
}
