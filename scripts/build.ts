/**
 * `npm run build`: writes the dist/ of every package, from nothing, so that no output of a source that
 * is gone can end up in a published package.
 * @module
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { readPackages, runTool } from './workspace.ts';

/** @returns the exit code of tsc. */
export function buildPackages(): Promise<number> {
  for (const { path } of readPackages())
    rmSync(join(path, 'dist'), { recursive: true, force: true });
  return runTool('tsc', ['--build', 'packages']);
}
