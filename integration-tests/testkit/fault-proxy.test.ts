/** What is lost on the way to real services: the work was done, and the client does not know. */
import { BlobServiceClient } from '@azure/storage-blob';
import { type FaultProxy, faultProxy } from '@runafter/testkit';
import { Redis } from 'ioredis';
import sql from 'mssql';
import { Client } from 'pg';
import { expect, it, onTestFinished, vi } from 'vitest';
import { onService } from '../services/on-service.ts';

const onRedis = onService('redis', ({ url, prefix }) => {
  const key = `${prefix}n`;

  it('an INCR of Redis whose reply is lost did count', async () => {
    const direct = redis(url);
    const proxy = await proxyTo(url);
    const client = redis(proxy.url);
    await client.ping();

    const lost = proxy.loseNextReply((request) => request.includes(key));
    await expect(client.incr(key)).rejects.toThrow();
    expect(await lost).toMatchObject({ replyBytes: ':1\r\n'.length });
    expect(await direct.get(key)).toBe('1');
  });

  it('of a pipeline of Redis, everything before and after the lost reply counted', async () => {
    const direct = redis(url);
    const proxy = await proxyTo(url);
    const client = redis(proxy.url);
    await client.ping();
    const before = Number(await direct.get(key));

    const lost = proxy.loseNextReply((request) => request.includes(key));
    const calls = Array.from({ length: 100 }, () => client.incr(key));
    const outcomes = await Promise.allSettled(calls);
    await lost;
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
    expect(Number(await direct.get(key)) - before).toBe(100);
  });

  it('a client of Redis that connects again finds the service behind a healed proxy', async () => {
    const proxy = await proxyTo(url);
    const client = track(new Redis(proxy.url, { retryStrategy: () => 10 }));
    await client.ping();
    proxy.refuse();
    proxy.cut();
    const answer = client.ping();
    await vi.waitFor(() => expect(proxy.counts.refused).toBeGreaterThan(0));
    proxy.heal();
    expect(await answer).toBe('PONG');
  });
});

const onAzurite = onService('azurite', ({ url, container }) => {
  it('an upload to Azurite whose reply is lost is there, on a connection that is kept alive', async () => {
    const direct = BlobServiceClient.fromConnectionString(url).getContainerClient(container);
    const proxy = await proxyTo(url);
    const blobs = BlobServiceClient.fromConnectionString(proxy.url, {
      retryOptions: { maxTries: 1 },
    }).getContainerClient(container);
    await blobs.getBlockBlobClient('first').upload('1', 1);

    const lost = proxy.loseNextReply((request) => request.includes('/second'));
    await expect(blobs.getBlockBlobClient('second').upload('2', 1)).rejects.toThrow();
    await lost;
    expect(await direct.getBlobClient('second').exists()).toBe(true);
  });
});

const onPostgres = onService('postgres', ({ url }) => {
  it('a transaction of PostgreSQL whose COMMIT is not answered is committed', async () => {
    const proxy = await proxyTo(url);
    const client = await postgres(proxy.url);
    await client.query('CREATE TABLE t (n integer)');
    await client.query('BEGIN');
    await client.query('INSERT INTO t VALUES (1)');

    const lost = proxy.loseNextReply((request) => request.includes('COMMIT'));
    await expect(client.query('COMMIT')).rejects.toThrow();
    await lost;
    const direct = await postgres(url);
    expect((await direct.query('SELECT n FROM t')).rows).toEqual([{ n: 1 }]);
  });
});

const onMssql = onService('mssql', ({ url }) => {
  it('an INSERT of SQL Server that is not answered was carried out', async () => {
    const proxy = await proxyTo(url);
    const pool = await sqlServer(proxy.url);
    await pool.query('CREATE TABLE t (n int)');

    // Its client speaks UTF-16.
    const insert = Buffer.from('INSERT INTO t', 'utf16le');
    const lost = proxy.loseNextReply((request) => request.includes(insert));
    await expect(pool.query('INSERT INTO t (n) VALUES (1)')).rejects.toThrow();
    await lost;
    const direct = await sqlServer(url);
    expect((await direct.query('SELECT n FROM t')).recordset).toEqual([{ n: 1 }]);
  });
});

await Promise.all([onRedis, onAzurite, onPostgres, onMssql]);

async function proxyTo(url: string): Promise<FaultProxy> {
  const proxy = await faultProxy({ url });
  onTestFinished(() => proxy.close());
  return proxy;
}

/** A client that reports a lost connection instead of sending everything again. */
function redis(url: string): Redis {
  return track(new Redis(url, { retryStrategy: () => null, maxRetriesPerRequest: 0 }));
}

function track(client: Redis): Redis {
  client.on('error', () => {});
  onTestFinished(() => client.disconnect());
  return client;
}

async function postgres(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

async function sqlServer(url: string): Promise<sql.ConnectionPool> {
  const pool = await new sql.ConnectionPool(url).connect();
  pool.on('error', () => {});
  onTestFinished(() => pool.close());
  return pool;
}
