/**
 * A file of hires for the example: 33, for the 30 licences of E5 that it has.
 * @module
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** What `--json` prints of them, whichever way they are onboarded. */
export const expectedFacts = {
  hires: 33,
  complete: 30,
  reasons: [{ code: 'POOL_EMPTY', count: 3 }],
  proof: { complete: 30, untouched: 3, halfDone: 0, strays: 0, licencesHeld: 30 },
};

/** @returns the name of the file, which is gone after the test. */
export async function hiresFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'onboarding-hires-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const lines = Array.from(
    { length: 33 },
    (_, index) => `E${1001 + index},Ada,Lovelace,ada.${index}@example.com,Sales,Grace Hopper,E5`,
  );
  const names = 'EmployeeNumber,FirstName,LastName,Account,Department,Manager,Licence';
  const file = join(folder, 'hires.csv');
  await writeFile(file, [names, ...lines].join('\n'));
  return file;
}
