/**
 * `npm run build`: writes the dist/ of every package, from nothing, so that no output of a source that
 * is gone can end up in a published package.
 * @module
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from './run-program.mjs';
import { readPackages, runTool } from './workspace.ts';

/**
 * Compiles every package, and then lets those that have a script `bundle` add what tsc cannot make.
 *
 * @returns the exit code of the first step that failed; 0 when none did.
 */
export async function buildPackages(): Promise<number> {
  const packages = readPackages();
  for (const { path } of packages) rmSync(join(path, 'dist'), { recursive: true, force: true });
  const compiled = await runTool('tsc', ['--build', 'packages']);
  if (compiled !== 0) return compiled;
  for (const { path, manifest } of packages) {
    if (manifest.scripts?.bundle === undefined) continue;
    const bundled = await runProgram('pnpm', ['run', '--silent', 'bundle'], { cwd: path });
    if (bundled !== 0) return bundled;
  }
  return 0;
}
