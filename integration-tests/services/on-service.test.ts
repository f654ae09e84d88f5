/** A test file gets real services, and a place of its own in each. */
import { BlobServiceClient } from '@azure/storage-blob';
import { Redis } from 'ioredis';
import sql from 'mssql';
import { Client } from 'pg';
import { expect, it } from 'vitest';
import { captureProgram } from '../../scripts/run-program.mjs';
import { onService } from './on-service.ts';

const onRedis = onService('redis', ({ url, prefix }) => {
  it('Redis counts under the prefix', async () => {
    const client = new Redis(url);
    try {
      expect(await client.incr(`${prefix}n`)).toBe(1);
      expect(await client.incr(`${prefix}n`)).toBe(2);
    } finally {
      client.disconnect();
    }
  });

  it('a program that a test starts finds the same server', async () => {
    const program = 'process.stdout.write(process.env.TEST_REDIS_URL)';
    const { stdout } = await captureProgram(process.execPath, ['--eval', program]);
    expect(stdout).toBe(url);
  });
});

const onAzurite = onService('azurite', ({ url, container }) => {
  it('Azurite keeps blobs in the container, and refuses a write on an old ETag', async () => {
    const blobs = BlobServiceClient.fromConnectionString(url).getContainerClient(container);
    const blob = blobs.getBlockBlobClient('a');
    const { etag = '' } = await blob.upload('1', 1);
    await blob.upload('2', 1, { conditions: { ifMatch: etag } });
    const late = blob.upload('3', 1, { conditions: { ifMatch: etag } });
    await expect(late).rejects.toMatchObject({ statusCode: 412 });
  });
});

const onPostgres = onService('postgres', ({ url }) => {
  it('PostgreSQL has a database with nothing in it', async () => {
    const client = new Client({ connectionString: url });
    await client.connect();
    try {
      const tables = "SELECT * FROM pg_tables WHERE schemaname = 'public'";
      expect((await client.query(tables)).rows).toEqual([]);
      await client.query('CREATE TABLE t (n integer)');
      expect((await client.query(tables)).rows).toMatchObject([{ tablename: 't' }]);
    } finally {
      await client.end();
    }
  });
});

const onMssql = onService('mssql', ({ url }) => {
  it('SQL Server has a database with nothing in it', async () => {
    const pool = await new sql.ConnectionPool(url).connect();
    try {
      expect((await pool.query('SELECT name FROM sys.tables')).recordset).toEqual([]);
      await pool.query('CREATE TABLE t (n int); INSERT INTO t (n) VALUES (1)');
      const { recordset } = await pool.query('UPDATE t SET n = n + 1 OUTPUT inserted.n AS n');
      expect(recordset).toEqual([{ n: 2 }]);
    } finally {
      await pool.close();
    }
  });
});

await Promise.all([onRedis, onAzurite, onPostgres, onMssql]);
