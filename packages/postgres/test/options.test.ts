import { describe, expect, it } from 'vitest';
import {
  postgresCounter,
  postgresDocumentStore,
  postgresLock,
  postgresPools,
  postgresRunStore,
} from '../src/index.ts';

/** Nothing listens there; what is refused is refused before anybody connects. */
const nowhere = 'postgres://127.0.0.1:1/nowhere';

describe('an option that PostgreSQL cannot use is refused at once', () => {
  it.each(['', 'a b', 'x'.repeat(41), 'ä', "'; DROP TABLE x"])(
    'the collection %j',
    (collection) => {
      expect(() => postgresDocumentStore(nowhere, { collection })).toThrow(
        expect.objectContaining({ code: 'SERVICE_OPTION_INVALID', option: 'collection' }),
      );
    },
  );

  it.each([0, -1, 1.5, 100_001])('the page size %d', (pageSize) => {
    expect(() => postgresDocumentStore(nowhere, { pageSize })).toThrow(
      expect.objectContaining({ code: 'SERVICE_OPTION_INVALID', option: 'pageSize' }),
    );
  });

  it('a schema without a name', () => {
    const refusal = expect.objectContaining({
      code: 'SERVICE_OPTION_INVALID',
      option: 'databaseSchema',
    }) as Error;
    expect(() => postgresCounter(nowhere, { databaseSchema: '' })).toThrow(refusal);
    expect(() => postgresLock(nowhere, { databaseSchema: '' })).toThrow(refusal);
    expect(() => postgresPools(nowhere, { databaseSchema: '' })).toThrow(refusal);
    expect(() => postgresRunStore(nowhere, { databaseSchema: '' })).toThrow(refusal);
  });
});

describe('a server that is not there', () => {
  it('has done nothing', async () => {
    await using counter = postgresCounter(nowhere);
    await expect(counter.add('orders', 1)).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      outcome: 'not-done',
    });
  });

  it('is told to who tries for a lock, and is no reason to stop waiting for it', async () => {
    await using lock = postgresLock(nowhere, { poll: 20 });
    const fault = { code: 'SERVICE_UNAVAILABLE', outcome: 'not-done' };
    await expect(lock.tryAcquire('job')).rejects.toMatchObject(fault);
    await expect(lock.acquire('job', { wait: 100 })).rejects.toMatchObject({
      code: 'LOCK_TIMEOUT',
      cause: fault,
    });
  });
});

it('what nobody can connect with is refused, and not shown', async () => {
  await using counter = postgresCounter('postgres://user:c2VjcmV0@localhost:port/shop');
  const error = await counter.read('orders').catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'SERVICE_REFUSED' });
  expect(`${error}`).not.toContain('c2VjcmV0');
});
