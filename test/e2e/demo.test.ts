// `tributary demo`: the tree federates, and Ctrl-C ends all of it and leaves nothing behind; SIGKILL leaves no server either.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { freePortsInRow } from '../support/free-port.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/tributary', import.meta.url));
/** The global server's, two local ones', the shop's, and those of three simulated targets. */
const PORTS = 7;
const folder = mkdtempSync(join(tmpdir(), 'tributary-test-demo-'));
let demo: ChildProcess | null = null;
afterEach(() => demo?.kill('SIGKILL'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Everything that a demo prints. */
function start(port: number): { ended: Promise<unknown>; output: () => string } {
  demo = spawn(PROGRAM, ['demo', `--port=${port}`], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, TMPDIR: folder } });
  const ended = new Promise((resolve) => demo!.once('exit', resolve));
  let output = '';
  for (const stream of [demo.stdout!, demo.stderr!]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  return { ended, output: () => output };
}

async function untilReady(port: number, output: () => string): Promise<void> {
  await vi.waitFor(() => expect(output()).toContain(`http://127.0.0.1:${port + 3}/federation`), { timeout: 90_000, interval: 100 });
}

/** Of the demo's server of that name. */
function pidOf(name: string): number {
  const { stdout } = spawnSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' });
  const rows = stdout.split('\n').map((line) => line.trim().split(/\s+/));
  const row = rows.find(([, parent, ...args]) => parent === String(demo!.pid) && args.join(' ').includes(`/${name}-config/`));
  return Number(row![0]);
}

type Result = { metric: Record<string, string>; value: [number, string] }[];

/** What the server of the link to that query in the demo's message answers to it. */
async function linked(output: string, query: string): Promise<Result> {
  const links = output
    .split(/\s+/)
    .filter((word) => word.includes('/query?'))
    .map((word) => new URL(word));
  const { origin } = links.find((url) => url.searchParams.get('g0.expr') === query)!;
  const answer = await fetch(`${origin}/api/v1/query?query=${encodeURIComponent(query)}`);
  return ((await answer.json()) as { data: { result: Result } }).data.result;
}

test('both pictures: aggregates go up, and a service has its usage from the cluster', async () => {
  const port = await freePortsInRow(PORTS);
  const { ended, output } = start(port);
  await untilReady(port, output);
  const link = `http://127.0.0.1:${port + 1}/federate?match[]=${encodeURIComponent('{__name__=~"job:.*"}')}`;
  await vi.waitFor(
    async () => {
      const text = await (await fetch(link)).text();
      expect(text).toMatch(
        /^job:http_requests:rate1m\{code="200",dc="eu1",instance="",job="shop"\} [\d.]+ \d+$|^job:http_requests:rate1m\{code="200",.*dc="eu1"/m,
      );
      expect(text).not.toMatch(/^http_requests_total/m);
      const byCentre = await linked(output(), 'sum by (dc) (job:http_requests:rate1m)');
      expect(byCentre.map(({ metric }) => metric.dc).sort()).toEqual(['eu1', 'us1']);
      expect(await linked(output(), 'global:http_request_duration_seconds:p99_1m')).toHaveLength(1);
      const cost = await linked(output(), 'pod:cpu_seconds_per_request:rate1m');
      expect(cost.map(({ metric }) => metric.pod).sort()).toEqual(['shop-0', 'shop-1', 'shop-2']);
      for (const { value } of cost) expect(Number(value[1])).toBeGreaterThan(0);
    },
    { timeout: 60_000, interval: 250 },
  );
  const rules = `${/http:\S+(?=\/rules\s)/.exec(output())![0]}/api/v1/rules`;
  const { data } = (await (await fetch(rules)).json()) as { data: { groups: { rules: { name: string; health: string }[] }[] } };
  expect(data.groups.flatMap((group) => group.rules).filter(({ health }) => health !== 'ok')).toEqual([]);
  const again = spawnSync(PROGRAM, ['demo', `--port=${port}`], {
    encoding: 'utf8',
    timeout: 20_000,
    env: { ...process.env, TMPDIR: folder },
  });
  expect([again.status, again.stderr]).toEqual([1, expect.stringMatching(/EADDRINUSE.*another port: --port=/)]);
  demo!.kill('SIGINT');
  expect(await ended).toBe(0);
  expect(readdirSync(folder)).toEqual([]);
  await expect(fetch(`http://127.0.0.1:${port}/-/healthy`)).rejects.toThrow();
}, 180_000);

test('SIGKILL of a server is told, and the others go on; SIGKILL of the demo ends its servers', async () => {
  const port = await freePortsInRow(PORTS);
  const { ended, output } = start(port);
  await untilReady(port, output);
  process.kill(pidOf('us1'), 'SIGKILL');
  await vi.waitFor(() => expect(output()).toContain(`us1 ended (SIGKILL); the others go on: see http://127.0.0.1:${port}/federation.`));
  await vi.waitFor(
    async () => {
      const answer = await fetch(`http://127.0.0.1:${port}/api/v1/federation`);
      const { data } = (await answer.json()) as { data: { sources: { health: string }[] } };
      expect(data.sources.map(({ health }) => health)).toEqual(['up', 'down']);
    },
    { timeout: 30_000, interval: 250 },
  );
  demo!.kill('SIGKILL');
  await ended;
  for (const server of [port, port + 1, port + 2, port + 3]) {
    await vi.waitFor(() => expect(fetch(`http://127.0.0.1:${server}/-/healthy`)).rejects.toThrow(), { timeout: 15_000, interval: 100 });
  }
}, 180_000);
