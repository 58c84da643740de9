// /targets: what is scraped, and how it goes.
import { Group } from '@mantine/core';
import type { ScrapePoolsAnswer, TargetAnswer, TargetHealth, TargetsAnswer } from '../../src/answers/index.ts';
import { Answered } from '../components/answered.tsx';
import { EmptyNote } from '../components/empty-note.tsx';
import { type Choice, FilterChips } from '../components/filter-chips.tsx';
import { Fold } from '../components/fold.tsx';
import { FoldButtons } from '../components/fold-buttons.tsx';
import { FoundNote } from '../components/found-note.tsx';
import { PageHead } from '../components/page-head.tsx';
import { SearchField } from '../components/search-field.tsx';
import { StateBadge } from '../components/state-badge.tsx';
import { useFolds } from '../components/use-folds.ts';
import { useSearch } from '../components/use-search.ts';
import { useUrlList, useUrlText } from '../components/use-url-state.ts';
import { counted, formatCount } from '../format/number.ts';
import { STATE_EVERY_MS, useAnswer } from '../server/use-answer.ts';
import { HealthMeter } from './health-meter.tsx';
import { PoolSelect } from './pool-select.tsx';
import { isNarrowed, opensByItself, poolsOf, type TargetPool } from './target-pools.ts';
import { TargetTable } from './target-table.tsx';

const ACTIVE = { state: 'active' };

export default function TargetsPage() {
  const targets = useAnswer<TargetsAnswer>('/targets', ACTIVE, { everyMs: STATE_EVERY_MS });
  // Pools without a target are in no other answer; the page does without where this one fails.
  const names = useAnswer<ScrapePoolsAnswer>('/scrape_pools', {}, { everyMs: STATE_EVERY_MS }).data?.data.scrapePools;
  return (
    <>
      <PageHead title="Targets" />
      <Answered result={targets} what="the targets">
        {({ activeTargets }) => <TargetList targets={activeTargets} poolNames={names ?? []} />}
      </Answered>
    </>
  );
}

function TargetList({ targets, poolNames }: { readonly targets: readonly TargetAnswer[]; readonly poolNames: readonly string[] }) {
  const [pool, setPool] = useUrlText('pool', '', 'step');
  const [health, setHealth] = useUrlList('health', 'step');
  const [search, setSearch] = useSearch();
  const folds = useFolds(search);
  if (targets.length === 0 && poolNames.length === 0)
    return <EmptyNote>Nothing is scraped. Add scrape_configs to the configuration file, and reload it.</EmptyNote>;
  const filter = { pool, health, search };
  const pools = poolsOf(targets, poolNames, filter);
  const opens = opensByItself(pools);
  const allNames = [...new Set([...poolNames, ...targets.map(({ scrapePool }) => scrapePool)])].sort();
  const shown = pools.reduce((sum, one) => sum + one.shown.length, 0);
  return (
    <>
      <Group gap="xs" mb="md">
        <PoolSelect pools={allNames} chosen={pool} onChange={setPool} />
        <FilterChips label="Health" choices={healthChoices(targets)} chosen={health} onChange={setHealth} />
        <SearchField label="Search labels, URLs, errors" value={search} onChange={setSearch} />
        <FoldButtons folds={folds} />
      </Group>
      {pools.length === 0 ? (
        <EmptyNote>No target is as the filters above want it: {counted(targets.length, 'target')} in all. Take one filter away.</EmptyNote>
      ) : (
        isNarrowed(filter) && <FoundNote>{`${formatCount(shown)} of ${counted(targets.length, 'target')}`}</FoundNote>
      )}
      {pools.map((one) => {
        const opened = folds.isOpen(one.name, opens(one) || one.name === pool);
        return (
          <Fold
            key={one.name}
            title={one.name}
            opened={opened}
            onToggle={() => folds.set(one.name, !opened)}
            tone={one.down > 0 ? 'bad' : one.total === 0 ? 'quiet' : one.up < one.total ? 'odd' : 'good'}
            aside={<PoolHealth pool={one} />}
          >
            <TargetTable pool={one} />
          </Fold>
        );
      })}
    </>
  );
}

function PoolHealth({ pool: { total, up, down } }: { readonly pool: TargetPool }) {
  if (total === 0) return <StateBadge tone="quiet">no targets</StateBadge>;
  const pending = total - up - down;
  return (
    <>
      {down > 0 && <StateBadge tone="bad">{formatCount(down)} down</StateBadge>}
      {pending > 0 && <StateBadge tone="odd">{formatCount(pending)} not scraped yet</StateBadge>}
      <HealthMeter up={up} down={down} total={total} />
    </>
  );
}

function healthChoices(targets: readonly TargetAnswer[]): Choice<TargetHealth>[] {
  const count = (wanted: TargetHealth): number => targets.reduce((sum, { health }) => sum + Number(health === wanted), 0);
  return [
    { value: 'up', label: 'Up', tone: 'good', count: count('up') },
    { value: 'down', label: 'Down', tone: 'bad', count: count('down') },
    { value: 'unknown', label: 'Unknown', tone: 'odd', count: count('unknown') },
  ];
}
