// /tsdb-status: what the store holds, and where its series come from.
import { Progress, SegmentedControl } from '@mantine/core';
import { Link } from 'react-router';
import type { BlocksAnswer, NamedCount, TsdbStatusAnswer } from '../../src/answers/index.ts';
import { Answered } from '../components/answered.tsx';
import { Card } from '../components/card.tsx';
import { EmptyNote } from '../components/empty-note.tsx';
import { PageHead } from '../components/page-head.tsx';
import table from '../components/table.module.css';
import { useUrlText } from '../components/use-url-state.ts';
import { formatBytes, formatCount } from '../format/number.ts';
import { formatSeconds, useTimeFormat } from '../format/time.ts';
import { queryLink } from '../panels/panel-address.ts';
import { STATE_EVERY_MS, useAnswer } from '../server/use-answer.ts';
import { AdminCards } from './admin-cards.tsx';
import { Blocks } from './blocks.tsx';
import { labelQuery, metricQuery, pairQuery } from './cardinality-queries.ts';
import classes from './status.module.css';

const LIMITS = ['10', '20', '50', '100', '500'];
const MEMORY_FULL = 0.9;

export default function TsdbPage() {
  const [chosen, setLimit] = useUrlText('limit', '10');
  const limit = LIMITS.includes(chosen) ? chosen : '10';
  const status = useAnswer<TsdbStatusAnswer>('/status/tsdb', { limit }, { everyMs: STATE_EVERY_MS, keepPrevious: true });
  const blocks = useAnswer<BlocksAnswer>('/status/tsdb/blocks', {}, { everyMs: STATE_EVERY_MS });
  return (
    <>
      <PageHead title="TSDB status" />
      <div className={classes.stack}>
        <Answered result={status} what="the head's statistics">
          {(answer) => (
            <div className={classes.stack}>
              <Head answer={answer} />
              <div className={classes.limit}>
                <span id="limit-label">Entries in each list</span>
                <SegmentedControl aria-labelledby="limit-label" size="xs" data={LIMITS} value={limit} onChange={setLimit} />
              </div>
              <div className={classes.cards}>
                <CountCard title="Metrics with the most series" unit="Series" counts={answer.seriesCountByMetricName} query={metricQuery} />
                <CountCard
                  title="Labels with the most values"
                  unit="Values"
                  counts={answer.labelValueCountByLabelName}
                  query={labelQuery}
                />
                <CountCard
                  title="Labels whose values take the most memory"
                  unit="Memory"
                  counts={answer.memoryInBytesByLabelName}
                  query={labelQuery}
                  format={formatBytes}
                />
                <CountCard
                  title="Label values with the most series"
                  unit="Series"
                  counts={answer.seriesCountByLabelValuePair}
                  query={pairQuery}
                />
              </div>
            </div>
          )}
        </Answered>
        <Card title="Blocks">
          <Answered result={blocks} what="the blocks">
            {(answer) => <Blocks blocks={answer.blocks} />}
          </Answered>
        </Card>
        <AdminCards />
      </div>
    </>
  );
}

function Head({ answer: { headStats, headMemory } }: { readonly answer: TsdbStatusAnswer }) {
  const timeOf = useTimeFormat();
  const { numSeries, numLabelPairs, chunkCount, minTime, maxTime } = headStats;
  const empty = maxTime < minTime || minTime <= 0;
  const numbers: [string, string, boolean][] = [
    ['Series', formatCount(numSeries), false],
    ['Chunks', formatCount(chunkCount), false],
    ['Label pairs', formatCount(numLabelPairs), false],
    ['Oldest sample', empty ? 'no samples yet' : timeOf(minTime), true],
    ['Newest sample', empty ? 'no samples yet' : timeOf(maxTime), true],
    ['Length', empty ? '–' : formatSeconds((maxTime - minTime) / 1000), true],
  ];
  const part = headMemory === undefined ? 0 : headMemory.usedBytes / Math.max(headMemory.limitBytes, 1);
  return (
    <Card title="Head">
      <dl className={classes.numbers}>
        {numbers.map(([name, value, small]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className={small ? classes.small : undefined}>{value}</dd>
          </div>
        ))}
      </dl>
      {headMemory !== undefined && headMemory.limitBytes > 0 && (
        <div className={classes.memory}>
          <div>
            Memory: {formatBytes(headMemory.usedBytes)} of {formatBytes(headMemory.limitBytes)} ({Math.round(100 * part)} %)
            {part > MEMORY_FULL && ': nearly full, new series will be refused. Raise --storage.head.max-bytes, or scrape less.'}
          </div>
          <Progress value={100 * part} color={part > MEMORY_FULL ? 'red' : 'river'} aria-label="Memory of the head in use" />
        </div>
      )}
    </Card>
  );
}

interface CountCardProps {
  readonly title: string;
  readonly unit: string;
  readonly counts: readonly NamedCount[];
  readonly query: (name: string) => string;
  readonly format?: (value: number) => string;
}

function CountCard({ title, unit, counts, query, format = formatCount }: CountCardProps) {
  return (
    <Card title={title}>
      {counts.length === 0 ? (
        <div className={classes.inset}>
          <EmptyNote>Nothing yet: the head has no series.</EmptyNote>
        </div>
      ) : (
        <table className={table.table}>
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col" className={table.number}>
                {unit}
              </th>
            </tr>
          </thead>
          <tbody>
            {counts.map(({ name, value }) => (
              <tr key={name}>
                <th scope="row" className={table.code}>
                  <Link to={queryLink({ expr: query(name) })} className={table.link}>
                    {name}
                  </Link>
                </th>
                <td className={table.number}>{format(value)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Card>
  );
}
