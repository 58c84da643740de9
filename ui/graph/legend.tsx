// The series of a graph: a box that shows and hides each, a name that shows it alone.
import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useRef } from 'react';
import { isolated, isShown, type SeriesChoice, toggled } from '../panels/series-choice.ts';
import classes from './legend.module.css';
import type { GraphSeries } from './range-data.ts';

const ROW_PX = 26;
const MOST_ROWS_PX = 300;

interface Props {
  readonly series: readonly GraphSeries[];
  readonly colours: readonly string[];
  readonly choice: SeriesChoice;
  onChoice(choice: SeriesChoice): void;
  /** Beside a series. */
  readonly action?: (series: GraphSeries) => ReactNode;
}

export function Legend({ series, colours, choice, onChoice, action }: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({ count: series.length, getScrollElement: () => frame.current, estimateSize: () => ROW_PX, overscan: 10 });
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
    <section ref={frame} className={classes.frame} style={{ maxHeight: MOST_ROWS_PX }} aria-label="Series of the graph" tabIndex={0}>
      <ul className={classes.list} style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map(({ key, index, start }) => {
          const one = series[index];
          const shown = isShown(choice, one.text);
          return (
            <li
              key={key}
              ref={rows.measureElement}
              data-index={index}
              className={classes.row}
              style={{ transform: `translateY(${start}px)` }}
              data-hidden={!shown || undefined}
            >
              <input
                type="checkbox"
                className={classes.box}
                style={{ accentColor: colours[index], outlineColor: colours[index] }}
                checked={shown}
                aria-label={`Show ${one.text}`}
                onChange={() => onChoice(toggled(choice, one.text))}
              />
              <button
                type="button"
                className={classes.name}
                title="Click: this one alone. Ctrl-click: hide or show it."
                onClick={(event) => onChoice(event.ctrlKey || event.metaKey ? toggled(choice, one.text) : isolated(choice, one.text))}
              >
                {one.text}
              </button>
              {action?.(one)}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
