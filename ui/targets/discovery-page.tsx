// /service-discovery: what was found, and what relabelling made of it.
import { Group } from '@mantine/core';
import type { TargetsAnswer } from '../../src/answers/index.ts';
import { Answered } from '../components/answered.tsx';
import { EmptyNote } from '../components/empty-note.tsx';
import { FilterChips } from '../components/filter-chips.tsx';
import { Fold } from '../components/fold.tsx';
import { FoldButtons } from '../components/fold-buttons.tsx';
import { PageHead } from '../components/page-head.tsx';
import { SearchField } from '../components/search-field.tsx';
import { StateBadge } from '../components/state-badge.tsx';
import { useFolds } from '../components/use-folds.ts';
import { useSearch } from '../components/use-search.ts';
import { useUrlList, useUrlText } from '../components/use-url-state.ts';
import { counted, formatCount } from '../format/number.ts';
import { STATE_EVERY_MS, useAnswer } from '../server/use-answer.ts';
import { type DiscoveredPool, discoveredPools } from './discovered.ts';
import { DiscoveredTable } from './discovered-table.tsx';
import { PoolSelect } from './pool-select.tsx';

/** More are closed until they are opened. */
const FEW = 20;

export default function DiscoveryPage() {
  const result = useAnswer<TargetsAnswer>('/targets', { state: 'any' }, { everyMs: STATE_EVERY_MS });
  return (
    <>
      <PageHead title="Service discovery" />
      <Answered result={result} what="what was discovered">
        {(answer) => <PoolList answer={answer} />}
      </Answered>
    </>
  );
}

function PoolList({ answer }: { readonly answer: TargetsAnswer }) {
  const [pool, setPool] = useUrlText('pool', '', 'step');
  const [states, setStates] = useUrlList('state', 'step');
  const [search, setSearch] = useSearch();
  const folds = useFolds(search);
  const everything = discoveredPools(answer, { pool: '', states: [], search: '' });
  if (everything.length === 0)
    return <EmptyNote>Nothing is looked for. Add scrape_configs to the configuration file, and reload it.</EmptyNote>;
  const pools = discoveredPools(answer, { pool, states, search });
  const names = everything.map(({ name }) => name);
  const sum = (count: (one: DiscoveredPool) => number): number => everything.reduce((total, one) => total + count(one), 0);
  const few = pools.reduce((total, { shown }) => total + shown.length, 0) <= FEW;
  return (
    <>
      <Group gap="xs" mb="md">
        <PoolSelect pools={names} chosen={pool} onChange={setPool} />
        <FilterChips
          label="State"
          choices={[
            { value: 'active', label: 'Active', tone: 'good', count: sum(({ active }) => active) },
            { value: 'dropped', label: 'Dropped', tone: 'quiet', count: sum(({ dropped }) => dropped) },
          ]}
          chosen={states}
          onChange={setStates}
        />
        <SearchField label="Search labels, before and after" value={search} onChange={setSearch} />
        <FoldButtons folds={folds} />
      </Group>
      {pools.length === 0 && <EmptyNote>Nothing that was found is as the filters above want it. Take one filter away.</EmptyNote>}
      {pools.map((one) => {
        const opened = folds.isOpen(one.name, few || one.name === pool);
        return (
          <Fold
            key={one.name}
            title={one.name}
            opened={opened}
            onToggle={() => folds.set(one.name, !opened)}
            tone={one.active > 0 ? 'good' : 'quiet'}
            aside={<PoolCounts pool={one} />}
          >
            <DiscoveredTable pool={one} />
          </Fold>
        );
      })}
    </>
  );
}

function PoolCounts({ pool: { active, dropped, droppedKept } }: { readonly pool: DiscoveredPool }) {
  return (
    <>
      <StateBadge tone={active > 0 ? 'good' : 'quiet'}>{formatCount(active)} active</StateBadge>
      <StateBadge tone="quiet">{formatCount(dropped)} dropped</StateBadge>
      {dropped > droppedKept && <span>{counted(dropped - droppedKept, 'dropped target')} not kept</span>}
    </>
  );
}
