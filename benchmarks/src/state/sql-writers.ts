/**
 * Writers with connections of their own that add to one number of a database: in one statement, and with
 * update(). Each waits for each of its additions.
 * @module
 */
import { placeIn } from '../harness/bench-places.ts';
import type { Work } from '../harness/work.ts';
import { inCounter, inDocument } from './tallies.ts';
import { sideBySide } from './tally.ts';

const peer = 'update() of a document';

const onPostgres = { clients: 8, each: 10 };

const postgres: Work = {
  kind: 'duel',
  name: `PostgreSQL, ${onPostgres.clients} writers, counter`,
  unit: 'µs/addition',
  needs: 'postgres',
  ours: sideBySide(
    inCounter(async () => {
      const { migrate, postgresCounter } = await import('@runafter/postgres');
      const { url } = placeIn('postgres');
      await migrate(url);
      return postgresCounter({ connectionString: url, max: 1 });
    }),
    onPostgres,
  ),
  peers: {
    [peer]: sideBySide(
      inDocument(async () => {
        const { migrate, postgresDocumentStore } = await import('@runafter/postgres');
        const { url } = placeIn('postgres');
        await migrate(url);
        return postgresDocumentStore({ connectionString: url, max: 1 });
      }),
      onPostgres,
    ),
  },
};

/** Fewer, because some servers for T-SQL take long to open a session. */
const onMssql = { clients: 4, each: 5 };

const mssql: Work = {
  kind: 'duel',
  name: `SQL Server, ${onMssql.clients} writers, counter`,
  unit: 'µs/addition',
  needs: 'mssql',
  ours: sideBySide(
    inCounter(async () => {
      const { mssqlCounter } = await import('@runafter/mssql');
      return mssqlCounter(await migratedMssql());
    }),
    onMssql,
  ),
  peers: {
    [peer]: sideBySide(
      inDocument(async () => {
        const { mssqlDocumentStore } = await import('@runafter/mssql');
        return mssqlDocumentStore(await migratedMssql());
      }),
      onMssql,
    ),
  },
};

let migration: Promise<void> | undefined;

/** How to open one session to a database that has all the tables. */
async function migratedMssql(): Promise<string> {
  const { migrate } = await import('@runafter/mssql');
  const { url } = placeIn('mssql');
  migration ??= migrate(url);
  await migration;
  return `${url};Max Pool Size=1`;
}

export const sqlWriterWorks: readonly Work[] = [postgres, mssql];
