/** The migration: from many processes at once, by hand, into schemas with any name, and with few rights. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
  migrate,
  migrationSql,
  postgresCounter,
  postgresDocumentStore,
  postgresLock,
} from '@runafter/postgres';
import pg from 'pg';
import { afterAll, describe, expect, it } from 'vitest';
import { onService } from '../services/on-service.ts';
import { openPool } from './database.ts';

const program = fileURLToPath(new URL('programs/migrate.ts', import.meta.url));
const run = promisify(execFile);

await onService('postgres', ({ url }) => {
  const pool = openPool({ connectionString: url });
  afterAll(() => pool.end());

  /** What is in a schema: columns, indexes, and the steps that were taken. */
  async function contentsOf(schema: string) {
    const columns = await pool.query(
      `SELECT table_name, column_name, data_type, collation_name, is_nullable, is_identity
       FROM information_schema.columns WHERE table_schema = $1 ORDER BY 1, 2`,
      [schema],
    );
    const indexes = await pool.query(
      `SELECT tablename, indexname, replace(indexdef, quote_ident($1), '') AS definition
       FROM pg_indexes WHERE schemaname = $1 ORDER BY 1, 2`,
      [schema],
    );
    const steps = await pool.query(
      `SELECT step FROM ${pg.escapeIdentifier(schema)}.migrations ORDER BY step`,
    );
    return { columns: columns.rows, indexes: indexes.rows, steps: steps.rows };
  }

  describe('migrate()', () => {
    it('called by ten processes at once is done once', async () => {
      const processes = Array.from({ length: 10 }, () =>
        run(process.execPath, ['--conditions=@runafter/source', program, 'ten']),
      );
      await Promise.all(processes);
      expect((await contentsOf('ten')).steps).toEqual([1, 2, 3, 4, 5].map((step) => ({ step })));
    });

    it('may be called again, and leaves what is there', async () => {
      await migrate(pool, { schema: 'twice' });
      await using counter = postgresCounter(url, { databaseSchema: 'twice' });
      await counter.add('orders', 3);
      await migrate(pool, { schema: 'twice' });
      expect(await counter.read('orders')).toBe(3n);
    });

    it('with nothing to do needs no right to create anything', async () => {
      await migrate(pool, { schema: 'restricted' });
      await pool.query(`
        CREATE ROLE runafter_test_restricted LOGIN;
        GRANT USAGE ON SCHEMA restricted TO runafter_test_restricted;
        GRANT SELECT ON ALL TABLES IN SCHEMA restricted TO runafter_test_restricted;`);
      try {
        const client = new URL(url);
        client.username = 'runafter_test_restricted';
        await migrate(client.href, { schema: 'restricted' });
        const refusal = {
          code: 'SERVICE_REFUSED',
          message: expect.stringMatching(/owner.* migrationSql\(\).* CREATE/),
          cause: { code: '42501' },
        };
        await expect(migrate(client.href, { schema: 'another' })).rejects.toMatchObject(refusal);
        await pool.query(`
          DROP TABLE restricted.locks;
          DELETE FROM restricted.migrations WHERE step = 3;`);
        await expect(migrate(client.href, { schema: 'restricted' })).rejects.toMatchObject(refusal);
      } finally {
        await pool.query(
          'DROP OWNED BY runafter_test_restricted; DROP ROLE runafter_test_restricted;',
        );
      }
    });

    it('by the owner leaves what a role may do to tables of later versions, with default privileges', async () => {
      await migrate(pool, { schema: 'upgraded' });
      await pool.query(`
        CREATE ROLE runafter_test_upgraded LOGIN;
        GRANT USAGE ON SCHEMA upgraded TO runafter_test_upgraded;
        ALTER DEFAULT PRIVILEGES IN SCHEMA upgraded
          GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO runafter_test_upgraded;
        DROP TABLE upgraded.locks;
        DELETE FROM upgraded.migrations WHERE step = 3;`);
      await migrate(pool, { schema: 'upgraded' });
      try {
        const client = new URL(url);
        client.username = 'runafter_test_upgraded';
        await using lock = postgresLock(client.href, { databaseSchema: 'upgraded' });
        await using lease = await lock.acquire('job');
        expect(lease.token).toBe(1n);
      } finally {
        await pool.query('DROP OWNED BY runafter_test_upgraded; DROP ROLE runafter_test_upgraded;');
      }
    });

    it('that fails leaves the session to whoever comes next', async () => {
      const single = openPool({ connectionString: url, max: 1 });
      try {
        await single.query('CREATE SCHEMA taken; CREATE TABLE taken.documents ()');
        await expect(migrate(single, { schema: 'taken' })).rejects.toMatchObject({
          code: 'SERVICE_REFUSED',
          cause: { code: '42P07' },
        });
        expect((await single.query('SELECT 1')).rowCount).toBe(1);
      } finally {
        await single.end();
      }
    });

    it('that was aborted before ends with the reason', async () => {
      const signal = AbortSignal.abort(new Error('enough'));
      await expect(migrate(pool, { signal })).rejects.toBe(signal.reason);
    });
  });

  describe('the printed SQL', () => {
    it('run by hand makes what migrate() makes', async () => {
      await migrate(pool, { schema: 'by_program' });
      await pool.query(migrationSql({ schema: 'by_hand' }));
      expect(await contentsOf('by_hand')).toEqual(await contentsOf('by_program'));
    });

    it('may be run again, and from the step after which something is missing', async () => {
      await pool.query(migrationSql({ schema: 'again' }));
      const contents = await contentsOf('again');
      await pool.query(migrationSql({ schema: 'again' }));
      await pool.query(migrationSql({ schema: 'again', from: 2 }));
      expect(await contentsOf('again')).toEqual(contents);
    });
  });

  describe('a schema', () => {
    const names = [
      ...['Mixed Case', 'a"b', "it's", 'a.b', 'select', '$$', '$q1$; --', 'back\\slash', ' '],
      ...[
        'new\n\n    line',
        ':schema',
        '%s',
        '"; DROP SCHEMA public; --',
        'é😀',
        '[x]',
        'x'.repeat(63),
      ],
    ];
    it.each(names)('may be named %j', async (schema) => {
      await migrate(pool, { schema });
      const options = { databaseSchema: schema };
      await using counter = postgresCounter(url, options);
      await using store = postgresDocumentStore<number>(url, options);
      expect(await counter.addAndGet('orders', 1, { once: 'a' })).toBe(1n);
      await store.create('order-17', 17);
      expect((await store.read('order-17'))?.value).toBe(17);
    });

    it('that was not migrated is told from every other failure', async () => {
      const fault = { code: 'SERVICE_REFUSED', message: expect.stringContaining('migrate()') };
      await using counter = postgresCounter(url, { databaseSchema: 'missing' });
      await using store = postgresDocumentStore(url, { databaseSchema: 'missing' });
      await expect(counter.add('orders', 1)).rejects.toMatchObject(fault);
      await expect(store.read('order-17')).rejects.toMatchObject(fault);
      await expect(store.create('order-17', 1)).rejects.toMatchObject(fault);
    });
  });
});
