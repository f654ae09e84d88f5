/**
 * How a test file says that it needs a browser: a Chromium of this machine.
 *
 * Invariant: tests of a page never pass without a browser. On a laptop they are skipped and say why;
 * where CI or TEST_SERVICES is set, the file fails.
 * @module
 */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, it } from 'vitest';

const programs = ['chromium', 'chromium-browser', 'google-chrome'];

/**
 * Declares tests that need Chromium: the one that CHROMIUM_PATH names, else the first on the PATH.
 *
 * @param declare - called at once; `browser()` is there in tests and hooks, and closed after them.
 * @throws {Error} when there is none although it is required.
 */
export function onChromium(declare: (browser: () => Browser) => void): void {
  const { CI, TEST_SERVICES, CHROMIUM_PATH } = process.env;
  const executablePath = CHROMIUM_PATH ?? programs.map(onPath).find((path) => path !== undefined);
  if (executablePath === undefined) {
    const reason = `No Chromium: none of ${programs.join(', ')} is on the PATH, and CHROMIUM_PATH is not set`;
    if (CI || TEST_SERVICES) throw new Error(`${reason}. It is required here.`);
    it('on Chromium', ({ skip }) => skip(reason));
    return;
  }
  let browser: Browser | undefined;
  beforeAll(async () => {
    // Chromium's sandbox refuses to run for root, as which containers run.
    browser = await chromium.launch({ executablePath, chromiumSandbox: process.getuid?.() !== 0 });
  });
  afterAll(() => browser?.close());
  declare(() => {
    if (browser === undefined) throw new Error('The browser is there in tests and hooks alone.');
    return browser;
  });
}

function onPath(program: string): string | undefined {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, program))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}
