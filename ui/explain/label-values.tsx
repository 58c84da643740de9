// A label of a part's series, with how many values it has; under the pointer or with the keyboard on it, which values most series have.
import { Tooltip } from '@mantine/core';
import { quoteGo } from '../../src/model/index.ts';
import { counted, formatCount } from '../format/number.ts';
import classes from './explain-tree.module.css';
import type { LabelCount } from './explaining.ts';

interface Props {
  readonly label: LabelCount;
  /** In a tree one row alone is in the order of Tab, and so is what stands in it. */
  readonly tabIndex?: number;
}

export function LabelValues({ label: { name, values, top }, tabIndex = 0 }: Props) {
  return (
    <Tooltip
      label={<TopValues top={top} more={values - top.length} />}
      events={{ hover: true, focus: true, touch: true }}
      position="bottom-start"
      multiline
      maw="min(30rem, 90vw)"
      portalProps={{ target: 'main' }}
    >
      <button type="button" className={classes.label} tabIndex={tabIndex} onClick={(event) => event.stopPropagation()}>
        {name}: {formatCount(values)}
      </button>
    </Tooltip>
  );
}

function TopValues({ top, more }: { readonly top: LabelCount['top']; readonly more: number }) {
  return (
    <>
      {top.map(({ name, value }) => (
        <span key={name} className={classes.topValue}>
          <code>{quoteGo(name)}</code> <span>{counted(value, 'series', 'series')}</span>
        </span>
      ))}
      {more > 0 && <span className={classes.topValue}>and {counted(more, 'more value')}</span>}
    </>
  );
}
