import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { onService } from '../services/on-service.ts';

const main = join(import.meta.dirname, '..', '..', 'examples', 'onboarding', 'src', 'main.ts');

/** 33 hires for the 30 licences of E5 that the example has. */
async function hires(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'onboarding-databases-'));
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

/** What the example prints about a batch in this database; it fails unless the exit code is 0. */
async function batchIn(url: string, ...args: readonly string[]): Promise<unknown> {
  const env = { ...process.env, ONBOARDING_DATABASE_URL: url };
  const options = ['--json', '--speed', '1000', '--input', await hires(), ...args];
  const program = ['--conditions=@runafter/source', main, ...options];
  const { stdout } = await promisify(execFile)(process.execPath, program, { env });
  return JSON.parse(stdout);
}

const expected = {
  complete: 30,
  reasons: [{ code: 'POOL_EMPTY', count: 3 }],
  proof: { complete: 30, untouched: 3, halfDone: 0, strays: 0, licencesHeld: 30 },
};

await onService('postgres', ({ url }) => {
  it('onboards with log and licences in PostgreSQL, killed half-way, and then another batch', async () => {
    expect(await batchIn(url, '--kill')).toMatchObject({ ...expected, database: 'PostgreSQL' });
    expect(await batchIn(url)).toMatchObject(expected);
  });
});

await onService('mssql', ({ url }) => {
  it('onboards with log and licences in SQL Server', async () => {
    expect(await batchIn(url)).toMatchObject({ ...expected, database: 'SQL Server' });
  });
});
