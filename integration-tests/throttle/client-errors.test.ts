/** What the real clients throw, and whether isTransient() takes it for a passing failure. */
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { BlobServiceClient, RestError } from '@azure/storage-blob';
import { isThrottled, isTransient, retryAfterOf, systemClock } from '@runafter/clock';
import { Redis } from 'ioredis';
import mssql from 'mssql';
import pg from 'pg';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { onService } from '../services/on-service.ts';

let closedPort: number;

beforeAll(async () => {
  const server = createTcpServer().listen(0, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));
  closedPort = (server.address() as AddressInfo).port;
  await new Promise((closed) => server.close(closed));
});

describe('a connection that is refused', () => {
  it('passes, as fetch tells it', async () => {
    expect(isTransient(await failureOf(fetch(`http://127.0.0.1:${closedPort}`)))).toBe(true);
  });

  it('passes, as pg tells it', async () => {
    const client = new pg.Client({ host: '127.0.0.1', port: closedPort });
    expect(isTransient(await failureOf(client.connect()))).toBe(true);
  });

  it('passes, as pg tells it of a host with several addresses', async () => {
    const client = new pg.Client({ host: 'localhost', port: closedPort });
    expect(isTransient(await failureOf(client.connect()))).toBe(true);
  });

  it('passes, as mssql tells it', async () => {
    const pool = new mssql.ConnectionPool({
      server: '127.0.0.1',
      port: closedPort,
      options: { encrypt: false },
    });
    const failure = await failureOf(pool.connect());
    expect(failure).toMatchObject({ code: 'ESOCKET' });
    expect(isTransient(failure)).toBe(true);
  });

  it('passes, as ioredis tells it when it has tried often enough', async () => {
    const client = new Redis({
      host: '127.0.0.1',
      port: closedPort,
      maxRetriesPerRequest: 1,
      retryStrategy: () => 1,
    });
    onTestFinished(() => client.disconnect());
    client.on('error', () => {});
    const failure = await failureOf(client.ping());
    expect(failure).toMatchObject({ name: 'MaxRetriesPerRequestError' });
    expect(isTransient(failure)).toBe(true);
  });

  it('passes, as the Azure SDK tells it', async () => {
    const failure = await failureOf(azure(closedPort).getProperties());
    expect(failure).toBeInstanceOf(RestError);
    expect(isTransient(failure)).toBe(true);
  });
});

describe('a client that was never connected, or was closed', () => {
  it('passes, as ioredis tells it', async () => {
    const client = new Redis({ lazyConnect: true, port: closedPort });
    client.disconnect();
    const failure = await failureOf(client.ping());
    expect(failure).toMatchObject({ message: 'Connection is closed.' });
    expect(isTransient(failure)).toBe(true);
  });

  it('passes, as ioredis without a queue tells it', async () => {
    const client = new Redis({ lazyConnect: true, enableOfflineQueue: false, port: closedPort });
    onTestFinished(() => client.disconnect());
    client.on('error', () => {});
    expect(isTransient(await failureOf(client.ping()))).toBe(true);
  });

  it('passes, as mssql tells it', async () => {
    const pool = new mssql.ConnectionPool({ server: '127.0.0.1', port: closedPort });
    const failure = await failureOf(pool.query('SELECT 1'));
    expect(failure).toMatchObject({ code: 'ECONNCLOSED' });
    expect(isTransient(failure)).toBe(true);
  });
});

it('a server that never answers passes, as mssql and pg tell it', async () => {
  const server = createTcpServer(() => {}).listen(0, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const options = { encrypt: false };
  const pool = new mssql.ConnectionPool({
    server: '127.0.0.1',
    port,
    connectionTimeout: 50,
    options,
  });
  const ofSqlServer = await failureOf(pool.connect());
  expect(ofSqlServer).toMatchObject({ code: 'ETIMEOUT' });
  expect(isTransient(ofSqlServer)).toBe(true);
  const client = new pg.Client({ host: '127.0.0.1', port, connectionTimeoutMillis: 50 });
  expect(isTransient(await failureOf(client.connect()))).toBe(true);
  const one = new pg.Pool({ host: '127.0.0.1', port, connectionTimeoutMillis: 50 });
  expect(isTransient(await failureOf(one.connect()))).toBe(true);
});

describe('a 429 of an Azure service', () => {
  it.each([
    ['seconds', { 'retry-after': '7' }, 7_000],
    ['milliseconds, which win', { 'retry-after': '7', 'x-ms-retry-after-ms': '6543' }, 6_543],
    ['another spelling of them', { 'retry-after': '7', 'Retry-After-Ms': '6543' }, 6_543],
  ])('is throttling, and its wait is read: %s', async (_, headers, wait) => {
    const server = createServer((_request, response) => response.writeHead(429, headers).end());
    server.listen(0, '127.0.0.1');
    await new Promise((listening) => server.once('listening', listening));
    onTestFinished(() => void server.close());

    const failure = await failureOf(azure((server.address() as AddressInfo).port).getProperties());

    expect(failure).toBeInstanceOf(RestError);
    expect(isTransient(failure)).toBe(true);
    expect(isThrottled(failure)).toBe(true);
    expect(retryAfterOf(failure, systemClock)).toBe(wait);
  });
});

await onService('postgres', ({ url }) => {
  describe('PostgreSQL', () => {
    it('a session that an administrator ends passes, whatever the client makes of it', async () => {
      const client = new pg.Client({ connectionString: url });
      const lost: unknown[] = [];
      client.on('error', (error) => lost.push(error));
      await client.connect();
      const failure = await failureOf(
        client.query('SELECT pg_terminate_backend(pg_backend_pid())'),
      );
      expect(failure).toMatchObject({ code: '57P01' });
      expect(isTransient(failure)).toBe(true);
      await expect.poll(() => lost).not.toEqual([]);
      expect(lost.map(isTransient)).not.toContain(false);
      expect(isTransient(await failureOf(client.query('SELECT 1')))).toBe(true);
    });

    it('a deadlock passes for its victim', async () => {
      const pool = new pg.Pool({ connectionString: url, max: 2 });
      onTestFinished(() => pool.end());
      const [one, other] = await Promise.all([pool.connect(), pool.connect()]);
      onTestFinished(() => [one, other].forEach((each) => void each.release(true)));
      await Promise.all([one.query('BEGIN'), other.query('BEGIN')]);
      await one.query('SELECT pg_advisory_xact_lock(81, 1)');
      await other.query('SELECT pg_advisory_xact_lock(81, 2)');
      const ends = await Promise.allSettled([
        one.query('SELECT pg_advisory_xact_lock(81, 2)'),
        other.query('SELECT pg_advisory_xact_lock(81, 1)'),
      ]);
      const failures = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []));
      expect(failures).toMatchObject([{ code: '40P01' }]);
      expect(failures.map(isTransient)).toEqual([true]);
    });

    it.each(['SELECT 1 / 0', 'SELECT * FROM there_is_no_such_table', 'SELEC'])(
      '%s does not pass',
      async (statement) => {
        const client = new pg.Client({ connectionString: url });
        await client.connect();
        onTestFinished(() => client.end());
        expect(isTransient(await failureOf(client.query(statement)))).toBe(false);
      },
    );
  });
});

await onService('redis', ({ url }) => {
  describe('Redis', () => {
    it.each([
      ['BUSY', true],
      ['CLUSTERDOWN', true],
      ['LOADING', true],
      ['MASTERDOWN', true],
      ['NOREPLICAS', true],
      ['READONLY', true],
      ['TRYAGAIN', true],
      ['BUSYGROUP', false],
      ['NOAUTH', false],
      ['OOM', false],
      ['WRONGTYPE', false],
      ['ERR', false],
    ])('the reply %s passes: %s', async (code, passes) => {
      const client = new Redis(url);
      onTestFinished(() => client.disconnect());
      const reply = client.eval(`return redis.error_reply('${code} in words')`, 0);
      const failure = await failureOf(reply);
      expect(failure).toMatchObject({ name: 'ReplyError' });
      expect(isTransient(failure)).toBe(passes);
    });
  });
});

await onService('mssql', ({ url }) => {
  describe('SQL Server', () => {
    it('a login of somebody unknown does not pass', async () => {
      const config = mssql.ConnectionPool.parseConnectionString(url);
      const failure = await failureOf(
        new mssql.ConnectionPool({ ...config, user: 'nobody_81' }).connect(),
      );
      expect(failure).toMatchObject({ code: 'ELOGIN' });
      expect(isTransient(failure)).toBe(false);
    });

    it('a request that is wrong does not pass', async () => {
      const pool = await new mssql.ConnectionPool(url).connect();
      onTestFinished(() => pool.close());
      const failure = await failureOf(pool.query('SELECT * FROM there_is_no_such_table'));
      expect(failure).toMatchObject({ code: 'EREQUEST' });
      expect(isTransient(failure)).toBe(false);
    });
  });
});

function azure(port: number) {
  const account = `http://127.0.0.1:${port}/devstoreaccount1`;
  return new BlobServiceClient(account, undefined, { retryOptions: { maxTries: 1 } });
}

async function failureOf(work: PromiseLike<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    return error;
  }
  throw new Error('It was expected to fail.');
}
