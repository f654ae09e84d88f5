/** What locks and semaphores keep on the server, and what they leave there. */
import { type Clock, systemClock } from '@runafter/clock';
import { redisLock, redisSemaphore } from '@runafter/redis';
import { describe, expect, it } from 'vitest';
import { onService } from '../services/on-service.ts';
import { useRedis } from './redis-place.ts';

await onService('redis', ({ url, prefix: ownPrefix }) => {
  const server = useRedis(url, ownPrefix);
  const keysOf = async (prefix: string) => (await server.client.keys(`${prefix}*`)).sort();

  describe('a lock', () => {
    it('is a key that expires and tells who has it, and leaves its last token', async () => {
      const prefix = server.freshPrefix();
      await using lock = redisLock(url, { prefix, ttl: '20s', holder: 'billing' });
      const lease = await lock.acquire('a');
      const base = `${prefix}lock:{a}`;
      expect(await keysOf(prefix)).toEqual([base, `${base}:token`]);
      expect(await server.client.get(base)).toBe(lease.owner);
      expect(lease.owner).toMatch(/^billing:/);
      const left = await server.client.pttl(base);
      expect(left).toBeGreaterThan(19_000);
      expect(left).toBeLessThanOrEqual(20_001);
      await lease.release();
      expect(await keysOf(prefix)).toEqual([`${base}:token`]);
      expect(await server.client.pttl(`${base}:token`), 'never expires').toBe(-1);
    });

    it('leaves nothing of those who have waited, in whatever way it ended', async () => {
      const prefix = server.freshPrefix();
      await using lock = redisLock(url, { prefix });
      await using other = redisLock(url, { prefix });
      const lease = await lock.acquire('a');
      const stop = new AbortController();
      const ends = Promise.allSettled([
        other.acquire('a', { wait: '400ms' }),
        other.acquire('a', { signal: stop.signal }),
        lock.acquire('a', { signal: stop.signal }),
        other.tryAcquire('a'),
      ]);
      await expect.poll(() => server.client.zcard(`${prefix}lock:{a}:line`)).toBe(3);
      await expect.poll(() => server.client.zcard(`${prefix}lock:{a}:line`)).toBe(2);
      stop.abort();
      await ends;
      const last = other.acquire('a');
      await lease.release();
      await (await last).release();
      await other.close();
      expect(await keysOf(prefix)).toEqual([`${prefix}lock:{a}:token`]);
    });

    it('leaves no line for long when everybody in it has died', async () => {
      const prefix = server.freshPrefix();
      await using lock = redisLock(url, { prefix, poll: '2s' });
      await using _lease = await lock.acquire('a');
      const stop = new AbortController();
      const waiting = lock.acquire('a', { signal: stop.signal });
      for (const key of [`${prefix}lock:{a}:line`, `${prefix}lock:{a}:places`]) {
        await expect.poll(() => server.client.pttl(key)).toBeGreaterThan(4_000);
        expect(await server.client.pttl(key)).toBeLessThanOrEqual(6_000);
      }
      stop.abort();
      await expect(waiting).rejects.toThrow('aborted');
    });

    it('has tokens that grow by one where they are ahead of the time, exactly', async () => {
      const prefix = server.freshPrefix();
      await using lock = redisLock(url, { prefix });
      await server.client.set(`${prefix}lock:{a}:token`, `${2n ** 53n - 2n}`);
      const lease = await lock.acquire('a');
      expect(lease.token).toBe(2n ** 53n - 1n);
    });

    it.each([
      ['fractions of a millisecond', 0.5],
      ['a time beyond all integers', 1e21],
      ['a time before 1970', -1e15],
    ])('has whole tokens that grow, also by a clock that tells %s', async (_, ahead) => {
      const prefix = server.freshPrefix();
      const clock: Clock = {
        now: () => systemClock.now() + ahead,
        monotonic: () => systemClock.monotonic(),
        setTimer: (...args) => systemClock.setTimer(...args),
        sleep: (...args) => systemClock.sleep(...args),
      };
      await using lock = redisLock(url, { prefix, clock });
      const first = await lock.acquire('a');
      await first.release();
      const second = await lock.acquire('a');
      expect(first.token).toBeGreaterThan(0n);
      expect(second.token).toBeGreaterThan(first.token);
    });

    it('has tokens that still grow when the server has lost everything', async () => {
      const prefix = server.freshPrefix();
      await using lock = redisLock(url, { prefix });
      const tokens: bigint[] = [];
      for (let n = 0; n < 5; n++) {
        const lease = await lock.acquire('a');
        tokens.push(lease.token);
        await lease.release();
      }
      await server.client.del(...(await keysOf(prefix)));
      await expect.poll(() => Date.now()).toBeGreaterThan(Number(tokens.at(-1)));
      const lease = await lock.acquire('a');
      expect(lease.token).toBeGreaterThan(tokens.at(-1) ?? 0n);
    });
  });

  it('a semaphore leaves nothing', async () => {
    const prefix = server.freshPrefix();
    await using semaphore = redisSemaphore(url, { prefix, permits: 3 });
    const base = `${prefix}semaphore:{a}`;
    const heavy = await semaphore.acquire('a', { weight: 2 });
    const light = await semaphore.acquire('a');
    expect(await keysOf(prefix)).toEqual([base, `${base}:extras`]);
    for (const key of await keysOf(prefix)) {
      expect(await server.client.pttl(key)).toBeGreaterThan(29_000);
    }
    await expect(semaphore.acquire('a', { wait: '20ms' })).rejects.toThrow('held by');
    await heavy.release();
    await light.release();
    await expect.poll(() => keysOf(prefix)).toEqual([]);
  });

  it('keys that something else has written are refused, and left alone', async () => {
    const prefix = server.freshPrefix();
    await using lock = redisLock(url, { prefix });
    await using semaphore = redisSemaphore(url, { prefix, permits: 1 });
    await server.client.lpush(`${prefix}lock:{list}`, '1');
    await server.client.set(`${prefix}lock:{token}:token`, 'seven');
    await server.client.set(`${prefix}semaphore:{text}`, 'a text');
    const refused = { code: 'SERVICE_REFUSED' };
    await expect(lock.acquire('list')).rejects.toMatchObject(refused);
    await expect(lock.acquire('token')).rejects.toMatchObject(refused);
    await expect(semaphore.acquire('text')).rejects.toMatchObject(refused);
    expect(await server.client.lrange(`${prefix}lock:{list}`, 0, -1)).toEqual(['1']);
    expect(await server.client.get(`${prefix}lock:{token}:token`)).toBe('seven');
    expect(await server.client.get(`${prefix}semaphore:{text}`)).toBe('a text');
  });

  it('a key that an operator has set without a time is not to be had until it is deleted', async () => {
    const prefix = server.freshPrefix();
    await using lock = redisLock(url, { prefix, poll: '20ms' });
    await server.client.set(`${prefix}lock:{a}`, 'maintenance');
    expect(await lock.tryAcquire('a')).toBeUndefined();
    const waiting = lock.acquire('a');
    await expect.poll(() => server.client.zcard(`${prefix}lock:{a}:line`)).toBe(1);
    await server.client.del(`${prefix}lock:{a}`);
    await (await waiting).release();
  });

  it('names and prefixes keep locks, semaphores and others apart', async () => {
    const prefix = server.freshPrefix();
    await using one = redisLock(url, { prefix });
    await using two = redisLock(url, { prefix: `${prefix}2:` });
    await using semaphore = redisSemaphore(url, { prefix, permits: 1 });
    const names = ['a', 'A', 'a}', 'a}:token', 'a:line', '{a}', '%7D', '}'];
    for (const holder of [one, two, semaphore]) {
      for (const name of names) expect(await holder.tryAcquire(name), name).toBeDefined();
    }
  });
});
