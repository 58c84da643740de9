// A table sorted by the column that is chosen; the choice is in the address. For some hundred rows.
import { Button } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconSelector } from '@tabler/icons-react';
import { type ReactNode, useMemo } from 'react';
import { formatCount } from '../format/number.ts';
import classes from './sortable-table.module.css';
import tableClasses from './table.module.css';
import { useUrlText } from './use-url-state.ts';
import { Wide } from './wide.tsx';

export interface SortableColumn<T> {
  /** In the address. */
  readonly id: string;
  readonly title: string;
  /** What is sorted by; null stands last. */
  readonly value: (row: T) => string | number | null;
  /** What is shown, where it is not the value. */
  readonly cell?: (row: T) => ReactNode;
  readonly isNumber?: boolean;
}

interface Props<T> {
  /** What the table is, for those who do not see it. */
  readonly caption: string;
  /** Of the parameter in the address. */
  readonly name: string;
  /** The first one names the row. */
  readonly columns: readonly SortableColumn<T>[];
  readonly rows: readonly T[];
  readonly keyOf: (row: T) => string;
  readonly isSelected?: (row: T) => boolean;
  /** All rows are drawn at once: there are few enough. */
  readonly isShort?: boolean;
}

/** Of those that are drawn at first. */
const FIRST_ROWS = 50;

/** Unsorted, rows stand as they were given. */
export function SortableTable<T>({ caption, name, columns, rows, keyOf, isSelected, isShort = false }: Props<T>) {
  const [order, setOrder] = useUrlText(name);
  const [extent, setExtent] = useUrlText(`${name}_rows`);
  const descending = order.startsWith('-');
  const by = columns.find(({ id }) => id === order.replace('-', ''));
  const sorted = useMemo(() => (by === undefined ? rows : sortedBy(rows, by, descending)), [rows, by, descending]);
  const [first, ...others] = columns;
  const isLong = !isShort && rows.length > FIRST_ROWS;

  /** Numbers begin with the largest. The third choice is none. */
  const next = ({ id, isNumber }: SortableColumn<T>): string => {
    const [one, two] = isNumber ? [`-${id}`, id] : [id, `-${id}`];
    return order === one ? two : order === two ? '' : one;
  };

  return (
    <Wide name={caption}>
      <table className={tableClasses.table}>
        <thead>
          <tr>
            {columns.map((column) => {
              const sort = column !== by ? undefined : descending ? 'descending' : 'ascending';
              const Icon = sort === undefined ? IconSelector : descending ? IconArrowDown : IconArrowUp;
              return (
                <th key={column.id} scope="col" aria-sort={sort} className={column.isNumber ? tableClasses.number : undefined}>
                  <button
                    type="button"
                    className={classes.sort}
                    data-sorted={sort !== undefined || undefined}
                    onClick={() => setOrder(next(column))}
                  >
                    {column.title} <Icon size={12} aria-hidden />
                  </button>
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {(isLong && extent !== 'all' ? sorted.slice(0, FIRST_ROWS) : sorted).map((row) => (
            <tr key={keyOf(row)} className={isSelected?.(row) ? classes.selected : undefined}>
              <th scope="row">{cellOf(first, row)}</th>
              {others.map((column) => (
                <td key={column.id} className={column.isNumber ? tableClasses.number : undefined}>
                  {cellOf(column, row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {isLong && (
        <Button m="xs" size="compact-xs" variant="default" onClick={() => setExtent(extent === 'all' ? '' : 'all')}>
          {extent === 'all' ? `Show the first ${FIRST_ROWS} rows` : `Show all ${formatCount(rows.length)} rows`}
        </Button>
      )}
    </Wide>
  );
}

function cellOf<T>({ cell, value }: SortableColumn<T>, row: T): ReactNode {
  return cell === undefined ? (value(row) ?? '–') : cell(row);
}

const collator = new Intl.Collator('en', { numeric: true });

function sortedBy<T>(rows: readonly T[], { value }: SortableColumn<T>, descending: boolean): T[] {
  const sign = descending ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [x, y] = [value(a), value(b)];
    if (x === null || y === null) return x === y ? 0 : x === null ? 1 : -1;
    return sign * (typeof x === 'number' && typeof y === 'number' ? x - y : collator.compare(String(x), String(y)));
  });
}
