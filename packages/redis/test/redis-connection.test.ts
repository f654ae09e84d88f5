/** What a driver does before a server has answered, or when there is none. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { redisCounter, redisDocumentStore, redisLock, redisSemaphore } from '../src/index.ts';

const port = await unusedPort();
const unreachable = `redis://127.0.0.1:${port}`;

describe('without a server', () => {
  it('a call rejects soon, says why, and that nothing was done', async () => {
    const store = redisDocumentStore<number>(unreachable);
    const counter = redisCounter({ host: '127.0.0.1', port });
    const lock = redisLock(unreachable);
    const semaphore = redisSemaphore(unreachable, { permits: 2 });
    const all = [store, counter, lock, semaphore];
    onTestFinished(async () => void (await Promise.all(all.map((service) => service.close()))));
    const failure = {
      code: 'SERVICE_UNAVAILABLE',
      outcome: 'not-done',
      message: expect.stringContaining('ECONNREFUSED'),
    };
    await expect(store.create('a', 1)).rejects.toMatchObject(failure);
    await expect(counter.add('n', 1)).rejects.toMatchObject(failure);
    await expect(lock.tryAcquire('a')).rejects.toMatchObject(failure);
    await expect(semaphore.tryAcquire('a')).rejects.toMatchObject(failure);
    const listing = store.list('')[Symbol.asyncIterator]();
    await expect(listing.next()).rejects.toMatchObject(failure);
  });

  it('who waits for a lock is told after its time why there was none', async () => {
    await using lock = redisLock(unreachable, { poll: '20ms' });
    await expect(lock.acquire('a', { wait: '200ms' })).rejects.toMatchObject({
      code: 'LOCK_TIMEOUT',
      cause: { code: 'SERVICE_UNAVAILABLE', message: expect.stringContaining('ECONNREFUSED') },
    });
  });

  it('closing ends a call that waits for the connection, and the process', async () => {
    const program = fileURLToPath(new URL('./child/close-without-server.ts', import.meta.url));
    const ran = promisify(execFile)(process.execPath, [
      '--conditions=@runafter/source',
      program,
      unreachable,
    ]);
    expect(await ran).toEqual({ stdout: 'SERVICE_UNAVAILABLE\nclosed\n', stderr: '' });
  });

  it('nothing is opened before the first call', async () => {
    const store = redisDocumentStore(unreachable);
    await store.close();
    await store.close();
    await expect(store.read('a')).rejects.toMatchObject({ code: 'SERVICE_CLOSED' });
  });
});

it.each([undefined, null, '', 6379])('refuses %j as a client', (client) => {
  const refusal = expect.objectContaining({ code: 'SERVICE_OPTION_INVALID', option: 'client' });
  expect(() => redisDocumentStore(client as never)).toThrow(refusal);
  expect(() => redisCounter(client as never)).toThrow(refusal);
  expect(() => redisLock(client as never)).toThrow(refusal);
  expect(() => redisSemaphore(client as never, { permits: 1 })).toThrow(refusal);
});

it.each([1, 'x'.repeat(201), '\ud83d', 'a{}b'])('refuses %j as a prefix', (prefix) => {
  const refusal = expect.objectContaining({ code: 'SERVICE_OPTION_INVALID', option: 'prefix' });
  expect(() => redisDocumentStore(unreachable, { prefix: prefix as never })).toThrow(refusal);
  expect(() => redisCounter(unreachable, { prefix: prefix as never })).toThrow(refusal);
  expect(() => redisLock(unreachable, { prefix: prefix as never })).toThrow(refusal);
  expect(() => redisSemaphore(unreachable, { prefix: prefix as never, permits: 1 })).toThrow(
    refusal,
  );
});

it('names the package that is missing', async () => {
  vi.doMock('ioredis', () => {
    throw new Error('not installed');
  });
  onTestFinished(() => void vi.doUnmock('ioredis'));
  const store = redisDocumentStore(unreachable);
  await expect(store.read('a')).rejects.toMatchObject({
    code: 'SERVICE_CLIENT_MISSING',
    client: 'ioredis',
  });
});

async function unusedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 1;
}
