// A browser whose clock is wrong: what is asked goes by the server's clock, and the page says so.
import type { Browser } from 'playwright-core';
import { afterAll, test as anyTest, beforeAll, expect, vi } from 'vitest';
import { launchBrowser, openPage, requireBrowser } from '../support/browser.ts';
import { StaticTarget } from '../support/static-target.ts';
import { startTributary, type Tributary } from '../support/tributary.ts';

const test = anyTest.runIf(requireBrowser());
const SKEW_MS = 10 * 60_000;
let target: StaticTarget;
let server: Tributary;
let browser: Browser;

beforeAll(async () => {
  target = await StaticTarget.start('things 42\n');
  server = await startTributary({
    config: `global: {scrape_interval: 1s}\nscrape_configs: [{job_name: a, static_configs: [{targets: ['${target.address}']}]}]\n`,
  });
  browser = await launchBrowser();
  await vi.waitFor(async () => expect(await (await fetch(`${server.url}/api/v1/query?query=things`)).text()).toContain('"42"'), 30_000);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await target?.close();
});

/** Shifts all clocks that a page has. */
function shift(ms: number): void {
  const now = Date.now.bind(Date);
  Date.now = () => now() + ms;
  const { timeOrigin } = performance;
  Object.defineProperty(performance, 'timeOrigin', { value: timeOrigin + ms });
}

for (const [name, ms, said] of [
  ['ahead', SKEW_MS, 'is 10m behind this browser'],
  ['behind', -SKEW_MS, 'is 10m ahead of this browser'],
] as const) {
  test(`a clock that is ${name}`, async () => {
    const { page, faults, close } = await openPage(browser, [server.url]);
    await page.addInitScript(shift, ms);
    await page.goto(`${server.url}/query?g0.expr=things&g0.tab=table`);
    await page.getByText(said).waitFor();
    await page.locator('tbody tr', { hasText: '42' }).waitFor();
    await page.goto(`${server.url}/targets`);
    // Not in ten minutes, and not ten minutes ago.
    await page
      .getByText(/^\d+ s ago$/)
      .first()
      .waitFor();
    expect(faults).toEqual([]);
    await close();
  });
}

test('a clock that is right', async () => {
  const { page, close } = await openPage(browser, [server.url]);
  await page.goto(`${server.url}/query?g0.expr=things&g0.tab=table`);
  await page.locator('tbody tr', { hasText: '42' }).waitFor();
  await expect.poll(() => page.getByText("this browser's").count()).toBe(0);
  await close();
});
