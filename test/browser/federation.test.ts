// The demo in a browser, as somebody follows it who has read nothing but its start message: the tree of all levels, what it costs, and the way
// from an aggregate at the top to the detail below, and back.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, test as anyTest, beforeAll, expect, vi } from 'vitest';
import { accessibilityFaults, expectNoSideScroll, launchBrowser, openPage, requireBrowser, type WatchedPage } from '../support/browser.ts';
import { freePortsInRow } from '../support/free-port.ts';

const test = anyTest.runIf(requireBrowser());

const PROGRAM = fileURLToPath(new URL('../../bin/tributary', import.meta.url));
/** The global server's, two local ones', the shop's, and those of three simulated targets. */
const PORTS = 7;

let folder: string;
let demo: ChildProcess;
let output = '';
let browser: Browser;
let watched: WatchedPage;
let page: Page;
let links: URL[];
let globalPort: number;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tributary-test-browser-'));
  globalPort = await freePortsInRow(PORTS);
  demo = spawn(PROGRAM, ['demo', `--port=${globalPort}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, TMPDIR: folder },
  });
  demo.stdout!.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  await vi.waitFor(() => expect(output).toContain(`http://127.0.0.1:${globalPort + 3}/federation`), { timeout: 90_000, interval: 100 });
  links = output
    .split(/\s+/)
    .filter((word) => word.startsWith('http://'))
    .map((word) => new URL(word));
  browser = await launchBrowser();
  const own = [0, 1, 2, 3].map((i) => `http://127.0.0.1:${globalPort + i}`);
  watched = await openPage(browser, own);
  page = watched.page;
  await vi.waitFor(async () => expect(await seriesAt(globalPort, 'job:http_requests:rate1m')).toBeGreaterThan(1), {
    timeout: 60_000,
    interval: 500,
  });
}, 240_000);

afterAll(async () => {
  await browser?.close();
  const ended = new Promise((resolve) => demo.once('exit', resolve));
  demo.kill('SIGTERM');
  await ended;
  rmSync(folder, { recursive: true, force: true });
});

async function seriesAt(port: number, query: string): Promise<number> {
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(query)}`);
  return ((await answer.json()) as { data: { result: unknown[] } }).data.result.length;
}

const text = (): Promise<string> => page.locator('main').innerText();
const linkTo = (port: number, path: string): string => links.find((url) => Number(url.port) === port && url.pathname === path)!.href;

test('every link of the start message shows something, and nothing fails', async () => {
  expect(links.length).toBeGreaterThan(9);
  for (const { href, pathname } of links) {
    await page.goto(href);
    await page.getByRole('heading', { level: 1 }).first().waitFor({ state: 'attached' });
    if (pathname === '/query') await page.getByRole('img', { name: /^Graph of [1-9]/ }).waitFor({ timeout: 60_000 });
    expect(await page.getByRole('alert').allInnerTexts(), href).toEqual([]);
  }
  expect(watched.faults).toEqual([]);
});

test('the tree at the top shows both data centres, and who pulls from whom', async () => {
  await page.goto(linkTo(globalPort, '/federation'));
  await expect.poll(text).toMatch(/dc=eu1[\s\S]*dc=us1/);
  await expect.poll(text).toMatch(/\d+ series/);
  const sources = page.getByRole('table').filter({ hasText: 'dc=eu1' });
  await sources.getByText('dc=eu1').first().click();
  await expect.poll(text).toContain('{__name__=~"job:.*"}');
  const { href } = new URL(page.url());
  const shared = await openPage(browser, [new URL(href).origin]);
  await shared.page.goto(href);
  await expect.poll(() => shared.page.locator('main').innerText()).toContain('{__name__=~"job:.*"}');
  expect(await accessibilityFaults(shared.page)).toEqual([]);
  await shared.page.setViewportSize({ width: 390, height: 844 });
  await expectNoSideScroll(shared.page);
  expect(await accessibilityFaults(shared.page)).toEqual([]);
  expect(shared.faults).toEqual([]);
  await shared.close();
  expect(watched.faults).toEqual([]);
});

test('in the middle: eu1 has both consumers, and says what one of them costs', async () => {
  await page.goto(`http://127.0.0.1:${globalPort + 1}/federation`);
  await expect.poll(text).toMatch(/container_/);
  await expect.poll(text).toMatch(/instance of their own/);
  await page.goto(`http://127.0.0.1:${globalPort + 1}/federation?match=${encodeURIComponent('{__name__=~"container_.*",service="shop"}')}`);
  await expect.poll(text).toMatch(/6 series|series\s+6/i);
  await expect.poll(text).toMatch(/gzip/i);
  expect(watched.faults).toEqual([]);
});

test('from an aggregate at the top to the detail below, and back', async () => {
  const top = links.find((url) => url.searchParams.get('g0.expr') === 'sum by (dc) (job:http_requests:rate1m)')!;
  await page.goto(top.href);
  const legend = page.getByRole('region', { name: 'Series of the graph' });
  await legend.getByRole('listitem').filter({ hasText: 'dc="eu1"' }).getByRole('button', { name: 'Source' }).click();
  const menu = page.getByRole('dialog', { name: 'Where this comes from' });
  await expect.poll(() => menu.innerText()).toContain(`127.0.0.1:${globalPort + 1}`);
  await expect.poll(() => menu.innerText()).toContain('job:http_requests:rate1m = sum by (job, code) (rate(http_requests_total[1m]))');

  const opened = page.context().waitForEvent('page');
  await menu.getByRole('link', { name: 'Open this expression there' }).click();
  const below = await opened;
  await below.getByRole('img', { name: /^Graph of 1 series/ }).waitFor();
  const { port, searchParams } = new URL(below.url());
  expect([Number(port), searchParams.get('g0.range_input')]).toEqual([globalPort + 1, top.searchParams.get('g0.range_input')]);

  const detail = page.context().waitForEvent('page');
  await menu.getByRole('link', { name: /own expression/ }).click();
  const instances = await detail;
  await instances.getByRole('img', { name: /^Graph of [1-9]/ }).waitFor();
  expect(new URL(instances.url()).searchParams.get('g0.expr')).toContain('rate(http_requests_total[1m])');
  await instances.close();
  await below.close();
  // Back: the page at the top is as it was.
  await page.keyboard.press('Escape');
  await expect.poll(() => menu.count()).toBe(0);
  await expect.poll(() => legend.getByRole('listitem').count()).toBe(2);
  expect(watched.faults).toEqual([]);
});

test('a table’s rows say where they come from; those made here say so', async () => {
  await page.goto(`http://127.0.0.1:${globalPort}/query?g0.expr=${encodeURIComponent('job:http_requests:rate1m{dc="us1",code="200"}')}`);
  const row = page.locator('tbody tr[data-index]').first();
  await row.getByRole('button', { name: 'Source' }).click();
  const menu = page.getByRole('dialog', { name: 'Where this comes from' });
  await expect.poll(() => menu.innerText()).toContain(`127.0.0.1:${globalPort + 2}`);
  await page.goto(`http://127.0.0.1:${globalPort}/query?g0.expr=up`);
  await row.getByRole('button', { name: 'Source' }).click();
  await expect.poll(() => menu.innerText()).toContain('Not federated');
  expect(watched.faults).toEqual([]);
});

test('what a rule made here leads to its expression, whose series have sources', async () => {
  const rule = 'pod:cpu_seconds_per_request:rate1m';
  await expect.poll(() => seriesAt(globalPort + 3, `${rule} offset 3s`), { timeout: 60_000 }).toBeGreaterThan(0);
  await page.goto(links.find((url) => url.searchParams.get('g0.expr') === rule)!.href);
  const legend = page.getByRole('region', { name: 'Series of the graph' });
  await legend.getByRole('button', { name: 'Source' }).first().click();
  const menu = page.getByRole('dialog', { name: 'Where this comes from' });
  const follow = async (rule: string, expression: RegExp): Promise<void> => {
    const made = menu
      .locator('div')
      .filter({ hasText: `${rule} = ` })
      .last();
    await made.getByRole('link', { name: 'open its expression' }).click();
    await expect.poll(() => new URL(page.url()).searchParams.get('g0.expr')).toMatch(expression);
    await legend.getByRole('button', { name: 'Source' }).first().click();
  };
  // Down from rule to rule, until the series that were pulled.
  await follow('pod:cpu_seconds_per_request:rate1m', /^pod:container_cpu_usage:rate1m/);
  await follow('pod:container_cpu_usage:rate1m', /container_cpu_usage_seconds_total/);
  await expect.poll(() => menu.innerText()).toContain(`127.0.0.1:${globalPort + 1}`);
  expect(watched.faults).toEqual([]);
});

test('the cross-service picture: its alert fires, and is seen', async () => {
  await page.goto(linkTo(globalPort + 3, '/alerts'));
  await expect.poll(text).toContain('ShopOverloaded');
  await expect.poll(text, { timeout: 240_000, interval: 1000 }).toMatch(/firing[\s\S]*(1 firing|firing\s+1|1\s+firing)/i);
  expect(watched.faults).toEqual([]);
}, 300_000);

test('a source that hangs is told where its series are shown', { timeout: 120_000 }, async () => {
  const own = await openPage(browser, [`http://127.0.0.1:${globalPort}`]);
  const note = own.page.getByText('What comes from a source that cannot be pulled may be old');
  await own.page.goto(`http://127.0.0.1:${globalPort}/query?g0.expr=job:http_requests:rate1m&g0.tab=table`);
  await own.page.locator('tbody tr', { hasText: 'eu1' }).first().waitFor();
  await expect.poll(() => note.count()).toBe(0);
  const pid = serverAt(globalPort + 1);
  process.kill(pid, 'SIGSTOP');
  try {
    await note.waitFor({ timeout: 60_000 });
    await expect.poll(() => note.innerText()).toMatch(/ \(job federate, last pulled .* ago\)/);
    await own.page.locator('tbody tr', { hasText: 'eu1' }).first().getByRole('button', { name: 'Source' }).click();
    await own.page.getByText('This source cannot be pulled').waitFor();
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  await expect.poll(() => note.count(), { timeout: 60_000 }).toBe(0);
  expect(own.faults).toEqual([]);
  await own.close();
});

/** The process of the demo that listens there. */
function serverAt(port: number): number {
  const children = readFileSync(`/proc/${demo.pid}/task/${demo.pid}/children`, 'utf8').trim().split(' ').map(Number);
  return children.find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(`:${port}\0`))!;
}
