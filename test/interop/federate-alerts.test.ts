// /federate and the series of alerts, against the real Prometheus: with --federate.alerts=all the answers are the same, by default
// (auto) just ALERTS and ALERTS_FOR_STATE are not there where no selector means them. They are scraped from a target, since where they
// come from makes no difference.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { comparable, federateText, untilFederated } from '../support/federate-text.ts';
import { type Peer, requirePeer, startPrometheus } from '../support/peers.ts';
import { StaticTarget } from '../support/static-target.ts';
import { startTributary } from '../support/tributary.ts';

const EXPOSITION = `ALERTS{alertname="DiskFull",alertstate="firing",severity="page",shop="a"} 1
ALERTS{alertname="DiskFull",alertstate="pending",severity="page",shop="b"} 1
ALERTS{alertname="Watchdog",alertstate="firing",severity="none"} 1
ALERTS_FOR_STATE{alertname="DiskFull",severity="page",shop="a"} 1.7e+09
ALERTS_FOR_STATE{alertname="Watchdog",severity="none"} 1.7e+09
ALERTS_SILENCED{alertname="DiskFull"} 1
job:alerts:count{alertname="DiskFull",severity="page"} 2
orders_total{severity="none",shop="a"} 7
orders_total{shop="b"} 8
`;

const CONFIG = (target: string) => `global:
  scrape_interval: 1s
  external_labels: {dc: eu1}
scrape_configs:
- {job_name: shop, honor_labels: true, static_configs: [{targets: ['${target}']}]}
`;

/** With how many series of each answer are left out by default. */
const CASES: readonly (readonly [selectors: readonly string[], leftOut: number])[] = [
  [['{job="shop"}'], 5],
  [['{__name__=~".+"}'], 5],
  [['{__name__=~"(.+)",job="shop"}'], 5],
  [['{__name__!=""}'], 5],
  [['{__name__=~".*",shop="a"}'], 2],
  [['{severity="page"}'], 3],
  [['{severity="none"}', '{shop="b"}'], 3],
  [['{alertname!=""}'], 5],
  [['{alertname=~".+"}'], 5],
  [['{alertname=""}'], 0],
  [['{alertname!="Watchdog"}'], 3],
  [['{__name__!~"ALERTS|up"}'], 2],
  [['{alertstate!~"pending|",job="shop"}'], 0],
  [['ALERTS'], 0],
  [['{__name__=~"ALERTS.*"}'], 0],
  [['{__name__=~"job:.*"}'], 0],
  [['{alertname="DiskFull"}'], 0],
  [['{alertstate=~"firing|pending"}'], 0],
  [['{job="shop"}', '{alertname="DiskFull"}'], 2],
  [['{alertstate="firing"}', '{severity="page"}', '{shop="a"}'], 2],
  [['{job="shop"}', '{__name__=~"ALERTS|ALERTS_FOR_STATE"}'], 0],
  [['{}', '{job="shop"}'], 5],
  [['nothing'], 0],
];

describe.runIf(requirePeer('prometheus'))('the series of alerts in /federate', () => {
  let target: StaticTarget;
  let auto: Peer;
  let all: Peer;
  let theirs: Peer;

  beforeAll(async () => {
    target = await StaticTarget.start(EXPOSITION);
    const config = CONFIG(target.address);
    [auto, all, theirs] = await Promise.all([
      startTributary({ config }),
      startTributary({ config, flags: ['--federate.alerts=all'] }),
      startPrometheus({ config }),
    ]);
    // The report series of the second scrape: all of them are there then.
    const settled = /scrape_series_added\{.*\} 0 \d+/;
    await Promise.all([auto, all, theirs].map((server) => untilFederated(server, 'scrape_series_added', settled)));
  });

  afterAll(async () => {
    await Promise.all([auto?.stop(), all?.stop(), theirs?.stop(), target?.close()]);
  });

  const answers = (selectors: readonly string[]) =>
    Promise.all([auto, all, theirs].map(async (server) => comparable(await federateText(server, ...selectors))));
  const isOfAlerts = (line: string) => /^ALERTS(_FOR_STATE)?\{/.test(line);
  /** The rest, without families of which nothing is left. */
  const withoutAlerts = (families: readonly string[][]) =>
    families.map((lines) => lines.filter((line) => !isOfAlerts(line))).filter((lines) => lines.length > 1);

  async function leftOutSoFar(server: Peer): Promise<number> {
    const text = await (await fetch(`${server.url}/metrics`)).text();
    return Number(/^tributary_federate_alerts_left_out_total (\d+)$/m.exec(text)![1]);
  }

  test.each(CASES)('%s leaves out %i', async (selectors, leftOut) => {
    const before = await leftOutSoFar(auto);
    const [mine, everything, real] = await answers(selectors);
    expect(everything).toEqual(real);
    expect(withoutAlerts(mine)).toEqual(withoutAlerts(real));
    const lines = mine.flat().filter(isOfAlerts);
    expect(real.flat()).toEqual(expect.arrayContaining(lines));
    expect(real.flat().filter(isOfAlerts).length - lines.length).toBe(leftOut);
    expect((await leftOutSoFar(auto)) - before).toBe(leftOut);
  });

  test('what is left is what is meant', async () => {
    const [mine] = await answers(['{job="shop"}', '{alertname="DiskFull"}']);
    const names = mine.flat().filter(isOfAlerts);
    expect(names).toHaveLength(3);
    for (const name of names) expect(name).toContain('alertname="DiskFull"');
  });

  test('with all nothing is left out, nor counted', async () => {
    await federateText(all, '{job="shop"}');
    expect(await leftOutSoFar(all)).toBe(0);
  });

  test('which of both it is can be seen', async () => {
    const flagOf = async ({ url }: Peer) =>
      ((await (await fetch(`${url}/api/v1/status/flags`)).json()) as { data: Record<string, string> }).data['federate.alerts'];
    expect([await flagOf(auto), await flagOf(all)]).toEqual(['auto', 'all']);
  });
});
