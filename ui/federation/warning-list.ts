// All warnings of the tree, the same one told once with the places where it holds.
import type { FederationServer, FederationWarning } from '../../src/answers/index.ts';
import { allSources, type FederationTree, SELF_KEY } from './tree.ts';

export interface WarningPlace {
  readonly key: string;
  readonly name: string;
}

/** `failing`: seen by the pulls themselves. */
type Code = FederationWarning['code'] | 'failing';

interface Warning {
  readonly code: Code;
  readonly message: string;
}

export interface ListedWarning extends Warning {
  readonly places: readonly WarningPlace[];
}

const FAILING: Warning = { code: 'failing', message: 'Cannot be pulled now: the series from there are missing or old.' };

/** What breaks data comes before what costs. */
const ORDER: readonly Code[] = [
  'failing',
  'loop',
  'colliding_external_labels',
  'no_external_labels',
  'no_honor_labels',
  'selector_matches_nothing',
  'instance_level_series',
];

export function warningList({ server, name, sources, consumers }: FederationTree): ListedWarning[] {
  const found = new Found();
  found.add(server.warnings, { key: SELF_KEY, name });
  for (const node of consumers) found.add(node.consumer.warnings, { key: node.key, name: `consumer ${node.name}` });
  for (const node of allSources(sources)) {
    const place = { key: node.key, name: [...node.path, node.name].join(' › ') };
    if (node.health.tone === 'bad') found.add([FAILING], place);
    found.add(node.source.warnings, place);
    if (node.source.server !== null) addDeeper(node.source.server, place, found);
  }
  return found.list();
}

/** What a source says of itself and of those who pull from it. Its own sources are nodes. */
function addDeeper(server: FederationServer, place: WarningPlace, found: Found): void {
  found.add(server.warnings, place);
  for (const { address, warnings } of server.consumers) found.add(warnings, { ...place, name: `${place.name}, consumer ${address}` });
}

class Found {
  readonly #byText = new Map<string, { readonly warning: Warning; readonly places: WarningPlace[] }>();

  add(warnings: readonly Warning[], place: WarningPlace): void {
    for (const warning of warnings) {
      const text = `${warning.code} ${warning.message}`;
      const entry = this.#byText.get(text) ?? { warning, places: [] };
      this.#byText.set(text, entry);
      if (!entry.places.some(({ key, name }) => key === place.key && name === place.name)) entry.places.push(place);
    }
  }

  list(): ListedWarning[] {
    const rank = ({ code }: Warning): number => (ORDER.includes(code) ? ORDER.indexOf(code) : ORDER.length);
    return [...this.#byText.values()].map(({ warning, places }) => ({ ...warning, places })).sort((a, b) => rank(a) - rank(b));
  }
}
