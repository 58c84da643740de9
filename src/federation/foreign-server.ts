// What another server says of itself and of what is below it, put into the contract's shapes field by field: it may be broken or hostile, and
// ends in browsers. Bounded in depth and in nodes; what goes beyond is left out, and `truncated` says so.
import type { FederationConsumer, FederationServer, FederationSource, FederationWarning, PullHistory } from '../answers/index.ts';
import {
  choiceOf,
  countOf,
  countOrNull,
  type Fields,
  fieldsOf,
  labelsOf,
  listOf,
  secondsOrNull,
  textOf,
  timeOf,
  webAddressOf,
} from './foreign-values.ts';

/** Levels of one answer, the server that is asked included. */
export const MOST_DEPTH = 8;
/** Servers, sources and consumers of one source's answer. */
const MOST_NODES = 1000;
const MOST_PULLS = 120;
const MOST_SELECTORS = 100;
const MOST_WARNINGS = 20;
const ID_LENGTH = 64;
const SOFTWARE = ['tributary', 'prometheus', 'unknown'] as const;
const HEALTH = ['up', 'down', 'unknown'] as const;
const CODES: readonly FederationWarning['code'][] = [
  'no_honor_labels',
  'instance_level_series',
  'selector_matches_nothing',
  'colliding_external_labels',
  'no_external_labels',
  'loop',
];

/** Reads one answer. */
export class ForeignServerReader {
  /** How many servers, sources and consumers were read. */
  nodes = 0;
  readonly #mostNodes: number;

  constructor(mostNodes = MOST_NODES) {
    this.#mostNodes = mostNodes;
  }

  /** Null when it is no such answer at all. @param depth levels that are read; 0: the server without its sources and consumers */
  read(value: unknown, depth = MOST_DEPTH): FederationServer | null {
    const fields = fieldsOf(value);
    if (typeof fields.id !== 'string' || !Array.isArray(fields.sources)) return null;
    return this.#server(fields, Math.min(depth, MOST_DEPTH));
  }

  #server(fields: Fields, depth: number): FederationServer {
    this.nodes++;
    const sources = depth === 0 ? [] : this.#nodes(fields.sources, (source) => this.#source(source, depth));
    const consumers = depth === 0 ? [] : this.#nodes(fields.consumers, consumerOf);
    const complete = sources.length === lengthOf(fields.sources) && consumers.length === lengthOf(fields.consumers);
    return {
      id: textOf(fields.id, ID_LENGTH),
      software: choiceOf(fields.software, SOFTWARE),
      version: textOf(fields.version, ID_LENGTH),
      externalUrl: webAddressOf(fields.externalUrl),
      externalLabels: labelsOf(fields.externalLabels),
      timeMs: timeOf(fields.timeMs),
      sources,
      consumers,
      warnings: warningsOf(fields.warnings),
      truncated: fields.truncated === true || !complete,
    };
  }

  #nodes<T>(value: unknown, read: (fields: Fields) => T): T[] {
    const nodes: T[] = [];
    for (const one of listOf(value, this.#mostNodes)) {
      if (this.nodes >= this.#mostNodes) break;
      this.nodes++;
      nodes.push(read(fieldsOf(one)));
    }
    return nodes;
  }

  #source(fields: Fields, depth: number): FederationSource {
    const hasServer = typeof fields.server === 'object' && fields.server !== null;
    const isReadable = hasServer && depth > 1 && this.nodes < this.#mostNodes;
    return {
      job: textOf(fields.job),
      instance: textOf(fields.instance),
      labels: labelsOf(fields.labels),
      url: webAddressOf(fields.url),
      webUrl: webAddressOf(fields.webUrl),
      selectors: selectorsOf(fields.selectors),
      honorLabels: fields.honorLabels === true,
      intervalSeconds: Math.max(0, secondsOrNull(fields.intervalSeconds) ?? 0),
      health: choiceOf(fields.health, HEALTH),
      lastError: textOf(fields.lastError),
      lastPullMs: timeOf(fields.lastPullMs),
      pulls: countOf(fields.pulls),
      failures: countOf(fields.failures),
      history: historyOf(fields.history),
      warnings: warningsOf(fields.warnings),
      server: isReadable ? this.#server(fieldsOf(fields.server), depth - 1) : null,
      serverAsOfMs: timeOf(fields.serverAsOfMs),
      serverError:
        hasServer && !isReadable ? 'left out: the tree is deeper, or larger, than one answer may be' : textOf(fields.serverError),
    };
  }
}

function consumerOf(fields: Fields): FederationConsumer {
  return {
    address: textOf(fields.address),
    userAgent: textOf(fields.userAgent),
    selectors: selectorsOf(fields.selectors),
    requests: countOf(fields.requests),
    failures: countOf(fields.failures),
    firstRequestMs: timeOf(fields.firstRequestMs),
    lastRequestMs: timeOf(fields.lastRequestMs),
    lastError: textOf(fields.lastError),
    history: historyOf(fields.history),
    warnings: warningsOf(fields.warnings),
  };
}

function selectorsOf(value: unknown): string[] {
  return listOf(value, MOST_SELECTORS).flatMap((selector) => (typeof selector === 'string' ? [textOf(selector)] : []));
}

function warningsOf(value: unknown): FederationWarning[] {
  return listOf(value, MOST_WARNINGS).flatMap((one) => {
    const { code, message } = fieldsOf(one);
    const known = CODES.find((candidate) => candidate === code);
    return known === undefined ? [] : [{ code: known, message: textOf(message) }];
  });
}

/** As many pulls as all columns have. */
function historyOf(value: unknown): PullHistory {
  const fields = fieldsOf(value);
  const columns = [fields.timesMs, fields.ok, fields.series, fields.bytes, fields.durationSeconds, fields.lagSeconds];
  const length = Math.min(MOST_PULLS, ...columns.map(lengthOf));
  const [times, ok, series, bytes, durations, lags] = columns.map((column) => listOf(column, length));
  return {
    timesMs: times.map(timeOf),
    ok: ok.map((one) => one === true),
    series: series.map(countOrNull),
    bytes: bytes.map(countOrNull),
    durationSeconds: durations.map(secondsOrNull),
    lagSeconds: lags.map(secondsOrNull),
  };
}

function lengthOf(value: unknown): number {
  return Array.isArray(value) ? value.length : 0;
}
