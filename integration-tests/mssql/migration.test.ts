/** The migration: from many processes at once, by hand, and into schemas with any name. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
  migrate,
  migrationSql,
  mssqlCounter,
  mssqlDocumentStore,
  mssqlLock,
} from '@runafter/mssql';
import { describe, expect, it } from 'vitest';
import { onService } from '../services/on-service.ts';
import { useDatabase } from './database.ts';

const program = fileURLToPath(new URL('programs/migrate.ts', import.meta.url));
const run = promisify(execFile);

await onService('mssql', ({ url }) => {
  const database = useDatabase(url);

  /** What is in a schema: columns, procedures, and the steps that were taken. */
  async function contentsOf(schema: string) {
    const columns = await database.run(
      `SELECT TABLE_NAME, COLUMN_NAME, DATA_TYPE, CHARACTER_MAXIMUM_LENGTH, IS_NULLABLE
       FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = '${schema}' ORDER BY 1, 2`,
    );
    const procedures = await database.run(
      `SELECT p.name FROM sys.procedures p JOIN sys.schemas s ON p.schema_id = s.schema_id
       WHERE s.name = '${schema}' ORDER BY 1`,
    );
    const steps = await database.run(`SELECT step FROM [${schema}].migrations ORDER BY step`);
    return { columns: [...columns], procedures: [...procedures], steps: [...steps] };
  }

  describe('migrate()', () => {
    it('called by ten processes at once is done once', async () => {
      const processes = Array.from({ length: 10 }, () =>
        run(process.execPath, ['--conditions=@runafter/source', program, 'ten']),
      );
      await Promise.all(processes);
      expect((await contentsOf('ten')).steps).toEqual([1, 2, 3, 4].map((step) => ({ step })));
    }, 300_000);

    it('may be called again, and leaves what is there', async () => {
      const counter = mssqlCounter(database.pool);
      await counter.add('kept', 3);
      await migrate(database.pool);
      expect(await counter.read('kept')).toBe(3n);
    });
  });

  describe('the printed T-SQL', () => {
    it('run by hand makes what migrate() makes', async () => {
      await database.pool.batch(migrationSql({ schema: 'by_hand' }));
      const contents = await contentsOf('by_hand');
      expect(contents).toEqual(await contentsOf('runafter'));
      expect(contents.procedures).toHaveLength(9);
    });

    it('may be run again, and from the step after which something is missing', async () => {
      const contents = await contentsOf('runafter');
      await database.pool.batch(migrationSql());
      await database.pool.batch(migrationSql({ from: 2 }));
      expect(await contentsOf('runafter')).toEqual(contents);
    });
  });

  it('a database of an older version gets what is missing, and keeps what is there', async () => {
    const [older = '', ...missing] = migrationSql({ schema: 'older' }).split('-- Step 3');
    expect(missing).toHaveLength(1);
    await database.pool.batch(`${older}COMMIT TRANSACTION;`);
    const options = { databaseSchema: 'older' };
    await mssqlCounter(database.pool, options).add('kept', 3);
    await using lock = mssqlLock(url, options);
    const tried = { code: 'SERVICE_REFUSED', message: expect.stringContaining('migrate()') };
    await expect(lock.tryAcquire('a')).rejects.toMatchObject(tried);
    await migrate(database.pool, { schema: 'older' });
    expect(await contentsOf('older')).toEqual(await contentsOf('runafter'));
    expect(await mssqlCounter(database.pool, options).read('kept')).toBe(3n);
    expect((await lock.acquire('a')).token).toBe(1n);
  });

  describe('a schema', () => {
    const use = async (schema: string) => {
      await migrate(database.pool, { schema });
      const options = { databaseSchema: schema };
      const counter = mssqlCounter(database.pool, options);
      const store = mssqlDocumentStore<number>(database.pool, options);
      await using lock = mssqlLock(url, options);
      (await lock.acquire('orders')).assertHeld();
      expect(await counter.addAndGet('orders', 1, { once: 'a' })).toBe(1n);
      await store.create('order-17', 17);
      expect((await store.read('order-17'))?.value).toBe(17);
    };

    it.each([
      ...['Mixed Case', 'a"b', "it's", 'a.b', 'select', '[x', ' ', ':schema', '$1 %s', 'é'],
      ...["'; DROP TABLE x; --", '"; DROP TABLE x; --'],
    ])('may be named %j', use);

    it.each(['a]b', '[x]', ']; DROP TABLE x; --'])(
      'may be named %j, where the server can have such names',
      async (schema) => {
        if (!(await database.isBabelfish())) return use(schema);
        // Its parser takes no closing bracket inside a name, however it is quoted.
        await expect(use(schema)).rejects.toMatchObject({ code: 'SERVICE_REFUSED' });
      },
    );

    it('that was not migrated is told from every other failure', async () => {
      const fault = { code: 'SERVICE_REFUSED', message: expect.stringContaining('migrate()') };
      const counter = mssqlCounter(database.pool, { databaseSchema: 'missing' });
      const store = mssqlDocumentStore(database.pool, { databaseSchema: 'missing' });
      await expect(counter.add('orders', 1)).rejects.toMatchObject(fault);
      await expect(counter.add('orders', 1, { once: 'a' })).rejects.toMatchObject(fault);
      await expect(store.read('order-17')).rejects.toMatchObject(fault);
      await expect(store.create('order-17', 1)).rejects.toMatchObject(fault);
    });
  });
});
