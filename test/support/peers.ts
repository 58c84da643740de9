// The real peers that tests compare with: found on the machine, started on the loopback with a folder of their own.
// `test.runIf(requirePeer('prometheus'))(…)` runs a test where the peer is installed; where it is not, the test is skipped
// and says so, but with CI set a missing peer is an error, so that no comparison is lost silently.

import { accessSync, constants } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { freePort } from './free-port.ts';
import { ServerProcess, temporaryFolder } from './server-process.ts';

export type PeerName = 'prometheus' | 'promtool' | 'prometheus-node-exporter' | 'prometheus-alertmanager' | 'victoria-metrics';

export interface Peer {
  readonly url: string;
  readonly port: number;
  readonly process: ServerProcess;
  stop(): Promise<void>;
}

export interface PrometheusOptions {
  /** Text of the configuration file. */
  readonly config: string;
  readonly port?: number;
  /** Data folder that outlives the server; without it a temporary one is used. */
  readonly dataDir?: string;
  readonly flags?: readonly string[];
  /** What the flags put before all paths; the url that is given back has it not. */
  readonly routePrefix?: string;
}

/** Path of a peer's program, or null when it is not installed. */
export function findPeer(name: PeerName): string | null {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, name);
    if (isProgram(path)) return path;
  }
  return null;
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Whether the peer is installed. Throws when it is not and CI is set; otherwise says that tests are skipped. */
export function requirePeer(name: PeerName): boolean {
  if (findPeer(name) !== null) return true;
  if (process.env.CI) throw new Error(`cannot compare with ${name}: got no such program in PATH, want it installed since CI is set`);
  console.warn(`skipped: ${name} is not installed`);
  return false;
}

/** The real Prometheus, ready to be asked. */
export async function startPrometheus(options: PrometheusOptions): Promise<Peer> {
  const folder = await temporaryFolder('prometheus');
  const configFile = join(folder, 'prometheus.yml');
  await writeFile(configFile, options.config);
  const port = options.port ?? (await freePort());
  const url = `http://127.0.0.1:${port}`;
  return peer(
    port,
    await ServerProcess.start({
      command: programOf('prometheus'),
      args: [
        `--config.file=${configFile}`,
        `--storage.tsdb.path=${options.dataDir ?? join(folder, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--log.level=warn',
        ...(options.flags ?? []),
      ],
      readyUrl: `${url}${options.routePrefix ?? ''}/-/ready`,
      removeAfter: folder,
    }),
  );
}

/** The real node exporter: a target with everything that a real exposition has. */
export async function startNodeExporter(options: { port?: number; flags?: readonly string[] } = {}): Promise<Peer> {
  const port = options.port ?? (await freePort());
  return peer(
    port,
    await ServerProcess.start({
      command: programOf('prometheus-node-exporter'),
      args: [`--web.listen-address=127.0.0.1:${port}`, '--log.level=warn', ...(options.flags ?? [])],
      readyUrl: `http://127.0.0.1:${port}/metrics`,
    }),
  );
}

/** The real Alertmanager, alone: it keeps what it is sent and tells nobody. */
export async function startAlertmanager(
  options: {
    readonly port?: number;
    /** Flag and part of all paths; the url that is given back has it not. */
    readonly routePrefix?: string;
    /** Text of the file of --web.config.file. */
    readonly webConfig?: string;
    /** For asking whether it is ready, where webConfig wants it. */
    readonly headers?: Readonly<Record<string, string>>;
  } = {},
): Promise<Peer> {
  const folder = await temporaryFolder('alertmanager');
  const configFile = join(folder, 'alertmanager.yml');
  await writeFile(configFile, 'route: {receiver: nobody}\nreceivers: [{name: nobody}]\n');
  const webConfigFile = join(folder, 'web.yml');
  if (options.webConfig !== undefined) await writeFile(webConfigFile, options.webConfig);
  const port = options.port ?? (await freePort());
  const { routePrefix = '' } = options;
  return peer(
    port,
    await ServerProcess.start({
      command: programOf('prometheus-alertmanager'),
      args: [
        `--config.file=${configFile}`,
        `--storage.path=${join(folder, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--cluster.listen-address=',
        '--log.level=warn',
        ...(routePrefix === '' ? [] : [`--web.route-prefix=${routePrefix}`]),
        ...(options.webConfig === undefined ? [] : [`--web.config.file=${webConfigFile}`]),
      ],
      readyUrl: `http://127.0.0.1:${port}${routePrefix}/-/ready`,
      readyHeaders: options.headers,
      removeAfter: folder,
    }),
  );
}

function peer(port: number, process: ServerProcess): Peer {
  return { url: `http://127.0.0.1:${port}`, port, process, stop: () => process.stop() };
}

function programOf(name: PeerName): string {
  const path = findPeer(name);
  if (path === null) throw new Error(`cannot start ${name}: got no such program in PATH, want it installed (see requirePeer)`);
  return path;
}
