// `tributary demo`: both pictures of federation on this machine. Two local servers (dc eu1 and us1) scrape simulated shops and aggregate them,
// a global one federates the aggregates from both; the shop's own server pulls from eu1 what the cluster says of it. The servers are child
// processes started by the same launcher; what they scrape lives here.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock } from '../model/index.ts';
import { createSimulatedCluster, WAVE_SECONDS } from './demo-cluster.ts';
import { type ExampleFile, exampleFiles } from './demo-config.ts';
import { DemoServers } from './demo-servers.ts';
import { createSimulatedService } from './demo-service.ts';

const LAUNCHER = fileURLToPath(new URL('../../bin/tributary', import.meta.url));
const READY_WITHIN_MS = 20_000;
/** Until there is something to look at; the message comes without it then. */
const SHOWN_WITHIN_MS = 60_000;
/** Of each simulated service. */
const PODS = 3;

interface Node {
  readonly name: string;
  readonly port: number;
  /** The configuration, then its rule files. */
  readonly files: readonly ExampleFile[];
}

const address = (port: number): string => `127.0.0.1:${port}`;

/** Where everything listens, from the demo's port on. */
function portsFrom(port: number) {
  return { global: port, eu1: port + 1, us1: port + 2, shop: port + 3, shopEu1: port + 4, shopUs1: port + 5, scheduler: port + 6 };
}

type Ports = ReturnType<typeof portsFrom>;

/** Short enough for someone who looks. */
const replacements = { 'scrape_interval: 15s': 'scrape_interval: 5s', 'evaluation_interval: 15s': 'evaluation_interval: 5s' };
/** The demo has no Alertmanager. */
const withoutAlertmanager = ([config, ...rules]: readonly ExampleFile[]): ExampleFile[] => [
  { ...config, text: config.text.replace(/\nalerting:[\s\S]*$/, '') },
  ...rules,
];
/** One target plays all of a shop's instances. */
const oneTarget = (target: string) => ({ 'shop-1:8080': target, 'shop-2:8080': '', 'shop-3:8080': '' });

/** The local server of a data centre. That of eu1 is the cluster's server as well. */
export function localFiles(dc: 'eu1' | 'us1', ports: Ports): ExampleFile[] {
  const addresses = { 'localhost:9090': address(ports[dc]), ...oneTarget(address(dc === 'eu1' ? ports.shopEu1 : ports.shopUs1)) };
  const [config, ...rules] = exampleFiles('hierarchical/local.yml', ['job-aggregates.yml'], {
    addresses,
    replacements: { ...replacements, 'dc: eu1': `dc: ${dc}` },
  });
  if (dc === 'us1') return [config, ...rules];
  const scheduler = `\n  - job_name: scheduler\n    static_configs:\n      - targets: ['${address(ports.scheduler)}']\n`;
  return [{ ...config, text: config.text + scheduler }, ...rules];
}

export function globalFiles(ports: Ports): ExampleFile[] {
  const addresses = { 'local-eu1:9090': address(ports.eu1), 'local-us1:9090': address(ports.us1) };
  return withoutAlertmanager(exampleFiles('hierarchical/global.yml', ['global-rules.yml'], { addresses, replacements }));
}

/** The server of the shop in eu1. */
export function serviceFiles(ports: Ports): ExampleFile[] {
  const addresses = { ...oneTarget(address(ports.shopEu1)), 'cluster:9090': address(ports.eu1) };
  return withoutAlertmanager(exampleFiles('cross-service/service.yml', ['service-rules.yml'], { addresses, replacements }));
}

function startServer(node: Node, folder: string): ChildProcess {
  const own = join(folder, `${node.name}-config`);
  mkdirSync(own, { recursive: true });
  for (const { name, text } of node.files) writeFileSync(join(own, name), text);
  const file = join(own, node.files[0].name);
  const flags = [
    `--config.file=${file}`,
    `--storage.tsdb.path=${join(folder, node.name)}`,
    `--web.listen-address=${address(node.port)}`,
    '--log.level=error',
  ];
  // The channel tells the servers when this process is gone, be it by SIGKILL: they end then.
  const child = spawn(LAUNCHER, flags, { stdio: ['ignore', 'inherit', 'pipe', 'ipc'] });
  child.stderr!.setEncoding('utf8').on('data', (text: string) => process.stderr.write(text.replace(/^(?=.)/gm, `${node.name}: `)));
  return child;
}

async function isReady(port: number): Promise<boolean> {
  try {
    return (await fetch(`http://${address(port)}/-/ready`)).ok;
  } catch {
    return false; // not listening yet
  }
}

async function waitUntilReady(nodes: readonly Node[], isOver: () => boolean): Promise<boolean> {
  const deadline = performance.now() + READY_WITHIN_MS;
  for (const node of nodes) {
    while (!(await isReady(node.port))) {
      if (isOver() || performance.now() > deadline) return false;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  return true;
}

/** Whether a query has a result at a server. */
async function hasSeries(port: number, query: string): Promise<boolean> {
  try {
    const answer = await fetch(`http://${address(port)}/api/v1/query?query=${encodeURIComponent(query)}`);
    const { data } = (await answer.json()) as { data?: { result: readonly unknown[] } };
    return (data?.result.length ?? 0) > 0;
  } catch {
    return false; // a server that is ending
  }
}

/** Until each picture has something to show: whoever follows the message's links at once would see empty graphs otherwise. */
async function waitUntilShown(ports: Ports, isOver: () => boolean): Promise<void> {
  const deadline = performance.now() + SHOWN_WITHIN_MS;
  const wanted: [port: number, query: string][] = [
    [ports.global, 'count(group by (dc) (job:http_requests:rate1m offset 5s)) == 2'],
    [ports.global, 'global:http_request_duration_seconds:p99_1m offset 5s'],
    [ports.shop, 'pod:cpu_seconds_per_request:rate1m offset 5s'],
  ];
  for (const [port, query] of wanted) {
    while (!(await hasSeries(port, query))) {
      if (isOver() || performance.now() > deadline) return;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
}

/** A target that says what `metrics` says at the moment. */
async function serveMetrics(port: number, metrics: () => string): Promise<Server> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' }).end(metrics());
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  return server;
}

async function serveTargets(ports: Ports): Promise<Server[]> {
  const shop = (port: number) => createSimulatedService({ name: 'shop', instances: PODS, seed: port, now: Date.now });
  const cluster = createSimulatedCluster({ services: ['shop', 'billing', 'search'], pods: PODS, seed: ports.scheduler, now: Date.now });
  const servers: Server[] = [];
  try {
    for (const port of [ports.shopEu1, ports.shopUs1]) servers.push(await serveMetrics(port, shop(port).metrics));
    servers.push(await serveMetrics(ports.scheduler, cluster.metrics));
    return servers;
  } catch (error) {
    for (const server of servers) server.close();
    throw error;
  }
}

function describeTree(ports: Ports): string {
  const link = (port: number, path: string): string => `http://${address(port)}${path}`;
  const graph = (port: number, text: string): string =>
    link(port, `/query?g0.expr=${encodeURIComponent(text)}&g0.tab=graph&g0.range_input=15m`);
  return `
A small tree is running (Ctrl-C ends it; a server that you kill is started again after a minute). Two pictures of federation, with the configurations of examples/:

  Hierarchical
  global  ${link(ports.global, '/')}   pulls job:… from both, and nothing else
  ├─ eu1  ${link(ports.eu1, '/')}   scrapes a simulated shop on ${address(ports.shopEu1)}, aggregates it by job
  └─ us1  ${link(ports.us1, '/')}   the same on ${address(ports.shopUs1)}

  Cross-service
  shop    ${link(ports.shop, '/')}   scrapes the shop in eu1 itself, and pulls from eu1 what the cluster's scheduler
                                    (${address(ports.scheduler)}) says of it

To follow the hierarchy, from the top to the detail:
  1. The tree, who pulls from whom, how fresh it is, what it costs
     ${link(ports.global, '/federation')}
  2. Requests a second by data centre, at the top. Beside each series: where it came from, and the same at its source
     ${graph(ports.global, 'sum by (dc) (job:http_requests:rate1m)')}
  3. The 99th percentile of both together, of buckets that were added up below
     ${graph(ports.global, 'global:http_request_duration_seconds:p99_1m')}
  4. What eu1 keeps for itself: each pod
     ${graph(ports.eu1, 'sum by (pod) (rate(http_requests_total[1m]))')}

To follow the cross-service picture:
  1. CPU that a request costs, out of both sources
     ${graph(ports.shop, 'pod:cpu_seconds_per_request:rate1m')}
  2. Its alert, on both together; there for a minute of every ${WAVE_SECONDS / 60}, first after about two
     ${link(ports.shop, '/alerts')}
  3. Its rules, and where the shop's server pulls from
     ${link(ports.shop, '/rules')}
     ${link(ports.shop, '/federation')}
`;
}

/** Runs until a signal, or until one of the servers ends before all are up. @returns the exit code */
export async function runDemo(port: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'tributary-demo-'));
  const ports = portsFrom(port);
  const nodes: Node[] = [
    { name: 'global', port: ports.global, files: globalFiles(ports) },
    { name: 'eu1', port: ports.eu1, files: localFiles('eu1', ports) },
    { name: 'us1', port: ports.us1, files: localFiles('us1', ports) },
    { name: 'shop', port: ports.shop, files: serviceFiles(ports) },
  ];
  const services: Server[] = [];
  let exitCode: number | null = null;
  let wake = (): void => undefined;
  const over = new Promise<void>((resolve) => {
    wake = resolve;
  });
  const end = (code: number): void => {
    exitCode ??= code;
    wake();
  };
  const servers = new DemoServers({
    spawn: (name) => startServer(nodes.find((node) => node.name === name)!, folder),
    clock: systemClock,
    say: (line) => process.stderr.write(`${line}\n`),
    look: (name) => (name === 'eu1' || name === 'us1' ? `http://${address(ports.global)}/federation` : ''),
    onFailed: () => end(1),
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => end(0));
  try {
    services.push(...(await serveTargets(ports)));
    for (const { name } of nodes) servers.start(name);
    const isOver = (): boolean => exitCode !== null;
    if (await waitUntilReady(nodes, isOver)) {
      servers.goOn();
      process.stdout.write('Four servers are up. In some seconds the first aggregates have come to the top …\n');
      await waitUntilShown(ports, isOver);
      if (!isOver()) process.stdout.write(describeTree(ports));
    } else if (exitCode === null) {
      process.stderr.write(`tributary: the servers are not ready after ${READY_WITHIN_MS / 1000} s\n`);
      end(1);
    }
    await over;
  } catch (error) {
    process.stderr.write(`tributary: cannot start the demo: ${(error as Error).message}; another port: --port=9190\n`);
    end(1);
  } finally {
    await servers.end();
    for (const service of services) service.close().closeAllConnections();
    rmSync(folder, { recursive: true, force: true });
  }
  return exitCode ?? 1;
}
