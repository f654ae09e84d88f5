/**
 * Where this machine has a Chromium, and how it is started.
 * @module
 */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

const programs = ['chromium', 'chromium-browser', 'google-chrome'];

/** What to say where there is none. */
export const noChromium: string = `No Chromium: none of ${programs.join(', ')} is on the PATH, and CHROMIUM_PATH is not set`;

/** The one that CHROMIUM_PATH names, else the first on the PATH; undefined when there is none. */
export function findChromium(): string | undefined {
  return process.env.CHROMIUM_PATH ?? programs.map(onPath).find((path) => path !== undefined);
}

/** @param executablePath - what `findChromium()` gave. */
export function startChromium(executablePath: string): Promise<Browser> {
  // Chromium's sandbox refuses to run for root, as whom containers run.
  return chromium.launch({ executablePath, chromiumSandbox: process.getuid?.() !== 0 });
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
