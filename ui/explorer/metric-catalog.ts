// The metrics that a server knows, with what is told of them, to be searched.
import type { MetadataByName } from '../../src/answers/index.ts';
import { familyName } from '../format/family-name.ts';

export interface CatalogMetric {
  readonly name: string;
  /** '' where nothing is known. */
  readonly type: string;
  readonly help: string;
  readonly unit: string;
  /** Lower case, to search in. */
  readonly searched: string;
}

export function catalogOf(names: readonly string[], metadata: MetadataByName): CatalogMetric[] {
  return names.map((name) => {
    const known = entryOf(metadata, name) ?? entryOf(metadata, familyName(name));
    const { type = '', help = '', unit = '' } = known ?? {};
    return { name, type: type === 'unknown' ? '' : type, help, unit, searched: `${name}\n${help}`.toLowerCase() };
  });
}

function entryOf(metadata: MetadataByName, name: string): MetadataByName[string][number] | undefined {
  return Object.hasOwn(metadata, name) ? metadata[name][0] : undefined;
}

/** Those that have each word in their name or help: names that begin with the first word come first, then names that have all of them. */
export function searchCatalog(catalog: readonly CatalogMetric[], search: string): readonly CatalogMetric[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return catalog;
  const rank = ({ name }: CatalogMetric): number => {
    const lower = name.toLowerCase();
    if (lower.startsWith(words[0])) return 0;
    return words.every((word) => lower.includes(word)) ? 1 : 2;
  };
  const found = catalog.filter(({ searched }) => words.every((word) => searched.includes(word)));
  return found
    .map((metric) => ({ metric, rank: rank(metric) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ metric }) => metric);
}
