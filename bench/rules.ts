// Recording rules over scraped series: what a server's CPU costs for one evaluation of all of them, beyond what it costs without. The same
// rules in ours and in Prometheus, in groups of 100, loaded by a reload when scraping has settled.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LoopDelay, loopDelayOf } from './measurement.ts';
import { Peer, type PeerName } from './peers.ts';
import { type Figure, figureTable, megabytes, milliseconds } from './report.ts';
import { startTargets } from './targets.ts';

export const rulePeers: readonly PeerName[] = ['tributary', 'prometheus'];

export interface RulesScenario {
  readonly series: number;
  readonly targets: number;
  readonly intervalS: number;
  readonly rules: number;
  /** Evaluations that are measured. */
  readonly evaluations: number;
}

export const ruleScenarios: Readonly<Record<string, RulesScenario>> = {
  rules: { series: 100_000, targets: 20, intervalS: 15, rules: 10_000, evaluations: 4 },
};

export interface RulesOptions {
  readonly scenario: RulesScenario;
  readonly servers: readonly PeerName[];
  readonly folder: string;
  readonly firstPort: number;
}

const GROUP_RULES = 100;
/** Until every target was scraped some times, and until every rule was evaluated twice. */
const SETTLING_INTERVALS = 5;
const RULES_SETTLING_INTERVALS = 3;

interface Measured {
  readonly cpuSeconds: number;
  readonly rssBytes: number;
  readonly recorded: number;
  readonly evaluated: number;
  readonly missed: number;
  readonly failed: number;
}

export async function runRules({ scenario, servers, folder, firstPort }: RulesOptions): Promise<string> {
  const { series, targets: count, intervalS, rules } = scenario;
  const targets = await startTargets({ targets: count, seriesPerTarget: Math.round(series / count), encoding: 'identity' });
  const file = join(folder, 'rules.yml');
  writeFileSync(file, rulesText(rules, scenario));
  try {
    const columns = new Map<string, Figure[]>();
    let loop: LoopDelay | null = null;
    for (const [i, name] of servers.entries()) {
      console.error(`${name} …`);
      const settings = { folder: join(folder, name), port: firstPort + i, addresses: targets.addresses, intervalS };
      columns.set(name, figuresOf(await measureOne(new Peer(name, settings), file, scenario)));
      if (name !== 'tributary') continue;
      const extraFlags = ['--metrics.loop-delay-resolution=2ms'];
      loop = await loopDelayWith(new Peer(name, { ...settings, folder: join(folder, 'loop-delay'), extraFlags }), file, scenario);
    }
    const held =
      loop === null
        ? ''
        : `\n\nOurs, main thread held meanwhile: p99 ${milliseconds(loop.p99Seconds)}, longest ${milliseconds(loop.maxSeconds)}.`;
    const title = `${rules.toLocaleString('en')} recording rules in groups of ${GROUP_RULES} over ${series.toLocaleString('en')} series of ${count} targets, all every ${intervalS} s`;
    return `${title}:\n\n${figureTable(columns)}${held}`;
  } finally {
    targets.stop();
  }
}

async function measureOne(peer: Peer, file: string, { intervalS, evaluations, rules }: RulesScenario): Promise<Measured> {
  try {
    await peer.waitUntilReady();
    await sleep(SETTLING_INTERVALS * intervalS);
    const without = await cpuOver(peer, evaluations * intervalS);
    peer.addRules(file);
    await sleep(RULES_SETTLING_INTERVALS * intervalS);
    const before = await counted(peer);
    const cpu = await cpuOver(peer, evaluations * intervalS);
    const after = await counted(peer);
    return {
      // By what was really evaluated: where some are missed, the others are not cheaper for it.
      cpuSeconds: ((cpu - without) * rules) / (after.evaluated - before.evaluated),
      rssBytes: peer.rssBytes(),
      recorded: after.recorded,
      evaluated: after.evaluated - before.evaluated,
      missed: after.missed - before.missed,
      failed: after.failed,
    };
  } finally {
    await peer.stop();
  }
}

async function loopDelayWith(peer: Peer, file: string, { intervalS, evaluations }: RulesScenario): Promise<LoopDelay> {
  try {
    await peer.waitUntilReady();
    peer.addRules(file);
    await sleep((SETTLING_INTERVALS + RULES_SETTLING_INTERVALS) * intervalS);
    await loopDelayOf(peer); // each reading begins a new window
    await sleep(evaluations * intervalS);
    return await loopDelayOf(peer);
  } finally {
    await peer.stop();
  }
}

async function cpuOver(peer: Peer, seconds: number): Promise<number> {
  const before = peer.cpuSeconds();
  await sleep(seconds);
  return peer.cpuSeconds() - before;
}

async function counted(peer: Peer): Promise<Pick<Measured, 'recorded' | 'evaluated' | 'missed' | 'failed'>> {
  const lines = (await (await fetch(`${peer.url}/metrics`)).text()).split('\n');
  const sum = (name: string): number =>
    lines
      .filter((line) => line.startsWith(`prometheus_rule_${name}{`))
      .reduce((total, line) => total + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
  return {
    recorded: sum('group_last_evaluation_samples'),
    evaluated: sum('evaluations_total'),
    missed: sum('group_iterations_missed_total'),
    failed: sum('evaluation_failures_total'),
  };
}

function figuresOf({ cpuSeconds, rssBytes, recorded, evaluated, missed, failed }: Measured): Figure[] {
  const whole = (value: number) => value.toLocaleString('en');
  return [
    { title: 'CPU of one evaluation of all rules', value: cpuSeconds, show: milliseconds },
    { title: 'RSS', value: rssBytes, show: megabytes },
    { title: 'samples of one evaluation', value: recorded, show: whole },
    { title: 'rules evaluated', value: evaluated, show: whole },
    { title: 'evaluations of groups missed', value: missed, show: whole },
    { title: 'evaluations of rules failed', value: failed, show: whole },
  ];
}

/** Rates before sums, averages, quantiles and filters, each over a part of a metric as the targets have them (targets.ts). */
function rulesText(count: number, { series, targets, intervalS }: RulesScenario): string {
  // 860 series make three families.
  const triples = Math.floor(series / targets / 860);
  const range = `${4 * intervalS}s`;
  const queries: string[] = [];
  for (let i = 0; queries.length < count; i++) {
    const triple = i % triples;
    const [http, disk, duration] = [3 * triple, 3 * triple + 1, 3 * triple + 2].map(String);
    const n = Math.floor(i / triples);
    const handler = `handler="/api/v1/resource/${n % 20}"`;
    const code = ['200', '201', '400', '404', '500', '503'][n % 6];
    switch (n % 4) {
      case 0:
        queries.push(`sum by (method) (rate(http_requests_${http}_total{${handler},code="${code}"}[${range}]))`);
        break;
      case 1:
        queries.push(`sum by (instance) (rate(http_requests_${http}_total{${handler},code="${code}"}[${range}]))`);
        break;
      case 2:
        queries.push(`avg by (device) (node_filesystem_free_${disk}_bytes{device="nvme${n % 100}n1"})`);
        break;
      default:
        queries.push(`histogram_quantile(0.99, sum by (le) (rate(request_duration_${duration}_seconds_bucket{${handler}}[${range}])))`);
    }
  }
  let text = 'groups:\n';
  for (const [i, query] of queries.entries()) {
    if (i % GROUP_RULES === 0) text += `- name: group-${i / GROUP_RULES}\n  interval: ${intervalS}s\n  rules:\n`;
    text += `  - record: job:bench_${i}:value\n    expr: '${query}'\n`;
  }
  return text;
}

function sleep(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1000));
}
