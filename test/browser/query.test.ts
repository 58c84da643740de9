// The query page in a browser: writing with completion, tables, graphs, zoom, errors, links that others made.
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, test as anyTest, beforeAll, expect, vi } from 'vitest';
import { accessibilityFaults, launchBrowser, openPage, requireBrowser, type WatchedPage } from '../support/browser.ts';
import { StaticTarget } from '../support/static-target.ts';
import { startTributary, type Tributary } from '../support/tributary.ts';

const test = anyTest.runIf(requireBrowser());

/** A list that has just opened takes no Enter: one may have been under way. */
const SETTLE_MS = 200;
const BUCKETS = ['0.1', '1', '+Inf'];
let target: StaticTarget;
let server: Tributary;
let browser: Browser;
let watched: WatchedPage;
let page: Page;

/** Numbers that go up with the time, so that rates are there. */
function metrics(): string {
  const seconds = (Date.now() / 1000) % 100_000;
  const pods = ['a', 'b', 'c'].map((pod, i) => `shop_requests_total{pod="${pod}",path="/with \\"quotes\\""} ${seconds * (i + 1)}\n`);
  const buckets = BUCKETS.map((le, i) => `shop_duration_seconds_bucket{le="${le}"} ${Math.floor(seconds * (i + 1))}\n`);
  const shelves = [...Array(45).keys()].map((n) => `shop_shelf{n="${n}"} ${n}\n`);
  return `# HELP shop_requests_total Requests that the shop has had.
# TYPE shop_requests_total counter
${pods.join('')}# HELP shop_duration_seconds How long they took.
# TYPE shop_duration_seconds histogram
${buckets.join('')}shop_duration_seconds_sum ${seconds}
shop_duration_seconds_count ${Math.floor(seconds * 3)}
# TYPE shop_shelf gauge
${shelves.join('')}`;
}

beforeAll(async () => {
  target = await StaticTarget.start(() => ({ body: metrics() }));
  server = await startTributary({
    config: `global: {scrape_interval: 1s}\nscrape_configs: [{job_name: shop, static_configs: [{targets: ['${target.address}']}]}]\n`,
  });
  browser = await launchBrowser();
  watched = await openPage(browser, [server.url], { timezoneId: 'America/New_York' });
  page = watched.page;
  await vi.waitFor(async () => expect((await valuesOf('count_over_time(shop_requests_total[1m])'))[0]).toBeGreaterThan(4), {
    timeout: 30_000,
  });
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await target?.close();
});

async function valuesOf(query: string): Promise<number[]> {
  const answer = await fetch(`${server.url}/api/v1/query?query=${encodeURIComponent(query)}`);
  const { data } = (await answer.json()) as { data: { result: { value: [number, string] }[] } };
  return data.result.map(({ value }) => Number(value[1]));
}

const open = (parameters: Record<string, string>): Promise<unknown> => page.goto(`${server.url}/query?${new URLSearchParams(parameters)}`);
const parameter = (name: string): string | null => new URL(page.url()).searchParams.get(name);
const editor = (): Locator => page.getByRole('textbox', { name: 'Expression' });
const rows = (): Locator => page.locator('tbody tr[data-index]');
const chart = (): Locator => page.locator('.u-over');
const legend = (): Locator => page.getByRole('region', { name: 'Series of the graph' });

/** Where the chart is once nothing is under way: each answer makes another one. */
async function chartBox(): Promise<{ x: number; y: number; width: number }> {
  await expect.poll(() => page.getByText('Executing…').count()).toBe(0);
  return vi.waitFor(
    async () => {
      const box = await chart().boundingBox();
      if (box === null) throw new Error('there is no chart');
      return box;
    },
    { timeout: 20_000 },
  );
}

async function expectNoFaults(): Promise<void> {
  expect(watched.faults).toEqual([]);
}

test('an expression is written with completion, and executed', async () => {
  await page.goto(`${server.url}/`);
  await editor().click();
  await page.keyboard.type('sum by (pod) (rate(shop_req');
  const offered = page.getByRole('option', { name: /shop_requests_total/ });
  await offered.waitFor();
  await page.waitForTimeout(SETTLE_MS);
  await page.getByText('Requests that the shop has had.').waitFor();
  await page.keyboard.press('Enter');
  await page.keyboard.type('[10s]))');
  await page.keyboard.press('Enter');
  await expect.poll(() => rows().allInnerTexts()).toHaveLength(3);
  expect(parameter('g0.expr')).toBe('sum by (pod) (rate(shop_requests_total[10s]))');
  const texts = await rows().allInnerTexts();
  expect(texts.map((text) => /\{pod="(.)"\}/.exec(text)?.[1]).sort()).toEqual(['a', 'b', 'c']);
  await expectNoFaults();
});

test('label names and values are completed', async () => {
  await open({ 'g0.expr': '' });
  await editor().click();
  await page.keyboard.type('shop_requests_total{po');
  const pod = page.getByRole('option', { name: 'pod' });
  await pod.waitFor();
  // While the list is being asked for anew it takes no click; a person would click again.
  await expect
    .poll(async () => {
      if (await pod.isVisible()) await pod.click({ timeout: 1_000 }).catch(() => {});
      return editor().innerText();
    })
    .toContain('{pod');
  await page.keyboard.type('="');
  await page.getByRole('option', { name: 'b', exact: true }).waitFor();
  await expectNoFaults();
});

test('a link of Alertmanager or a runbook opens its graph', async () => {
  await page.goto(`${server.url}/graph?g0.expr=up&g0.tab=0&g0.range_input=1h`);
  await chart().waitFor();
  expect(new URL(page.url()).pathname).toBe('/query');
  await expect.poll(() => page.getByRole('textbox', { name: 'Range' }).inputValue()).toBe('1h');
  expect(await page.getByRole('tab', { name: 'Graph' }).getAttribute('aria-selected')).toBe('true');
  await expect.poll(() => legend().getByRole('button').first().innerText()).toBe(`up{instance="${target.address}", job="shop"}`);
  await expectNoFaults();
});

test('what is near the pointer is told', async () => {
  await open({ 'g0.expr': 'shop_requests_total', 'g0.tab': 'graph', 'g0.range_input': '10s' });
  const { x, y, width } = await chartBox();
  // The highest line at the right edge.
  await page.mouse.move(x + width - 5, y + 20);
  const card = page.locator('dl').filter({ hasText: 'pod' });
  await card.waitFor();
  await expect.poll(() => card.innerText()).toMatch(/pod\s+c/);
  await page.mouse.move(x + width - 5, y + 320);
  await expect.poll(() => card.innerText()).toMatch(/pod\s+a/);
  await expectNoFaults();
});

test('dragging zooms, and there are ways back', async () => {
  await open({ 'g0.expr': 'up', 'g0.tab': 'graph', 'g0.range_input': '10m', 'g0.end_input': '2026-01-02 12:00:00' });
  await page.getByText(/Nothing in this time/).waitFor();
  await open({ 'g0.expr': 'vector(time())', 'g0.tab': 'graph', 'g0.range_input': '10m', 'g0.end_input': '2026-01-02 12:00:00' });
  const { x, y, width } = await chartBox();
  await page.mouse.move(x + width / 2, y + 100);
  await page.mouse.down();
  await page.mouse.move(x + (width * 3) / 4, y + 120, { steps: 4 });
  await page.mouse.up();
  // The second half's first half: 2.5 minutes until 2.5 minutes before the end.
  await expect.poll(() => parameter('g0.range_input')).toMatch(/^2m(2[89]|3[0-2]?)s$/);
  expect(parameter('g0.end_input')).toMatch(/^2026-01-02 11:57:(2[89]|3[0-2])$/);
  await page.getByRole('button', { name: 'Back out' }).click();
  await expect.poll(() => parameter('g0.range_input')).toBe('10m');
  expect(parameter('g0.end_input')).toBe('2026-01-02 12:00:00');
  await page.goBack();
  await expect.poll(() => parameter('g0.range_input')).toMatch(/^2m/);
  await page.goBack();
  await expect.poll(() => parameter('g0.range_input')).toBe('10m');
  await expectNoFaults();
});

test('times are in UTC, or local', async () => {
  await open({ 'g0.expr': 'vector(1)', 'g0.tab': 'graph', 'g0.end_input': '2026-01-02 12:00:00' });
  const end = page.getByRole('textbox', { name: /^End/ });
  await expect.poll(() => end.inputValue()).toBe('2026-01-02 12:00:00');
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.getByText(/^Local \(/).click();
  await expect.poll(() => end.inputValue()).toBe('2026-01-02 07:00:00');
  await page.keyboard.press('Escape');
  await end.fill('2026-01-02 08:30:00');
  await end.press('Enter');
  await expect.poll(() => parameter('g0.end_input')).toBe('2026-01-02 13:30:00');
  await page.getByRole('button', { name: 'Now' }).click();
  await expect.poll(() => parameter('g0.end_input')).toBeNull();
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.getByText('UTC', { exact: true }).click();
  await page.keyboard.press('Escape');
  await expectNoFaults();
});

test('the legend isolates and hides, and the address knows', async () => {
  await open({ 'g0.expr': 'shop_requests_total', 'g0.tab': 'graph', 'g0.range_input': '10s' });
  const boxes = legend().getByRole('checkbox');
  await expect.poll(() => boxes.count()).toBe(3);
  const shown = async (): Promise<boolean[]> => Promise.all((await boxes.all()).map((box) => box.isChecked()));
  await legend()
    .getByRole('button', { name: /pod="b"/ })
    .click();
  await expect.poll(shown).toEqual([false, true, false]);
  const { href } = new URL(page.url());
  await legend()
    .getByRole('button', { name: /pod="b"/ })
    .click();
  await expect.poll(shown).toEqual([true, true, true]);
  await boxes.first().click();
  await expect.poll(shown).toEqual([false, true, true]);
  const other = await openPage(browser, [server.url]);
  await other.page.goto(href);
  await expect.poll(() => other.page.getByRole('checkbox', { name: /^Show .*pod="b"/ }).isChecked()).toBe(true);
  expect(await other.page.getByRole('checkbox', { name: /^Show .*pod="a"/ }).isChecked()).toBe(false);
  await other.close();
  await expectNoFaults();
});

test('a classic histogram is a heat map; what is none is said to be none', async () => {
  await open({
    'g0.expr': 'rate(shop_duration_seconds_bucket[5s])',
    'g0.tab': 'graph',
    'g0.display_mode': 'heatmap',
    'g0.range_input': '10s',
  });
  await page.getByRole('img', { name: 'Heat map of 3 buckets' }).waitFor();
  const { x, y, width } = await chartBox();
  await page.mouse.move(x + width - 5, y + 30);
  await expect.poll(() => page.locator('dl').innerText()).toMatch(/le\s+\+Inf\s+above\s+1/);
  await open({ 'g0.expr': 'up', 'g0.tab': 'graph', 'g0.display_mode': 'heatmap' });
  await page.getByText('No histogram, so these are lines').waitFor();
  await expectNoFaults();
});

test('a mistake is underlined where it is, and the server says what it is', async () => {
  await open({ 'g0.expr': 'sum(up' });
  await page.getByText('1:7: parse error: unclosed left parenthesis').waitFor();
  await editor().click();
  await page.keyboard.press('Control+A');
  await page.keyboard.type('up + rate(up)');
  const underlined = page.locator('.cm-lintRange-error');
  // What stood there while it was typed may have been underlined for a moment.
  await expect.poll(async () => (await underlined.allInnerTexts()).join()).toContain('up');
  await underlined.hover();
  await page
    .getByText(/expected type range vector in call to function "rate", got instant vector/)
    .first()
    .waitFor();
  await page.keyboard.press('Control+A');
  await page.keyboard.type('up');
  await page.keyboard.press('Control+Enter');
  await expect.poll(() => rows().count()).toBe(1);
  await expect.poll(() => page.getByText('parse error').count()).toBe(0);
  await expectNoFaults();
});

test('warnings and infos of the answer are shown, and what it cost', async () => {
  await open({ 'g0.expr': 'rate(shop_duration_seconds_sum[10s]) + quantile(2, up)' });
  await page.getByText(/quantile value should be between 0 and 1, got 2/).waitFor();
  await open({ 'g0.expr': 'rate(up[10s])' });
  await page.getByText(/metric might not be a counter/).waitFor();
  const line = page.getByRole('button', { name: /1 series · [\d,]+ samples? read · .* in the server/ });
  await line.focus();
  const tooltip = page.getByRole('tooltip');
  await expect.poll(() => tooltip.innerText()).toMatch(/Evaluating in all\s+\S+ \S?s[\s\S]*Samples in memory at once, at most\s+\d/);
  expect(await accessibilityFaults(page)).toEqual([]);
  await line.blur();
  await tooltip.waitFor({ state: 'detached' });
  await expectNoFaults();
});

test('scalars, strings, ranges and nothing have their tables', async () => {
  await open({ 'g0.expr': '"a text"' });
  await expect.poll(() => rows().allInnerTexts()).toEqual([expect.stringMatching(/string\s+a text/)]);
  await open({ 'g0.expr': '1 / 0' });
  await expect.poll(() => rows().allInnerTexts()).toEqual([expect.stringMatching(/scalar\s+\+Inf/)]);
  await open({ 'g0.expr': 'up[5s]' });
  await expect.poll(async () => (await rows().first().innerText()).match(/1 @ \d{4}-/g)?.length ?? 0).toBeGreaterThan(2);
  await open({ 'g0.expr': 'nothing_of_that_name' });
  await page.getByText(/Empty: no series at this time/).waitFor();
  await expectNoFaults();
});

test('panels are added and removed, each with its own state', async () => {
  await open({ 'g0.expr': 'up', 'g1.expr': 'vector(1)', 'g1.tab': 'graph' });
  await page.getByRole('button', { name: 'Add a panel' }).click();
  const panels = page.getByRole('region', { name: /^Panel / });
  await expect.poll(() => panels.count()).toBe(3);
  await panels.nth(2).getByRole('textbox', { name: 'Expression' }).click();
  await page.keyboard.type('vector(3)');
  await page.keyboard.press('Enter');
  await expect.poll(() => parameter('g2.expr')).toBe('vector(3)');
  await page.getByRole('button', { name: 'Remove panel 1' }).click();
  await expect
    .poll(() => [parameter('g0.expr'), parameter('g0.tab'), parameter('g1.expr'), parameter('g2.expr')])
    .toEqual(['vector(1)', 'graph', 'vector(3)', null]);
  await expect.poll(() => panels.nth(1).getByRole('textbox', { name: 'Expression' }).innerText()).toBe('vector(3)');
  await expectNoFaults();
});

test('the only panel is emptied when it is removed', async () => {
  await open({ 'g0.expr': 'up', 'g0.range_input': '5m' });
  await expect.poll(() => rows().count()).toBe(1);
  await editor().click();
  await page.keyboard.type(' + 1');
  await page.getByRole('button', { name: 'Remove panel 1' }).click();
  await expect.poll(() => parameter('g0.expr')).toBe('');
  expect(parameter('g0.range_input')).toBe('1h');
  expect(await editor().innerText()).not.toContain('up');
  await expectNoFaults();
});

test('a panel is duplicated as it stands, and others keep what is being written in them', async () => {
  await open({ 'g0.expr': 'vector(1)', 'g0.tab': 'graph', 'g0.range_input': '10m', 'g1.expr': 'vector(9)' });
  const editors = page.getByRole('textbox', { name: 'Expression' });
  await editors.nth(1).click();
  await page.keyboard.press('Control+A');
  await page.keyboard.type('vector(10)');
  await editors.nth(0).click();
  await page.keyboard.press('Control+A');
  await page.keyboard.type('vector(2)');
  await page.getByRole('button', { name: 'Duplicate panel 1' }).click();
  await expect
    .poll(() => ['g0.expr', 'g1.expr', 'g1.tab', 'g1.range_input', 'g2.expr', 'g2.tab'].map(parameter))
    .toEqual(['vector(1)', 'vector(2)', 'graph', '10m', 'vector(9)', 'table']);
  await expect.poll(() => editors.allInnerTexts()).toEqual(['vector(2)', 'vector(2)', 'vector(10)']);
  await page.goBack();
  await expect.poll(() => editors.allInnerTexts()).toEqual(['vector(2)', 'vector(10)']);
  await page.goForward();
  await expect.poll(() => editors.count()).toBe(3);
  await expectNoFaults();
});

test('an expression is set out over lines, and taken up from what was run', async () => {
  await open({ 'g0.expr': '' });
  await editor().click();
  await page.keyboard.type(
    'sum(rate(shop_requests_total{pod="a"}[5m]))/on(job)group_left(pod)sum by(job)(rate(shop_duration_seconds_count{job="shop"}[5m]))  ',
  );
  await page.getByRole('button', { name: /format/i }).click();
  await expect.poll(() => editor().innerText()).toContain('\n/ on (job)');
  await page.getByRole('button', { name: /history|were run/i }).click();
  await page.getByRole('option', { name: 'vector(3)' }).click();
  await expect.poll(() => editor().innerText()).toBe('vector(3)');
  await expectNoFaults();
});

test('a field that is left by pressing a button is taken, and so is the button', async () => {
  await open({ 'g0.expr': 'up', 'g0.tab': 'graph', 'g0.range_input': '5m' });
  await chart().waitFor();
  await page.getByRole('textbox', { name: 'Range' }).fill('2m');
  // Without a moment between: the field's change and the button's come one after the other.
  await page.evaluate(`{
    const stacked = [...document.querySelectorAll('label')].find((label) => label.textContent === 'Stacked');
    document.activeElement.blur();
    stacked.click();
  }`);
  await expect.poll(() => [parameter('g0.range_input'), parameter('g0.display_mode')]).toEqual(['2m', 'stacked']);
  await expectNoFaults();
});

test('what ends now ends when one asks', async () => {
  await open({ 'g0.expr': 'up', 'g0.tab': 'graph', 'g0.range_input': '5m' });
  await chart().waitFor();
  const ends: number[] = [];
  page.on('request', (request) => {
    if (request.url().endsWith('/api/v1/query_range')) ends.push(Number(new URLSearchParams(request.postData() ?? '').get('end')));
  });
  await page.waitForTimeout(3_000);
  const before = Date.now() / 1000;
  await page.getByRole('button', { name: 'A longer range' }).click();
  await expect.poll(() => ends.length).toBeGreaterThan(0);
  expect(ends[0]).toBeGreaterThan(before - 1);
  await expectNoFaults();
});

test('the way back out of a zoom fits where one is in the history', async () => {
  await open({ 'g0.expr': 'vector(time())', 'g0.tab': 'graph', 'g0.range_input': '16m', 'g0.end_input': '2026-01-02 12:00:00' });
  const zoom = async (range: RegExp): Promise<void> => {
    await chart().waitFor();
    const { x, y, width } = await chartBox();
    await page.mouse.move(x + width / 2, y + 100);
    await page.mouse.down();
    await page.mouse.move(x + width, y + 100, { steps: 4 });
    await page.mouse.up();
    await expect.poll(() => parameter('g0.range_input')).toMatch(range);
  };
  await zoom(/^(8m|7m5\ds|8m\ds)$/);
  const first = parameter('g0.range_input');
  await zoom(/^(4m|3m5\ds|4m\ds)$/);
  await page.goBack();
  await expect.poll(() => parameter('g0.range_input')).toBe(first);
  await page.reload();
  await page.getByRole('button', { name: 'Back out' }).click();
  await expect.poll(() => parameter('g0.range_input')).toBe('16m');
  await expect.poll(() => page.getByRole('button', { name: 'Back out' }).count()).toBe(0);
  await expectNoFaults();
});

test('a cancelled query says so, and leaves nothing that looks like its answer', async () => {
  await open({ 'g0.expr': 'up', 'g0.tab': 'table' });
  await expect.poll(() => rows().count()).toBe(1);
  await page.route('**/api/v1/query', async (route) => {
    if ((route.request().postData() ?? '').includes('shop')) return;
    await route.continue();
  });
  await editor().click();
  await page.keyboard.press('Control+A');
  await page.keyboard.type('shop_requests_total');
  await page.keyboard.press('Control+Enter');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByText('Cancelled.').waitFor();
  await expect.poll(() => rows().count()).toBe(0);
  await page.unroute('**/api/v1/query');
  await page.getByRole('button', { name: 'Execute', exact: true }).click();
  await expect.poll(() => rows().count()).toBe(3);
  await expectNoFaults();
});

test('a table is filtered and ordered, and the address knows', async () => {
  await open({ 'g0.expr': '{job="shop"}', 'g0.filter': 'shop_requests' });
  await expect.poll(() => rows().count()).toBe(3);
  await page.getByRole('combobox', { name: 'Order' }).selectOption({ label: 'Highest first' });
  await expect.poll(() => parameter('g0.order')).toBe('value-down');
  const values = (await rows().allInnerTexts()).map((text) => Number(/([\d.e+]+)\s*$/.exec(text)![1]));
  expect(values).toEqual([...values].sort((a, b) => b - a));
  await page.getByRole('textbox', { name: 'Filter the series' }).fill('"b"');
  await expect.poll(() => rows().count()).toBe(1);
  await expect.poll(() => parameter('g0.filter')).toBe('"b"');
  await expectNoFaults();
});

test('a label of a series is copied as a matcher', async () => {
  await open({ 'g0.expr': 'shop_requests_total{pod="b"}' });
  await expect.poll(() => rows().count()).toBe(1);
  // What is copied is taken from the page itself: a clipboard is the system's.
  const copied = (): Promise<string> => page.evaluate('window.copied ?? ""');
  await page.evaluate(`Object.defineProperty(navigator, 'clipboard', { value: { writeText: async (text) => { window.copied = text; } } })`);
  await rows().getByText('path', { exact: true }).dblclick();
  await expect.poll(copied).toBe('path="/with \\"quotes\\""');
  await rows().getByText('Copied path="/with').waitFor();
  await rows()
    .getByRole('button', { name: /^Copy a matcher of/ })
    .focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').getByRole('button', { name: 'pod="b"' }).waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.getByRole('dialog').getByRole('button', { name: 'pod="b"' }).focus();
  await page.keyboard.press('Enter');
  await expect.poll(copied).toBe('pod="b"');
  await rows().getByText('Copied pod="b"').waitFor();
  await expectNoFaults();
});

test('the arrows at a time go by half the range, into the future too', async () => {
  await open({ 'g0.expr': 'time()', 'g0.range_input': '20m', 'g0.moment_input': '2026-01-02 12:00:00' });
  await page.getByRole('button', { name: 'Evaluation time: earlier' }).click();
  await expect.poll(() => parameter('g0.moment_input')).toBe('2026-01-02 11:50:00');
  await page.getByRole('button', { name: 'Now' }).click();
  await expect.poll(() => parameter('g0.moment_input')).toBeNull();
  await page.getByRole('button', { name: 'Evaluation time: later' }).click();
  await expect.poll(() => Date.parse(`${parameter('g0.moment_input')?.replace(' ', 'T')}Z`) - Date.now()).toBeGreaterThan(9 * 60_000);
  await expectNoFaults();
});

test("a fixed step is chosen, or one of one's own", async () => {
  await open({ 'g0.expr': 'up', 'g0.tab': 'graph', 'g0.range_input': '1h' });
  const resolution = page.getByRole('combobox', { name: 'Resolution' });
  await resolution.selectOption({ label: 'Step 5m' });
  await expect.poll(() => [parameter('g0.res_type'), parameter('g0.res_step')]).toEqual(['fixed', '300']);
  expect(await page.getByRole('textbox', { name: 'Step' }).isDisabled()).toBe(true);
  await resolution.selectOption({ label: 'Own step' });
  await page.getByRole('textbox', { name: 'Step' }).fill('2m');
  await page.keyboard.press('Enter');
  await expect.poll(() => [parameter('g0.res_type'), parameter('g0.res_step')]).toEqual(['custom', '120']);
  await expectNoFaults();
});

test('a metric is looked for and put where the cursor is', async () => {
  await open({ 'g0.expr': '' });
  await editor().click();
  await page.keyboard.type('sum(');
  await page.getByRole('button', { name: 'Look for metrics' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('combobox', { name: 'Search metrics' }).fill('shop_req');
  await dialog.getByRole('option', { name: /shop_requests_total/ }).click();
  await dialog.getByRole('button', { name: 'Insert' }).first().click();
  await expect.poll(() => editor().innerText()).toMatch(/^sum\(shop_requests_total(\{\})?\)$/);
  await expectNoFaults();
});

test('the explanation counts each part, and shows where series are lost', async () => {
  await open({ 'g0.expr': 'sum by (pod) (rate(shop_requests_total[10s])) / on (pod) shop_request_total', 'g0.tab': 'explain' });
  const tree = page.getByRole('tree');
  await expect.poll(() => tree.innerText()).toMatch(/3 series[\s\S]*empty from here/);
  await tree.getByText('vector selector').click();
  await expect.poll(() => parameter('g0.part')).toBe('0.1');
  await page.getByRole('button', { name: 'Query this part alone' }).click();
  await expect.poll(() => parameter('g0.expr')).toBe('shop_request_total');
  await expectNoFaults();
});

test('a selector is explained: its metric, its matchers, the lookback', async () => {
  await open({
    'g0.expr': 'sum(rate(shop_duration_seconds_bucket{le!="1",job=~"shop|mall"}[10s])) + shop_requests_total',
    'g0.tab': 'explain',
  });
  const details = page.getByRole('region', { name: 'The chosen part' });
  await page.getByRole('tree').getByText('range selector').click();
  for (const text of ['histogram', 'How long they took.', 'job is one of "shop", "mall".', 'le is not "1"; series without it fit too.'])
    await details.getByText(text, { exact: true }).waitFor();
  await page.getByRole('tree').getByText('vector selector').click();
  for (const text of ['counter', 'Requests that the shop has had.', /lookback of this server, 5m,/])
    await details.getByText(text).first().waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  await expectNoFaults();
});

test('a label in the tree tells its values', async () => {
  await open({ 'g0.expr': 'sum by (pod) (shop_requests_total)', 'g0.tab': 'explain' });
  const tree = page.getByRole('tree');
  const tooltip = page.getByRole('tooltip');
  await tree.getByRole('button', { name: 'pod: 3' }).first().hover();
  await expect.poll(() => tooltip.innerText()).toMatch(/"a"\s+1 series\s+"b"\s+1 series\s+"c"\s+1 series/);
  await page.mouse.move(0, 0);
  await tooltip.waitFor({ state: 'detached' });
  // By the keyboard: from the row that is chosen to its labels.
  await tree.getByRole('treeitem').first().focus();
  await page.keyboard.press('ArrowDown');
  for (let i = 0; i < 2; i++) await page.keyboard.press('Tab');
  await expect.poll(() => tooltip.innerText()).toMatch(/"shop_requests_total"|"shop"|"127|"\/with/);
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await tooltip.waitFor({ state: 'detached' });
  await expectNoFaults();
});

test('how series match: all groups, all series, what came of each', async () => {
  await open({ 'g0.expr': 'shop_shelf > on (n) shop_shelf - 1', 'g0.tab': 'explain' });
  const details = page.getByRole('region', { name: 'The chosen part' });
  await details.getByText('Matched: 45').waitFor();
  const groups = details.getByRole('region', { name: 'Group' });
  await expect.poll(() => groups.count()).toBe(20);
  await expect.poll(() => groups.first().innerText()).toMatch(/In the result\.[\s\S]*Result/);
  await details.getByRole('navigation').getByRole('button', { name: 'Last' }).click();
  await expect.poll(() => groups.count()).toBe(5);
  await open({ 'g0.expr': 'shop_shelf + on () group_left () vector(1)', 'g0.tab': 'explain' });
  await groups.first().waitFor();
  await expect.poll(() => groups.first().getByText(/^n="/).count()).toBe(6);
  await groups.first().getByRole('button', { name: 'Show 42 more' }).first().click();
  await expect.poll(() => groups.first().getByText(/^n="/).count()).toBe(48);
  expect(await accessibilityFaults(page)).toEqual([]);
  await expectNoFaults();
});

test('where series match more than once, a way out is offered and taken', async () => {
  await open({ 'g0.expr': 'sum(shop_requests_total / on (job) up)', 'g0.tab': 'explain', 'g0.part': '0.0' });
  const details = page.getByRole('region', { name: 'The chosen part' });
  const ways = details.getByRole('region', { name: 'Ways out of the error' });
  await ways.getByText('Let many series on the left go with one on the right.').waitFor();
  expect(await accessibilityFaults(page)).toEqual([]);
  await ways.getByRole('button', { name: 'Use this expression' }).first().click();
  await expect.poll(() => parameter('g0.expr')).toBe('sum(shop_requests_total / on (job) group_left () up)');
  await expect.poll(() => page.getByRole('tree').innerText()).not.toContain('fails');
  await expectNoFaults();
});

test('a part that is chosen in the tree is shown in place of the whole', async () => {
  await open({ 'g0.expr': 'sum by (pod) (rate(shop_requests_total[10s])) * 0', 'g0.show_tree': '1' });
  await expect.poll(() => rows().allInnerTexts()).toEqual(Array(3).fill(expect.stringMatching(/\s0$/)));
  const note = page.getByRole('region', { name: 'The part that is shown' });
  await expect.poll(() => note.count()).toBe(0);
  // By the keyboard: the root, then the aggregation, then the rate, then the range.
  await page.getByRole('treeitem').first().focus();
  await page.keyboard.press('ArrowDown');
  await note.getByText('sum by (pod) (rate(shop_requests_total[10s]))').waitFor();
  await expect.poll(() => rows().allInnerTexts()).toEqual(Array(3).fill(expect.not.stringMatching(/\s0$/)));
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await expect.poll(() => parameter('g0.part')).toBe('0.0.0.0');
  await expect.poll(async () => (await rows().first().innerText()).match(/ @ /g)?.length ?? 0).toBeGreaterThan(3);
  await page.getByRole('tab', { name: 'Graph' }).click();
  await note.getByText('A range cannot be drawn.').waitFor();
  await expect.poll(() => legend().getByRole('checkbox').count()).toBe(3);
  await expect.poll(() => legend().innerText()).toContain('shop_requests_total{');
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.reload();
  await note.getByText('A range cannot be drawn.').waitFor();
  await note.getByRole('button', { name: 'Show the whole expression' }).click();
  await expect.poll(() => parameter('g0.part')).toBeNull();
  await expect.poll(() => legend().innerText()).toMatch(/^\{pod=/);
  await expect.poll(() => note.count()).toBe(0);
  // Where the tree is not shown, nothing says which part it would be.
  await open({ 'g0.expr': 'vector(1) + vector(2)', 'g0.part': '0.1' });
  await expect.poll(() => rows().allInnerTexts()).toEqual([expect.stringMatching(/\s3$/)]);
  await expectNoFaults();
});

test('the way to other pages and back keeps the panels', async () => {
  await open({ 'g0.expr': 'up', 'g1.expr': 'shop_requests_total' });
  await expect.poll(() => rows().count()).toBe(4);
  const { search } = new URL(page.url());
  const nav = page.getByRole('navigation', { name: 'Pages', exact: true });
  await nav.getByRole('link', { name: 'Targets' }).click();
  await page.getByRole('heading', { name: 'Targets' }).waitFor();
  await nav.getByRole('link', { name: 'Query' }).click();
  await expect.poll(() => rows().count()).toBe(4);
  expect(new URL(page.url()).search).toBe(search);
  await expectNoFaults();
});

test('what cannot be read in a field or a link stays, and is told', async () => {
  await open({ 'g0.expr': 'vector(1)', 'g0.tab': 'graph', 'g0.range_input': '1x' });
  await page.getByText('Not all of this address is understood').waitFor();
  await page.getByText('g0.range_input=1x').waitFor();
  const range = page.getByRole('textbox', { name: 'Range' });
  await range.fill('2x');
  await range.press('Enter');
  await page.getByText('Not read. Expected a duration such as 15m, 1h30m or 2d.').waitFor();
  await expect.poll(() => range.inputValue()).toBe('2x');
  expect(await accessibilityFaults(page)).toEqual([]);
  await range.fill('2h 30m');
  await range.press('Enter');
  await expect.poll(() => parameter('g0.range_input')).toBe('2h30m');
  await expect.poll(() => range.inputValue()).toBe('2h30m');
  await expect.poll(() => page.getByText('Not all of this address is understood').count()).toBe(0);
  const end = page.getByRole('textbox', { name: /^End/ });
  await end.fill('yesterdayish');
  await end.press('Enter');
  await page.getByText('Not read. Expected a time such as').waitFor();
  await end.press('Escape');
  await expect.poll(() => end.inputValue()).toBe('');
  await end.fill('1767355200');
  await end.press('Enter');
  await expect.poll(() => parameter('g0.end_input')).toBe('2026-01-02 12:00:00');
  await expectNoFaults();
});
