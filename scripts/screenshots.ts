// Takes the pictures of docs/images: pages of the demo at two widths and in two schemes. `scripts/node scripts/screenshots.ts`; it takes
// eight minutes, most of them waiting until the demo has something to show.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { launchBrowser } from '../test/support/browser.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const IMAGES = join(ROOT, 'docs/images');
const PORT = 9490;
/** The shop's alert fires then, as it does a minute of every four. */
const HISTORY_MS = 6.3 * 60_000;
const SETTLE_MS = 2_500;

const [GLOBAL, EU1, , SHOP] = [0, 1, 2, 3].map((i) => `http://127.0.0.1:${PORT + i}`);
const graph = (expr: string): string => `/query?${new URLSearchParams({ 'g0.expr': expr, 'g0.tab': 'graph', 'g0.range_input': '5m' })}`;

const PICTURES: Readonly<Record<string, string>> = {
  alerts: `${SHOP}/alerts?folds=open&range=15m`,
  query: `${GLOBAL}${graph('sum by (dc) (job:http_requests:rate1m)')}`,
  'heat-map': `${EU1}${graph('sum by (le) (rate(http_request_duration_seconds_bucket[1m]))')}&g0.display_mode=heatmap`,
  explain: `${SHOP}/query?${new URLSearchParams({ 'g0.expr': 'sum by (pod) (rate(container_cpu_usage_seconds_total[1m])) / on (pod) sum by (pod) (rate(http_requests_total[1m]))', 'g0.tab': 'explain' })}`,
  federation: `${GLOBAL}/federation`,
  source: `${GLOBAL}/federation?node=federate,127.0.0.1:${PORT + 1}`,
  targets: `${EU1}/targets`,
  'tsdb-status': `${EU1}/tsdb-status`,
};

async function take(browser: Browser, width: number, colorScheme: 'light' | 'dark'): Promise<void> {
  const context = await browser.newContext({ viewport: { width, height: width < 500 ? 844 : 900 }, colorScheme, timezoneId: 'UTC' });
  const page = await context.newPage();
  for (const [name, address] of Object.entries(PICTURES)) {
    await page.goto(address);
    await page.waitForTimeout(SETTLE_MS);
    const file = `${name}-${width < 500 ? 'phone' : 'laptop'}-${colorScheme}.png`;
    await page.screenshot({ path: join(IMAGES, file) });
    console.error(file);
  }
  await context.close();
}

async function ready(demo: ChildProcess): Promise<void> {
  for await (const chunk of demo.stdout!) if (String(chunk).includes('/federation')) return;
  throw new Error('cannot take pictures: the demo has ended');
}

const demo = spawn(join(ROOT, 'bin/tributary'), ['demo', `--port=${PORT}`], { stdio: ['ignore', 'pipe', 'inherit'] });
try {
  await ready(demo);
  await new Promise((resolve) => setTimeout(resolve, HISTORY_MS));
  mkdirSync(IMAGES, { recursive: true });
  const browser = await launchBrowser();
  for (const width of [1440, 390]) for (const scheme of ['light', 'dark'] as const) await take(browser, width, scheme);
  await browser.close();
} finally {
  demo.kill('SIGTERM');
}
