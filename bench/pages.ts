// The web application in a headless Chromium: how soon a graph of many series stands after its answer has come, how evenly it moves
// under the pointer, how evenly a long table scrolls, and what the first load brings over the wire.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../test/support/browser.ts';
import { Peer } from './peers.ts';
import { type Figure, figureTable, milliseconds } from './report.ts';

export interface PagesScenario {
  readonly graphSeries: number;
  readonly graphSteps: number;
  readonly tableRows: number;
}

export const pagesScenarios: Readonly<Record<string, PagesScenario>> = {
  pages: { graphSeries: 200, graphSteps: 1_000, tableRows: 10_000 },
};

/** Graphs that are drawn; the median counts. */
const REPEATS = 5;
const MOVES = 120;
const WHEELS = 120;
/** Between two movements of the pointer or the wheel. */
const MOVE_MS = 16;

interface Frames {
  readonly p95: number;
  readonly longest: number;
}

export async function runPages(
  scenario: PagesScenario,
  { folder, port }: { readonly folder: string; readonly port: number },
): Promise<string> {
  const target = await serveSeries(scenario.tableRows);
  const { port: targetPort } = target.address() as AddressInfo;
  const peer = new Peer('tributary', { folder: join(folder, 'tributary'), port, addresses: [`127.0.0.1:${targetPort}`], intervalS: 5 });
  const browser = await launchBrowser();
  try {
    await peer.waitUntilReady();
    await seriesThere(peer.url, scenario.tableRows);
    const figures = await measureAll(browser, peer.url, scenario);
    const { graphSeries, graphSteps, tableRows } = scenario;
    const title = `A graph of ${graphSeries} series × ${graphSteps} steps, a table of ${tableRows.toLocaleString('en')} series, headless Chromium ${browser.version()} without a GPU`;
    return `${title}:\n\n${figureTable(new Map([['tributary', figures]]))}`;
  } finally {
    await browser.close();
    await peer.stop();
    target.close().closeAllConnections();
  }
}

async function measureAll(browser: Browser, url: string, { graphSeries, graphSteps }: PagesScenario): Promise<Figure[]> {
  const first = await firstLoad(browser, url);
  const graph = await graphFigures(browser, url, graphSeries, graphSteps);
  const table = await tableFigures(browser, url);
  const figure = (title: string, value: number, show: Figure['show']): Figure => ({ title, value, show });
  return [
    figure('first load, compressed', first, (bytes) => `${(bytes / 1000).toFixed(0)} kB`),
    figure('graph drawn after its answer has come', graph.drawnSeconds, milliseconds),
    figure('frames while moving over it, p95', graph.frames.p95, milliseconds),
    figure('longest', graph.frames.longest, milliseconds),
    figure('table there after its answer has come', table.shownSeconds, milliseconds),
    figure('frames while it scrolls, p95', table.frames.p95, milliseconds),
    figure('longest', table.frames.longest, milliseconds),
  ];
}

/** All that the query page loads before one can write, as it comes over the wire. */
async function firstLoad(browser: Browser, url: string): Promise<number> {
  const page = await newPage(browser);
  await page.goto(`${url}/query`);
  await page.getByRole('textbox', { name: 'Expression' }).waitFor();
  await page.waitForLoadState('networkidle');
  const bytes = await page.evaluate<number>(
    `performance.getEntries().filter((e) => (e.entryType === 'resource' || e.entryType === 'navigation') && !e.name.includes('/api/')).reduce((sum, e) => sum + e.encodedBodySize, 0)`,
  );
  await page.context().close();
  return bytes;
}

async function graphFigures(
  browser: Browser,
  url: string,
  series: number,
  steps: number,
): Promise<{ drawnSeconds: number; frames: Frames }> {
  const expr = `topk(${series}, bench_value @ end()) * scalar(sin(vector(time() / 100)))`;
  const address = `${url}/query?${new URLSearchParams({ 'g0.expr': expr, 'g0.tab': 'graph', 'g0.range_input': `${steps - 1}s`, 'g0.res_type': 'custom', 'g0.res_step': '1' })}`;
  const drawn: number[] = [];
  let frames: Frames = { p95: Number.NaN, longest: Number.NaN };
  for (let i = 0; i < REPEATS; i++) {
    const page = await newPage(browser);
    await page.addInitScript(whenThere('.u-wrap canvas'));
    await page.goto(address);
    drawn.push(await shownAfter(page, '/api/v1/query_range'));
    if (i === REPEATS - 1) frames = await framesWhile(page, () => moveOver(page, '.u-over'));
    await page.context().close();
  }
  return { drawnSeconds: median(drawn), frames };
}

async function tableFigures(browser: Browser, url: string): Promise<{ shownSeconds: number; frames: Frames }> {
  const shown: number[] = [];
  let frames: Frames = { p95: Number.NaN, longest: Number.NaN };
  for (let i = 0; i < REPEATS; i++) {
    const page = await newPage(browser);
    await page.addInitScript(whenThere('td'));
    await page.goto(`${url}/query?g0.expr=bench_value&g0.tab=table`);
    shown.push(await shownAfter(page, '/api/v1/query'));
    if (i === REPEATS - 1) frames = await framesWhile(page, () => scrollThrough(page));
    await page.context().close();
  }
  return { shownSeconds: median(shown), frames };
}

async function newPage(browser: Browser): Promise<Page> {
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage();
  page.setDefaultTimeout(60_000);
  return page;
}

/** Notes when the first element of `selector` was painted. */
function whenThere(selector: string): string {
  return `new MutationObserver((_, observer) => {
    if (document.querySelector(${JSON.stringify(selector)}) === null) return;
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(() => { window.shownAt = performance.now(); }));
  }).observe(document, { childList: true, subtree: true });`;
}

/** Seconds from the last byte of the answer to the paint. */
async function shownAfter(page: Page, path: string): Promise<number> {
  await page.waitForFunction(() => 'shownAt' in globalThis);
  const [shownAt, answeredAt] = await page.evaluate<[number, number]>(
    `[window.shownAt, performance.getEntriesByType('resource').find((e) => new URL(e.name).pathname === ${JSON.stringify(path)}).responseEnd]`,
  );
  return (shownAt - answeredAt) / 1000;
}

async function framesWhile(page: Page, act: () => Promise<void>): Promise<Frames> {
  await page.evaluate(`{
    window.frames_ = [];
    let before = performance.now();
    const next = (now) => { window.frames_.push(now - before); before = now; window.frameId = requestAnimationFrame(next); };
    window.frameId = requestAnimationFrame(next);
  }`);
  await act();
  const frames = (await page.evaluate<number[]>('cancelAnimationFrame(window.frameId), window.frames_.slice(1)')).sort((a, b) => a - b);
  return { p95: frames[Math.floor(frames.length * 0.95)] / 1000, longest: frames[frames.length - 1] / 1000 };
}

async function moveOver(page: Page, selector: string): Promise<void> {
  const { x, y, width, height } = (await page.locator(selector).boundingBox())!;
  for (let i = 0; i < MOVES; i++) {
    await page.mouse.move(x + (width * (i + 0.5)) / MOVES, y + height * (0.5 + 0.4 * Math.sin(i / 8)));
    await page.waitForTimeout(MOVE_MS);
  }
}

async function scrollThrough(page: Page): Promise<void> {
  await page.mouse.move(700, 600);
  for (let i = 0; i < WHEELS; i++) {
    await page.mouse.wheel(0, 400);
    await page.waitForTimeout(MOVE_MS);
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

async function serveSeries(count: number): Promise<Server> {
  const lines = Array.from(
    { length: count },
    (_, i) =>
      `bench_value{id="${String(i).padStart(6, '0')}",zone="zone-${i % 7}",service="service-${i % 97}",path="/some/path/${i % 1009}"} ${i}.5\n`,
  );
  const body = `# TYPE bench_value gauge\n${lines.join('')}`;
  const server = createServer((_request, response) => response.writeHead(200, { 'Content-Type': 'text/plain; version=0.0.4' }).end(body));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

async function seriesThere(url: string, count: number): Promise<void> {
  const deadline = performance.now() + 60_000;
  while (performance.now() < deadline) {
    const text = await (await fetch(`${url}/api/v1/query?query=${encodeURIComponent('count(bench_value)')}`)).text();
    if (text.includes(`"${count}"`)) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`cannot measure: the target's ${count} series are not there after a minute`);
}
