// What a match[] would cost, compared with a pull of the same; and where federated series came from, with ours and the real Prometheus as source.
import { mkdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { Answer, FederationOrigins, FederationPreview } from '../../src/answers/index.ts';
import { eventually, federatePath, untilFederated } from '../support/federate-text.ts';
import { type Peer, requirePeer, startPrometheus } from '../support/peers.ts';
import { temporaryFolder } from '../support/server-process.ts';
import { StaticTarget } from '../support/static-target.ts';
import { startTributary } from '../support/tributary.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const LONG_MS = 120_000;

/** Given times: what was scraped is the same at each scrape. */
function body(): string {
  const atMs = Date.now();
  const lines = Array.from({ length: 500 }, (_, i) => `requests_total{path="/${i}",code="${i % 5}00"} ${i} ${atMs}`);
  return [...lines, `{"größe",x="1"} 1 ${atMs}`, `other 1 ${atMs}`, ''].join('\n');
}

async function started<T extends Peer>(server: Promise<T>): Promise<T> {
  const peer = await server;
  cleanups.push(() => peer.stop());
  return peer;
}

const query = (selectors: readonly string[], more = '') => federatePath(selectors, more).replace('/federate?', '');

async function asked<T>(server: Peer, path: string, init: RequestInit = {}): Promise<Answer<T> & { status: string; warnings?: string[] }> {
  return (await (await fetch(`${server.url}/api/v1/federation/${path}`, init)).json()) as never;
}

/** Bytes as they came over the wire. */
function pulledBytes(server: Peer, selectors: readonly string[], encoding: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const pull = request(server.url + federatePath(selectors), { headers: { 'Accept-Encoding': encoding } }, (response) => {
      let bytes = 0;
      response.on('data', (piece: Buffer) => {
        bytes += piece.length;
      });
      response.on('end', () => resolve(bytes));
    });
    pull.on('error', reject);
    pull.end();
  });
}

test(
  'a preview says what a pull brings',
  async () => {
    const text = body();
    const target = await StaticTarget.start(text);
    cleanups.push(() => target.close());
    const config = `global: {scrape_interval: 1s, external_labels: {dc: eu1}}
scrape_configs:
- job_name: app
  static_configs: [{targets: ['${target.address}']}]
`;
    const server = await started(startTributary({ config }));
    await untilFederated(server, 'other', /^other\{.*\} 1 /m);
    const check = async (selectors: readonly string[], series: number) => {
      const answer = await asked<FederationPreview>(server, `preview?${query(selectors)}`);
      if (answer.status !== 'success') throw new Error(JSON.stringify(answer));
      const { data } = answer;
      const pulled = {
        textBytes: await pulledBytes(server, selectors, 'identity'),
        gzipBytes: await pulledBytes(server, selectors, 'gzip'),
      };
      expect({ series: data.series, textBytes: data.textBytes, gzipBytes: data.gzipBytes }).toEqual({ series, ...pulled });
      return data;
    };
    const { selectors, metrics, labels, warnings } = await check(['{__name__=~"requests_total|größe"}', 'other', 'gone'], 502);
    expect(selectors.map((one) => one.series)).toEqual([501, 1, 0]);
    expect(metrics[0]).toEqual({ name: 'requests_total', value: 500 });
    expect(labels.map(({ name }) => name).sort()).toEqual(['__name__', 'code', 'dc', 'instance', 'job', 'path', 'x']);
    expect(warnings.map(({ code }) => code)).toEqual(['selector_matches_nothing', 'instance_level_series']);
    await check(['{dc="eu1",code="100"}'], 100);
    const form = { method: 'POST', body: new URLSearchParams([['match[]', 'other']]) };
    expect(await asked<FederationPreview>(server, 'preview', form)).toMatchObject({ status: 'success', data: { series: 1 } });
    expect(await asked(server, `preview?${query(['{'])}`)).toMatchObject({ status: 'error', errorType: 'bad_data' });
    const small = await started(startTributary({ config, flags: ['--federate.max-series=10'] }));
    await untilFederated(small, 'other', /^other\{/m);
    expect(await asked(small, `preview?${query(['requests_total'])}`)).toMatchObject({
      status: 'error',
      errorType: 'execution',
      error: expect.stringContaining('500 series, more than the limit of 10 (--federate.max-series): select fewer'),
    });
  },
  LONG_MS,
);

describe('origins', () => {
  const sources: readonly (readonly [title: string, start: typeof startPrometheus])[] = [
    ['one of ours', startTributary],
    ...(requirePeer('prometheus') ? ([['the real Prometheus', startPrometheus]] as const) : []),
  ];

  test.each(sources)(
    'of %s, with its labels and rules',
    async (_title, start) => {
      const target = await StaticTarget.start('a 1\nb 2\n');
      cleanups.push(() => target.close());
      const folder = await temporaryFolder('origins');
      cleanups.push(() => rm(folder, { recursive: true, force: true }));
      mkdirSync(folder, { recursive: true });
      const rules = join(folder, 'rules.yml');
      writeFileSync(
        rules,
        'groups:\n- name: g\n  interval: 1s\n  rules:\n  - {record: "job:a", expr: "sum by (job) (a)"}\n  - {record: "job:b", expr: "sum by (job) (b)"}\n',
      );
      const scrape = `scrape_configs:\n- job_name: app\n  static_configs: [{targets: ['${target.address}']}]\n`;
      const below = await started(
        start({
          config: `global: {scrape_interval: 1s, external_labels: {dc: eu1, replica: "1"}}\nrule_files: [${rules}]\n${scrape}`,
          flags: ['--web.route-prefix=/prom'],
          routePrefix: '/prom',
        }),
      );
      const above = await started(
        startTributary({
          config: `global: {scrape_interval: 1s}
${scrape}- job_name: federate
  honor_labels: true
  metrics_path: /prom/federate
  params: {'match[]': ['{__name__=~"job:.*"}', 'a']}
  static_configs: [{targets: ['127.0.0.1:${below.port}']}]
`,
        }),
      );
      const base = `http://127.0.0.1:${below.port}/prom`;
      const origin = {
        job: 'federate',
        instance: `127.0.0.1:${below.port}`,
        url: `${base}/federate`,
        webUrl: base,
        externalLabels: { dc: 'eu1', replica: '1' },
        honorLabels: true,
        series: 1,
        names: ['job:a'],
        rules: [],
        rulesError: '',
      };
      const ask = async (selector: string, more: string) => {
        const answer = await asked<FederationOrigins>(above, `origins?${query([selector], more)}`);
        if (answer.status !== 'success') throw new Error(JSON.stringify(answer));
        return answer;
      };
      const check = async (selector: string, more: string, expected: object) =>
        expect(await ask(selector, more)).toEqual({ status: 'success', data: expected });
      await eventually(() =>
        check('{__name__="job:a"}', '&rules=1', {
          origins: [{ ...origin, rules: [{ name: 'job:a', query: 'sum by (job) (a)' }] }],
          other: 0,
        }),
      );
      await check('{__name__="job:a"}', '', { origins: [origin], other: 0 });
      await check('{__name__="job:a"}', '&labels=0', { origins: [{ ...origin, externalLabels: {} }], other: 0 });
      // Both were scraped here, one came from below as well.
      await eventually(() => check('{__name__=~"a|b"}', '', { origins: [{ ...origin, names: ['a'] }], other: 2 }));
      // Of both targets: what is reported of a pull was not pulled.
      await check('up', '&labels=0', { origins: [], other: 2 });
      await check('nothing', '&rules=1', { origins: [], other: 0 });

      await below.stop();
      const refused = `dial tcp 127.0.0.1:${below.port}: connect: connection refused`;
      const rulesError = `cannot tell the rules of ${base}: ${refused}`;
      const unasked = { ...origin, names: ['job:b'], externalLabels: {} };
      await check('{__name__="job:b"}', '&rules=1&labels=0', { origins: [{ ...unasked, rulesError }], other: 0 });
    },
    LONG_MS,
  );
});
