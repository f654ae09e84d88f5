/**
 * SQL Server: UPDATE … OUTPUT on a table of the same columns, through a pool of the same size.
 *
 * The pool of the raw calls does not ask `SELECT 1` before each of them, as it would by default: that would
 * double their round trips, and make ours look good.
 * @module
 */
import { randomUUID } from 'node:crypto';
import type { ConnectionPool } from 'mssql';
import { placeIn } from '../../harness/bench-places.ts';
import { inCounter, inCounterOnce, newId } from '../tallies.ts';
import { type OpenTallies, tallyOf } from '../tally.ts';
import type { Contest } from './contest.ts';

const tables = `
IF OBJECT_ID(N'raw_counters') IS NULL
BEGIN
  CREATE TABLE raw_counters (
    name nvarchar(401) COLLATE Latin1_General_100_BIN2 NOT NULL,
    value bigint NOT NULL,
    CONSTRAINT raw_counters_name PRIMARY KEY CLUSTERED (name)
  );
  CREATE TABLE raw_operations (
    id bigint IDENTITY NOT NULL,
    counter nvarchar(401) COLLATE Latin1_General_100_BIN2 NOT NULL,
    operation nvarchar(401) COLLATE Latin1_General_100_BIN2 NOT NULL,
    expires_at datetime2 NOT NULL,
    CONSTRAINT raw_operations_id UNIQUE CLUSTERED (id),
    CONSTRAINT raw_operations_operation PRIMARY KEY NONCLUSTERED (counter, operation)
  );
  CREATE INDEX raw_operations_expiry ON raw_operations (expires_at);
END;`;

const update = `
UPDATE raw_counters SET value = value + @amount OUTPUT inserted.value AS value WHERE name = @name;`;
const updateOnce = `
SET XACT_ABORT ON;
BEGIN TRANSACTION;
INSERT INTO raw_operations (counter, operation, expires_at)
VALUES (@name, @operation, DATEADD(day, 1, SYSUTCDATETIME()));
${update}
COMMIT TRANSACTION;`;

async function openCounter() {
  const { migrate, mssqlCounter } = await import('@runafter/mssql');
  const { url } = placeIn('mssql');
  await migrate(url);
  return mssqlCounter(url);
}

/** @param statement - has the parameters @name, @amount and @operation. */
function raw(statement: string, { withId }: { readonly withId: boolean }): OpenTallies {
  return async (clients, cleanup) => {
    const { default: sql } = await import('mssql');
    const name = randomUUID();
    const config = sql.ConnectionPool.parseConnectionString(placeIn('mssql').url);
    const pools: ConnectionPool[] = [];
    for (let client = 0; client < clients; client++) {
      const pool = new sql.ConnectionPool({ ...config, validateConnection: 'socket' });
      pools.push(await pool.connect());
      cleanup.defer(() => pool.close());
    }
    const request = (pool: ConnectionPool) =>
      pool.request().input('name', sql.NVarChar(400), name).input('amount', sql.BigInt, 1);
    await pools[0]?.query(tables);
    if (pools[0]) await request(pools[0]).query('INSERT INTO raw_counters VALUES (@name, 0)');
    return pools.map((pool) =>
      tallyOf(
        () => {
          const addition = request(pool);
          if (withId) addition.input('operation', sql.NVarChar(400), newId());
          return addition.query(statement);
        },
        async () => {
          const read = 'SELECT value FROM raw_counters WHERE name = @name';
          const { recordset } = await request(pool).query(read);
          return Number(recordset[0].value);
        },
      ),
    );
  };
}

export const mssql: Contest = {
  backend: 'SQL Server',
  needs: 'mssql',
  target: 1.25,
  additions: 20,
  plain: {
    ours: inCounter(openCounter),
    peer: 'UPDATE … OUTPUT',
    theirs: raw(update, { withId: false }),
  },
  once: {
    ours: inCounterOnce(openCounter),
    peer: 'INSERT and UPDATE, transaction',
    theirs: raw(updateOnce, { withId: true }),
  },
};
