// A source: how it is pulled, how that goes, and what it says of itself.
import { Anchor, Button } from '@mantine/core';
import { Link } from 'react-router';
import type { FederationServer, FederationWarning } from '../../src/answers/index.ts';
import { Card } from '../components/card.tsx';
import { type Fact, Facts } from '../components/facts.tsx';
import { LabelSet } from '../components/label-set.tsx';
import { OutsideLink } from '../components/outside-link.tsx';
import { counted } from '../format/number.ts';
import { formatAgo, formatSeconds } from '../format/time.ts';
import classes from './detail.module.css';
import { failureFact, flowFacts, LastError, Selectors, serverFacts, Warnings } from './detail-parts.tsx';
import { agentWords, seriesWords } from './flow-words.ts';
import { flowOf } from './health.ts';
import { HealthMark } from './health-mark.tsx';
import type { Preview } from './interval.ts';
import { PullCharts } from './pull-charts.tsx';
import type { SourceNode } from './tree.ts';

interface Props {
  readonly node: SourceNode;
  readonly onPreview: Preview;
}

export function SourceDetail({ node, onPreview }: Props) {
  const { source, webUrl, flow, health, path, nowMs, name } = node;
  const own = path.length === 0;
  return (
    <Card
      title={`Source ${name}`}
      aside={
        <span className={classes.state}>
          <HealthMark health={health} />
        </span>
      }
    >
      <div className={classes.part}>
        <div className={classes.actions}>
          <OutsideLink href={webUrl} fz="inherit">
            Open the source
          </OutsideLink>
          {own && (
            <Anchor component={Link} to={`/targets?pool=${encodeURIComponent(source.job)}`} fz="inherit">
              Its target
            </Anchor>
          )}
          {source.selectors.length > 0 && own && (
            <Button variant="default" size="compact-xs" onClick={() => onPreview(source.selectors, source.intervalSeconds)}>
              What would this cost here?
            </Button>
          )}
        </div>
      </div>
      <LastError title="Last error" text={source.lastError} />
      <Warnings warnings={source.warnings} />
      <div className={classes.part}>
        <PullCharts history={source.history} noun="pull" />
      </div>
      <Facts
        facts={[
          ['Pulled by', own ? 'this server' : ['this server', ...path].join(' ‹ ')],
          ['Job, instance', `${source.job}, ${source.instance}`],
          [
            'Address',
            <code key="url" className={classes.code}>
              {source.url}
            </code>,
          ],
          ['Selectors', <Selectors key="selectors" selectors={source.selectors} />],
          ['honor_labels', String(source.honorLabels)],
          ['Labels', <LabelSet key="labels" labels={source.labels} without={['job', 'instance']} />],
          ['Interval', formatSeconds(source.intervalSeconds)],
          ['Last pull', formatAgo(source.lastPullMs === 0 ? null : source.lastPullMs, nowMs)],
          ...flowFacts(flow, nowMs, 'good pull'),
          ['Failures', failureFact(source.failures, source.pulls)],
        ]}
      />
      <WhatItSays node={node} />
    </Card>
  );
}

function WhatItSays({ node }: { readonly node: SourceNode }) {
  const { server, serverAsOfMs, serverError } = node.source;
  const isBefore = serverAsOfMs > 0;
  return (
    <>
      <LastError
        title={server === null || isBefore ? 'It could not be asked about itself' : 'It could not be asked about everything'}
        text={serverError}
      />
      {server !== null && (
        <>
          <div className={classes.part}>
            <h3>{isBefore ? `What it said of itself ${formatAgo(serverAsOfMs, node.nowMs)}` : 'What it says of itself'}</h3>
            {node.loopTo !== '' && <p className={classes.quiet}>This is {node.loopTo} again: the servers pull in a circle.</p>}
            {server.truncated && !isBefore && (
              <p className={classes.quiet}>Some of its sources are left out: the tree is deeper or larger than one answer may be.</p>
            )}
          </div>
          <Facts
            facts={[
              ...serverFacts(server),
              ...(isBefore
                ? []
                : ([
                    ['Its sources', counted(server.sources.length, 'source')],
                    ['Its consumers', <DeeperConsumers key="consumers" node={node} />],
                  ] satisfies Fact[])),
            ]}
          />
          <Warnings title="Warnings of its own" warnings={server.warnings} />
          <Warnings title="Warnings about its consumers" warnings={consumerWarnings(server)} />
        </>
      )}
    </>
  );
}

/** Each with who it is about; two consumers may have one address. */
function consumerWarnings({ consumers }: FederationServer): FederationWarning[] {
  const all = consumers.flatMap(({ address, warnings }) =>
    warnings.map(({ code, message }) => ({ code, message: `${address}: ${message}` })),
  );
  return all.filter(({ message }, i) => all.findIndex((other) => other.message === message) === i);
}

const MOST_CONSUMERS = 10;

function DeeperConsumers({ node }: { readonly node: SourceNode }) {
  const consumers = node.source.server?.consumers ?? [];
  if (consumers.length === 0) return 'none known';
  return (
    <ul className={classes.list}>
      {consumers.slice(0, MOST_CONSUMERS).map(({ address, userAgent, history, lastError, firstRequestMs }) => (
        <li key={`${address} ${userAgent} ${firstRequestMs}`}>
          {address}, {agentWords(userAgent)}
          {[seriesWords(flowOf(history).series), lastError === '' ? '' : 'failing']
            .filter((text) => text !== '')
            .map((text) => `, ${text}`)}
        </li>
      ))}
      {consumers.length > MOST_CONSUMERS && <li>and {consumers.length - MOST_CONSUMERS} more</li>}
    </ul>
  );
}
