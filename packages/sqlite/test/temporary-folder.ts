/** Folders for databases, each removed when the test that made it has finished. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'runafter-sqlite-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}
