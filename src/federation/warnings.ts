// The traps of federation, each told in a sentence that says what to do. What each means to a user: docs/federation-api.md.
import type { FederationConsumer, FederationServer, FederationWarning, LabelMap } from '../answers/index.ts';
import type { Asked } from './asked.ts';
import type { Consumer } from './consumers.ts';
import type { InstanceCounts } from './instance-level.ts';
import type { SourceTarget } from './source-target.ts';

export interface AskedSource {
  readonly target: SourceTarget;
  readonly asked: Asked;
}

/** What of this server its sources' warnings depend on. */
export interface OwnServer {
  readonly id: string;
  readonly externalLabels: LabelMap;
}

/** How many others are named in a sentence. */
const MOST_NAMED = 3;
/** Of a selector in a sentence. */
const MOST_TEXT = 200;

export function noHonorLabels(job: string): FederationWarning {
  return {
    code: 'no_honor_labels',
    message: `Job ${quoted(job)} pulls from a /federate without honor_labels: the job and instance of each series become those of the source, and its own are kept as exported_job and exported_instance. Set honor_labels: true in the job.`,
  };
}

/** Of a server that is asked, by way of others, on its own behalf. */
export const LOOP: FederationWarning = {
  code: 'loop',
  message:
    'The servers pull in a circle, which ends here: series travel round and round. Take one of the jobs out, or select by external labels what must not come back.',
};

/** Of a server whose series others take, or may. */
export const NO_OWN_LABELS: FederationWarning = {
  code: 'no_external_labels',
  message:
    'This server has no external labels: above, its series cannot be told from those of other servers. Set global.external_labels in its configuration, such as {dc: eu1}.',
};

/** @param what begins the sentence */
function noSeries(what: string): FederationWarning {
  return {
    code: 'selector_matches_nothing',
    message: `${what}: compare the names and values that are asked for with those that the server has, external labels included, and see whether its recording rules run. What is older than five minutes is not answered.`,
  };
}

export function selectsNothing(selector: string): FederationWarning {
  const shown = selector.length > MOST_TEXT ? `${selector.slice(0, MOST_TEXT)}…` : selector;
  return noSeries(`${shown} selects no series now`);
}

/** @param series how many; null: some */
export function instanceLevel(series: number | null): FederationWarning {
  const subject = series === 1 ? 'One series has a label' : `${series ?? 'Some'} series have a label`;
  return {
    code: 'instance_level_series',
    message: `${subject} instance of ${series === 1 ? 'its' : 'their'} own: every instance's detail is copied upwards, and costs there what scraping the instances costs. Aggregate by job first, with recording rules, and pull those by their names, such as {__name__=~"job:.*"}, unless just this detail is needed above.`,
  };
}

/** Of each source, in their order. */
export function sourceWarnings(sources: readonly AskedSource[], own: OwnServer, instances: InstanceCounts): FederationWarning[][] {
  const collisions = new Collisions(sources, own);
  return sources.map((source) => [
    ...(source.target.honorLabels ? [] : [noHonorLabels(source.target.job)]),
    ...emptySelection(source.target),
    ...loopThrough(source, own),
    ...collisions.of(source),
    ...withoutLabels(source, own),
    ...bringsInstances(source, instances),
  ]);
}

function emptySelection({ pulls }: SourceTarget): FederationWarning[] {
  if (!pulls.lastOk || pulls.lastSeries !== 0) return [];
  return [noSeries('The last pull was answered and brought no series')];
}

function loopThrough({ asked: { server } }: AskedSource, own: OwnServer): FederationWarning[] {
  if (server === null) return [];
  if (server.id === own.id) {
    return [{ code: 'loop', message: 'The server pulls from itself: its series come back under the labels of the job. Take the job out.' }];
  }
  if (!holds(server, own.id) && !server.warnings.some(({ code }) => code === 'loop')) return [];
  const message =
    'The servers pull in a circle: this source, or one below it, pulls from a server above it. Take one of the jobs out, or select by external labels what must not come back.';
  return [{ code: 'loop', message }];
}

function holds(server: FederationServer, id: string): boolean {
  return server.sources.some((source) => source.server !== null && (source.server.id === id || holds(source.server, id)));
}

function withoutLabels({ asked: { server, labelsKnown } }: AskedSource, own: OwnServer): FederationWarning[] {
  if (server === null || !labelsKnown || server.id === own.id || Object.keys(server.externalLabels).length > 0) return [];
  const message =
    'The source has no external_labels: series of two such sources with the same names and labels are one here, and overwrite each other. Give each source some (external_labels: {dc: eu1}).';
  return [{ code: 'no_external_labels', message }];
}

/** Unless the source says so of whom it takes for this server: the one with the same selectors. */
function bringsInstances({ target, asked: { server } }: AskedSource, instances: InstanceCounts): FederationWarning[] {
  const series = instances.get(target.pulls) ?? 0;
  const selectors = target.selectors.join('\n');
  const saysIt = server?.consumers.some(
    (consumer) => consumer.selectors.join('\n') === selectors && consumer.warnings.some(({ code }) => code === 'instance_level_series'),
  );
  return series === 0 || saysIt ? [] : [instanceLevel(null)];
}

/** Servers that cannot be told apart by their external labels. */
class Collisions {
  readonly #own: OwnServer;
  /** By the labels: the servers, each under the names of its first source. */
  readonly #servers = new Map<string, Map<string, string>>();

  constructor(sources: readonly AskedSource[], own: OwnServer) {
    this.#own = own;
    for (const source of sources) {
      const key = labelsKey(source);
      if (key === null) continue;
      const servers = this.#servers.get(key) ?? new Map<string, string>();
      if (!servers.has(identityOf(source))) servers.set(identityOf(source), `${source.target.job} ${source.target.instance}`);
      this.#servers.set(key, servers);
    }
  }

  of(source: AskedSource): FederationWarning[] {
    const key = labelsKey(source);
    if (key === null || source.asked.server!.id === this.#own.id) return [];
    const others = [...this.#servers.get(key)!].flatMap(([identity, name]) => (identity === identityOf(source) ? [] : [name]));
    if (key === keyOfLabels(this.#own.externalLabels)) others.unshift('this server');
    if (others.length === 0) return [];
    const more = others.length > MOST_NAMED ? ` and ${others.length - MOST_NAMED} more` : '';
    const message = `The source has the same external_labels as ${others.slice(0, MOST_NAMED).join(', ')}${more}: their series cannot be told apart, and overwrite each other. Give each server its own; of a pair that is meant to be one, pull from one, or add a replica label.`;
    return [{ code: 'colliding_external_labels', message }];
  }
}

/** The same server may be pulled from by several jobs. A Prometheus has no id. */
const identityOf = ({ target, asked }: AskedSource): string => asked.server!.id || target.base;

/** Null where there are none, or none are known. */
const labelsKey = ({ asked: { server, labelsKnown } }: AskedSource): string | null =>
  server === null || !labelsKnown ? null : keyOfLabels(server.externalLabels);

function keyOfLabels(labels: LabelMap): string | null {
  const names = Object.keys(labels).sort();
  return names.length === 0 ? null : JSON.stringify(names.map((name) => [name, labels[name]]));
}

export function consumerWarnings({ requests, hasInstances }: Consumer): FederationWarning[] {
  const isEmpty = requests.lastOk && requests.lastSeries === 0;
  return [...(isEmpty ? [noSeries('The last answer had no series')] : []), ...(hasInstances ? [instanceLevel(null)] : [])];
}

/** About this server as a whole. */
export function ownWarnings(own: OwnServer, consumers: readonly FederationConsumer[]): FederationWarning[] {
  const hasLabels = Object.keys(own.externalLabels).length > 0;
  return hasLabels || consumers.every(({ requests, failures }) => requests === failures) ? [] : [NO_OWN_LABELS];
}

const quoted = (text: string): string => JSON.stringify(text);
