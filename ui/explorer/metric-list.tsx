// The list of metrics below a search. Focus stays in the search: arrow keys move through what was found, Enter chooses.
import { Text, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import { counted } from '../format/number.ts';
import { type CatalogMetric, searchCatalog } from './metric-catalog.ts';
import classes from './metrics-explorer.module.css';

interface Props {
  readonly catalog: readonly CatalogMetric[];
  readonly search: string;
  readonly onSearch: (search: string) => void;
  readonly chosen: string | null;
  readonly onChoose: (name: string) => void;
}

const ROW_PX = 48;
const PAGE_ROWS = 8;

export function MetricList({ catalog, search, onSearch, chosen, onChoose }: Props) {
  const found = useMemo(() => searchCatalog(catalog, search), [catalog, search]);
  const [active, setActive] = useState(() =>
    Math.max(
      found.findIndex(({ name }) => name === chosen),
      0,
    ),
  );
  const scroller = useRef<HTMLDivElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  const rows = useVirtualizer({
    count: found.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 6,
    initialOffset: active * ROW_PX,
  });

  // The list is there a moment after the dialog that it stands in, which has given the focus to something else by then.
  useEffect(() => input.current?.focus(), []);

  useEffect(() => {
    if (active >= found.length) setActive(0);
  }, [active, found]);

  const move = (to: number): void => {
    const index = Math.min(Math.max(to, 0), found.length - 1);
    if (index < 0) return;
    setActive(index);
    rows.scrollToIndex(index);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const moves: Readonly<Record<string, () => void>> = {
      ArrowDown: () => move(active + 1),
      ArrowUp: () => move(active - 1),
      PageDown: () => move(active + PAGE_ROWS),
      PageUp: () => move(active - PAGE_ROWS),
      Enter: () => active < found.length && onChoose(found[active].name),
    };
    if (!Object.hasOwn(moves, event.key)) return;
    event.preventDefault();
    moves[event.key]();
  };
  const rowId = (index: number): string => `${id}-${index}`;
  const isRendered = rows.getVirtualItems().some(({ index }) => index === active);
  return (
    <>
      <TextInput
        ref={input}
        role="combobox"
        aria-label="Search metrics"
        aria-expanded
        aria-controls={`${id}-list`}
        aria-activedescendant={isRendered ? rowId(active) : undefined}
        aria-autocomplete="list"
        placeholder="Search names and help"
        leftSection={<IconSearch size={16} aria-hidden />}
        value={search}
        onChange={(event) => {
          onSearch(event.currentTarget.value);
          setActive(0);
          rows.scrollToOffset(0);
        }}
        onKeyDown={onKeyDown}
      />
      <Text fz="xs" c="dimmed" role="status">
        {found.length === 0 ? 'No metric has this in its name or help.' : counted(found.length, 'metric')}
      </Text>
      <div ref={scroller} className={classes.scroller} id={`${id}-list`} role="listbox" aria-label="Metrics">
        <div style={{ height: rows.getTotalSize(), position: 'relative' }} role="presentation">
          {rows.getVirtualItems().map(({ index, start }) => (
            <Row
              key={index}
              id={rowId(index)}
              metric={found[index]}
              place={{ index, of: found.length, startPx: start }}
              active={index === active}
              chosen={found[index].name === chosen}
              onChoose={() => {
                setActive(index);
                onChoose(found[index].name);
              }}
            />
          ))}
        </div>
      </div>
    </>
  );
}

interface RowProps {
  readonly id: string;
  readonly metric: CatalogMetric;
  readonly place: { readonly index: number; readonly of: number; readonly startPx: number };
  readonly active: boolean;
  readonly chosen: boolean;
  readonly onChoose: () => void;
}

function Row({ id, metric, place, active, chosen, onChoose }: RowProps) {
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the search above has the keys of the list.
    // biome-ignore lint/a11y/useFocusableInteractive: focus stays in the search, which names the active row.
    <div
      id={id}
      role="option"
      aria-selected={chosen}
      aria-setsize={place.of}
      aria-posinset={place.index + 1}
      data-active={active || undefined}
      className={classes.row}
      style={{ height: ROW_PX, transform: `translateY(${place.startPx}px)` }}
      onClick={onChoose}
    >
      <span className={classes.name}>
        <span>{metric.name}</span>
        {metric.type !== '' && <span className={classes.type}>{metric.type}</span>}
      </span>
      {metric.help !== '' && <span className={classes.help}>{metric.help}</span>}
    </div>
  );
}
