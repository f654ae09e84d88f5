/**
 * SQL Server: sp_getapplock and sp_releaseapplock on a session that stays open. What these lack: a token, and
 * news of the loss when the session ends. They can wait: the server wakes the waiter.
 * @module
 */
import type { ConnectionPool } from 'mssql';
import { placeIn } from '../../harness/bench-places.ts';
import { contenderOf } from '../contender.ts';
import type { Backend, Peer } from './backend.ts';

const acquire = `
DECLARE @outcome int;
EXEC @outcome = sp_getapplock @Resource = @name, @LockMode = 'Exclusive', @LockOwner = 'Session', @LockTimeout = 30000;
SELECT @outcome AS outcome;`;

const release = "EXEC sp_releaseapplock @Resource = @name, @LockOwner = 'Session';";

const applicationLocks: Peer = {
  title: 'sp_getapplock, sp_releaseapplock',
  async open(name, cleanup) {
    const { default: sql } = await import('mssql');
    const config = sql.ConnectionPool.parseConnectionString(placeIn('mssql').url);
    const session: ConnectionPool = await new sql.ConnectionPool({
      ...config,
      pool: { min: 1, max: 1 },
      // By default it would ask `SELECT 1` before each call.
      validateConnection: 'socket',
    }).connect();
    cleanup.defer(() => session.close());
    const call = (statement: string) =>
      session.request().input('name', sql.NVarChar(255), name).query(statement);
    return async () => {
      const { outcome } = (await call(acquire)).recordset[0];
      if (outcome < 0) throw new Error(`sp_getapplock has returned ${outcome}.`);
      return () => call(release);
    };
  },
};

export const mssql: Backend = {
  title: 'SQL Server lock',
  needs: 'mssql',
  ours: contenderOf(async () => {
    const { migrate, mssqlLock } = await import('@runafter/mssql');
    const { url } = placeIn('mssql');
    await migrate(url);
    return mssqlLock(url);
  }),
  uncontended: { peer: applicationLocks, each: 5 },
  handOver: { peer: applicationLocks, held: { min: 20, max: 60 }, each: 20 },
};
