// /flags: how the server was started.
import { Group } from '@mantine/core';
import type { FlagsAnswer } from '../../src/answers/index.ts';
import { Answered } from '../components/answered.tsx';
import { EmptyNote } from '../components/empty-note.tsx';
import { PageHead } from '../components/page-head.tsx';
import { SearchField } from '../components/search-field.tsx';
import { type SortableColumn, SortableTable } from '../components/sortable-table.tsx';
import table from '../components/table.module.css';
import { useUrlText } from '../components/use-url-state.ts';
import { counted } from '../format/number.ts';
import { wordSearch } from '../format/word-search.ts';
import { useAnswer } from '../server/use-answer.ts';
import classes from './status.module.css';

type Flag = readonly [name: string, value: string];

const COLUMNS: readonly SortableColumn<Flag>[] = [
  {
    id: 'flag',
    title: 'Flag',
    value: ([name]) => name,
    cell: ([name]) => <span className={table.code}>--{name}</span>,
  },
  {
    id: 'value',
    title: 'Value',
    // Empty ones stand last, whatever the order.
    value: ([, value]) => (value === '' ? null : value),
    cell: ([, value]) => (value === '' ? <span className={classes.note}>empty</span> : <span className={table.code}>{value}</span>),
  },
];

export default function FlagsPage() {
  const result = useAnswer<FlagsAnswer>('/status/flags');
  return (
    <>
      <PageHead title="Command-line flags" />
      <Answered result={result} what="the flags">
        {(flags) => <FlagTable flags={flags} />}
      </Answered>
    </>
  );
}

function FlagTable({ flags }: { readonly flags: FlagsAnswer }) {
  const [search, setSearch] = useUrlText('search', '', 'typing');
  const entries: readonly Flag[] = Object.entries(flags).sort(([a], [b]) => a.localeCompare(b));
  const found = wordSearch(search, entries.map(textsOf));
  const shown = entries.filter((flag) => found(textsOf(flag)));
  return (
    <>
      <Group gap="sm" mb="md">
        <SearchField label="Search names and values" value={search} onChange={setSearch} />
        <span className={classes.note} role="status">
          {counted(shown.length, 'flag')}
        </span>
      </Group>
      {shown.length === 0 ? (
        <EmptyNote>No flag has all of these words.</EmptyNote>
      ) : (
        <div className={classes.box}>
          <SortableTable caption="Flags and their values" name="sort" columns={COLUMNS} rows={shown} keyOf={([name]) => name} isShort />
        </div>
      )}
    </>
  );
}

function textsOf([name, value]: Flag): string[] {
  return [`--${name}=${value}`];
}
