/**
 * The database of the people department in PostgreSQL: a schema `onboarding`, made when it is missing.
 * @module
 */
import { migrate, postgresPools } from '@runafter/postgres';
import { Pool } from 'pg';
import type { HrDatabase, LogEntry } from './hr-database.ts';

const schema = 'onboarding';

const table = `
  CREATE TABLE IF NOT EXISTS ${schema}.hires (
    batch text NOT NULL,
    operation text NOT NULL,
    employee text NOT NULL,
    account text NOT NULL,
    site text NOT NULL,
    licence text NOT NULL,
    PRIMARY KEY (batch, operation)
  )`;

/** Connects, and makes what is missing. */
export async function postgresHrDatabase(url: string, batch: string): Promise<HrDatabase> {
  const client = new Pool({ connectionString: url });
  // A connection that breaks while nobody uses it is replaced by the next call.
  client.on('error', () => undefined);
  const pools = postgresPools(client, { databaseSchema: schema });
  const close = async (): Promise<void> => {
    await pools.close();
    await client.end();
  };
  try {
    await migrate(client, { schema });
    await client.query(table);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    title: 'PostgreSQL',
    batch,
    pools,
    async log({ operation, employee, account, site, licence }) {
      await client.query(
        `INSERT INTO ${schema}.hires (batch, operation, employee, account, site, licence)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
        [batch, operation, employee, account, site, licence],
      );
    },
    async unlog(operation) {
      const sql = `DELETE FROM ${schema}.hires WHERE batch = $1 AND operation = $2`;
      await client.query(sql, [batch, operation]);
    },
    async logged() {
      const { rows } = await client.query<LogEntry>(
        `SELECT operation, employee, account, site, licence FROM ${schema}.hires
         WHERE batch = $1 ORDER BY employee`,
        [batch],
      );
      return rows;
    },
    [Symbol.asyncDispose]: close,
  };
}
