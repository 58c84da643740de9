// What there is to ask for: all metrics of the server, searched, and what is known of one.
import { Button, Group, Modal, Text } from '@mantine/core';
import { useDebouncedValue, useMediaQuery } from '@mantine/hooks';
import { IconArrowLeft } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import type { MetadataByName } from '../../src/answers/index.ts';
import { ErrorNote } from '../components/error-note.tsx';
import { Loading } from '../components/loading.tsx';
import { namesWith } from '../format/names-with.ts';
import { formatCount } from '../format/number.ts';
import { useAnswer } from '../server/use-answer.ts';
import { catalogOf } from './metric-catalog.ts';
import { MetricDetails } from './metric-details.tsx';
import { MetricList } from './metric-list.tsx';
import classes from './metrics-explorer.module.css';

interface Props {
  readonly opened: boolean;
  readonly onClose: () => void;
  /** With the expression that was chosen; the explorer closes by itself. */
  readonly onPick: (text: string) => void;
}

const MOST_METRICS = 10_000;
/** Of the words of a search that the server is asked for. */
const MOST_WORDS = 5;
const TYPING_MS = 250;

export function MetricsExplorer({ opened, onClose, onPick }: Props) {
  const small = useMediaQuery('(max-width: 48em)') ?? false;
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      fullScreen={small}
      size="min(76rem, 95vw)"
      withCloseButton={false}
      classNames={{ body: classes.body, content: classes.content }}
    >
      {/* Not the dialog's own head: that one is a second banner beside the page's. */}
      <Group justify="space-between" mb="sm">
        <Modal.Title className={classes.title}>Metrics</Modal.Title>
        <Modal.CloseButton aria-label="Close" />
      </Group>
      <Explorer
        small={small}
        onPick={(text) => {
          onPick(text);
          onClose();
        }}
      />
    </Modal>
  );
}

interface FoundNames {
  readonly names: readonly string[];
  readonly isCut: boolean;
}

/** Where the list is cut the server looks for what is searched; null where nothing is, or until it has answered. */
function useNamesWith(search: string, isCut: boolean): FoundNames | null {
  const [typed] = useDebouncedValue(search.trim(), TYPING_MS);
  const words = typed.split(/\s+/).filter(Boolean).slice(0, MOST_WORDS);
  const { data } = useAnswer<readonly string[]>(
    '/label/__name__/values',
    { 'match[]': namesWith(words), limit: MOST_METRICS },
    { enabled: isCut && words.length > 0, keepPrevious: true },
  );
  return words.length === 0 || data === undefined ? null : { names: data.data, isCut: data.warnings.length > 0 };
}

function Explorer({ small, onPick }: { readonly small: boolean; readonly onPick: (text: string) => void }) {
  const names = useAnswer<readonly string[]>('/label/__name__/values', { limit: MOST_METRICS });
  const metadata = useAnswer<MetadataByName>('/metadata', { limit: MOST_METRICS, limit_per_metric: 1 });
  const [chosen, choose] = useState<string | null>(null);
  const [search, setSearch] = useState('');
  const isCut = (names.data?.warnings.length ?? 0) > 0;
  const found = useNamesWith(search, isCut);
  const known = metadata.data?.data;
  const catalog = useMemo(
    () => catalogOf([...new Set([...(names.data?.data ?? []), ...(found?.names ?? [])])], known ?? {}),
    [names.data, found?.names, known],
  );
  const metric = catalog.find(({ name }) => name === chosen) ?? null;
  if (names.data === undefined) return names.error === null ? <Loading what="the metrics" /> : <ErrorNote error={names.error} />;
  if (catalog.length === 0) return <Text>This server has no series yet. Are its targets up?</Text>;
  const list = (
    <div className={classes.list}>
      <MetricList catalog={catalog} search={search} onSearch={setSearch} chosen={chosen} onChoose={choose} />
      {isCut && (
        <Text fz="xs" c="dimmed">
          {found === null || found.isCut
            ? `There are more than ${formatCount(MOST_METRICS)} metrics, and not all are listed: search for a part of the name.`
            : 'All metrics with this in their name are listed; by their help only some are found.'}
        </Text>
      )}
      {metadata.error !== null && <ErrorNote error={metadata.error} title="Types and help are not known" />}
    </div>
  );
  const details = metric !== null && <MetricDetails key={metric.name} metric={metric} onPick={onPick} />;
  if (small) {
    if (!details) return list;
    return (
      <div className={classes.details}>
        <Button
          variant="subtle"
          size="compact-sm"
          leftSection={<IconArrowLeft size={16} aria-hidden />}
          onClick={() => choose(null)}
          mb="xs"
        >
          All metrics
        </Button>
        {details}
      </div>
    );
  }
  return (
    <div className={classes.panes}>
      {list}
      <div className={classes.details}>{details || <Text c="dimmed">Choose a metric to see what is known of it.</Text>}</div>
    </div>
  );
}
