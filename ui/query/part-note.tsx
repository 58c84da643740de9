// That a panel shows a part of its expression, and the way back to the whole.
import { Button, Group, Text } from '@mantine/core';
import { PromqlText } from '../components/promql-text.tsx';
import classes from './panel.module.css';
import type { ShownPart } from './shown-part.ts';

interface Props {
  readonly part: ShownPart;
  /** As a graph, not as a table. */
  readonly isGraph: boolean;
  readonly onWhole: () => void;
}

export function PartNote({ part: { text, graphed }, isGraph, onWhole }: Props) {
  return (
    <section aria-label="The part that is shown" className={classes.part}>
      <Group gap="xs">
        <Text fz="sm">Only a part of the expression is shown:</Text>
        <span className={classes.partText}>
          <PromqlText expr={text} />
        </span>
        <Button size="compact-xs" variant="default" onClick={onWhole}>
          Show the whole expression
        </Button>
      </Group>
      {isGraph && graphed !== text && (
        <Group gap="xs" mt={4} role="note">
          <Text fz="sm">A range cannot be drawn. Its newest samples are graphed instead:</Text>
          <span className={classes.partText}>
            <PromqlText expr={graphed} />
          </span>
        </Group>
      )}
    </section>
  );
}
