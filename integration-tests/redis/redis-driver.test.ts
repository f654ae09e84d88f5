/** What only Redis has: clients of all kinds, scripts that a server forgets, keys of others. */
import { once } from 'node:events';
import { redisCounter, redisDocumentStore, redisLock, redisSemaphore } from '@runafter/redis';
import { Redis, type RedisOptions } from 'ioredis';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { onService } from '../services/on-service.ts';
import { listed } from './listed.ts';
import { useRedis } from './redis-place.ts';

await onService('redis', ({ url, prefix: ownPrefix }) => {
  const server = useRedis(url, ownPrefix);

  function aClient(options: RedisOptions): Redis {
    const client = new Redis(url, { ...options, replyMapping: 'legacy' });
    onTestFinished(() => client.disconnect());
    return client;
  }

  describe('a client that was handed over', () => {
    it('is left open, with nothing added to it', async () => {
      const client = aClient({});
      await client.ping();
      const before = Object.keys(client);
      const listeners = client.eventNames();
      const prefix = server.freshPrefix();
      const store = redisDocumentStore<number>(client, { prefix });
      await store.create('a', 1);
      await store.close();
      const lock = redisLock(client, { prefix });
      const waiting = [lock.acquire('a'), lock.acquire('a')];
      for (const granted of waiting) await (await granted).release();
      await lock.close();
      expect(client.status).toBe('ready');
      expect(Object.keys(client)).toEqual(before);
      expect(client.eventNames()).toEqual(listeners);
      await expect(store.read('a')).rejects.toMatchObject({ code: 'SERVICE_CLOSED' });
    });

    it('and disconnected since is not available, and nothing was done', async () => {
      const client = aClient({});
      const store = redisDocumentStore<number>(client, { prefix: server.freshPrefix() });
      await store.create('a', 1);
      await Promise.all([once(client, 'end'), client.quit()]);
      const failure = { code: 'SERVICE_UNAVAILABLE', outcome: 'not-done' };
      await expect(store.create('b', 1)).rejects.toMatchObject(failure);
    });

    it.each([
      { keyPrefix: 'tenant-*[1]:' },
      { stringNumbers: true },
      { enableAutoPipelining: true },
      { protocol: 2 },
      { autoResendUnfulfilledCommands: false, maxRetriesPerRequest: 0, stringNumbers: true },
    ] satisfies RedisOptions[])('may have the options %j', async (options) => {
      const client = aClient(options);
      const prefix = server.freshPrefix();
      const store = redisDocumentStore<number>(client, { prefix });
      const counter = redisCounter(client, { prefix });
      const etags = new Map<string, string>();
      for (const key of ['a', 'ab', 'b']) etags.set(key, await store.create(key, 1));
      const found = await listed(store, 'a');
      expect(new Set(found)).toEqual(
        new Set(['a', 'ab'].map((key) => ({ key, etag: etags.get(key) }))),
      );
      expect(await counter.addAndGet('n', 2n ** 62n + 1n)).toBe(2n ** 62n + 1n);
      expect(await counter.addAndGet('n', 1)).toBe(2n ** 62n + 2n);
      await expect(counter.add('n', 2n ** 62n)).rejects.toMatchObject({ code: 'COUNTER_OVERFLOW' });
      await using lock = redisLock(client, { prefix, poll: '1m' });
      await using semaphore = redisSemaphore(client, { prefix, permits: 1, poll: '1m' });
      for (const service of [lock, semaphore]) {
        const waiting = [1, 2, 3].map(() => service.acquire('a'));
        for (const granted of waiting) await (await granted).release();
      }
      const { keyPrefix = '' } = options;
      for (const key of await server.client.keys(`*${prefix}*`)) {
        expect(key.startsWith(`${keyPrefix}${prefix}`)).toBe(true);
        await server.client.del(key);
      }
    });
  });

  it('goes on when the server has forgotten the scripts', async () => {
    const prefix = server.freshPrefix();
    await using store = redisDocumentStore<number>(url, { prefix });
    await using counter = redisCounter(url, { prefix });
    const etag = await store.create('a', 1);
    await server.client.script('FLUSH');
    await store.replace('a', 2, etag);
    await server.client.script('FLUSH');
    await Promise.all([counter.add('n', 1, { once: 'x' }), counter.add('n', 1, { once: 'y' })]);
    expect(await counter.read('n')).toBe(2n);
    await using lock = redisLock(url, { prefix });
    await server.client.script('FLUSH');
    const lease = await lock.acquire('a');
    await server.client.script('FLUSH');
    await lease.release();
    expect(await lock.tryAcquire('a')).toBeDefined();
  });

  it('keeps counters, documents and stores with other prefixes apart', async () => {
    const prefix = server.freshPrefix();
    await using one = redisDocumentStore<number>(url, { prefix });
    await using two = redisDocumentStore<number>(url, { prefix: `${prefix}2:` });
    await using counter = redisCounter(url, { prefix });
    await one.create('a', 1);
    await two.create('a', 2);
    await counter.add('a', 3);
    expect([(await one.read('a'))?.value, (await two.read('a'))?.value]).toEqual([1, 2]);
    expect(await listed(one)).toHaveLength(1);
    expect(await counter.read('a')).toBe(3n);
  });

  it('keeps a counter that is reset to 0 nowhere, and a plain addition as one key', async () => {
    const prefix = server.freshPrefix();
    await using counter = redisCounter(url, { prefix });
    await counter.add('n', 5);
    expect(await server.client.keys(`${prefix}*`)).toEqual([`${prefix}counter:{n}`]);
    await counter.reset('n');
    expect(await server.client.keys(`${prefix}*`)).toEqual([]);
  });

  it('forgets an operation id by itself when its time has passed', async () => {
    const prefix = server.freshPrefix();
    await using counter = redisCounter(url, { prefix, keepIds: '1h' });
    await counter.add('n', 1, { once: 'order-17' });
    const ttl = await server.client.pttl(`${prefix}counter:{n}:once:order-17`);
    expect(ttl).toBeGreaterThan(3_500_000);
    expect(ttl).toBeLessThanOrEqual(3_600_000);
  });

  it('refuses to use a key that something else has written', async () => {
    const prefix = server.freshPrefix();
    await using store = redisDocumentStore<number>(url, { prefix });
    await using counter = redisCounter(url, { prefix });
    await server.client.set(`${prefix}document:a`, 'a text');
    await server.client.set(`${prefix}counter:{n}`, 'seven');
    await server.client.lpush(`${prefix}counter:{m}`, '1');
    const refused = { code: 'SERVICE_REFUSED' };
    await expect(store.read('a')).rejects.toMatchObject(refused);
    await expect(store.create('a', 1)).rejects.toMatchObject(refused);
    for (const name of ['n', 'm']) {
      await expect(counter.add(name, 1)).rejects.toMatchObject(refused);
      await expect(counter.add(name, 1, { once: 'x' })).rejects.toMatchObject(refused);
      await expect(counter.read(name)).rejects.toMatchObject(refused);
    }
    expect(await server.client.get(`${prefix}counter:{n}`)).toBe('seven');
    expect(await server.client.get(`${prefix}document:a`)).toBe('a text');
  });

  it('refuses a user who may not, or a wrong password', async () => {
    const address = new URL(url);
    address.username = 'nobody';
    address.password = 'wrong';
    await using store = redisDocumentStore<number>(address.href, { prefix: ownPrefix });
    await expect(store.read('a')).rejects.toMatchObject({
      code: 'SERVICE_REFUSED',
      message: expect.stringContaining('WRONGPASS'),
    });
  });

  it('says that nothing was done while it cannot connect, and goes on as soon as it can', async () => {
    const proxy = await server.proxy();
    await using counter = redisCounter(proxy.url, { prefix: server.freshPrefix() });
    proxy.refuse();
    const failure = { code: 'SERVICE_UNAVAILABLE', outcome: 'not-done' };
    const attempts = Array.from({ length: 20 }, () => counter.add('n', 1));
    for (const attempt of attempts) await expect(attempt).rejects.toMatchObject(failure);
    await expect(counter.add('n', 1)).rejects.toMatchObject(failure);
    proxy.heal();
    await counter.add('n', 1);
    expect(await counter.read('n')).toBe(1n);
  });

  it('ends calls that wait for the connection when it is closed', async () => {
    const proxy = await server.proxy();
    const prefix = server.freshPrefix();
    const store = redisDocumentStore<number>(proxy.url, { prefix });
    const lock = redisLock(proxy.url, { prefix });
    await Promise.all([store.read('a'), lock.tryAcquire('a').then((lease) => lease?.release())]);
    const { connections } = proxy.counts;
    // Both connect again, and hear nothing.
    proxy.blackHole('toClient');
    proxy.cut();
    await vi.waitUntil(() => proxy.counts.connections === connections + 2, { timeout: 20_000 });
    const closed = { code: 'SERVICE_CLOSED' };
    const calls = [store.read('a'), store.read('b'), lock.tryAcquire('a'), lock.acquire('b')];
    const refusals = calls.map((call) => expect(call).rejects.toMatchObject(closed));
    await server.client.ping();
    await Promise.all([store.close(), lock.close()]);
    await Promise.all(refusals);
  });

  it('waits no longer than socketTimeout for a server that has gone silent', async () => {
    const proxy = await server.proxy();
    const { host, port } = proxy;
    const counter = redisCounter(
      { host, port, socketTimeout: 100 },
      { prefix: server.freshPrefix() },
    );
    onTestFinished(() => counter.close());
    await counter.add('n', 1);
    proxy.blackHole('toClient');
    await expect(counter.add('n', 1)).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
    proxy.heal();
    // A busy machine may be silent for as long.
    await vi.waitFor(async () => expect(await counter.read('n')).toBe(2n), 20_000);
  });
});
