// A consumer: who asks, for what, and what it is given.
import { Button } from '@mantine/core';
import { Card } from '../components/card.tsx';
import { Facts } from '../components/facts.tsx';
import { formatCount } from '../format/number.ts';
import { formatAgo } from '../format/time.ts';
import classes from './detail.module.css';
import { failureFact, flowFacts, LastError, Selectors, Warnings } from './detail-parts.tsx';
import { everySeconds, rhythmWords } from './flow-words.ts';
import { HealthMark } from './health-mark.tsx';
import type { Preview } from './interval.ts';
import { PullCharts } from './pull-charts.tsx';
import type { ConsumerNode } from './tree.ts';

interface Props {
  readonly node: ConsumerNode;
  readonly onPreview: Preview;
}

export function ConsumerDetail({ node, onPreview }: Props) {
  const { consumer, flow, health, nowMs, name } = node;
  return (
    <Card
      title={`Consumer ${name}`}
      aside={
        <span className={classes.state}>
          <HealthMark health={health} />
        </span>
      }
    >
      {consumer.selectors.length > 0 && (
        <div className={classes.part}>
          <Button variant="default" size="compact-sm" onClick={() => onPreview(consumer.selectors, everySeconds(node))}>
            What does it cost?
          </Button>
        </div>
      )}
      <LastError title="Last error" text={consumer.lastError} />
      <Warnings warnings={consumer.warnings} />
      <div className={classes.part}>
        <PullCharts history={consumer.history} noun="request" />
      </div>
      <Facts
        facts={[
          ['Address', consumer.address],
          ['User-Agent', consumer.userAgent || 'none'],
          ['Selectors', <Selectors key="selectors" selectors={consumer.selectors} />],
          ['Requests', `${formatCount(consumer.requests)}${rhythmWords(node) === '' ? '' : `, ${rhythmWords(node)}`}`],
          ['Failures', failureFact(consumer.failures, consumer.requests)],
          ['First request', formatAgo(consumer.firstRequestMs, nowMs)],
          ['Last request', formatAgo(consumer.lastRequestMs, nowMs)],
          ...flowFacts(flow, nowMs, 'answer'),
        ]}
      />
    </Card>
  );
}
