// One metric: what it is, its labels, and what is usually asked of it. A click on a value narrows it down.
import { Badge, Button, Group, Stack, Text, Title, UnstyledButton } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import type { LabelMap } from '../../src/answers/index.ts';
import { ErrorNote } from '../components/error-note.tsx';
import { Loading } from '../components/loading.tsx';
import { PromqlText } from '../components/promql-text.tsx';
import { counted, formatCount } from '../format/number.ts';
import { serverNow } from '../server/clock.ts';
import { useAnswer } from '../server/use-answer.ts';
import { labelStatisticsOf } from './label-statistics.ts';
import { LabelValues } from './label-values.tsx';
import type { CatalogMetric } from './metric-catalog.ts';
import classes from './metrics-explorer.module.css';
import { type Filters, selectorOf, suggestionsFor } from './suggestions.ts';

interface Props {
  readonly metric: CatalogMetric;
  readonly onPick: (text: string) => void;
}

const MOST_SERIES = 5_000;
const MOST_VALUES = 200;
const LOOK_BACK_S = 3_600;

export function MetricDetails({ metric, onPick }: Props) {
  const [filters, setFilters] = useState<Filters>({});
  const [start] = useState(() => Math.floor(serverNow() / 1000) - LOOK_BACK_S);
  const selector = selectorOf(metric.name, filters);
  const series = useAnswer<readonly LabelMap[]>('/series', { 'match[]': selector, start, limit: MOST_SERIES }, { keepPrevious: true });
  const data = series.data?.data;
  const labels = useMemo(() => labelStatisticsOf(data ?? [], MOST_VALUES), [data]);
  const more = (series.data?.warnings.length ?? 0) > 0;
  const toggle = (name: string, value: string): void =>
    setFilters(({ [name]: before, ...others }) => (before === value ? others : { ...others, [name]: value }));
  return (
    <Stack gap="sm">
      <Group gap="xs">
        <Title order={3} size="h5" className={classes.heading}>
          {metric.name}
        </Title>
        <Badge variant="outline" color="gray" tt="none" className={classes.badge}>
          {metric.type === '' ? 'type not known' : metric.type}
        </Badge>
        {metric.unit !== '' && <Text fz="sm">in {metric.unit}</Text>}
      </Group>
      {metric.help !== '' && <Text fz="sm">{metric.help}</Text>}
      <Group gap="xs" className={classes.selector}>
        <PromqlText expr={selector} />
        <Button size="xs" onClick={() => onPick(selector)} ml="auto">
          Insert
        </Button>
      </Group>
      {Object.keys(filters).length > 0 && (
        <Group gap={6}>
          {Object.entries(filters).map(([name, value]) => (
            <UnstyledButton
              key={name}
              className={classes.filter}
              onClick={() => toggle(name, value)}
              aria-label={`Remove ${name}="${value}"`}
            >
              {name}="{value}" <IconX size={13} aria-hidden />
            </UnstyledButton>
          ))}
        </Group>
      )}
      <Stack gap={4} role="group" aria-label="What is usually asked of it">
        {suggestionsFor(metric, filters).map(({ title, expr }) => (
          <UnstyledButton key={title} className={classes.suggestion} onClick={() => onPick(expr)}>
            <Text fz="xs" c="dimmed" component="span">
              {title}
            </Text>
            <PromqlText expr={expr} />
          </UnstyledButton>
        ))}
      </Stack>
      {series.error !== null && <ErrorNote error={series.error} />}
      {data === undefined && series.error === null && <Loading what="its series" />}
      {data !== undefined && (
        <>
          <Text fz="sm" role="status">
            {data.length === 0 && 'No series within the last hour. '}
            {data.length > 0 && !more && `${counted(data.length, 'series', 'series')} within the last hour. `}
            {more &&
              `More than ${formatCount(MOST_SERIES)} series within the last hour: the labels of the first ${formatCount(MOST_SERIES)} are shown. `}
            {data.length > 0 && labels.length === 0 && 'They have no labels.'}
          </Text>
          {labels.map((label) => (
            <LabelValues key={label.name} label={label} chosen={filters[label.name]} onToggle={(value) => toggle(label.name, value)} />
          ))}
        </>
      )}
    </Stack>
  );
}
