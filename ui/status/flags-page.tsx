// /flags: how the server was started.
import { Group } from '@mantine/core';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import type { FlagsAnswer } from '../../src/answers/index.ts';
import { Answered } from '../components/answered.tsx';
import { EmptyNote } from '../components/empty-note.tsx';
import { PageHead } from '../components/page-head.tsx';
import { SearchField } from '../components/search-field.tsx';
import table from '../components/table.module.css';
import { useUrlText } from '../components/use-url-state.ts';
import { counted } from '../format/number.ts';
import { wordSearch } from '../format/word-search.ts';
import { useAnswer } from '../server/use-answer.ts';
import classes from './status.module.css';

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
  const [search, setSearch] = useUrlText('search');
  const [order, setOrder] = useUrlText('sort', 'asc');
  const descending = order === 'desc';
  const entries = Object.entries(flags);
  const textsOf = ([name, value]: [string, string]): string[] => [`--${name}=${value}`];
  const found = wordSearch(search, entries.map(textsOf));
  const shown = entries.filter((entry) => found(textsOf(entry))).sort(([a], [b]) => (descending ? -1 : 1) * a.localeCompare(b));
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
          <table className={table.table}>
            <thead>
              <tr>
                <th scope="col" aria-sort={descending ? 'descending' : 'ascending'}>
                  <button type="button" className={classes.sort} onClick={() => setOrder(descending ? 'asc' : 'desc')}>
                    Flag {descending ? <IconArrowUp size={13} aria-hidden /> : <IconArrowDown size={13} aria-hidden />}
                  </button>
                </th>
                <th scope="col">Value</th>
              </tr>
            </thead>
            <tbody>
              {shown.map(([name, value]) => (
                <tr key={name}>
                  <th scope="row" className={table.code}>
                    --{name}
                  </th>
                  <td className={table.code}>{value === '' ? <span className={classes.note}>empty</span> : value}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}
