// What a selector selects: the metric, in the words of its target, and what is asked of its labels.
import { Badge, Group, List, Text } from '@mantine/core';
import type { VectorSelector } from '../../src/promql/parser/index.ts';
import { matcherSentence, metricNameOf, writtenMatchers } from './matcher-words.ts';
import { useMetric } from './use-metric.ts';

export function SelectorFacts({ selector }: { readonly selector: VectorSelector }) {
  const name = metricNameOf(selector);
  const metric = useMetric(name);
  const matchers = writtenMatchers(selector);
  return (
    <>
      {metric !== null && (
        <section aria-label={`What is told of ${name}`}>
          <Group gap="xs">
            <Text fz="sm" fw={600} style={{ overflowWrap: 'anywhere' }}>
              {name}
            </Text>
            <Badge variant="outline" color="gray" tt="none" c="inherit">
              {metric.type === '' || metric.type === 'unknown' ? 'type not known' : metric.type}
            </Badge>
            {metric.unit !== '' && <Text fz="sm">in {metric.unit}</Text>}
          </Group>
          {metric.help !== '' && <Text fz="sm">{metric.help}</Text>}
        </section>
      )}
      {matchers.length > 0 && (
        <List fz="sm" aria-label="What its labels must be" style={{ overflowWrap: 'anywhere' }}>
          {matchers.map((matcher) => (
            <List.Item key={String(matcher)}>{matcherSentence(matcher)}</List.Item>
          ))}
        </List>
      )}
    </>
  );
}
