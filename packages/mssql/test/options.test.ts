import mssql from 'mssql';
import { describe, expect, it } from 'vitest';
import { mssqlCounter, mssqlDocumentStore, mssqlLock, mssqlPools } from '../src/index.ts';

/** Nothing listens there; what is refused is refused before anybody connects. */
const nowhere = 'Server=127.0.0.1,1;Database=nowhere;User Id=nobody;Password=none';

describe('an option that SQL Server cannot use is refused at once', () => {
  it.each(['', 'a b', 'x'.repeat(41), 'ä', "'; DROP TABLE x"])(
    'the collection %j',
    (collection) => {
      expect(() => mssqlDocumentStore(nowhere, { collection })).toThrow(
        expect.objectContaining({ code: 'SERVICE_OPTION_INVALID', option: 'collection' }),
      );
    },
  );

  it.each([0, -1, 1.5, 100_001])('the page size %d', (pageSize) => {
    expect(() => mssqlDocumentStore(nowhere, { pageSize })).toThrow(
      expect.objectContaining({ code: 'SERVICE_OPTION_INVALID', option: 'pageSize' }),
    );
  });

  it('a schema without a name', () => {
    for (const make of [mssqlCounter, mssqlPools]) {
      expect(() => make(nowhere, { databaseSchema: '' })).toThrow(
        expect.objectContaining({ code: 'SERVICE_OPTION_INVALID', option: 'databaseSchema' }),
      );
    }
  });
});

describe('an option that a lock cannot use is refused at once', () => {
  it('a schema without a name', () => {
    expect(() => mssqlLock(nowhere, { databaseSchema: '' })).toThrow(
      expect.objectContaining({ code: 'SERVICE_OPTION_INVALID', option: 'databaseSchema' }),
    );
  });

  it('a ttl in which SQL Server gives up a connection before the holder does', () => {
    expect(() => mssqlLock(nowhere, { ttl: '31s' })).toThrow(
      expect.objectContaining({ code: 'LOCK_OPTION_INVALID', option: 'ttl' }),
    );
  });
});

describe('a server that is not there', () => {
  it('has done nothing', async () => {
    await using counter = mssqlCounter(nowhere);
    await expect(counter.add('orders', 1)).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      outcome: 'not-done',
    });
  });
});

describe('a lock', () => {
  it('asks again for as long as it may while the server is not there, and then says why', async () => {
    await using lock = mssqlLock(nowhere);
    await expect(lock.tryAcquire('a')).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      outcome: 'not-done',
    });
    await expect(lock.acquire('a', { wait: 100 })).rejects.toMatchObject({
      code: 'LOCK_TIMEOUT',
      cause: { code: 'SERVICE_UNAVAILABLE' },
    });
  });

  it('takes the options of a pool, which need not be connected', async () => {
    await using lock = mssqlLock(new mssql.ConnectionPool(nowhere));
    await expect(lock.tryAcquire('a')).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      message: expect.stringContaining('127.0.0.1:1 '),
    });
  });

  it.each(['', 'rubbish', { server: 'localhost', port: 99_999 }])(
    'is refused what nobody can connect with: %j',
    async (client) => {
      await using lock = mssqlLock(client);
      await expect(lock.acquire('a')).rejects.toMatchObject({ code: 'SERVICE_REFUSED' });
    },
  );

  it('that is closed connects no more', async () => {
    const lock = mssqlLock(nowhere);
    await Promise.all([lock.close(), lock.close()]);
    await expect(lock.acquire('a')).rejects.toMatchObject({ code: 'SERVICE_CLOSED' });
  });
});

it('a pool that was handed over before it was connected is refused, and the error says so', async () => {
  await using counter = mssqlCounter(new mssql.ConnectionPool(nowhere));
  await expect(counter.add('orders', 1)).rejects.toMatchObject({
    code: 'SERVICE_REFUSED',
    message: expect.stringContaining('await its connect()'),
  });
});

it.each(['', 'rubbish', { server: 'localhost', port: 99_999 }])(
  'what nobody can connect with is refused: %j',
  async (client) => {
    await using counter = mssqlCounter(client);
    await expect(counter.read('orders')).rejects.toMatchObject({ code: 'SERVICE_REFUSED' });
  },
);
