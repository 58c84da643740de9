// What the targets tell of a metric: its type, its help, its unit.
import type { MetadataAnswer, MetadataByName } from '../../src/answers/index.ts';
import { familyName } from '../format/family-name.ts';
import { useAnswer } from '../server/use-answer.ts';

/** Null where nothing is known of it, or not yet. '' asks nothing. */
export function useMetric(name: string): MetadataAnswer | null {
  const own = useAskedMetric(name, name !== '');
  const stem = familyName(name);
  const family = useAskedMetric(stem, stem !== name && own === null);
  return own ?? family ?? null;
}

/** Undefined until it is answered; null where there is nothing. */
function useAskedMetric(metric: string, enabled: boolean): MetadataAnswer | null | undefined {
  const { data } = useAnswer<MetadataByName>('/metadata', { metric, limit_per_metric: 1 }, { enabled });
  return data === undefined ? undefined : (Object.values(data.data)[0]?.[0] ?? null);
}
