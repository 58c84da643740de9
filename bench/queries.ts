// Queries as dashboards and rules have them, answered by us and by Prometheus over the same blocks, and over heads with the same targets. The
// client reads bodies and forgets them. What is told is the middle one of some tries, after a second of the same.
import { cpSync, mkdirSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { createCodec } from '../src/kernel/index.ts';
import { compareLabels, type Labels, labelsOf } from '../src/model/index.ts';
import { FloatSamples } from '../src/storage/index.ts';
import { encodeXorChunks, writeBlock } from '../src/tsdb/index.ts';
import { Peer, type PeerName } from './peers.ts';
import { megabytes, milliseconds } from './report.ts';
import { startTargets } from './targets.ts';

export const queryScenarios = ['queries-blocks', 'queries-head'] as const;
export type QueryScenario = (typeof queryScenarios)[number];

/** Of servers that answer Prometheus's API over its blocks. */
export const queryPeers: readonly PeerName[] = ['tributary', 'prometheus'];

const TRIES = 15;
/** Servers are to be warm, as those are that have been running for long. */
const WARM_UP_MS = 1000;
const LEAST_WARM_UP = 3;
const BLOCK_MS = 7_200_000;
const HOURS = 6;
const INTERVAL_MS = 15_000;
const END_MS = Math.floor(1_700_000_000_000 / BLOCK_MS) * BLOCK_MS;
const START_MS = END_MS - HOURS * 3_600_000;

interface BenchQuery {
  readonly title: string;
  readonly query: string;
  /** Seconds between the steps of a range query over all of the time; 0: an instant query. */
  readonly stepS: number;
}

const BLOCK_QUERIES: readonly BenchQuery[] = [
  { title: 'one series', query: 'up{job="api",instance="i0"}', stepS: 60 },
  { title: 'one metric, instant', query: 'process_memory_bytes', stepS: 0 },
  { title: 'rate of 800 series', query: 'rate(http_requests_total[5m])', stepS: 60 },
  { title: 'sum by of a rate', query: 'sum by (job, code) (rate(http_requests_total[5m]))', stepS: 60 },
  {
    title: 'error ratio',
    query: 'sum by (job) (rate(http_requests_total{code=~"5.."}[5m])) / sum by (job) (rate(http_requests_total[5m]))',
    stepS: 60,
  },
  {
    title: 'join with group_left',
    query: 'rate(http_requests_total[5m]) * on (instance, job) group_left (version) node_info',
    stepS: 120,
  },
  {
    title: 'histogram_quantile',
    query: 'histogram_quantile(0.99, sum by (job, le) (rate(http_latency_seconds_bucket[5m])))',
    stepS: 60,
  },
  { title: 'quantile for each series', query: 'histogram_quantile(0.9, rate(http_latency_seconds_bucket[5m]))', stepS: 120 },
  { title: 'window of an hour', query: 'avg_over_time(process_memory_bytes[1h])', stepS: 60 },
  { title: 'extreme of an hour', query: 'max by (job) (max_over_time(process_memory_bytes[1h]))', stepS: 60 },
  { title: 'topk', query: 'topk(5, rate(http_requests_total[5m]))', stepS: 60 },
  { title: 'regular expression', query: 'sum(rate(http_requests_total{instance=~"i[0-3].*",handler!~".*login.*"}[5m]))', stepS: 60 },
  { title: 'subquery', query: 'max_over_time(sum by (job) (rate(http_requests_total[2m]))[30m:1m])', stepS: 300 },
  { title: 'many to one, compared', query: 'process_memory_bytes > on (job) group_left avg by (job) (process_memory_bytes)', stepS: 120 },
  { title: 'everything, instant', query: 'count({__name__=~".+"})', stepS: 0 },
  { title: 'raw samples of an hour', query: 'http_requests_total[1h]', stepS: 0 },
  { title: 'predict_linear', query: 'predict_linear(process_memory_bytes[1h], 3600)', stepS: 300 },
  { title: 'an alert', query: 'sum by (job) (up == 0) / count by (job) (up) > 0.1', stepS: 0 },
];

/** 800 series at 1,251 steps. */
const LARGE_ANSWER: BenchQuery = { title: 'a million points', query: 'rate(http_requests_total[5m])', stepS: 14.4 };

const HEAD_QUERIES: readonly BenchQuery[] = [
  { title: 'one series', query: 'http_requests_0_total{handler="/api/v1/resource/3",method="GET",code="200"} > 0', stepS: 0 },
  { title: 'sum over everything', query: 'sum({job="bench"})', stepS: 0 },
  { title: 'count by name', query: 'count by (__name__) ({job="bench"})', stepS: 0 },
  { title: 'sum by instance', query: 'sum by (instance) ({job="bench"})', stepS: 0 },
  { title: 'topk of everything', query: 'topk(10, {job="bench"})', stepS: 0 },
  { title: 'sum of a rate', query: 'sum(rate(http_requests_0_total[1m]))', stepS: 0 },
  { title: 'sum by of a rate', query: 'sum by (instance, code) (rate(http_requests_0_total[1m]))', stepS: 5 },
  {
    title: 'error ratio',
    query: 'sum by (instance) (rate(http_requests_0_total{code=~"5.."}[1m])) / sum by (instance) (rate(http_requests_0_total[1m]))',
    stepS: 5,
  },
  {
    title: 'histogram_quantile',
    query: 'histogram_quantile(0.99, sum by (instance, le) (rate(request_duration_2_seconds_bucket[1m])))',
    stepS: 5,
  },
  { title: 'quantile for each series', query: 'histogram_quantile(0.9, rate(request_duration_2_seconds_bucket[1m]))', stepS: 0 },
  {
    title: 'many to one, compared',
    query: 'node_filesystem_free_1_bytes / on (instance) group_left sum by (instance) (node_filesystem_free_1_bytes)',
    stepS: 0,
  },
  { title: 'one to one', query: 'node_filesystem_free_1_bytes - node_filesystem_free_4_bytes', stepS: 0 },
  { title: 'regular expression', query: 'sum by (handler) (http_requests_0_total{code=~"5..",handler=~".*/1.*"})', stepS: 0 },
  { title: 'extreme of a minute', query: 'max by (device) (max_over_time(node_filesystem_free_1_bytes[1m]))', stepS: 5 },
  { title: 'raw samples of a minute', query: 'http_requests_0_total[1m]', stepS: 0 },
  { title: 'an alert', query: 'node_filesystem_free_1_bytes < 2000000000', stepS: 0 },
];

interface Made {
  readonly labels: Labels;
  readonly value: (step: number) => number;
}

function seriesOf(): Made[] {
  const made: Made[] = [];
  let seed = 1;
  const random = (): number => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fffffff;
    return seed / 0x7fffffff;
  };
  const add = (labels: Record<string, string>, value: (step: number) => number): void =>
    void made.push({ labels: labelsOf(labels), value });
  const counter = (perStep: number) => {
    let count = 0;
    return () => {
      count += Math.floor(random() * perStep);
      return count;
    };
  };
  for (const job of ['api', 'web', 'auth', 'store']) {
    for (let i = 0; i < 10; i++) {
      const instance = `i${i}`;
      for (const code of ['200', '201', '404', '500', '503'])
        for (const handler of ['/', '/login', '/items', '/search'])
          add({ __name__: 'http_requests_total', job, instance, code, handler }, counter(40));
      for (const handler of ['/', '/search']) {
        const bounds = ['0.005', '0.01', '0.025', '0.05', '0.1', '0.25', '0.5', '1.0', '2.5', '5.0', '10.0', '+Inf'];
        for (const [b, le] of bounds.entries()) {
          const rise = 3 + b;
          let count = 0;
          add({ __name__: 'http_latency_seconds_bucket', job, instance, handler, le }, () => (count += rise));
        }
      }
      for (let k = 0; k < 10; k++) {
        let bytes = 1e8 * random();
        add({ __name__: 'process_memory_bytes', job, instance, area: `a${k}` }, () => (bytes += (random() - 0.5) * 1e5));
      }
      add({ __name__: 'node_info', job, instance, version: `1.${i % 3}` }, () => 1);
      add({ __name__: 'up', job, instance }, () => 1);
      for (let k = 0; k < 4; k++) add({ __name__: 'gc_seconds_total', job, instance, kind: `k${k}` }, counter(5));
    }
  }
  return made.sort((a, b) => compareLabels(a.labels, b.labels));
}

function writeBlocks(folder: string): void {
  const codec = createCodec();
  const made = seriesOf();
  const value = new Float64Array(1);
  const words = new Uint32Array(value.buffer);
  for (let fromMs = START_MS, step = 0; fromMs < END_MS; fromMs += BLOCK_MS) {
    const firstStep = step;
    const stepsABlock = BLOCK_MS / INTERVAL_MS;
    const series = made.map(({ labels, value: next }) => {
      const samples = new FloatSamples();
      for (let i = 0; i < stepsABlock; i++) {
        value[0] = next(firstStep + i);
        samples.push(fromMs + i * INTERVAL_MS + 137, words[0], words[1]);
      }
      return { labels, chunks: encodeXorChunks(samples) };
    });
    writeBlock(folder, { minTimeMs: fromMs, maxTimeMs: fromMs + BLOCK_MS, codec }, series);
    step += stepsABlock;
  }
}

/** Seconds until the body had ended. */
function ask(url: string, agent: Agent): Promise<{ seconds: number; bytes: number; status: number }> {
  return new Promise((resolve, reject) => {
    const startedMs = performance.now();
    request(url, { agent }, (response) => {
      let bytes = 0;
      response.on('data', (piece: Buffer) => {
        bytes += piece.length;
      });
      response.on('end', () => resolve({ seconds: (performance.now() - startedMs) / 1000, bytes, status: response.statusCode ?? 0 }));
    })
      .on('error', reject)
      .end();
  });
}

interface AskedTimes {
  /** Of range queries. */
  readonly startS: number;
  readonly endS: number;
  /** Instant queries are of the end; else of now, as those of rules are. */
  readonly instantAtEnd: boolean;
}

export interface QueryTime {
  readonly seconds: number;
  readonly bytes: number;
}

async function timeOf(peer: Peer, { query, stepS }: BenchQuery, times: AskedTimes): Promise<QueryTime> {
  const { startS, endS, instantAtEnd } = times;
  const parameters: Record<string, string> =
    stepS > 0
      ? { query, start: String(startS), end: String(endS), step: String(stepS) }
      : { query, ...(instantAtEnd ? { time: String(endS) } : {}) };
  const url = `${peer.url}/api/v1/${stepS > 0 ? 'query_range' : 'query'}?${new URLSearchParams(parameters)}`;
  const agent = new Agent({ keepAlive: true });
  try {
    const seconds: number[] = [];
    let bytes = 0;
    const warmAtMs = performance.now() + WARM_UP_MS;
    for (let i = 0; seconds.length < TRIES; i++) {
      const isWarm = i >= LEAST_WARM_UP && performance.now() >= warmAtMs;
      const answer = await ask(url, agent);
      if (answer.status !== 200) throw new Error(`cannot measure ${query}: got status ${answer.status} from ${peer.name}`);
      ({ bytes } = answer);
      if (isWarm) seconds.push(answer.seconds);
    }
    return { seconds: seconds.sort((a, b) => a - b)[Math.floor(TRIES / 2)], bytes };
  } finally {
    agent.destroy();
  }
}

async function memoryOf(peer: Peer, times: AskedTimes): Promise<string> {
  const before = peer.rssBytes();
  peer.beginPeak();
  const { seconds } = await timeOf(peer, LARGE_ANSWER, times);
  return `${peer.name} ${megabytes(before)} before, ${megabytes(peer.peakRssBytes())} at most, ${milliseconds(seconds)}`;
}

async function timesOf(peer: Peer, queries: readonly BenchQuery[], times: AskedTimes): Promise<QueryTime[]> {
  const results: QueryTime[] = [];
  for (const query of queries) results.push(await timeOf(peer, query, times));
  return results;
}

export interface QueriesOptions {
  readonly servers: readonly PeerName[];
  readonly folder: string;
  readonly firstPort: number;
}

export async function runQueries(scenario: QueryScenario, { servers, folder, firstPort }: QueriesOptions): Promise<string> {
  const columns = new Map<PeerName, QueryTime[]>();
  const queries = scenario === 'queries-blocks' ? BLOCK_QUERIES : HEAD_QUERIES;
  if (scenario === 'queries-blocks') {
    const blocks = join(folder, 'blocks');
    mkdirSync(blocks);
    writeBlocks(blocks);
    const memory: string[] = [];
    for (const [i, name] of servers.entries()) {
      cpSync(blocks, join(folder, name, 'data'), { recursive: true });
      const flags = ['--storage.tsdb.retention.time=100y'];
      const peer = new Peer(name, { folder: join(folder, name), port: firstPort + i, addresses: [], intervalS: 60, flags });
      try {
        await peer.waitUntilReady();
        const times = { startS: START_MS / 1000 + 3600, endS: END_MS / 1000 - 1, instantAtEnd: true };
        columns.set(name, await timesOf(peer, queries, times));
        memory.push(await memoryOf(peer, times));
      } finally {
        await peer.stop();
      }
    }
    const table = tableOf(queries, columns);
    const large = `Memory of a large answer (\`${LARGE_ANSWER.query}\` every ${LARGE_ANSWER.stepS} s, a million points): ${memory.join('; ')}.`;
    return `2,400 series and ${HOURS} hours in blocks, a sample every 15 s; range queries over the last ${HOURS - 1}:\n\n${table}\n\n${large}`;
  }
  const targets = await startTargets({ targets: 20, seriesPerTarget: 5000, encoding: 'identity' });
  try {
    for (const [i, name] of servers.entries()) {
      const peer = new Peer(name, { folder: join(folder, name), port: firstPort + i, addresses: targets.addresses, intervalS: 10 });
      try {
        await peer.waitUntilReady();
        await new Promise((resolve) => setTimeout(resolve, 90_000));
        const endS = Date.now() / 1000 - 5;
        columns.set(name, await timesOf(peer, queries, { startS: endS - 60, endS, instantAtEnd: false }));
      } finally {
        await peer.stop();
      }
    }
  } finally {
    targets.stop();
  }
  return `100,000 series of 20 targets in the head, scraped every 10 s meanwhile:\n\n${tableOf(queries, columns)}`;
}

function tableOf(queries: readonly BenchQuery[], columns: ReadonlyMap<PeerName, readonly QueryTime[]>): string {
  const ours = columns.get('tributary');
  const lines = [
    ['query', 'answer', ...columns.keys()],
    ['---', '---:', ...[...columns].map(() => '---:')],
    ...queries.map(({ title, query, stepS }, i) => [
      `${title}: \`${query.replaceAll('|', '\\|')}\`${stepS > 0 ? ` every ${stepS} s` : ''}`,
      `${((ours ?? [...columns.values()][0])[i].bytes / 1000).toFixed(1)} kB`,
      ...[...columns].map(([name, results]) => {
        const { seconds } = results[i];
        return ours === undefined || name === 'tributary'
          ? milliseconds(seconds)
          : `${milliseconds(seconds)} (× ${(seconds / ours[i].seconds).toFixed(1)})`;
      }),
    ]),
  ];
  const others = [...columns].filter(([name]) => name !== 'tributary' && ours !== undefined);
  const means = others.map(([name, results]) => {
    const logs = results.map(({ seconds }, i) => Math.log(seconds / ours![i].seconds));
    return `${name} takes × ${Math.exp(logs.reduce((a, b) => a + b, 0) / logs.length).toFixed(1)} (geometric mean)`;
  });
  return `${lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}${means.length > 0 ? `\n\n${means.join('; ')}.` : ''}`;
}
