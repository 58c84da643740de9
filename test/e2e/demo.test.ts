// `tributary demo`: the tree federates, and Ctrl-C ends all of it and leaves nothing behind; SIGKILL leaves no server either.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { freePortsInRow } from '../support/free-port.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/tributary', import.meta.url));
/** The global server's, two local ones', two of the simulated service. */
const PORTS = 5;
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
  await vi.waitFor(() => expect(output()).toContain(`http://127.0.0.1:${port}/federate?match[]=`), { timeout: 30_000, interval: 100 });
}

test('two local servers and a global one', async () => {
  const port = await freePortsInRow(PORTS);
  const { ended, output } = start(port);
  await untilReady(port, output);
  const link = /http:\S+\/federate\?match\[\]=\S+/.exec(output())![0];
  await vi.waitFor(
    async () => {
      const text = await (await fetch(link)).text();
      expect(text).toMatch(/^# TYPE http_request_duration_seconds_bucket untyped$/m);
      for (const dc of ['eu1', 'us1'])
        expect(text).toMatch(new RegExp(`^http_request_duration_seconds_bucket\\{dc="${dc}",.*job="shop",le=`, 'm'));
    },
    { timeout: 30_000, interval: 250 },
  );
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
});

test('SIGKILL of the demo ends its servers', async () => {
  const port = await freePortsInRow(PORTS);
  const { ended, output } = start(port);
  await untilReady(port, output);
  demo!.kill('SIGKILL');
  await ended;
  for (const server of [port, port + 1, port + 2]) {
    await vi.waitFor(() => expect(fetch(`http://127.0.0.1:${server}/-/healthy`)).rejects.toThrow(), { timeout: 15_000, interval: 100 });
  }
});
