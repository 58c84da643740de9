// bin/tributary as a user starts it: exit codes, one clear line, reload, the end by a signal.
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { StaticTarget } from '../support/static-target.ts';
import { startTributary, type Tributary } from '../support/tributary.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/tributary', import.meta.url));
const EMPTY = 'scrape_configs: []\n';

function run(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(PROGRAM, args, { encoding: 'utf8', timeout: 30_000, cwd: '/' });
  return { status, stdout, stderr };
}

const servers: Tributary[] = [];
async function start(config: string, flags: string[] = []): Promise<Tributary> {
  const server = await startTributary({ config, flags });
  servers.push(server);
  return server;
}
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});

describe('what ends at once', () => {
  test('a wrong flag: one line that names the nearest one, exit 1', () => {
    expect(run('--web.listen-adress=:1')).toEqual({
      status: 1,
      stdout: '',
      stderr: "tributary: unknown option '--web.listen-adress' (Did you mean --web.listen-address?); see tributary --help\n",
    });
  });
  test('a flag that cannot be ignored', () => {
    expect(run('--web.config.file=web.yml')).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^tributary: .*not supported yet.*\n$/),
    });
  });
  test('a missing configuration: exit 2', () => {
    const { status, stderr } = run('--config.file=/nonexistent.yml');
    expect([status, stderr]).toEqual([2, expect.stringMatching(/level=ERROR .*cannot read configuration file \/nonexistent\.yml/)]);
  });
  test('--version and --help', () => {
    expect(run('--version')).toMatchObject({ status: 0, stdout: expect.stringMatching(/^tributary, version \d+\.\d+\.\d+ /) });
    for (const help of ['--help', '--help-long', '--help-man'])
      expect(run(help)).toMatchObject({ status: 0, stdout: expect.stringContaining('--config.file') });
  });
  test('check config', () => {
    expect(run('check', 'config', '/nonexistent.yml')).toMatchObject({
      status: 1,
      stdout: 'Checking /nonexistent.yml\n\n',
      stderr: expect.stringMatching(/^ {2}FAILED:\ncannot read configuration file \/nonexistent\.yml: [^\n]+\n$/),
    });
  });
  test('check rules: a file that is not there', () => {
    expect(run('check', 'rules', '/nonexistent.yml')).toEqual({
      status: 1,
      stdout: 'Checking /nonexistent.yml\n\n',
      stderr: '  FAILED:\ncannot read rule file /nonexistent.yml: it does not exist\n',
    });
  });
  test('test rules: a file that is not there', () => {
    expect(run('test', 'rules', '/nonexistent.yml')).toEqual({
      status: 1,
      stdout: 'Unit Testing:  /nonexistent.yml\n\n\n',
      stderr: '  FAILED:\ncannot read test file /nonexistent.yml: it does not exist\n',
    });
    expect(run('test', 'rules', '--run=(', 'x')).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^tributary: cannot read flag --run: /),
    });
  });
});

test('what check config refuses is told at the start, with its job', async () => {
  const server = await start(`scrape_configs:
- job_name: one
  tls_config: {ca_file: none.pem}
  static_configs: [{targets: ['127.0.0.1:1']}]
- job_name: two
  static_configs: [{targets: ['127.0.0.1:1'], labels: {__scrape_interval__: soon}}]
`);
  const { status, stderr } = run('check', 'config', server.configFile);
  expect([status, stderr.trim().split('\n')]).toEqual([
    1,
    [
      'FAILED:',
      expect.stringMatching(/^\S+\.yml:2:3: scrape_configs\[0\]: job "one": tls_config\.ca_file: the file \S+none\.pem does not exist$/),
      expect.stringMatching(/^\S+\.yml:5:3: scrape_configs\[1\]: job "two": instance 0 in group 0: error parsing scrape interval/),
    ],
  ]);
  expect(server.process.log).toMatch(/level=WARN .*\.yml:2:3: scrape_configs\[0\]: job \\"one\\": tls_config\.ca_file/);
  expect(server.process.log).toMatch(/level=ERROR .*scrape_pool=two .*error parsing scrape interval/);
});

test('a busy port: one line that names the address, exit 1', async () => {
  const server = await start(EMPTY);
  const { status, stderr } = run(`--config.file=${server.configFile}`, `--web.listen-address=127.0.0.1:${server.port}`);
  const errors = stderr.split('\n').filter((line) => line.includes('level=ERROR'));
  expect([status, errors]).toEqual([
    1,
    [expect.stringContaining(`cannot listen on 127.0.0.1:${server.port}: the address is already in use`)],
  ]);
});

describe('a running server', () => {
  let target: StaticTarget;
  beforeAll(async () => {
    target = await StaticTarget.start('a_metric{l="1"} 42\n');
  });
  afterAll(() => target.close());

  const config = (job: string): string => `global: {scrape_interval: 1s}
scrape_configs:
- job_name: ${job}
  static_configs: [{targets: ['127.0.0.1:${target.port}']}]
`;
  const text = async (server: Tributary, path: string): Promise<string> => (await fetch(server.url + path)).text();
  const pools = async (server: Tributary): Promise<unknown> => JSON.parse(await text(server, '/api/v1/scrape_pools')).data.scrapePools;

  test('scrapes, federates, and tells about itself', async () => {
    const server = await start(config('one'));
    const wanted = new RegExp(
      `^# TYPE a_metric untyped\\na_metric\\{instance="127.0.0.1:${target.port}",job="one",l="1"\\} 42 \\d{13}\\n$`,
    );
    await vi.waitFor(async () => expect(await text(server, '/federate?match[]=a_metric')).toMatch(wanted), {
      timeout: 10_000,
      interval: 100,
    });
    const metrics = await text(server, '/metrics');
    for (const name of [
      'prometheus_build_info',
      'prometheus_tsdb_head_series',
      'tributary_head_memory_bytes',
      'tributary_event_loop_delay_seconds',
    ]) {
      expect(metrics).toContain(`\n${name}`);
    }
    const targets = JSON.parse(await text(server, '/api/v1/targets')).data.activeTargets;
    expect(targets).toEqual([expect.objectContaining({ scrapePool: 'one', health: 'up', lastError: '', scrapeInterval: '1s' })]);
    expect(JSON.parse(await text(server, '/api/v1/series?match[]=a_metric')).data).toEqual([
      { __name__: 'a_metric', instance: `127.0.0.1:${target.port}`, job: 'one', l: '1' },
    ]);
    expect(JSON.parse(await text(server, '/api/v1/label/l/values')).data).toEqual(['1']);
    expect(JSON.parse(await text(server, '/api/v1/status/buildinfo')).data).toMatchObject({
      version: '3.14.0',
      tributaryVersion: expect.any(String),
    });
  });

  test('SIGHUP loads the configuration again; a bad file changes nothing and says why', async () => {
    const server = await start(config('one'));
    writeFileSync(server.configFile, config('two'));
    server.process.kill('SIGHUP');
    await vi.waitFor(async () => expect(await pools(server)).toEqual(['two']), { timeout: 10_000, interval: 50 });
    writeFileSync(server.configFile, 'global: {scrape_intervall: 1s}\n');
    server.process.kill('SIGHUP');
    await vi.waitFor(async () => expect(await text(server, '/metrics')).toContain('\nprometheus_config_last_reload_successful 0\n'), {
      timeout: 10_000,
      interval: 50,
    });
    expect(server.process.log).toMatch(/level=ERROR .*tributary\.yml:1:\d+: .*scrape_intervall/);
    expect(await pools(server)).toEqual(['two']);
  });

  test('POST /-/reload and /-/quit with --web.enable-lifecycle, under a prefix', async () => {
    const server = await startTributary({
      config: config('one'),
      flags: ['--web.enable-lifecycle', '--web.external-url=http://example.org/'],
    });
    servers.push(server);
    writeFileSync(server.configFile, 'nonsense: [\n');
    const failed = await fetch(`${server.url}/-/reload`, { method: 'POST' });
    expect([failed.status, await failed.text()]).toEqual([500, expect.stringContaining('failed to reload config: ')]);
    writeFileSync(server.configFile, config('three'));
    expect((await fetch(`${server.url}/-/reload`, { method: 'POST' })).status).toBe(200);
    expect(await pools(server)).toEqual(['three']);
    await fetch(`${server.url}/-/quit`, { method: 'POST' });
    await server.process.exited();
    expect(server.process.exit).toEqual({ code: 0, signal: null });
    expect(server.process.log).toContain('Received termination request via web service, exiting gracefully...');
  });

  test('SIGTERM ends it cleanly, also while it scrapes', async () => {
    const server = await start(config('one'));
    server.process.kill('SIGTERM');
    await server.process.exited();
    expect(server.process.exit).toEqual({ code: 0, signal: null });
  });
});
