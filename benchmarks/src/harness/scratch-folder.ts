/**
 * A folder for the files that a benchmark makes. All child processes of a run share it, so that what
 * takes long to make is made once; it is gone when the run has ended.
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const variable = 'RUNAFTER_BENCH_FOLDER';

/** Makes the folder for this process and its children. */
export function makeScratchFolder(): void {
  const folder = mkdtempSync(join(tmpdir(), 'runafter-bench-'));
  process.env[variable] = folder;
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
}

/** The path of a file in the folder. */
export function scratchFile(name: string): string {
  const folder = process.env[variable];
  if (folder === undefined) throw new Error('There is no scratch folder. Use `npm run bench`.');
  return join(folder, name);
}
