/**
 * Folders that live as long as the test that made them.
 * @module
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

/**
 * Makes a folder with these files; it is removed when the current test has finished.
 *
 * @param files - their texts by path; an object that is not a string is written as JSON.
 * @param parent - where to make it; the system's temporary folder unless given.
 * @returns the folder's absolute path.
 */
export function temporaryFolder(
  files: Readonly<Record<string, string | object>>,
  parent: string = tmpdir(),
): string {
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, 'runafter-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  }
  return folder;
}
