// Reload, quit, signals and route prefixes of running servers, beside the real Prometheus where it says anything about them.
import { rmSync, writeFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NotificationsAnswer } from '../../src/answers/index.ts';
import { eventually, federatePath, federateText, parseSeries, untilFederated } from '../support/federate-text.ts';
import { type Peer, requirePeer, startPrometheus } from '../support/peers.ts';
import { StaticTarget } from '../support/static-target.ts';
import { startTributary, type Tributary } from '../support/tributary.ts';

const job = (name: string, address: string, more = ''): string => `- job_name: ${name}
  static_configs: [{targets: ['${address}']}]
${more}`;
const configOf = (jobs: string, externalLabels = '{}'): string =>
  `global: {scrape_interval: 1s, external_labels: ${externalLabels}}\nscrape_configs:\n${jobs}`;

const LIFECYCLE = ['--web.enable-lifecycle'];

describe('reload', () => {
  let target: StaticTarget;
  let server: Tributary;
  beforeAll(async () => {
    target = await StaticTarget.start('stays 1\nother{a="b"} 2\n');
    server = await startTributary({ config: configOf(job('one', target.address) + job('two', target.address)), flags: LIFECYCLE });
    await untilFederated(server, 'stays', /job="one".*\n.*job="two"|job="two".*\n.*job="one"/);
  });
  afterAll(async () => {
    await Promise.all([server?.stop(), target?.close()]);
  });

  async function own(series: string): Promise<string | undefined> {
    const text = await (await fetch(`${server.url}/metrics`)).text();
    return text
      .split('\n')
      .find((line) => line.startsWith(`${series} `))
      ?.slice(series.length + 1);
  }
  const ways: [string, () => Promise<unknown>][] = [
    ['SIGHUP', async () => server.process.kill('SIGHUP')],
    ['POST /-/reload', () => fetch(`${server.url}/-/reload`, { method: 'POST' })],
  ];

  const notifications = async () =>
    ((await (await fetch(`${server.url}/api/v1/notifications`)).json()) as { data: NotificationsAnswer }).data;

  test.each(ways)('%s: a good file; what stays goes on, what is new begins, what is gone ends', async (way, reload) => {
    const name = way === 'SIGHUP' ? 'three' : 'four';
    await eventually(async () => expect(parseSeries(await federateText(server, 'scrape_series_added{job="one"}'))[0].value).toBe(0));
    const before = parseSeries(await federateText(server, 'stays{job="one"}'))[0];
    writeFileSync(server.configFile, configOf(job('one', target.address) + job(name, target.address), `{via: ${name}}`));
    await reload();
    let lost = 0;
    const mostAdded = new Set<number>();
    const text = await eventually(async () => {
      const answer = await federateText(server, 'stays', 'scrape_series_added{job="one"}');
      const series = parseSeries(answer).filter(({ labels }) => labels.job === 'one');
      if (series.length !== 2) lost++;
      for (const { labels, value } of series) if (labels.__name__ === 'scrape_series_added') mostAdded.add(value);
      expect(answer).toContain(`job="${name}"`);
      expect(series.find(({ labels }) => labels.__name__ === 'stays')?.timestampMs).toBeGreaterThan(before.timestampMs + 2000);
      return answer;
    });
    expect(text).toContain(`job="one",via="${name}"} `);
    await untilFederated(server, `stays{job!~"one|${name}"}`, '');
    // External labels are matchable, the new ones and not the old.
    expect(await federateText(server, `stays{via="${name}"}`)).toContain('job="one"');
    expect(await federateText(server, `stays{via=~"..+",via!~"${name}|"}`)).toBe('');
    // The series of the job that stays never ended, and its lines were known.
    expect([lost, ...mostAdded]).toEqual([0, 0]);
    expect(await own('prometheus_config_last_reload_successful')).toBe('1');
    expect(await notifications()).toEqual([]);
  });

  test.each(ways)('%s: a bad file changes nothing and says why', async (way, reload) => {
    const text = await (await fetch(`${server.url}/api/v1/status/config`)).text();
    const logged = server.process.log.length;
    writeFileSync(
      server.configFile,
      `global: {scrape_interval: 1s}\nscrape_configs:\n- {job_name: ${way === 'SIGHUP' ? 'a' : 'b'}, metric_path: /x}\n`,
    );
    const answer = await reload();
    await eventually(async () => expect(await own('prometheus_config_last_reload_successful')).toBe('0'));
    const why = /tributary\.yml:3:\d+: scrape_configs\[0\]\.metric_path: .*metrics_path/;
    await eventually(() => expect(server.process.log.slice(logged)).toMatch(why));
    if (answer instanceof Response) expect([answer.status, await answer.text()]).toEqual([500, expect.stringMatching(why)]);
    expect(await (await fetch(`${server.url}/api/v1/status/config`)).text()).toBe(text);
    expect(await notifications()).toEqual([{ text: 'Configuration reload has failed.', date: expect.any(String), active: true }]);
    const [{ timestampMs }] = parseSeries(await federateText(server, 'stays{job="one"}'));
    await eventually(async () =>
      expect(parseSeries(await federateText(server, 'stays{job="one"}'))[0].timestampMs).toBeGreaterThan(timestampMs),
    );
  });

  test('no file, an empty one, and a good one again', async () => {
    const reload = async (method = 'POST') => {
      const response = await fetch(`${server.url}/-/reload`, { method });
      return `${response.status} ${await response.text()}`.trim();
    };
    rmSync(server.configFile);
    expect(await reload()).toMatch(/^500 failed to reload config: .*cannot read configuration file/);
    expect(await federateText(server, 'stays')).toContain('job="one"');
    writeFileSync(server.configFile, '');
    expect(await reload('GET')).toBe('405 Only POST or PUT requests allowed');
    expect(await reload('PUT')).toBe('200');
    await untilFederated(server, 'stays', '');
    writeFileSync(server.configFile, configOf(job('one', target.address)));
    expect(await reload()).toBe('200');
    await untilFederated(server, 'stays', /job="one"/);
  });
});

describe('the end', () => {
  let silent: StaticTarget;
  let target: StaticTarget;
  beforeAll(async () => {
    [silent, target] = await Promise.all([StaticTarget.start({ fault: 'hang' }), StaticTarget.start()]);
    // More than the sockets of both sides take.
    target.set('/metrics', Array.from({ length: 4_000 }, (_, i) => `big{i="${i}",filler="${'x'.repeat(3000)}"} ${i}\n`).join(''));
  });
  afterAll(async () => {
    await Promise.all([silent?.close(), target?.close()]);
  });

  test.concurrent.each([
    ['SIGTERM', (server: Tributary) => server.process.kill('SIGTERM')],
    ['SIGINT', (server: Tributary) => server.process.kill('SIGINT')],
    ['POST /-/quit', (server: Tributary) => fetch(`${server.url}/-/quit`, { method: 'POST' }).then((response) => response.text())],
    ['PUT /-/quit', (server: Tributary) => fetch(`${server.url}/-/quit`, { method: 'PUT' }).then((response) => response.text())],
  ])('%s ends it with 0, whatever hangs', async (_, end) => {
    const config = configOf(
      job('silent', silent.address, '  scrape_interval: 3s\n') + job('big', target.address, '  scrape_interval: 3s\n'),
    );
    const server = await startTributary({ config, flags: LIFECYCLE });
    try {
      await untilFederated(server, 'big{i="3999"}', /big\{/);
      const asked = silent.requests.length;
      await eventually(() => expect(silent.requests.length).toBeGreaterThan(asked));
      const unread = await new Promise<IncomingMessage>((resolve, reject) => {
        get(server.url + federatePath(['big']), { agent: false }, resolve).on('error', reject);
      });
      expect(unread.statusCode).toBe(200);
      const cutOff = new Promise((resolve) => unread.once('error', resolve));
      const answer = await end(server);
      if (typeof answer === 'string') expect(answer).toBe('Requesting termination... Goodbye!');
      await server.process.exited();
      expect(server.process.exit).toEqual({ code: 0, signal: null });
      expect(server.process.log).not.toMatch(/level=ERROR/);
      expect(server.process.log).toContain('See you next time!');
      unread.resume();
      await cutOff;
    } finally {
      await server.stop();
    }
  });
});

describe.runIf(requirePeer('prometheus'))('routes as the real Prometheus has them', () => {
  const PREFIXES: [name: string, prefix: string, flags: string[]][] = [
    ['no prefix', '', []],
    ['--web.external-url with a path', '/pre/fix', ['--web.external-url=http://example.org/pre/fix/']],
    ['--web.route-prefix', '/other', ['--web.route-prefix=other/', '--web.external-url=http://example.org/pre/fix']],
    ['--web.route-prefix=/', '', ['--web.route-prefix=/', '--web.external-url=http://example.org/pre/fix', ...LIFECYCLE]],
  ];
  const PATHS = [
    '/-/healthy',
    '/-/ready',
    '/federate?match[]=up',
    '/api/v1/targets',
    '/metrics',
    '/nothing',
    '/-/reload',
    '/api/v1/nothing',
  ];

  test.concurrent.each(PREFIXES)('%s', async (_, routePrefix, flags) => {
    const config = configOf(job('self', '127.0.0.1:1'));
    const servers: Peer[] = await Promise.all([startTributary, startPrometheus].map((start) => start({ config, flags, routePrefix })));
    try {
      const [mine, real] = await Promise.all(
        servers.map(async ({ url }) => {
          const statuses: string[] = [];
          const ask = async (method: string, path: string) => {
            const { status } = await fetch(url + path, { method, redirect: 'manual' });
            statuses.push(`${method} ${path} ${status}`);
          };
          for (const prefix of new Set(['', routePrefix, '/pre/fix'])) {
            for (const path of PATHS) await ask('GET', prefix + path);
            await ask('POST', `${prefix}/-/reload`);
            await ask('PUT', `${prefix}/metrics`);
          }
          if (routePrefix !== '') {
            const { status, headers } = await fetch(`${url}/`, { redirect: 'manual' });
            // Named difference: ours is the address that the next redirect of theirs leads to.
            statuses.push(`GET / ${status} ${headers.get('location')?.replace(/\/$/, '')}`);
          }
          return statuses;
        }),
      );
      expect(mine).toEqual(real);
      // Named difference: /federate takes POST.
      expect((await fetch(`${servers[0].url}${routePrefix}/federate?match[]=up`, { method: 'POST' })).status).toBe(200);
    } finally {
      await Promise.all(servers.map((server) => server.stop()));
    }
  });

  test('a server under a prefix is federated from', async () => {
    const target = await StaticTarget.start('under_prefix 1\n');
    const below = await startTributary({
      config: configOf(job('one', target.address)),
      routePrefix: '/pre',
      flags: ['--web.route-prefix=/pre'],
    });
    const more = `  honor_labels: true\n  metrics_path: /pre/federate\n  params: {'match[]': [under_prefix]}\n`;
    const above = await startTributary({ config: configOf(job('federate', `127.0.0.1:${below.port}`, more)) });
    try {
      const text = await untilFederated(above, 'under_prefix', /under_prefix\{/);
      expect(text).toContain(`under_prefix{instance="${target.address}",job="one"} 1 `);
    } finally {
      await Promise.all([above.stop(), below.stop(), target.close()]);
    }
  });
});
