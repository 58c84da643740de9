// A headless Chromium that looks at our pages as a person does, and keeps what goes wrong in them.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Result } from 'axe-core';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';

const PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

const chromiumPath = PATHS.find((path) => existsSync(path));

/** Whether there is one. Throws when there is none and CI is set; otherwise says that tests are skipped. */
export function requireBrowser(): boolean {
  if (chromiumPath !== undefined) return true;
  if (process.env.CI)
    throw new Error(`cannot look at the pages: got no Chromium at ${PATHS.join(', ')}, want it installed since CI is set`);
  console.warn('skipped: chromium is not installed');
  return false;
}

export function launchBrowser(): Promise<Browser> {
  if (chromiumPath === undefined) throw new Error(`no Chromium at ${PATHS.join(', ')}: apt-get install chromium`);
  // The sandbox needs rights that a container's root does not have; only our own pages are looked at.
  return chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox', '--disable-gpu'] });
}

export interface WatchedPage {
  readonly page: Page;
  /** Errors of the console and of scripts, and requests to other hosts; to be empty at the end. */
  readonly faults: string[];
  close(): Promise<void>;
}

/** `own`: addresses that pages may ask. */
export async function openPage(browser: Browser, own: readonly string[], options: BrowserContextOptions = {}): Promise<WatchedPage> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const faults: string[] = [];
  context.on('page', (opened) => watch(opened, own, faults));
  watch(page, own, faults);
  return { page, faults, close: () => context.close() };
}

function watch(page: Page, own: readonly string[], faults: string[]): void {
  page.on('pageerror', (error) => faults.push(`script: ${error.message}`));
  page.on('console', (message) => {
    // The browser itself tells every answer of 4xx and 5xx; tests that provoke them look at the page.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) faults.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith('data:') && !own.some((origin) => url.startsWith(`${origin}/`))) faults.push(`request: ${url}`);
  });
}

/** What axe-core finds wrong with the page as it stands: `rule: where`. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  // By evaluation through the protocol, which the page's policy does not concern.
  await page.evaluate(readFileSync(AXE, 'utf8'));
  const violations = await page.evaluate<Result[]>(async () => {
    // biome-ignore lint/suspicious/noExplicitAny: axe is a global of the page, not of this file
    const { axe } = globalThis as any;
    return (await axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'] })).violations;
  });
  return violations.flatMap(({ id, nodes }) =>
    nodes.slice(0, 3).map((node) => `${id}: ${node.target.join(' ')} ${node.failureSummary?.split('\n')[1] ?? ''}`),
  );
}

/** Nothing of the page is wider than the window. */
export async function expectNoSideScroll(page: Page): Promise<void> {
  const [content, window] = await page.evaluate<[number, number]>('[document.documentElement.scrollWidth, window.innerWidth]');
  expect(content, `the width of ${page.url()}`).toBeLessThanOrEqual(window);
}
