/** A file's own place in a service goes with all that is in it, and with nothing else. */
import { randomUUID } from 'node:crypto';
import { BlobServiceClient } from '@azure/storage-blob';
import { Redis } from 'ioredis';
import sql from 'mssql';
import { Client } from 'pg';
import { expect, it } from 'vitest';
import { azurite } from './azurite-service.ts';
import { mssql } from './mssql-service.ts';
import { onService } from './on-service.ts';
import { postgres } from './postgres-service.ts';
import { redis } from './redis-service.ts';

const onRedis = onService('redis', ({ url, prefix }) => {
  it('in Redis', async () => {
    const client = new Redis(url);
    try {
      const { place, make, remove } = redis.ownPlace(url, `${prefix}inner`);
      await make();
      await client.mset(`${place.prefix}a`, 1, `${place.prefix}b`, 2, `${prefix}neighbour`, 3);
      await remove();
      expect(await client.keys(`${prefix}*`)).toEqual([`${prefix}neighbour`]);
    } finally {
      client.disconnect();
    }
  });
});

const onAzurite = onService('azurite', ({ url, container }) => {
  it('in Azurite', async () => {
    const { place, make, remove } = azurite.ownPlace(url, `${container}-inner`);
    const service = BlobServiceClient.fromConnectionString(place.url);
    const inner = service.getContainerClient(place.container);
    await make();
    await inner.getBlockBlobClient('a').upload('1', 1);
    await remove();
    expect(await inner.exists()).toBe(false);
    expect(await service.getContainerClient(container).exists()).toBe(true);
  });
});

const onPostgres = onService('postgres', ({ url }) => {
  it('in PostgreSQL, also while a client is still connected', async () => {
    const { place, make, remove } = postgres.ownPlace(
      url,
      `runafter-test-${randomUUID().slice(0, 8)}`,
    );
    await make();
    const client = new Client({ connectionString: place.url });
    client.on('error', () => {});
    await client.connect();
    await remove();
    await expect(client.query('SELECT 1')).rejects.toThrow();
    const late = new Client({ connectionString: place.url });
    await expect(late.connect()).rejects.toMatchObject({ code: '3D000' });
  });
});

const onMssql = onService('mssql', ({ url }) => {
  it('in SQL Server', async () => {
    const name = `runafter-test-${randomUUID().slice(0, 8)}`;
    const { place, make, remove } = mssql.ownPlace(url, name);
    const databases = async () => {
      const pool = await new sql.ConnectionPool(url).connect();
      try {
        const { recordset } = await pool.query('SELECT name FROM sys.databases');
        return recordset.map((row) => row.name);
      } finally {
        await pool.close();
      }
    };
    await make();
    const pool = await new sql.ConnectionPool(place.url).connect();
    await pool.query('CREATE TABLE t (n int)');
    await pool.close();
    expect(await databases()).toContain(name.replaceAll('-', '_'));
    await remove();
    expect(await databases()).not.toContain(name.replaceAll('-', '_'));
  });
});

await Promise.all([onRedis, onAzurite, onPostgres, onMssql]);
