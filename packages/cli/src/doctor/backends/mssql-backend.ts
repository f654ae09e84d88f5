/**
 * SQL Server as the doctor sees it: its tables and procedures.
 * @module
 */
import { importClient, importFromProject } from '../../project-packages.ts';
import type { Connect } from '../backend.ts';
import { migrationFinding } from './migration-finding.ts';

/** The part of mssql that is used. */
interface Pool {
  connect(): Promise<unknown>;
  query(sql: string): Promise<{ readonly recordset: readonly Readonly<Record<string, unknown>>[] }>;
  on(event: 'error', listener: () => void): unknown;
  close(): Promise<void>;
}

interface Mssql {
  readonly ConnectionPool: new (connectionString: string) => Pool;
}

const driverName = '@runafter/mssql';

/** Connects with one session. */
export const connectMssql: Connect = async ({ address, label, place = 'runafter' }, folder) => {
  const { ConnectionPool } = await importClient<Mssql>('mssql', driverName, folder, label);
  const pool = new ConnectionPool(address);
  pool.on('error', () => undefined);
  await pool.connect();
  const scalar = async (sql: string): Promise<unknown> =>
    Object.values((await pool.query(sql)).recordset[0] ?? {})[0];
  return {
    version: versionIn(String(await scalar('SELECT @@VERSION AS version'))),
    resolution: 0,
    now: async () =>
      Number(await scalar("SELECT DATEDIFF_BIG(ms, '1970-01-01', SYSUTCDATETIME()) AS ms")),
    examine: async () => {
      const { migrationSql } = await importFromProject<typeof import('@runafter/mssql')>(
        driverName,
        folder,
        label,
      );
      const found = await scalar(`SELECT OBJECT_ID('${place}.migrations') AS id`);
      const taken =
        found === null || found === undefined
          ? undefined
          : Number(await scalar(`SELECT COUNT(*) AS steps FROM ${place}.migrations`));
      return [migrationFinding(taken, migrationSql({ schema: place }), driverName)];
    },
    close: () => pool.close(),
  };
};

/** `Microsoft SQL Server 2022 (RTM-CU14) …` in its first words. */
function versionIn(text: string): string {
  return /^.*?\d+(\.\d+)*/.exec(text)?.[0] ?? text.slice(0, 40);
}
