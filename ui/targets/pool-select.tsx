import { Select } from '@mantine/core';

interface Props {
  readonly pools: readonly string[];
  /** '': all. */
  readonly chosen: string;
  readonly onChange: (pool: string) => void;
}

/** One scrape pool, or all of them. A pool that is gone can be taken away again. */
export function PoolSelect({ pools, chosen, onChange }: Props) {
  return (
    <Select
      aria-label="Scrape pool"
      placeholder="All scrape pools"
      size="xs"
      w={{ base: '100%', xs: 220 }}
      data={chosen === '' || pools.includes(chosen) ? pools : [chosen, ...pools]}
      value={chosen === '' ? null : chosen}
      onChange={(value) => onChange(value ?? '')}
      searchable
      clearable
      limit={200}
      nothingFoundMessage="No such pool"
      clearButtonProps={{ 'aria-label': 'All scrape pools' }}
    />
  );
}
