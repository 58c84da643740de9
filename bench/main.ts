// `npm run bench`: us and our peers over the same generated targets, one server after the other, on loopback. Prints a table a
// scenario; --write puts it into docs/benchmarks.md, which says what is measured how.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Measurement, measure, type Scenario } from './measurement.ts';
import { pagesScenarios, runPages } from './pages.ts';
import { type PeerName, pathOf, peerNames } from './peers.ts';
import { type QueryScenario, queryPeers, queryScenarios, runQueries } from './queries.ts';
import { describe, machine, tableOf, writeSection } from './report.ts';
import { rulePeers, ruleScenarios, runRules } from './rules.ts';
import { runStorage, type StorageScenario, storagePeers, storageScenarios } from './storage.ts';
import { startTargets } from './targets.ts';

const DOCUMENT = fileURLToPath(new URL('../docs/benchmarks.md', import.meta.url));
const FIRST_PORT = 19_190;

const scenarios: Readonly<Record<string, Omit<Scenario, 'name'>>> = {
  small: { series: 100_000, targets: 20, intervalS: 5, minutes: 5, encoding: 'identity' },
  'small-gzip': { series: 100_000, targets: 20, intervalS: 5, minutes: 5, encoding: 'gzip' },
  large: { series: 1_000_000, targets: 20, intervalS: 15, minutes: 5, encoding: 'identity' },
};

const usage = `usage: npm run bench -- [options] [SCENARIO...]
  SCENARIO                  ${Object.keys(scenarios).join(', ')}; without one: small
                            of the store: ${Object.keys(storageScenarios).join(', ')}; or all of them: storage
                            of PromQL: ${queryScenarios.join(', ')}; of rules: ${Object.keys(ruleScenarios).join(', ')}
                            of the web application, in Chromium: ${Object.keys(pagesScenarios).join(', ')}
  --servers=A,B             of ${peerNames.join(', ')}; those not installed are left out
  --series=N --targets=N    instead of the scenario's
  --interval=SECONDS --minutes=N --encoding=identity|gzip
  --scrapes=N               before the kill, instead of the scenario's (ready-…)
  --write                   put the tables into docs/benchmarks.md
`;

async function run(scenario: Scenario, servers: readonly PeerName[]): Promise<string> {
  const seriesPerTarget = Math.round(scenario.series / scenario.targets);
  const folder = mkdtempSync(join(tmpdir(), 'tributary-bench-'));
  const targets = await startTargets({ targets: scenario.targets, seriesPerTarget, encoding: scenario.encoding });
  try {
    const title = describe(scenario, targets.bytesPerLine);
    console.error(`${scenario.name}: ${title}`);
    const measurements: Measurement[] = [];
    for (const [i, name] of servers.entries()) {
      console.error(`${scenario.name}: ${name} …`);
      measurements.push(await measure(name, scenario, targets, folder, FIRST_PORT + i));
    }
    return `${title}; ${machine()}:\n\n${tableOf(measurements)}`;
  } finally {
    targets.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runStore(name: string, scenario: StorageScenario, wanted: readonly PeerName[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-bench-'));
  try {
    console.error(`${name}:`);
    const servers = wanted.filter((server) => storagePeers.includes(server));
    const table = await runStorage({ scenario, servers, folder, firstPort: FIRST_PORT });
    return table.replace(':\n', `; ${machine()}:\n`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runQueryScenario(name: QueryScenario, wanted: readonly PeerName[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-bench-'));
  try {
    console.error(`${name}:`);
    const servers = wanted.filter((server) => queryPeers.includes(server));
    return (await runQueries(name, { servers, folder, firstPort: FIRST_PORT })).replace(':\n', `; ${machine()}:\n`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runRuleScenario(name: string, wanted: readonly PeerName[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-bench-'));
  try {
    console.error(`${name}:`);
    const servers = wanted.filter((server) => rulePeers.includes(server));
    const table = await runRules({ scenario: ruleScenarios[name], servers, folder, firstPort: FIRST_PORT });
    return table.replace(':\n', `; ${machine()}:\n`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runPagesScenario(name: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-bench-'));
  try {
    console.error(`${name}:`);
    return (await runPages(pagesScenarios[name], { folder, port: FIRST_PORT })).replace(':\n', `; ${machine()}:\n`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function numberOf(text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback;
  const number = Number(text);
  if (!(number > 0)) throw new Error(`cannot read options: got ${JSON.stringify(text)}, want a number above 0\n${usage}`);
  return number;
}

interface StoreOptions {
  readonly series?: string;
  readonly targets?: string;
  readonly interval?: string;
  readonly minutes?: string;
  readonly scrapes?: string;
}

function storeScenario(preset: StorageScenario, options: StoreOptions): StorageScenario {
  const size = {
    series: numberOf(options.series, preset.series),
    targets: numberOf(options.targets, preset.targets),
    intervalS: numberOf(options.interval, preset.intervalS),
  };
  if (preset.kind === 'ready') return { ...preset, ...size, scrapes: numberOf(options.scrapes, preset.scrapes) };
  return { ...preset, ...size, blockMinutes: numberOf(options.minutes, preset.blockMinutes) };
}

async function main(): Promise<void> {
  const text = { type: 'string' } as const;
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      servers: text,
      series: text,
      targets: text,
      interval: text,
      minutes: text,
      encoding: text,
      scrapes: text,
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    console.log(usage);
    return;
  }
  const wanted = values.servers?.split(',') ?? peerNames;
  const servers = peerNames.filter((name) => wanted.includes(name) && pathOf(name) !== null);
  if (servers.length === 0) throw new Error(`cannot measure: got no server, want some of ${peerNames.join(', ')}`);
  const names = positionals.flatMap((name) => (name === 'storage' ? Object.keys(storageScenarios) : [name]));
  for (const name of names.length > 0 ? names : ['small']) {
    if (Object.hasOwn(storageScenarios, name)) {
      const table = await runStore(name, storeScenario(storageScenarios[name], values), servers);
      console.log(`${table}\n`);
      if (values.write) writeSection(DOCUMENT, name, table);
      continue;
    }
    if ((queryScenarios as readonly string[]).includes(name)) {
      const table = await runQueryScenario(name as QueryScenario, servers);
      console.log(`${table}\n`);
      if (values.write) writeSection(DOCUMENT, name, table);
      continue;
    }
    if (Object.hasOwn(ruleScenarios, name)) {
      const table = await runRuleScenario(name, servers);
      console.log(`${table}\n`);
      if (values.write) writeSection(DOCUMENT, name, table);
      continue;
    }
    if (Object.hasOwn(pagesScenarios, name)) {
      const table = await runPagesScenario(name);
      console.log(`${table}\n`);
      if (values.write) writeSection(DOCUMENT, name, table);
      continue;
    }
    if (!Object.hasOwn(scenarios, name)) throw new Error(`cannot measure: got scenario ${JSON.stringify(name)}\n${usage}`);
    const preset = scenarios[name];
    const scenario: Scenario = {
      name,
      series: numberOf(values.series, preset.series),
      targets: numberOf(values.targets, preset.targets),
      intervalS: numberOf(values.interval, preset.intervalS),
      minutes: numberOf(values.minutes, preset.minutes),
      encoding: values.encoding === undefined ? preset.encoding : values.encoding === 'gzip' ? 'gzip' : 'identity',
    };
    const table = await run(scenario, servers);
    console.log(`${table}\n`);
    if (values.write) writeSection(DOCUMENT, name, table);
  }
}

try {
  await main();
} catch (error) {
  console.error(`bench: ${(error as Error).message}`);
  process.exitCode = 1;
}
