/**
 * PostgreSQL as the doctor sees it: its tables, and whether a commit is one.
 * @module
 */
import { importClient, importFromProject } from '../../project-packages.ts';
import type { Backend, Connect } from '../backend.ts';
import { type Finding, fine } from '../finding.ts';
import { migrationFinding } from './migration-finding.ts';

type Row = Readonly<Record<string, string | number | boolean | null>>;

/** The part of pg that is used. */
interface PostgresClient {
  connect(): Promise<unknown>;
  query(sql: string, values?: readonly unknown[]): Promise<{ readonly rows: readonly Row[] }>;
  on(event: 'error', listener: () => void): unknown;
  end(): Promise<void>;
}

interface Pg {
  readonly Client: new (options: object) => PostgresClient;
}

const driverName = '@runafter/postgres';

/** Connects with one session. */
export const connectPostgres: Connect = async ({ address, label, place = 'runafter' }, folder) => {
  const { Client } = await importClient<Pg>('pg', driverName, folder, label);
  const client = new Client({ connectionString: address, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  await client.connect();
  const version = await scalar(client, "SELECT current_setting('server_version')");
  const backend: Backend = {
    version: `PostgreSQL ${version}`,
    resolution: 0,
    now: async () =>
      Number(await scalar(client, 'SELECT extract(epoch FROM clock_timestamp()) * 1000')),
    examine: async () => {
      const { migrationSql } = await importFromProject<typeof import('@runafter/postgres')>(
        driverName,
        folder,
        label,
      );
      const taken = await stepsTaken(client, place);
      return [
        ...(await durabilityFindings(client)),
        migrationFinding(taken, migrationSql({ schema: place }), driverName),
      ];
    },
    close: () => client.end(),
  };
  return backend;
};

async function stepsTaken(client: PostgresClient, schema: string): Promise<number | undefined> {
  const table = `"${schema.replaceAll('"', '""')}".migrations`;
  const { rows } = await client.query('SELECT to_regclass($1) IS NOT NULL AS found', [table]);
  if (rows[0]?.found !== true) return undefined;
  return Number(await scalar(client, `SELECT count(*) FROM ${table}`));
}

async function durabilityFindings(client: PostgresClient): Promise<Finding[]> {
  const isReplica = await scalar(client, 'SELECT pg_is_in_recovery()');
  const fsync = await scalar(client, "SELECT current_setting('fsync')");
  const commit = await scalar(client, "SELECT current_setting('synchronous_commit')");
  const findings: Finding[] = [];
  if (isReplica === true) {
    findings.push({
      severity: 'problem',
      message: 'is a standby, which takes no writes',
      fix: 'Name the primary, or add target_session_attrs=read-write to the connection string.',
    });
  }
  if (fsync === 'off') {
    findings.push({
      severity: 'warning',
      message:
        'does not force commits to the disk (fsync off): a power cut may destroy the database',
      fix: 'Set fsync = on, unless all of it may be lost, as in tests.',
    });
  } else if (commit === 'off') {
    findings.push({
      severity: 'warning',
      message: 'acknowledges commits before they are on the disk (synchronous_commit off)',
      fix: 'Set synchronous_commit = on for the role or the database of runafter.',
    });
  } else findings.push(fine('keeps what it has acknowledged'));
  return findings;
}

async function scalar(client: PostgresClient, sql: string): Promise<Row[string] | undefined> {
  const { rows } = await client.query(sql);
  return Object.values(rows[0] ?? {})[0];
}
