/**
 * How a test file says that it needs a browser: a Chromium of this machine.
 *
 * Invariant: tests of a page never pass without a browser. On a laptop they are skipped and say why;
 * where CI or TEST_SERVICES is set, the file fails.
 * @module
 */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, it } from 'vitest';
import { findChromium, noChromium, startChromium } from './find-chromium.ts';

/**
 * Declares tests that need Chromium: the one that CHROMIUM_PATH names, else the first on the PATH.
 *
 * @param declare - called at once; `browser()` is there in tests and hooks, and closed after them.
 * @throws {Error} when there is none although it is required.
 */
export function onChromium(declare: (browser: () => Browser) => void): void {
  const { CI, TEST_SERVICES } = process.env;
  const executablePath = findChromium();
  if (executablePath === undefined) {
    if (CI || TEST_SERVICES) throw new Error(`${noChromium}. It is required here.`);
    it('on Chromium', ({ skip }) => skip(noChromium));
    return;
  }
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = await startChromium(executablePath);
  });
  afterAll(() => browser?.close());
  declare(() => {
    if (browser === undefined) throw new Error('The browser is there in tests and hooks alone.');
    return browser;
  });
}
