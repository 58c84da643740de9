// Graphs in a browser: what is drawn of values below 0, of none that can be drawn, of many; ticks in UTC; zoom by touch.
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, test as anyTest, beforeAll, expect, vi } from 'vitest';
import { launchBrowser, openPage, requireBrowser, type WatchedPage } from '../support/browser.ts';
import { StaticTarget } from '../support/static-target.ts';
import { startTributary, type Tributary } from '../support/tributary.ts';

const test = anyTest.runIf(requireBrowser());

const END = '2026-01-02 12:00:00';
let target: StaticTarget;
let server: Tributary;
let browser: Browser;
let watched: WatchedPage;
let page: Page;

/** 1,200 series; expressions of the tests make of them what they need. */
const METRICS = Array.from({ length: 1200 }, (_, i) => `many{number="${i}"} ${i}\n`).join('');

beforeAll(async () => {
  target = await StaticTarget.start(() => ({ body: METRICS }));
  server = await startTributary({
    config: `global: {scrape_interval: 1s}\nscrape_configs: [{job_name: graph, static_configs: [{targets: ['${target.address}']}]}]\n`,
  });
  browser = await launchBrowser();
  await vi.waitFor(async () => expect(await (await fetch(`${server.url}/api/v1/query?query=count(many)`)).text()).toContain('"1200"'), {
    timeout: 30_000,
  });
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await target?.close();
});
afterEach(async () => {
  const { faults } = watched;
  await watched.close();
  expect(faults).toEqual([]);
});

/** Keeps what the axes say: texts on a canvas are nowhere else. */
const KEEP_TEXTS = `(() => {
  globalThis.drawnTexts = [];
  const fillText = CanvasRenderingContext2D.prototype.fillText;
  CanvasRenderingContext2D.prototype.fillText = function (text, ...place) {
    globalThis.drawnTexts.push(text);
    return fillText.call(this, text, ...place);
  };
})()`;

async function open(expr: string, parameters: Record<string, string> = {}, options: BrowserContextOptions = {}): Promise<void> {
  watched = await openPage(browser, [server.url], options);
  page = watched.page;
  await page.addInitScript(KEEP_TEXTS);
  const search = new URLSearchParams({ 'g0.expr': expr, 'g0.tab': 'graph', 'g0.range_input': '10m', 'g0.end_input': END });
  for (const [name, value] of Object.entries(parameters)) search.set(`g0.${name}`, value);
  await page.goto(`${server.url}/query?${search}`);
  await page.locator('.u-over').waitFor();
}

const drawnTexts = (): Promise<string[]> => page.evaluate<string[]>('globalThis.drawnTexts');
const range = (from: string, to: string): string =>
  `vector(${from}) and on() vector(1) or label_replace(vector(${to}), "side", "other", "", "")`;

/** The colour of a place of the plot: 0 to 1 from the left and from the top. */
async function colourAt(x: number, y: number): Promise<string> {
  return page.evaluate<string, [number, number]>(
    ([right, down]) => {
      // biome-ignore lint/suspicious/noExplicitAny: the page's own globals, not this file's
      const { document, devicePixelRatio } = globalThis as any;
      const over = document.querySelector('.u-over').getBoundingClientRect();
      const canvas = document.querySelector('.u-wrap > canvas');
      const frame = canvas.getBoundingClientRect();
      const place = [over.left - frame.left + over.width * right, over.top - frame.top + over.height * down];
      return [...canvas.getContext('2d').getImageData(...place.map((px) => px * devicePixelRatio), 1, 1).data].join();
    },
    [x, y],
  );
}

test('values below 0 stack downwards, and the axis has room for them', async () => {
  await open(range('100', '-100'), { display_mode: 'stacked' });
  await expect.poll(drawnTexts).toEqual(expect.arrayContaining(['100', '0', '-100']));
  // Above and below 0 stand the two, and beyond them nothing.
  const [edge, above, below] = [await colourAt(0.51, 0.01), await colourAt(0.51, 0.3), await colourAt(0.51, 0.7)];
  expect(new Set([edge, above, below]).size).toBe(3);
});

test('from 0 reaches down to values that are all below it', async () => {
  await open('vector(-100)', { y_axis_min: '0' });
  await expect.poll(drawnTexts).toEqual(expect.arrayContaining(['0', '-100']));
});

test('what cannot be drawn is said', async () => {
  await open(range('NaN', '+Inf'), { display_mode: 'stacked' });
  await page.getByText('No finite values: NaN and ±Inf cannot be drawn; the Table tab shows them.').waitFor();
  await page.getByRole('img', { name: /^Graph of 0 series/ }).waitFor();
  await watched.close();
  await open(range('NaN', '5'));
  await page.getByText('1 of 2 series has no finite value').waitFor();
  await page.getByRole('img', { name: /^Graph of 1 series/ }).waitFor();
});

test('an axis has ticks whatever its numbers are, each another one', async () => {
  await open('vector(1e300)');
  await expect.poll(drawnTexts).toEqual(expect.arrayContaining(['1e300']));
  const plot = (await page.locator('.u-over').boundingBox())!;
  await page.mouse.move(plot.x + plot.width / 2, plot.y + plot.height / 2);
  await page.getByText('1e+300', { exact: true }).waitFor();
  await watched.close();
  await open(range('1e9', '1e9 + 0.001'));
  await expect.poll(drawnTexts).toEqual(expect.arrayContaining(['1G', '1.000000000001G']));
});

test('ticks stand on hours and days of the zone that is chosen', async () => {
  // Full hours of the one zone are half past in the other.
  const clocks = async (): Promise<string[]> => (await drawnTexts()).filter((text) => /^\d\d:\d\d$/.test(text));
  const range = { range_input: '1d' };
  await open('vector(1)', range, { timezoneId: 'Asia/Kolkata' });
  await expect.poll(clocks).toEqual(expect.arrayContaining(['00:00', '12:00']));
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.evaluate('globalThis.drawnTexts.length = 0');
  await page.getByText(/^Local \(/).click();
  await expect.poll(clocks).toEqual(expect.arrayContaining(['00:00', '12:00']));
  expect((await clocks()).filter((text) => !text.endsWith(':00'))).toEqual([]);
  await page.keyboard.press('Escape');
});

test('of many series the first are drawn, and all where somebody asks for that', async () => {
  watched = await openPage(browser, [server.url]);
  page = watched.page;
  await page.goto(`${server.url}/query?${new URLSearchParams({ 'g0.expr': 'many', 'g0.tab': 'graph', 'g0.range_input': '10s' })}`);
  await page.getByText('1,000 of 1,200 series are drawn.').waitFor();
  await page.getByRole('img', { name: /^Graph of 1,000 series/ }).waitFor();
  await page.getByRole('button', { name: 'Draw all' }).click();
  await page.getByRole('img', { name: /^Graph of 1,200 series/ }).waitFor();
  await expect.poll(() => page.getByRole('button', { name: 'Draw all' }).count()).toBe(0);
});

const PHONE: BrowserContextOptions = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
const card = (): Locator => page.locator('[aria-hidden] dl');

/** A finger goes from one place of the plot to another: 0 to 1 from the left and from the top. */
async function drag(from: [number, number], to: [number, number]): Promise<void> {
  const plot = page.locator('.u-over');
  await plot.scrollIntoViewIfNeeded();
  const { x, y, width, height } = (await plot.boundingBox())!;
  const touch = await page.context().newCDPSession(page);
  const at = (share: number): { x: number; y: number }[] => [
    { x: x + width * (from[0] + (to[0] - from[0]) * share), y: y + height * (from[1] + (to[1] - from[1]) * share) },
  ];
  await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: at(0) });
  for (let i = 1; i <= 8; i++) await touch.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: at(i / 8) });
  await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
}

async function tap(right: number, down: number): Promise<void> {
  const plot = page.locator('.u-over');
  const { width, height } = (await plot.boundingBox())!;
  await plot.tap({ position: { x: width * right, y: height * down } });
}

test.each(['lines', 'heatmap'])('a finger chooses a time, scrolls, and asks for a value: %s', async (mode) => {
  await open('label_replace(vector(time()), "le", "1", "", "")', { display_mode: mode }, PHONE);
  const rangeInAddress = (): string | null => new URL(page.url()).searchParams.get('g0.range_input');
  await tap(0.6, 0.4);
  await expect.poll(() => card().innerText()).toMatch(/le\s+1/);
  await page.getByRole('tab', { name: 'Graph' }).tap();
  await expect.poll(() => card().count()).toBe(0);
  const scrolled = (): Promise<number> => page.evaluate<number>('globalThis.scrollY');
  const before = await scrolled();
  await drag([0.5, 0.8], [0.5, 0.2]);
  await expect.poll(scrolled).toBeGreaterThan(before);
  expect(rangeInAddress()).toBe('10m');
  await drag([0.75, 0.5], [0.25, 0.55]);
  await expect.poll(rangeInAddress).toMatch(/^(4m5\ds|5m|5m\ds)$/);
  expect(new URL(page.url()).searchParams.get('g0.end_input')).toMatch(/^2026-01-02 11:57:(2\d|3\d)$/);
});
