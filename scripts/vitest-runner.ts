/**
 * Runs vitest and finds out what it counted.
 *
 * The tally comes through a file and not through vitest's output, which is for people; a file that
 * is missing afterwards means that vitest did not reach its end.
 * @module
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Ending } from './tally.ts';
import { tallyVariable } from './vitest-tally-reporter.ts';
import { root, runTool } from './workspace.ts';

/**
 * Runs vitest once, on this process's terminal.
 *
 * @param args - passed on: file filters and options, as after `vitest run`.
 * @param folder - where vitest looks for its configuration; the workspace's root unless given.
 */
export async function runVitest(args: readonly string[], folder: string = root): Promise<Ending> {
  const scratch = mkdtempSync(join(tmpdir(), 'runafter-tally-'));
  const file = join(scratch, 'tally.json');
  try {
    const reporter = join(import.meta.dirname, 'vitest-tally-reporter.ts');
    const exitCode = await runTool(
      'vitest',
      ['run', '--reporter=default', `--reporter=${reporter}`, ...args],
      { cwd: folder, env: { [tallyVariable]: file } },
    );
    const tally = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
    return { runner: 'vitest', exitCode, tally };
  } finally {
    rmSync(scratch, { recursive: true });
  }
}
