// Every page in a browser, as a person finds it: what it shows, what changes while one looks, whether it can be read and reached, in both
// schemes and at two widths; and what it says when the server goes away.
import { writeFile } from 'node:fs/promises';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, test as anyTest, beforeAll, describe, expect, vi } from 'vitest';
import { PAGE_PATHS } from '../../src/api/page-paths.ts';
import { accessibilityFaults, expectNoSideScroll, launchBrowser, openPage, requireBrowser, type WatchedPage } from '../support/browser.ts';
import { temporaryFolder } from '../support/server-process.ts';
import { StaticTarget } from '../support/static-target.ts';
import { startTributary, type Tributary } from '../support/tributary.ts';

const test = anyTest.runIf(requireBrowser());

const RULES = `groups:
- name: shop
  interval: 1s
  rules:
  - record: job:shop_requests:sum
    expr: sum by (job) (shop_requests)
  - alert: ShopBroken
    expr: shop_broken > 0
    labels: {severity: page}
    annotations: {summary: 'The shop {{ $labels.instance }} is broken'}
  - alert: ShopIdle
    expr: shop_requests == 0
    for: 1h
- name: later
  interval: 1000h
  rules:
  - alert: NotYet
    expr: shop_broken > 5
`;

let target: StaticTarget;
let config: string;
let server: Tributary;
let browser: Browser;
let watched: WatchedPage;
let page: Page;
let broken = 0;

beforeAll(async () => {
  target = await StaticTarget.start(() => ({ body: `# TYPE shop_broken gauge\nshop_broken ${broken}\nshop_requests 5\n` }));
  const rules = join(await temporaryFolder('pages'), 'rules.yml');
  await writeFile(rules, RULES);
  config = `global: {scrape_interval: 1s, evaluation_interval: 1s, external_labels: {dc: eu1}}
rule_files: ['${rules}']
alerting: {alertmanagers: [{static_configs: [{targets: ['127.0.0.1:1']}]}]}
scrape_configs:
- job_name: shop
  static_configs: [{targets: ['${target.address}'], labels: {team: sales}}]
- job_name: gone
  static_configs: [{targets: ['127.0.0.1:1']}]
- job_name: filtered
  static_configs: [{targets: ['127.0.0.1:2', '127.0.0.1:3']}]
  relabel_configs: [{source_labels: [__address__], regex: '.*:3', action: drop}, {target_label: kept, replacement: 'yes'}]
`;
  server = await startTributary({ config });
  browser = await launchBrowser();
  watched = await openPage(browser, [server.url]);
  page = watched.page;
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await target?.close();
});

const open = (path: string): Promise<unknown> => page.goto(server.url + path);

/** What a person reads on the page. */
const text = (): Promise<string> => page.locator('main').innerText();

async function expectText(...parts: readonly (string | RegExp)[]): Promise<void> {
  for (const part of parts)
    await expect.poll(text).toMatch(typeof part === 'string' ? new RegExp(part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')) : part);
}

test('the menu leads to every page, each with its title', async () => {
  await open('/');
  expect(new URL(page.url()).pathname).toBe('/query');
  const main = await page
    .getByRole('navigation', { name: 'Pages', exact: true })
    .getByRole('link')
    .evaluateAll((links) => links.map((link) => link.getAttribute('href')));
  await page.getByRole('button', { name: 'Status' }).click();
  await page.getByRole('menuitem').first().waitFor();
  const status = await page.getByRole('menuitem').evaluateAll((links) => links.map((link) => link.getAttribute('href')));
  expect([...main, ...status].sort()).toEqual([...PAGE_PATHS].sort());
  await page.keyboard.press('Escape');
  for (const path of PAGE_PATHS) {
    await open(path);
    await page.getByRole('heading', { level: 1 }).first().waitFor({ state: 'attached' });
    await expect.poll(() => page.title(), { message: path }).toMatch(/^.+ · /);
  }
  expect(watched.faults).toEqual([]);
});

test('targets: pools, health, and a target that goes down while one looks', async () => {
  await open('/targets');
  await expectText('shop', /1\s*\/\s*1 up|1 of 1 up/, 'gone', 'connection refused');
  await open('/targets?pool=shop');
  await expectText(target.url, /team="sales"/, /\bup\b/i);
  await page.getByRole('link', { name: target.url }).first().waitFor();
  target.set('/metrics', { status: 500, body: 'broken' });
  try {
    await expect.poll(text, { timeout: 30_000 }).toContain('server returned HTTP status 500 Internal Server Error');
    expect(await text()).toMatch(/\bdown\b/i);
  } finally {
    target.set('/metrics', () => ({ body: `shop_broken ${broken}\nshop_requests 5\n` }));
  }
  expect(watched.faults).toEqual([]);
});

test('targets: the labels before relabelling, and the way to where they were found', async () => {
  await open('/targets?pool=filtered');
  const button = page.getByRole('button', { name: 'Show labels before relabelling of http://127.0.0.1:2/metrics' });
  await button.waitFor();
  expect(await text()).not.toContain('__address__');
  await button.focus();
  await page.keyboard.press('Enter');
  await expectText('__address__="127.0.0.1:2"');
  expect(await accessibilityFaults(page)).toEqual([]);
  // The address keeps what is open.
  await page.reload();
  await expectText('__address__="127.0.0.1:2"');
  await page.getByRole('link', { name: 'All that was found for filtered' }).click();
  await expectText('__address__="127.0.0.1:3"');
  expect(new URL(page.url()).pathname).toBe('/service-discovery');
  expect(await text()).not.toContain('team="sales"');
  expect(watched.faults).toEqual([]);
});

test('service discovery: labels before and after, and the rule that dropped a target', async () => {
  await open('/service-discovery?pool=filtered');
  await expectText(/__address__="127\.0\.0\.1:3"/, /kept="yes"/);
  const steps = page.getByRole('button', { name: /relabelling steps/i });
  await steps.first().waitFor();
  for (const button of await steps.all()) await button.click();
  await expectText('The target was dropped here', /regex:\s*\.\*:3/);
  expect(watched.faults).toEqual([]);
});

test('rules: by group, with their expressions as links', async () => {
  await open('/rules');
  await expectText('shop', 'job:shop_requests:sum', 'ShopBroken');
  const link = page.getByRole('link', { name: 'Query the expression of job:shop_requests:sum' });
  await link.click();
  await expect.poll(() => new URL(page.url()).searchParams.get('g0.expr')).toMatch(/^sum by ?\(job\) ?\(shop_requests\)$/);
  expect(watched.faults).toEqual([]);
});

test('alerts: one that begins to fire while one looks', async () => {
  await open('/alerts');
  await expectText('ShopBroken', 'ShopIdle', /inactive/i);
  broken = 1;
  try {
    await expect.poll(text, { timeout: 40_000 }).toContain(`The shop ${target.address} is broken`);
    expect(await text()).toMatch(/firing/i);
    await open('/alerts?state=firing');
    await expectText('ShopBroken');
    expect(await text()).not.toContain('ShopIdle');
  } finally {
    broken = 0;
  }
  expect(watched.faults).toEqual([]);
});

test('alerts: those that were not evaluated yet are a state of their own', async () => {
  await open('/alerts');
  const chip = page.getByRole('button', { name: 'Unknown 1 rule' });
  await chip.focus();
  await page.keyboard.press('Enter');
  await expect.poll(() => new URL(page.url()).search).toBe('?state=unknown');
  await expectText('NotYet', '1 rule not evaluated yet');
  expect(await text()).not.toContain('ShopIdle');
  await open('/alerts?state=inactive');
  await expectText('ShopIdle');
  expect(await text()).not.toContain('NotYet');
  expect(watched.faults).toEqual([]);
});

test.each([
  ['/alerts', 'Search rules and alerts', 'shpbrk', 'ShopBroken', 'ShopIdle'],
  ['/rules', 'Search names, expressions, labels', 'jobreqsum', 'job:shop_requests:sum', 'ShopIdle'],
  ['/targets', 'Search labels, URLs, errors', 'tmsls', 'team="sales"', 'filtered'],
  ['/service-discovery', 'Search labels, before and after', 'tmsls', 'team="sales"', 'filtered'],
])('%s: letters in order find what no words find', async (path, field, search, want, other) => {
  await open(path);
  await expectText(want, other);
  await page.getByRole('textbox', { name: field }).fill(search);
  await expect.poll(text).not.toContain(other);
  await expectText(want);
  expect(new URL(page.url()).search).toBe(`?search=${search}`);
  expect(watched.faults).toEqual([]);
});

test('status pages tell what the server is and holds', async () => {
  await open('/alertmanager-discovery');
  await expectText('http://127.0.0.1:1/api/v2/alerts');
  await open('/tsdb-status');
  await expectText('shop_requests', /Memory: .* of .*GB/);
  // Without --web.enable-admin-api nothing can be deleted.
  await page.waitForLoadState('networkidle');
  expect(await text()).not.toMatch(/delete series|tombstones/i);
  await open('/flags?search=retention');
  await expectText('storage.tsdb.retention.time');
  expect(await text()).not.toContain('web.listen-address');
  await open('/config');
  await expectText('job_name: filtered');
  await open('/status');
  await expectText(/Tributary|0\.\d+\.\d+/, '3.14');
  expect(watched.faults).toEqual([]);
});

test('flags are sorted by name or by value, as the address says', async () => {
  await open('/flags');
  const column = async (cell: 'th' | 'td'): Promise<string[]> => page.locator(`tbody ${cell}`).allInnerTexts();
  const sort = async (title: string): Promise<string | null> => {
    const header = page.getByRole('columnheader', { name: title });
    await header.getByRole('button').focus();
    await page.keyboard.press('Enter');
    return header.getAttribute('aria-sort');
  };
  await expectText('--web.listen-address');
  const names = await column('th');
  expect(names).toEqual([...names].sort((a, b) => a.localeCompare(b)));
  expect(await sort('Flag')).toBe('ascending');
  expect(await sort('Flag')).toBe('descending');
  expect(new URL(page.url()).search).toBe('?sort=-flag');
  expect(await column('th')).toEqual(names.toReversed());
  expect(await sort('Value')).toBe('ascending');
  expect(new URL(page.url()).search).toBe('?sort=value');
  const values = await column('td');
  expect(values.slice(values.indexOf('empty'))).toEqual(values.filter((value) => value === 'empty'));
  expect(values.indexOf('false')).toBeLessThan(values.indexOf('true'));
  await open('/flags?sort=-value');
  await expectText('--web.listen-address');
  const backwards = await column('td');
  expect(backwards.indexOf('true')).toBeLessThan(backwards.indexOf('false'));
  expect(backwards.at(-1)).toBe('empty');
  expect(watched.faults).toEqual([]);
});

describe.each([
  ['light', 1440],
  ['dark', 1440],
  ['light', 390],
  ['dark', 390],
] as const)('%s, %i pixels wide', (colorScheme, width) => {
  test.each(PAGE_PATHS)('%s can be read and reached', async (path) => {
    const own = await openPage(browser, [server.url], { colorScheme, viewport: { width, height: 900 } });
    try {
      await own.page.goto(
        `${server.url}${path}${path === '/query' ? '?g0.expr=up&g1.expr=shop_requests&g1.tab=graph&g1.range_input=5m' : ''}`,
      );
      await own.page.getByRole('heading', { level: 1 }).first().waitFor({ state: 'attached' });
      await own.page.waitForLoadState('networkidle');
      expect(await accessibilityFaults(own.page)).toEqual([]);
      await expectNoSideScroll(own.page);
      expect(own.faults).toEqual([]);
    } finally {
      await own.close();
    }
  });
});

test('the keyboard alone asks a query', async () => {
  await open('/targets');
  await page.getByText('Skip to the page').waitFor({ state: 'attached' });
  await page.keyboard.press('Tab');
  expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the page');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect.poll(() => new URL(page.url()).pathname).toBe('/query');
  await page.getByRole('textbox', { name: 'Expression' }).waitFor();
  await page.keyboard.type('shop_requests');
  await page.keyboard.press('Control+Enter');
  await expect.poll(() => page.locator('tbody tr[data-index]').count()).toBe(1);
  // Out of the editor by Tab: to its buttons.
  await page.keyboard.press('Tab');
  expect(await page.evaluate('document.activeElement.tagName')).toBe('BUTTON');
});

test('settings: whether queries are kept, and whether what is to be said of a result is shown', async () => {
  const own = await openPage(browser, [server.url]);
  const query = `${server.url}/query?g0.expr=${encodeURIComponent('histogram_quantile(2, rate(shop_broken[1m]))')}`;
  const settings = own.page.getByRole('button', { name: 'Settings' });
  const menu = own.page.getByRole('dialog', { name: 'Settings' });
  /** By the keyboard alone. */
  const press = async (role: 'switch' | 'button', name: string): Promise<void> => {
    await settings.focus();
    await own.page.keyboard.press('Enter');
    await menu.getByRole(role, { name }).focus();
    await own.page.keyboard.press('Space');
  };
  const close = async (): Promise<void> => {
    await own.page.keyboard.press('Escape');
    await menu.waitFor({ state: 'detached' });
  };
  const notes = (): Promise<string[]> => own.page.getByRole('note').allInnerTexts();
  const history = own.page.getByRole('button', { name: 'Queries that were run' });
  const run = async (expression: string): Promise<void> => {
    await own.page.getByRole('textbox', { name: 'Expression' }).fill(expression);
    await own.page.getByRole('button', { name: 'Execute', exact: true }).click();
    await expect.poll(() => new URL(own.page.url()).searchParams.get('g0.expr')).toBe(expression);
    await expect.poll(() => own.page.locator('tbody tr[data-index]').count()).toBe(1);
  };

  await own.page.goto(query);
  await expect.poll(notes).toEqual(expect.arrayContaining([expect.stringMatching(/^Warning:/), expect.stringMatching(/^Info:/)]));
  await press('switch', 'Show infos');
  expect(await accessibilityFaults(own.page)).toEqual([]);
  await close();
  expect((await notes()).filter((note) => !note.startsWith('Warning:'))).toEqual([]);
  await press('switch', 'Show warnings');
  await close();
  expect(await notes()).toEqual([]);

  await run('vector(1)');
  await press('switch', 'Keep a history');
  await menu.getByText(/This browser has \d+ quer/).waitFor();
  await close();
  await expect.poll(() => history.count()).toBe(0);
  await run('vector(2)');
  await press('switch', 'Keep a history');
  await close();
  await history.click();
  await own.page.getByRole('option', { name: 'vector(1)' }).waitFor();
  await expect.poll(() => own.page.getByRole('option', { name: 'vector(2)' }).count()).toBe(0);
  await own.page.keyboard.press('Escape');

  await press('button', 'Forget the history');
  await menu.getByText('This browser has no queries.').waitFor();
  await close();
  // What is chosen outlives the page.
  await own.page.goto(`${server.url}/query`);
  await history.click();
  await own.page.getByText('No query has been run in this browser.').waitFor();
  await own.page.goto(query);
  await own.page.getByText(/ in all · /).waitFor();
  expect(await notes()).toEqual([]);
  expect(own.faults).toEqual([]);
  await own.close();
});

test('a server that goes away is told of, and back when it is back', async () => {
  const other = await startTributary({ config });
  const own = await openPage(browser, [other.url]);
  await own.page.goto(`${other.url}/targets`);
  await own.page.getByText(target.url).first().waitFor();
  await other.stop();
  await own.page.getByText('The server does not answer').waitFor({ timeout: 30_000 });
  // What was there stays.
  await expect.poll(() => own.page.getByText(target.url).count()).toBeGreaterThan(0);
  await own.page.goto(`${other.url}/query`).catch(() => undefined);
  const again = await startTributary({ config, port: other.port });
  await own.page.goto(`${other.url}/rules`);
  await own.page.getByText('ShopBroken').first().waitFor();
  await expect.poll(() => own.page.getByText('The server does not answer').count()).toBe(0);
  await again.stop();
  await own.page.getByText('The server does not answer').waitFor({ timeout: 30_000 });
  const third = await startTributary({ config, port: other.port });
  await expect.poll(() => own.page.getByText('The server does not answer').count(), { timeout: 30_000 }).toBe(0);
  await third.stop();
  await own.close();
});

test('a page that is opened while the server is away comes when it is back', async () => {
  const other = await startTributary({ config });
  const own = await openPage(browser, [other.url]);
  await own.page.goto(`${other.url}/query`);
  await own.page.getByRole('textbox', { name: 'Expression' }).waitFor();
  await other.stop();
  await own.page.getByRole('navigation', { name: 'Pages', exact: true }).getByRole('link', { name: 'Rules' }).click();
  await own.page.getByText('This page could not be loaded').waitFor();
  const again = await startTributary({ config, port: other.port });
  await own.page.getByText('ShopBroken').first().waitFor({ timeout: 30_000 });
  await again.stop();
  await own.close();
});

test('a query that is refused while starting is told, with the replay’s progress', async () => {
  const own = await openPage(browser, [server.url]);
  let starting = true;
  await own.page.route('**/api/v1/**', (route) => {
    if (!starting) return route.continue();
    const isReplay = route.request().url().endsWith('/status/walreplay');
    return route.fulfill(
      isReplay
        ? { status: 200, contentType: 'application/json', body: '{"status":"success","data":{"min":3,"max":7,"current":5}}' }
        : { status: 503, contentType: 'text/plain', body: 'Service Unavailable' },
    );
  });
  await own.page.route('**/-/ready', (route) =>
    starting ? route.fulfill({ status: 503, body: 'Service Unavailable' }) : route.continue(),
  );
  await own.page.goto(`${server.url}/query?g0.expr=shop_requests`);
  await own.page.getByText('It reads its log: 2 of 5 segments').waitFor();
  starting = false;
  await expect.poll(() => own.page.locator('tbody tr[data-index]').count()).toBe(1);
  await expect.poll(() => own.page.getByText('The server is starting').count()).toBe(0);
  await own.close();
});

describe('with --web.enable-admin-api', () => {
  test('series are deleted after a question that says what will be gone, and tombstones are cleaned', async () => {
    const other = await startTributary({ config, flags: ['--web.enable-admin-api'] });
    const own = await openPage(browser, [other.url]);
    try {
      const samples = async (): Promise<number> => {
        const answer = await fetch(`${other.url}/api/v1/query?query=count_over_time(shop_requests[1h])`);
        const { data } = (await answer.json()) as { data: { result: { value: [number, string] }[] } };
        return Number(data.result[0]?.value[1] ?? 0);
      };
      await expect.poll(samples, { timeout: 30_000 }).toBeGreaterThanOrEqual(5);
      await own.page.goto(`${other.url}/tsdb-status`);
      const selectors = own.page.getByRole('textbox', { name: 'Selectors' });
      await selectors.focus();
      await own.page.keyboard.type('shop_requests{');
      const ask = own.page.getByRole('button', { name: 'Delete series…' });
      await ask.click();
      await own.page.getByText('parse error: unexpected end of input inside braces').waitFor();
      expect(await accessibilityFaults(own.page)).toEqual([]);

      await selectors.fill('shop_requests\n{__name__="shop_broken", team="none"}');
      await own.page.getByRole('textbox', { name: 'End' }).fill('2020-01-01 00:00:00');
      await ask.click();
      const dialog = own.page.getByRole('dialog', { name: 'Delete these series?' });
      await dialog.getByText('No series matches now').waitFor();
      await expect
        .poll(() => dialog.innerText())
        .toContain('the samples up to 2020-01-01 00:00:00 of the series that match any of 2 selectors');
      expect(await dialog.getByRole('button', { name: 'Delete', exact: true }).isDisabled()).toBe(true);
      await own.page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });

      await own.page.getByRole('textbox', { name: 'End' }).fill('');
      await ask.click();
      await dialog.getByText('1 series matches now').waitFor();
      await expect
        .poll(() => dialog.innerText())
        .toMatch(/all samples of the series[\s\S]*shop_requests\{instance="127\.0\.0\.1:\d+", job="shop", team="sales"\}/);
      // It fades in.
      await expect.poll(() => accessibilityFaults(own.page)).toEqual([]);
      // To go back is what Enter does.
      expect(await own.page.evaluate('document.activeElement.textContent')).toBe('Cancel');
      const before = await samples();
      await own.page.keyboard.press('Tab');
      await own.page.keyboard.press('Enter');
      await own.page.getByText('Deleted. Blocks keep their size').waitFor();
      expect(await samples()).toBeLessThan(before);
      await expect.poll(() => selectors.inputValue()).toBe('');

      await own.page.getByRole('button', { name: 'Clean tombstones' }).click();
      await own.page.getByText('Cleaned.').waitFor();
      expect(own.faults).toEqual([]);
    } finally {
      await own.close();
      await other.stop();
    }
  });

  test('what fails is told in the words of the server; dark, and on a narrow screen', async () => {
    const own = await openPage(browser, [server.url], { colorScheme: 'dark', viewport: { width: 390, height: 900 } });
    const answer = (body: object) => ({
      status: 200,
      contentType: 'application/json',
      body: JSON.stringify({ status: 'success', ...body }),
    });
    await own.page.route('**/api/v1/features', (route) => route.fulfill(answer({ data: { api: { admin: true } } })));
    await own.page.goto(`${server.url}/tsdb-status`);
    await own.page.getByRole('button', { name: 'Clean tombstones' }).click();
    await own.page.getByText('admin APIs disabled').waitFor();
    expect(await accessibilityFaults(own.page)).toEqual([]);
    await expectNoSideScroll(own.page);
    await own.page.getByRole('textbox', { name: 'Selectors' }).fill('{a=~".*"}');
    await own.page.getByRole('button', { name: 'Delete series…' }).click();
    const dialog = own.page.getByRole('dialog');
    await dialog.getByText('match[] must contain at least one non-empty matcher').waitFor();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await own.page.getByRole('textbox', { name: 'Selectors' }).fill('shop_requests');
    await own.page.getByRole('button', { name: 'Delete series…' }).click();
    await dialog.getByRole('button', { name: 'Delete 1 series' }).click();
    await dialog.getByText('admin APIs disabled').waitFor();
    expect(await accessibilityFaults(own.page)).toEqual([]);
    expect(own.faults).toEqual([]);
    await own.close();
  });
});

describe('elsewhere than at the root', () => {
  test('below --web.route-prefix', async () => {
    const prefixed = await startTributary({
      config,
      flags: ['--web.route-prefix=/mon/eu1', '--web.external-url=http://example.org/mon/eu1'],
      routePrefix: '/mon/eu1',
    });
    try {
      await walkThrough(prefixed.url, '/mon/eu1');
    } finally {
      await prefixed.stop();
    }
  });

  test('behind a proxy that takes a path away', async () => {
    const proxy = await stripping('/outer/path', server.port);
    try {
      await walkThrough(`http://127.0.0.1:${(proxy.address() as AddressInfo).port}`, '/outer/path');
    } finally {
      proxy.close().closeAllConnections();
    }
  });

  async function walkThrough(origin: string, prefix: string): Promise<void> {
    const own = await openPage(browser, [`${origin}${prefix}`]);
    await own.page.goto(`${origin}${prefix}/graph?g0.expr=vector(7)&g0.tab=1`);
    await vi.waitFor(
      async () => expect(await own.page.locator('tbody tr[data-index]').allInnerTexts()).toEqual([expect.stringContaining('7')]),
      {
        timeout: 20_000,
      },
    );
    await own.page.getByRole('link', { name: 'Targets' }).click();
    await own.page.getByText(target.url).first().waitFor();
    expect(new URL(own.page.url()).pathname).toBe(`${prefix}/targets`);
    await own.page.reload();
    await own.page.getByText(target.url).first().waitFor();
    await own.page.goto(`${origin}${prefix}/targets/?pool=shop`);
    await own.page.getByText(target.url).first().waitFor();
    expect(own.page.url()).toBe(`${origin}${prefix}/targets?pool=shop`);
    const icon = await own.page.request.get(`${origin}${prefix}/favicon.ico`);
    expect([icon.status(), icon.headers()['content-type']]).toEqual([200, 'image/svg+xml']);
    expect(own.faults).toEqual([]);
    await own.close();
  }
});

async function stripping(prefix: string, port: number): Promise<Server> {
  const proxy = createServer((incoming, outgoing) => {
    const { url = '', method, headers } = incoming;
    if (!url.startsWith(`${prefix}/`)) return outgoing.writeHead(404).end();
    const forwarded = request({ host: '127.0.0.1', port, path: url.slice(prefix.length), method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(outgoing);
    });
    forwarded.on('error', () => outgoing.destroy());
    return incoming.pipe(forwarded);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return proxy;
}
