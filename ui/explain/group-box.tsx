// Series of both sides that belong together, and what came of them.
import { Button, Group, Text } from '@mantine/core';
import { useState } from 'react';
import type { VectorElement } from '../../src/answers/index.ts';
import { LabelSet } from '../components/label-set.tsx';
import { formatCount } from '../format/number.ts';
import classes from './explain-tree.module.css';
import type { MatchGroup } from './matching-groups.ts';

const FIRST_SERIES = 3;
/** As many more at a time as are drawn without a pause. */
const MORE_SERIES = 100;

export function GroupBox({ group, comparing }: { readonly group: MatchGroup; readonly comparing: boolean }) {
  const { labels, left, right, kind, result } = group;
  return (
    <section aria-label="Group" className={classes.group} data-kind={kind}>
      <Group justify="space-between" gap="xs">
        <LabelSet labels={labels} />
        <Text fz="xs" c="dimmed">
          {outcomeOf(group, comparing)}
        </Text>
      </Group>
      <Side name="Left" elements={left} />
      <Side name="Right" elements={right} />
      {result !== null && result.length > 0 && <Side name="Result" elements={result} />}
    </section>
  );
}

function outcomeOf({ kind, kept, result }: MatchGroup, comparing: boolean): string {
  if (kind === 'doubled') return 'More than one on a side of one: an error.';
  if (!kept) return 'Not in the result.';
  if (result === null) return comparing ? 'In the result where the comparison is true.' : 'In the result.';
  if (result.length > 0) return 'In the result.';
  return comparing ? 'Not in the result: the comparison is false.' : 'Not in the result.';
}

function Side({ name, elements }: { readonly name: string; readonly elements: readonly VectorElement[] }) {
  const [most, setMost] = useState(FIRST_SERIES);
  const left = elements.length - most;
  return (
    <div className={classes.side}>
      <Text fz="xs" c="dimmed" component="span">
        {name}
      </Text>
      <div>
        {elements.length === 0 && (
          <Text fz="xs" className={classes.missing}>
            no series
          </Text>
        )}
        {elements.slice(0, most).map(({ metric, value }) => (
          <div key={JSON.stringify(metric)} className={classes.element}>
            <LabelSet labels={metric} />
            <Text fz="xs" ff="monospace" component="span">
              {value?.[1] ?? 'histogram'}
            </Text>
          </div>
        ))}
        {left > 0 && (
          <Button size="compact-xs" variant="default" onClick={() => setMost(most + MORE_SERIES)}>
            {left > MORE_SERIES ? `Show ${MORE_SERIES} more, of ${formatCount(left)}` : `Show ${left} more`}
          </Button>
        )}
      </div>
    </div>
  );
}
