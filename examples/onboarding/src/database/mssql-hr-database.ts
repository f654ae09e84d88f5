/**
 * The database of the people department in SQL Server: a schema `onboarding`, made when it is missing.
 * @module
 */
import { migrate, mssqlPools } from '@runafter/mssql';
import mssql from 'mssql';
import type { HrDatabase, LogEntry } from './hr-database.ts';

const schema = 'onboarding';

const table = `
  IF OBJECT_ID(N'${schema}.hires', N'U') IS NULL
  CREATE TABLE ${schema}.hires (
    batch nvarchar(100) NOT NULL,
    operation nvarchar(200) NOT NULL,
    employee nvarchar(20) NOT NULL,
    account nvarchar(200) NOT NULL,
    site nvarchar(400) NOT NULL,
    licence nvarchar(50) NOT NULL,
    PRIMARY KEY (batch, operation)
  )`;

/** Two who insert the same at once: one of them is told so. */
const duplicateKey = 2627;

/** Connects, and makes what is missing. */
export async function mssqlHrDatabase(connection: string, batch: string): Promise<HrDatabase> {
  const client = await new mssql.ConnectionPool(connection).connect();
  const pools = mssqlPools(client, { databaseSchema: schema });
  const close = async (): Promise<void> => {
    await pools.close();
    await client.close();
  };
  const query = <Row>(sql: string, values: Readonly<Record<string, string>>) => {
    const request = client.request();
    for (const [name, value] of Object.entries(values)) request.input(name, mssql.NVarChar, value);
    return request.query<Row>(sql);
  };
  try {
    await migrate(client, { schema });
    await client.request().batch(table);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    title: 'SQL Server',
    batch,
    pools,
    async log(entry) {
      const insert = `
        INSERT INTO ${schema}.hires (batch, operation, employee, account, site, licence)
        VALUES (@batch, @operation, @employee, @account, @site, @licence)`;
      await query(insert, { batch, ...entry }).catch((error) => {
        if (error.number !== duplicateKey) throw error;
      });
    },
    async unlog(operation) {
      const remove = `DELETE FROM ${schema}.hires WHERE batch = @batch AND operation = @operation`;
      await query(remove, { batch, operation });
    },
    async logged() {
      const select = `
        SELECT operation, employee, account, site, licence FROM ${schema}.hires
        WHERE batch = @batch ORDER BY employee`;
      return (await query<LogEntry>(select, { batch })).recordset;
    },
    [Symbol.asyncDispose]: close,
  };
}
