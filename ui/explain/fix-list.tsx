// What can be done where series match more than once: expressions that do not have that error, to be taken over.
import { Button, Stack, Text } from '@mantine/core';
import { PromqlText } from '../components/promql-text.tsx';
import classes from './explain-tree.module.css';
import type { MatchingFix } from './matching-fixes.ts';

interface Props {
  readonly fixes: readonly MatchingFix[];
  readonly onTake?: (text: string) => void;
}

export function FixList({ fixes, onTake }: Props) {
  return (
    <Stack component="section" gap="xs" aria-label="Ways out of the error">
      <Text fz="sm" fw={600}>
        Ways out of the error
      </Text>
      {fixes.map(({ sentence, text }) => (
        <div key={text} className={classes.fix}>
          <Text fz="sm">{sentence}</Text>
          <PromqlText expr={text} pretty />
          {onTake !== undefined && (
            <Button size="compact-xs" variant="default" mt={6} onClick={() => onTake(text)}>
              Use this expression
            </Button>
          )}
        </div>
      ))}
      <Text fz="sm">
        {fixes.length > 0 ? 'Or aggregate' : 'Aggregate'} a side, so that one series of it is left for each group: with sum by (…), or
        whatever its values stand for.
      </Text>
    </Stack>
  );
}
