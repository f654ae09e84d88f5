import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { onService } from '../services/on-service.ts';
import { expectedFacts, hiresFile } from './hires-file.ts';

const main = join(import.meta.dirname, '..', '..', 'examples', 'onboarding', 'src', 'main.ts');

/** What the example prints about a batch in this database; it fails unless the exit code is 0. */
async function batchIn(url: string, ...args: readonly string[]): Promise<unknown> {
  const env = { ...process.env, ONBOARDING_DATABASE_URL: url };
  const options = ['--json', '--speed', '1000', '--input', await hiresFile(), ...args];
  const program = ['--conditions=@runafter/source', main, ...options];
  const { stdout } = await promisify(execFile)(process.execPath, program, { env });
  return JSON.parse(stdout);
}

await onService('postgres', ({ url }) => {
  it('onboards with log and licences in PostgreSQL, killed half-way, and then another batch', async () => {
    expect(await batchIn(url, '--kill')).toMatchObject({
      ...expectedFacts,
      database: 'PostgreSQL',
    });
    expect(await batchIn(url)).toMatchObject(expectedFacts);
  });
});

await onService('mssql', ({ url }) => {
  it('onboards with log and licences in SQL Server', async () => {
    expect(await batchIn(url)).toMatchObject({ ...expectedFacts, database: 'SQL Server' });
  });
});
