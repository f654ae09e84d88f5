/** The doctor and the backends that keep no runs. Those that do are in killed-and-resumed.test.ts. */
import { expect, it } from 'vitest';
import { onService } from '../services/on-service.ts';
import { runafter } from './runafter-program.ts';

/** What it finds of the one backend that is named. */
async function examined(url: string) {
  const { code, stdout } = await runafter(['doctor', '--json', '--store', url], {
    ...{ REDIS_URL: '', DATABASE_URL: '', MSSQL_URL: '', AZURE_STORAGE_CONNECTION_STRING: '' },
  });
  const { examinations } = JSON.parse(stdout);
  return { code, stdout, examination: examinations[1] };
}

await Promise.all([
  onService('azurite', ({ url }) => {
    it('Azure Blob Storage tells its version and its time', async () => {
      const { code, stdout, examination } = await examined(url);
      expect(code, stdout).toBe(0);
      expect(stdout, 'the account key is not shown').not.toMatch(/AccountKey/);
      const { version, clockAhead, uncertainty } = examination.measured;
      expect(version).toMatch(/^Blob service \d{4}-/);
      expect(Math.abs(clockAhead), 'it runs on this machine').toBeLessThanOrEqual(uncertainty);
    });
  }),
  onService('mssql', ({ url }) => {
    it('SQL Server without tables is a warning, with the way out', async () => {
      const { code, stdout, examination } = await examined(url);
      expect(code, stdout).toBe(0);
      expect(examination.findings).toContainEqual({
        severity: 'warning',
        message: 'has no tables of runafter yet',
        fix: expect.stringContaining('migrate() of @runafter/mssql'),
      });
    });
  }),
]);

it('a backend that does not answer is a problem, with exit code 3', async () => {
  const { code, examination } = await examined('redis://127.0.0.1:1');
  expect(code).toBe(3);
  expect(examination.findings).toMatchObject([
    { severity: 'problem', message: expect.stringContaining('ECONNREFUSED') },
  ]);
});
