/**
 * SQL Server, or another server that speaks T-SQL, for tests. A file's own place in it is a database.
 * @module
 */
import { setTimeout } from 'node:timers/promises';
import { startContainer } from './containers.ts';
import type { ServiceKind } from './service-kind.ts';

/** A database of a server that speaks T-SQL. */
export interface MssqlPlace {
  /** A connection string, as `new ConnectionPool` of mssql takes it; the database is there when the tests begin. */
  readonly url: string;
}

export const mssql: ServiceKind<MssqlPlace> = {
  title: 'SQL Server',
  urlVariable: 'TEST_MSSQL_URL',
  imageVariable: 'TEST_MSSQL_IMAGE',
  image: 'mcr.microsoft.com/mssql/server:2022-latest',

  async startContainer(image) {
    const { MSSQLServerContainer } = await import('@testcontainers/mssqlserver');
    return startContainer(new MSSQLServerContainer(image).acceptLicense(), (started) =>
      started.getConnectionUri(false),
    );
  },

  async startLocally() {
    throw new Error('there is no server for T-SQL that could be started without a container');
  },

  ownPlace(url, name) {
    const database = name.replaceAll('-', '_');
    return {
      place: { url: withDatabase(url, database) },
      make: () => insist(url, `CREATE DATABASE ${database}`),
      remove: () => insist(url, `DROP DATABASE IF EXISTS ${database}`),
    };
  },
};

function withDatabase(url: string, database: string): string {
  const others = url
    .split(';')
    .filter((part) => part !== '' && !/^\s*(database|initial catalog)\s*=/i.test(part));
  return [...others, `Database=${database}`].join(';');
}

/** How long a server may take for what passes by itself, in milliseconds. */
const patience = 5_000;

/**
 * Runs a statement again while it fails. A database that is to go may be in use: either its connections were closed only
 * now, or a test has left one open. One that is to come may meet another, where two are made at the same time.
 */
async function insist(url: string, statement: string): Promise<void> {
  const deadline = Date.now() + patience;
  for (;;) {
    try {
      return await run(url, statement);
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await setTimeout(100);
    }
  }
}

async function run(url: string, statement: string): Promise<void> {
  const { default: sql } = await import('mssql');
  const pool = await new sql.ConnectionPool(url).connect();
  try {
    await pool.query(statement);
  } finally {
    await pool.close();
  }
}
