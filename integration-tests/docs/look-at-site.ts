/**
 * Opens pages of the built site in a browser, light and dark: nothing on the console, nothing that axe objects
 * to, no request that leaves the machine. `npm run docs:build` ends with it.
 * @module
 */
import axe, { type AxeResults } from 'axe-core';
import { type Browser, type BrowserContextOptions, errors } from 'playwright-core';
import { root } from '../../scripts/workspace.ts';
import { findChromium, noChromium, startChromium } from '../report/find-chromium.ts';
import { serveFolder } from './serve-folder.ts';

const pages = [
  '/',
  '/cookbook/how-many-at-once',
  '/errors/LOCK_TIMEOUT',
  '/api/core/functions/start',
  '/architecture',
];
const views: Readonly<Record<string, BrowserContextOptions>> = {
  light: { colorScheme: 'light', viewport: { width: 1280, height: 900 } },
  dark: { colorScheme: 'dark', viewport: { width: 390, height: 844 } },
};

const chromium = findChromium();
if (chromium === undefined) {
  console.log(`The pages were not looked at. ${noChromium}.`);
  process.exitCode = process.env.CI === undefined ? 0 : 1;
} else {
  const browser = await startChromium(chromium);
  try {
    await using site = await serveFolder(`${root}/docs/.vitepress/dist`);
    const complaints = await lookAtAll(browser, site.url);
    for (const complaint of complaints) console.error(complaint);
    console.log(
      `${pages.length} pages looked at, light and dark: ${complaints.length} complaints.`,
    );
    process.exitCode = complaints.length === 0 ? 0 : 1;
  } finally {
    await browser.close();
  }
}

async function lookAtAll(browser: Browser, url: string): Promise<string[]> {
  const complaints: string[] = [];
  for (const [view, options] of Object.entries(views)) {
    const context = await browser.newContext({ ...options, reducedMotion: 'reduce' });
    for (const path of pages) {
      const found = await lookAt(context, url, path);
      complaints.push(...found.map((text) => `${path}, ${view}: ${text}`));
    }
    await context.close();
  }
  return complaints;
}

async function lookAt(
  context: Awaited<ReturnType<Browser['newContext']>>,
  url: string,
  path: string,
): Promise<string[]> {
  const complaints: string[] = [];
  const page = await context.newPage();
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    const target = request.url();
    if (!target.startsWith(url) && !target.startsWith('data:'))
      complaints.push(`asks for ${target}`);
  });
  try {
    await page.goto(`${url}${path}`, { waitUntil: 'networkidle' });
  } catch (error) {
    if (!(error instanceof errors.TimeoutError)) throw error;
    complaints.push('was not loaded in time');
  }
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<AxeResults>('axe.run({ preload: false })');
  for (const { id, nodes } of violations) {
    complaints.push(`${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(', ')}`);
  }
  const surplus = await page.evaluate('document.documentElement.scrollWidth - window.innerWidth');
  if (Number(surplus) > 0) complaints.push(`is ${surplus} pixels too wide`);
  await page.close();
  return complaints;
}
