// The federation as the page shows it: this server, its sources with theirs below them, its consumers. Every place has a key, which stands
// in the address when it is selected, and holds from one answer to the next.
import type { FederationConsumer, FederationServer, FederationSource, LabelMap } from '../../src/answers/index.ts';
import { hostOf, reachedAddress } from '../format/reached-address.ts';
import { consumerFlow, consumerHealth, type Flow, type Health, sourceFlow, sourceHealth } from './health.ts';

/** Of this server: nothing else is selected. */
export const SELF_KEY = '';

export interface SourceNode {
  readonly kind: 'source';
  readonly key: string;
  /** Its external labels, else its instance; both where another beside it has the same labels. */
  readonly name: string;
  /** Job and instance, where the name is another. */
  readonly place: string;
  readonly source: FederationSource;
  /** Where its pages are for this browser; '' where that is not known. */
  readonly webUrl: string;
  readonly health: Health;
  readonly flow: Flow;
  /** Who pulls from it: names from this server down; empty for this server's own sources. */
  readonly path: readonly string[];
  /** By the clock of the server that pulls. */
  readonly nowMs: number;
  readonly children: readonly SourceNode[];
  /** The name of a server above that this one is again; '' if not. */
  readonly loopTo: string;
}

export interface ConsumerNode {
  readonly kind: 'consumer';
  readonly key: string;
  readonly name: string;
  readonly consumer: FederationConsumer;
  readonly health: Health;
  readonly flow: Flow;
  readonly nowMs: number;
}

export interface FederationTree {
  readonly server: FederationServer;
  readonly name: string;
  readonly sources: readonly SourceNode[];
  readonly consumers: readonly ConsumerNode[];
}

/** The server answers fewer levels; one that does not is not followed further. */
const MOST_LEVELS = 12;

/** @param host by which this browser reaches the server */
export function treeOf(server: FederationServer, host = ''): FederationTree {
  const name = serverName(server.externalLabels) || 'this server';
  return {
    server,
    name,
    sources: sourceNodes(server, { key: SELF_KEY, host, path: [], above: [{ id: server.id, name }], nowMs: server.timeMs }),
    consumers: consumerNodes(server),
  };
}

interface Above {
  readonly key: string;
  /** By which this browser reaches the server that pulls. */
  readonly host: string;
  readonly path: readonly string[];
  readonly above: readonly { readonly id: string; readonly name: string }[];
  readonly nowMs: number;
}

function sourceNodes(server: FederationServer, { key, host, path, above, ...asker }: Above): SourceNode[] {
  // One that does not tell the time is taken to have that of the one who asked it.
  const nowMs = server.timeMs || asker.nowMs;
  const keys = new Keys();
  const names = server.sources.map(({ server: below, instance }) => serverName(below?.externalLabels ?? {}) || instance);
  return server.sources.map((source, i): SourceNode => {
    const own = keys.unique(`${key}${key === '' ? '' : '~'}${keyPart(source.job)},${keyPart(source.instance)}`);
    const isUnique = names.indexOf(names[i]) === names.lastIndexOf(names[i]);
    const name = isUnique || names[i] === source.instance ? names[i] : `${names[i]}, ${source.instance}`;
    const below = source.server;
    const webUrl = reachedAddress(source.webUrl, host);
    const loop = below === null || below.id === '' ? undefined : above.find(({ id }) => id === below.id);
    const goesOn = below !== null && loop === undefined && path.length < MOST_LEVELS;
    return {
      kind: 'source',
      key: own,
      name,
      place: name === source.instance ? source.job : `${source.job} ${source.instance}`,
      source,
      webUrl,
      health: sourceHealth(source, nowMs),
      flow: sourceFlow(source, nowMs),
      path,
      nowMs,
      children: goesOn
        ? sourceNodes(below, {
            key: own,
            host: hostOf(webUrl) || host,
            path: [...path, name],
            above: [...above, { id: below.id, name }],
            nowMs,
          })
        : [],
      loopTo: loop?.name ?? '',
    };
  });
}

/** Those that still ask come first, each in the order in which they came; the server's own order changes with every request. */
function consumerNodes({ consumers, timeMs }: FederationServer): ConsumerNode[] {
  const keys = new Keys();
  const sorted = [...consumers].sort((a, b) => a.firstRequestMs - b.firstRequestMs || compare(a.address, b.address));
  const nodes = sorted.map(
    (consumer): ConsumerNode => ({
      kind: 'consumer',
      key: keys.unique(`~${keyPart(consumer.address)},${digest(`${consumer.userAgent}\n${consumer.selectors.join('\n')}`)}`),
      name: consumer.address,
      consumer,
      health: consumerHealth(consumer, timeMs),
      flow: consumerFlow(consumer, timeMs),
      nowMs: timeMs,
    }),
  );
  const isSilent = ({ health }: ConsumerNode): number => (health.tone === 'quiet' ? 1 : 0);
  return nodes.sort((a, b) => isSilent(a) - isSilent(b));
}

/** All sources, each before those below it. */
export function allSources(nodes: readonly SourceNode[]): SourceNode[] {
  return nodes.flatMap((node) => [node, ...allSources(node.children)]);
}

/** Null for this server; undefined for what is not there (any more). */
export function nodeAt({ sources, consumers }: FederationTree, key: string): SourceNode | ConsumerNode | null | undefined {
  if (key === SELF_KEY) return null;
  return consumers.find((node) => node.key === key) ?? allSources(sources).find((node) => node.key === key);
}

/** `dc=eu1, env=prod`; '' without labels. */
export function serverName(externalLabels: LabelMap): string {
  return Object.entries(externalLabels)
    .map(([name, value]) => `${name}=${value}`)
    .join(', ');
}

/** Targets of one job may have one instance twice. */
class Keys {
  readonly #seen = new Map<string, number>();

  unique(key: string): string {
    const times = (this.#seen.get(key) ?? 0) + 1;
    this.#seen.set(key, times);
    return times === 1 ? key : `${key},${times}`;
  }
}

const keyPart = (text: string): string => text.replace(/[~,%]/g, encodeURIComponent).replaceAll('~', '%7E');
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** FNV-1a: short, and the same in every browser. */
function digest(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return hash.toString(36);
}
