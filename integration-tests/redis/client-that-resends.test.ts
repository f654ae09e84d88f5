/**
 * A client with ioredis' defaults sends a command again when its reply was lost with the connection. What
 * was done already is then not done twice, and is answered as the first time.
 */
import type { Lease } from '@runafter/lock';
import {
  redisCounter,
  redisDocumentStore,
  redisLimiter,
  redisLock,
  redisPools,
  redisSemaphore,
} from '@runafter/redis';
import type { FaultProxy } from '@runafter/testkit';
import { Redis } from 'ioredis';
import { expect, it, onTestFinished } from 'vitest';
import { onService } from '../services/on-service.ts';
import { loseReplyThrough } from '../testkit/lose-reply.ts';
import { listed } from './listed.ts';
import { useRedis } from './redis-place.ts';

await onService('redis', (place) => {
  const server = useRedis(place.url, place.prefix);

  /** A client of the user, behind a proxy, and one that others have. */
  async function throughProxy(): Promise<{ client: Redis; proxy: FaultProxy; prefix: string }> {
    const proxy = await server.proxy();
    const client = new Redis(proxy.url);
    client.on('error', () => {});
    onTestFinished(() => client.disconnect());
    await client.ping();
    return { client, proxy, prefix: server.freshPrefix() };
  }

  async function documents() {
    const { client, proxy, prefix } = await throughProxy();
    const store = redisDocumentStore<number>(client, { prefix });
    const others = redisDocumentStore<number>(server.client, { prefix });
    await store.create('warm', 0);
    await store.remove('warm', (await store.read('warm'))?.etag ?? '');
    return { store, others, proxy, prefix };
  }

  async function counters() {
    const { client, proxy, prefix } = await throughProxy();
    const counter = redisCounter(client, { prefix });
    const others = redisCounter(server.client, { prefix });
    await counter.add('n', 1);
    await counter.reset('n');
    return { counter, others, proxy };
  }

  it('creates a document once, and is told its ETag', async () => {
    const { store, proxy } = await documents();
    loseReplyThrough(proxy);
    const etag = await store.create('a', 1);
    expect(await store.read('a')).toMatchObject({ value: 1, etag });
    expect(proxy.counts.lostReplies).toBe(1);
  });

  it('replaces a document once, also when others have replaced it since', async () => {
    const { store, others, proxy } = await documents();
    await store.create('a', 1);
    const before = await store.read('a');
    loseReplyThrough(proxy, async () => {
      for (let n = 0; n < 5; n++) {
        await others.replace('a', 100 + n, (await others.read('a'))?.etag ?? '');
      }
    });
    await store.replace('a', 2, before ?? '');
    expect(await store.read('a')).toMatchObject({ value: 104, writes: { count: 7 } });
  });

  it('removes a document once, and is not told of a conflict', async () => {
    const { store, proxy, prefix } = await documents();
    const etag = await store.create('a', 1);
    const before = await store.read('a');
    loseReplyThrough(proxy);
    await store.remove('a', before ?? '');
    expect(proxy.counts.lostReplies).toBe(1);
    expect(await store.read('a')).toBeUndefined();
    await expect(store.remove('a', etag)).rejects.toMatchObject({ code: 'ETAG_MISMATCH' });
    await store.create('a', 2);
    expect(await listed(store)).toHaveLength(1);
    for (const key of await server.client.keys(`${prefix}document:a`)) {
      expect(await server.client.pttl(key), 'what was created again does not expire').toBe(-1);
    }
  });

  it('leaves nothing listed or read of what was removed, and nothing at all later', async () => {
    const { store, prefix } = await documents();
    await store.remove('a', await store.create('a', 1));
    expect(await listed(store)).toEqual([]);
    const left = await server.client.keys(`${prefix}*`);
    for (const key of left) expect(await server.client.pttl(key)).toBeGreaterThan(0);
  });

  it('adds to a counter once, and is told the value of then', async () => {
    const { counter, others, proxy } = await counters();
    loseReplyThrough(proxy, () => others.add('n', 100));
    expect(await counter.addAndGet('n', 1)).toBe(1n);
    expect(await counter.read('n')).toBe(101n);
  });

  it('is granted a lock once, and releases only its own', async () => {
    const { client, proxy, prefix } = await throughProxy();
    const lock = redisLock(client, { prefix });
    const others = redisLock(server.client, { prefix });
    await (await lock.acquire('a')).release();
    loseReplyThrough(proxy, async () => {
      expect(await others.tryAcquire('a')).toBeUndefined();
    });
    const lease = await lock.acquire('a');
    const holder = `${prefix}lock:{a}`;
    expect(await server.client.get(holder)).toBe(lease.owner);
    expect(await server.client.get(`${holder}:token`), 'one grant, one token').toBe(
      `${lease.token}`,
    );
    let next: Lease | undefined;
    loseReplyThrough(proxy, async () => {
      next = await others.acquire('a');
    });
    await lease.release();
    expect(proxy.counts.lostReplies).toBe(2);
    expect(await server.client.get(holder)).toBe(next?.owner);
    await next?.release();
  });

  it('takes one place in the line, and keeps it', async () => {
    const { client, proxy, prefix } = await throughProxy();
    const lock = redisLock(client, { prefix });
    const others = redisLock(server.client, { prefix });
    await (await lock.acquire('a')).release();
    const lease = await others.acquire('a');
    let behind: Promise<Lease> | undefined;
    loseReplyThrough(proxy, async () => {
      behind = others.acquire('a');
      await expect.poll(() => server.client.zcard(`${prefix}lock:{a}:line`)).toBe(2);
    });
    const waiting = lock.acquire('a');
    await expect.poll(() => behind !== undefined).toBe(true);
    await expect.poll(() => server.client.zcard(`${prefix}lock:{a}:line`)).toBe(2);
    expect(proxy.counts.lostReplies).toBe(1);
    await lease.release();
    const first = await waiting;
    await first.release();
    const second = await behind;
    expect(second?.token).toBeGreaterThan(first.token);
    await second?.release();
    await Promise.all([lock.close(), others.close()]);
  });

  it('takes the permits of a semaphore once', async () => {
    const { client, proxy, prefix } = await throughProxy();
    const semaphore = redisSemaphore(client, { prefix, permits: 3 });
    await (await semaphore.acquire('a')).release();
    loseReplyThrough(proxy);
    const permit = await semaphore.acquire('a', { weight: 2 });
    const another = await semaphore.tryAcquire('a');
    expect(another).toBeDefined();
    expect(await semaphore.tryAcquire('a')).toBeUndefined();
    await permit.release();
    await another?.release();
  });

  it.each([{ concurrency: 5 }, {}])('counts a call once, with %j', async (limits) => {
    const { client, proxy, prefix } = await throughProxy();
    const rate = { calls: 2, per: '1h' } as const;
    await using limiter = redisLimiter(client, { name: 'crm', prefix, rate, ...limits });
    await limiter.inspect();
    loseReplyThrough(proxy);
    await limiter.acquire();
    expect(proxy.counts.lostReplies).toBe(1);
    expect(await limiter.tryAcquire()).toBeDefined();
    expect(await limiter.tryAcquire()).toBeUndefined();
  });

  it('resets a counter once, and is told what was there', async () => {
    const { counter, others, proxy } = await counters();
    await counter.add('n', 7);
    loseReplyThrough(proxy, () => others.add('n', 100));
    expect(await counter.reset('n')).toBe(7n);
    expect(await counter.read('n')).toBe(100n);
  });

  it('claims one resource for an operation, and hears that its release gave back something', async () => {
    const { client, proxy, prefix } = await throughProxy();
    await using store = redisPools(client, { prefix });
    const resources = ['a', 'b'].map((id) => ({ id, value: id }));
    await store.add({ pool: 'a', resources, again: false }, {});
    const one = { pool: 'a', owner: 'one' };
    const claim = { ...one, ttl: Number.POSITIVE_INFINITY, place: undefined };
    await store.release({ ...one, owner: 'warm', forGood: true }, {});
    await store.claim({ ...claim, owner: 'other' }, {});
    loseReplyThrough(proxy);
    const claimed = await store.claim(claim, {});
    expect(claimed).toMatchObject({ granted: true, id: 'b' });
    expect(await store.claim(claim, {})).toEqual(claimed);
    loseReplyThrough(proxy);
    expect(await store.release({ ...one, forGood: true }, {})).toBe(true);
    expect(await store.release({ ...one, forGood: true }, {})).toBe(false);
    expect(proxy.counts.lostReplies).toBe(2);
  });
});
