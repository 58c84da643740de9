// The pages of alerts and rules in a browser, with answers that a real server takes long to come to: thousands of alerts, hundreds of groups,
// an alert that began a moment ago.
import type { Browser, Page } from 'playwright-core';
import { afterAll, test as anyTest, beforeAll, beforeEach, expect } from 'vitest';
import type { AlertAnswer, AlertingRuleAnswer, MatrixRow, RuleGroupAnswer } from '../../src/answers/index.ts';
import { accessibilityFaults, expectNoSideScroll, launchBrowser, openPage, requireBrowser, type WatchedPage } from '../support/browser.ts';
import { startTributary, type Tributary } from '../support/tributary.ts';

const test = anyTest.runIf(requireBrowser());

const LONG_AGO = '2020-01-01T00:00:00Z';
const alert = (instance: string, state = 'firing', others: Partial<AlertAnswer> = {}): AlertAnswer => ({
  labels: { alertname: 'Down', instance },
  annotations: {},
  state,
  activeAt: LONG_AGO,
  value: '1e+00',
  ...others,
});
const rule = (name: string, alerts: readonly AlertAnswer[] = [], others: Partial<AlertingRuleAnswer> = {}): AlertingRuleAnswer => ({
  type: 'alerting',
  name,
  query: 'up == 0',
  health: 'ok',
  state: alerts.some(({ state }) => state === 'firing') ? 'firing' : alerts.length > 0 ? 'pending' : 'inactive',
  duration: 0,
  keepFiringFor: 0,
  labels: {},
  annotations: {},
  alerts: [...alerts],
  evaluationTime: 0.001,
  lastEvaluation: LONG_AGO,
  ...others,
});
const group = (name: string, ...rules: AlertingRuleAnswer[]): RuleGroupAnswer => ({
  name,
  file: '/etc/rules.yml',
  rules,
  interval: 1,
  limit: 0,
  evaluationTime: 0.001,
  lastEvaluation: LONG_AGO,
});
const series = ({ labels, state }: AlertAnswer, ...seconds: number[]): MatrixRow => ({
  metric: { __name__: 'ALERTS', alertstate: state, ...labels },
  values: seconds.map((time) => [time, '1']),
});

let server: Tributary;
let browser: Browser;
let watched: WatchedPage;
let page: Page;
/** What the server answers. */
let groups: readonly RuleGroupAnswer[];
let timeline: (endSeconds: number, query: string) => readonly MatrixRow[];

async function openWatched(width = 1440): Promise<void> {
  await watched?.close();
  watched = await openPage(browser, [server.url], { viewport: { width, height: 900 } });
  page = watched.page;
  const answer = (data: object) => ({
    status: 200,
    contentType: 'application/json',
    body: JSON.stringify({ status: 'success', data }),
  });
  await page.route('**/api/v1/rules?*', (route) => route.fulfill(answer({ groups })));
  await page.route('**/api/v1/query_range', (route) => {
    const asked = new URLSearchParams(route.request().postData() ?? '');
    return route.fulfill(answer({ resultType: 'matrix', result: timeline(Number(asked.get('end')), asked.get('query') ?? '') }));
  });
}

const open = (path: string): Promise<unknown> => page.goto(server.url + path);
const text = (): Promise<string> => page.locator('main').innerText();

beforeAll(async () => {
  server = await startTributary({
    config: "scrape_configs: [{job_name: gone, static_configs: [{targets: ['127.0.0.1:1']}]}]",
  });
  browser = await launchBrowser();
});
beforeEach(async () => {
  timeline = () => [];
  await openWatched();
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

test('alerts that began at the end of the timeline are drawn in it', async () => {
  const alerts = [alert('a'), alert('b')];
  groups = [group('one', rule('Down', alerts))];
  timeline = (end) => alerts.map((one) => series(one, end));
  await open('/alerts');
  const bar = page.getByTitle(/^firing since /);
  await expect.poll(() => bar.count()).toBe(2);
  const [inner, outer] = [await bar.first().boundingBox(), await bar.first().locator('..').boundingBox()];
  expect(inner!.width).toBeGreaterThanOrEqual(2);
  expect(inner!.x + inner!.width).toBeLessThanOrEqual(outer!.x + outer!.width + 0.5);
  expect(watched.faults).toEqual([]);
});

test('a timeline that fails takes nothing else with it', async () => {
  groups = [group('one', rule('Down', [alert('a')]), rule('Late', [alert('b')]))];
  // No server answers so: it stands for any fault in drawing it.
  let broken = true;
  timeline = (end, query) =>
    query.includes('Down') && broken ? [{ metric: { alertstate: 'firing' } } as unknown as MatrixRow] : [series(alert('b'), end)];
  await open('/alerts');
  await page.getByText('The timeline has failed').waitFor();
  expect(await text()).toContain('instance="a"');
  await expect.poll(() => page.getByTitle(/^firing since /).count()).toBe(1);
  broken = false;
  // The next answer is tried.
  await expect.poll(() => page.getByText('The timeline has failed').count(), { timeout: 40_000 }).toBe(0);
});

test('the timeline shows the alerts of the table, in their order', async () => {
  const alerts = [...Array(60).keys()].map((i) => alert(`node-${i}`, 'firing', { activeAt: new Date(1e12 + i).toISOString() }));
  groups = [group('one', rule('Down', alerts))];
  timeline = (end) => [...alerts, alert('ended-1')].map((one, i) => series(one, end - 100 + i));
  const instances = (list: string) =>
    page.locator(list).evaluateAll((some) => some.map((one) => /instance="(.+?)"/.exec(one.textContent ?? '')?.[1]));
  const same = async (count: number, more: readonly string[]): Promise<void> => {
    await expect.poll(() => instances('tbody th')).toHaveLength(count);
    await page.getByRole('heading', { name: 'Timeline' }).scrollIntoViewIfNeeded();
    await expect.poll(() => instances('li')).toEqual([...(await instances('tbody th')), ...more]);
  };
  await open('/alerts');
  await same(25, ['ended-1']);
  await page.getByRole('button', { name: 'Last' }).click();
  await same(10, ['ended-1']);
  await open('/alerts?search=node-59');
  await same(1, []);
  expect(await instances('li')).toEqual(['node-59']);
  expect(await accessibilityFaults(page)).toEqual([]);
  expect(watched.faults).toEqual([]);
});

test('what is counted is said: rules above, alerts at a rule', async () => {
  groups = [group('one', rule('Down', [alert('a'), alert('b'), alert('c', 'pending')]), rule('Late', [alert('d')]), rule('Calm'))];
  await open('/alerts');
  await page.getByRole('button', { name: 'Firing 2 rules' }).waitFor();
  const said = await text();
  for (const part of [
    '2 rules firing',
    '1 rule inactive',
    '2 alerts firing',
    '1 alert pending',
    '3 rules, 3 firing alerts, 1 pending alert',
  ])
    expect(said).toContain(part);
});

test('"Open all" opens groups and their rules, as many as a page bears, and "Close all" closes them', async () => {
  const count = (opened: boolean): Promise<number> => page.locator(`main button[aria-expanded="${opened}"]`).count();
  groups = [group('one', rule('Down', [alert('a')]), rule('Late', [alert('b')]), rule('Calm')), group('two', rule('Calm'))];
  await open('/alerts');
  await page.getByRole('button', { name: 'Down' }).waitFor();
  await page.getByRole('button', { name: 'Open all' }).click();
  await expect.poll(() => count(true)).toBe(6);
  expect(await count(false)).toBe(0);
  await page.getByRole('button', { name: 'Close all' }).click();
  await expect.poll(() => count(true)).toBe(0);
  await page.getByRole('button', { name: 'one', exact: true }).click();
  // The other group, and the rules of this one.
  await expect.poll(() => count(false)).toBe(4);
  groups = [...Array(10).keys()].map((i) => group(`group-${i}`, ...[...Array(10).keys()].map((j) => rule(`Rule${j}`, [alert('a')]))));
  await open('/alerts?folds=open');
  await expect.poll(() => count(true)).toBe(10 + 50);
  expect(watched.faults).toEqual([]);
});

test.each(['/rules', '/alerts'])('%s: what a search finds is seen, whatever was closed before', async (path) => {
  groups = [...Array(30).keys()].map((i) => group(`group-${i}`, ...[...Array(10).keys()].map((j) => rule(`Rule${i}x${j}`))));
  await open(`${path}?folds=closed&page=2`);
  await page.getByRole('button', { name: 'group-25' }).waitFor();
  expect(await text()).not.toContain('Rule25x0');
  await page.getByRole('textbox', { name: 'Search' }).fill('Rule25x3');
  await expect.poll(text).toContain('Rule25x3');
  await page.getByRole('button', { name: 'Close all' }).click();
  await expect.poll(text).not.toContain('Rule25x3');
  await page.reload();
  await page.getByRole('button', { name: 'group-25' }).waitFor();
  expect(await text()).not.toContain('Rule25x3');
  await page.getByRole('textbox', { name: 'Search' }).fill('Rule25x4');
  await expect.poll(text).toContain('Rule25x4');
  expect(watched.faults).toEqual([]);
});

test('many groups make a short page: what is wrong first, inactive rules folded away together', async () => {
  const inactive = [...Array(12).keys()].map((i) => rule(`Calm${i}`));
  groups = [...Array(200).keys()].map((i) =>
    group(
      `group-${i}`,
      ...inactive,
      ...(i === 150 ? [rule('Now', [alert('a')])] : i === 190 ? [rule('Soon', [alert('b', 'pending')])] : []),
    ),
  );
  await open('/alerts');
  await page.getByRole('button', { name: '12 inactive rules' }).first().waitFor();
  const titles = await page.getByRole('heading', { level: 2 }).allInnerTexts();
  expect(titles.slice(0, 4)).toEqual(['group-150', 'group-190', 'group-0', 'group-1']);
  expect(await text()).not.toContain('Calm');
  expect(await page.evaluate('document.documentElement.scrollHeight')).toBeLessThan(2500);
  const fold = page.getByRole('button', { name: '12 inactive rules' }).first();
  await fold.focus();
  await page.keyboard.press('Enter');
  await expect.poll(() => page.getByRole('heading', { level: 4, name: 'Calm' }).count()).toBe(12);
  await page.getByRole('button', { name: 'Calm0' }).click();
  await expect.poll(text).toContain('No alert of this rule is active.');
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.reload();
  await expect.poll(text).toContain('No alert of this rule is active.');
  await open('/alerts?state=inactive&open=%2Fetc%2Frules.yml%3Bgroup-0');
  await expect.poll(text).toContain('Calm11');
  expect(watched.faults).toEqual([]);
});

test.each([
  ['/alerts', 'Firing'],
  ['/rules', 'Recording'],
  ['/targets', 'Down'],
])('%s: Back undoes a filter, a whole text that was typed, and what was opened together', async (path, chip) => {
  groups = [group('one', rule('Down', [alert('a')]))];
  const search = (): string => new URL(page.url()).search;
  await open(path);
  await page.getByRole('button', { name: chip }).click();
  await expect.poll(search).toMatch(/^\?\w+=\w+$/);
  const filtered = search();
  const field = page.getByRole('textbox', { name: 'Search' });
  // Each letter is told by itself.
  await field.pressSequentially('down', { delay: 400 });
  await expect.poll(search).toBe(`${filtered}&search=down`);
  await page.getByRole('button', { name: 'Open all' }).click();
  await expect.poll(search).toBe(`${filtered}&search=down&folds=open`);
  await page.goBack();
  await expect.poll(search).toBe(`${filtered}&search=down`);
  await page.goBack();
  await expect.poll(search).toBe(filtered);
  await expect.poll(() => field.inputValue()).toBe('');
  await page.goBack();
  await expect.poll(search).toBe('');
  await expect.poll(() => page.getByRole('button', { name: chip }).getAttribute('aria-pressed')).toBe('false');
  await page.goForward();
  await page.goForward();
  await expect.poll(() => field.inputValue()).toBe('down');
  expect(watched.faults).toEqual([]);
});

test('on a phone all of an alert is in sight', async () => {
  await openWatched(390);
  groups = [
    group(
      'one',
      rule('Down', [alert('shop-1.example.org:9100', 'firing', { annotations: { summary: 'The shop is gone' }, value: '1.25e+01' })]),
    ),
  ];
  await open('/alerts');
  for (const part of [
    page.getByText('The shop is gone'),
    page.locator('td', { hasText: /ago$/ }),
    page.getByRole('cell', { name: '12.5' }),
  ]) {
    const box = await part.boundingBox();
    expect(box!.x).toBeGreaterThanOrEqual(0);
    expect(box!.x + box!.width).toBeLessThanOrEqual(390);
  }
  // Nothing scrolls sideways within the page either.
  expect(await page.getByRole('region', { name: 'Active alerts of Down' }).evaluate((one) => one.scrollWidth - one.clientWidth)).toBe(0);
  expect(await accessibilityFaults(page)).toEqual([]);
  await expectNoSideScroll(page);
  expect(watched.faults).toEqual([]);
});

test('annotations keep their lines', async () => {
  groups = [group('one', rule('Down', [alert('a', 'firing', { annotations: { description: 'First line\nsecond line\n' } })]))];
  await open('/alerts');
  const lines = page.getByText('First line');
  await lines.waitFor();
  await expect.poll(() => lines.innerText()).toBe('First line\nsecond line');
});

test('values of thousands of characters are shortened until they are asked for', async () => {
  groups = [group('one', rule('Down', [alert('a', 'firing', { labels: { alertname: 'Down', path: `${'a/b'.repeat(1000)}END` } })]))];
  await openWatched(390);
  await open('/alerts');
  const button = page.getByRole('cell').or(page.getByRole('rowheader')).getByRole('button', { name: 'Show all 3,003 characters of path' });
  await button.waitFor();
  expect(await text()).not.toContain('END');
  await button.focus();
  await page.keyboard.press('Enter');
  await expect.poll(text).toContain('a/bEND"');
  await expectNoSideScroll(page);
  expect(await accessibilityFaults(page)).toEqual([]);
  await page.keyboard.press('Enter');
  await expect.poll(text).not.toContain('END');
  expect(watched.faults).toEqual([]);
});
