/**
 * A report in a browser, as somebody would open it: from a file.
 * @module
 */
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from '../workspace/temporary-folder.ts';

/** A page, and everything that it should not have done. */
export interface OpenPage {
  readonly page: Page;
  /** What it wrote on the console, and errors that nothing caught. */
  readonly complaints: readonly string[];
  /** What it asked for, the file itself not among it. */
  readonly requests: readonly string[];
}

/** Opens a page and closes it when the current test has finished. */
export async function openPage(
  browser: Browser,
  html: string,
  options: BrowserContextOptions = {},
): Promise<OpenPage> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('dialog', (dialog) => complaints.push(dialog.message()));
  const url = `${pathToFileURL(temporaryFolder({ 'run.html': html }))}/run.html`;
  page.on('request', (request) => {
    if (request.url() !== url && !request.url().startsWith('data:')) requests.push(request.url());
  });
  await page.goto(url);
  return { page, complaints, requests };
}
