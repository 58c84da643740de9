// A server with more metrics than the pages ask for at once: each can still be found.
import type { Browser, Page } from 'playwright-core';
import { afterAll, test as anyTest, beforeAll, expect, vi } from 'vitest';
import { launchBrowser, openPage, requireBrowser } from '../support/browser.ts';
import { StaticTarget } from '../support/static-target.ts';
import { startTributary, type Tributary } from '../support/tributary.ts';

const test = anyTest.runIf(requireBrowser());
const METRICS = 10_500;
let target: StaticTarget;
let server: Tributary;
let browser: Browser;
let page: Page;
let faults: readonly string[];

beforeAll(async () => {
  const lines = Array.from({ length: METRICS }, (_, i) => `m${i}_total ${i}\n`);
  target = await StaticTarget.start(`${lines.join('')}zz_last_metric 1\n`);
  server = await startTributary({
    config: `global: {scrape_interval: 10s}\nscrape_configs: [{job_name: a, static_configs: [{targets: ['${target.address}']}]}]\n`,
  });
  browser = await launchBrowser();
  ({ page, faults } = await openPage(browser, [server.url]));
  await vi.waitFor(async () => expect(await (await fetch(`${server.url}/api/v1/query?query=zz_last_metric`)).text()).toContain('"1"'), {
    timeout: 30_000,
  });
});
afterAll(async () => {
  expect(faults).toEqual([]);
  await browser?.close();
  await server?.stop();
  await target?.close();
});

test('completion offers what stands behind the first ones', async () => {
  await page.goto(`${server.url}/query`);
  await page.getByRole('textbox', { name: 'Expression' }).pressSequentially('sum(zz_la', { delay: 30 });
  const offered = page.locator('.cm-tooltip-autocomplete li', { hasText: 'zz_last_metric' });
  await offered.waitFor();
  await offered.click();
  await expect.poll(() => page.locator('.cm-content').first().textContent()).toContain('sum(zz_last_metric');
});

test('the explorer finds it, and says that its list is not whole', async () => {
  await page.goto(`${server.url}/query`);
  await page.getByRole('button', { name: 'Look for metrics' }).click();
  await page.getByText('There are more than 10,000 metrics').waitFor();
  await page.getByRole('combobox', { name: 'Search metrics' }).fill('last ZZ');
  await page.getByRole('option', { name: 'zz_last_metric' }).click();
  await page.getByText('All metrics with this in their name are listed').waitFor();
});
