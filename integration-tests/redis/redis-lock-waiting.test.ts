/** How waiters of locks and semaphores on Redis hear of releases, and what happens when they do not. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { virtualClock } from '@runafter/clock';
import type { Lock } from '@runafter/lock';
import { redisLock, redisSemaphore } from '@runafter/redis';
import { Redis, type RedisOptions } from 'ioredis';
import { describe, expect, it, onTestFinished } from 'vitest';
import { onService } from '../services/on-service.ts';
import { useRedis } from './redis-place.ts';

await onService('redis', ({ url, prefix: ownPrefix }) => {
  const server = useRedis(url, ownPrefix);
  /** Long enough for no poll to help within a test. */
  const never = { poll: '1m', wait: '2m' } as const;

  const channelsOf = async (prefix: string) =>
    (await server.client.pubsub('CHANNELS', `${prefix}released:*`)) as string[];

  const inLine = (prefix: string, name = 'a') =>
    server.client.zcard(`${prefix}lock:{${name}}:line`);

  /** A client by whose name the server's operator finds its connections. */
  function namedClient(options: RedisOptions = {}): Redis {
    const client = new Redis(url, {
      connectionName: randomUUID(),
      ...options,
      replyMapping: 'legacy',
    });
    client.on('error', () => {});
    onTestFinished(() => client.disconnect());
    return client;
  }

  async function kill(client: Redis, kind: 'normal' | 'pubsub'): Promise<void> {
    const list = String(await server.client.call('CLIENT', 'LIST', 'TYPE', kind));
    const line = list
      .split('\n')
      .find((text) => text.includes(`name=${client.options.connectionName}`));
    const id = /^id=(\d+)/.exec(line ?? '')?.[1] ?? '';
    expect(await server.client.client('KILL', 'ID', id)).toBe(1);
  }

  /** A holder, and somebody on another client who waits and listens. */
  async function holderAndWaiter(options: { poll?: string; wait?: string } = never) {
    const prefix = server.freshPrefix();
    const client = namedClient();
    const holder = redisLock(url, { prefix });
    const waiter = redisLock(client, { prefix, ...options } as typeof never);
    onTestFinished(async () => void (await Promise.all([holder.close(), waiter.close()])));
    const lease = await holder.acquire('a');
    const granted = waiter.acquire('a');
    await expect.poll(() => channelsOf(prefix)).toHaveLength(1);
    return { prefix, client, lease, granted, waiter };
  }

  describe('the connection that hears', () => {
    it('is not opened while nobody has to wait', async () => {
      const prefix = server.freshPrefix();
      await using lock = redisLock(url, { prefix });
      for (let n = 0; n < 3; n++) await (await lock.acquire('a')).release();
      await using _lease = await lock.acquire('a');
      expect(await lock.tryAcquire('a')).toBeUndefined();
      expect(await channelsOf(prefix)).toEqual([]);
    });

    it('is one for all who wait, and is closed with the lock', async () => {
      const prefix = server.freshPrefix();
      const client = namedClient();
      const lock = redisLock(client, { prefix, ...never });
      const leases = await Promise.all(['a', 'b', 'c'].map((name) => lock.acquire(name)));
      const waiting = ['a', 'b', 'c', 'a', 'b'].map((name) => lock.acquire(name));
      await expect.poll(() => channelsOf(prefix)).toHaveLength(1);
      const count = async (kind: 'normal' | 'pubsub') =>
        String(await server.client.call('CLIENT', 'LIST', 'TYPE', kind)).split(
          `name=${client.options.connectionName}`,
        ).length - 1;
      await expect.poll(() => count('pubsub')).toBe(1);
      expect(await count('normal')).toBe(1);
      await Promise.all(leases.map((lease) => lease.release()));
      for (const granted of waiting) await (await granted).release();
      await lock.close();
      await expect.poll(() => channelsOf(prefix)).toEqual([]);
      expect(client.status, 'stays the user’s').toBe('ready');
    });

    it('does not keep a process alive that has quit its client', async () => {
      const program = fileURLToPath(new URL('./programs/quit-without-closing.ts', import.meta.url));
      const args = ['--conditions=@runafter/source', program, url, server.freshPrefix()];
      const ran = await promisify(execFile)(process.execPath, args, { timeout: 30_000 });
      expect(ran).toEqual({ stdout: 'LOCK_TIMEOUT\nquit\n', stderr: '' });
    });

    it('hears also for a client that puts a prefix of its own before keys', async () => {
      const prefix = server.freshPrefix();
      const client = namedClient({ keyPrefix: server.freshPrefix() });
      await using holder = redisLock(client, { prefix });
      await using waiter = redisLock(client, { prefix, ...never });
      const lease = await holder.acquire('a');
      const granted = waiter.acquire('a');
      await expect.poll(() => channelsOf(prefix)).toHaveLength(1);
      await lease.release();
      await (await granted).release();
    });

    it('is made anew when it is killed, and hears again', async () => {
      const { prefix, client, lease, granted } = await holderAndWaiter();
      await kill(client, 'pubsub');
      await expect.poll(() => channelsOf(prefix)).toEqual([]);
      await expect.poll(() => channelsOf(prefix)).toHaveLength(1);
      await lease.release();
      await (await granted).release();
    });

    it('asks when it is back, for what was released meanwhile was told to nobody', async () => {
      const { client, lease, granted } = await holderAndWaiter();
      await Promise.all([kill(client, 'pubsub'), lease.release()]);
      await (await granted).release();
    });

    it('is made anew when its server has vanished without a word', async () => {
      const prefix = server.freshPrefix();
      const proxy = await server.proxy();
      const clock = virtualClock();
      const client = namedClient();
      client.duplicate = (options) => new Redis(proxy.url, { ...options, replyMapping: 'legacy' });
      await using holder = redisLock(url, { prefix });
      await using waiter = redisLock(client, { prefix, clock, poll: '1h', wait: '1d' });
      const lease = await holder.acquire('a');
      const granted = waiter.acquire('a');
      await expect.poll(() => channelsOf(prefix)).toHaveLength(1);
      for (let answers = 0; answers < 3; answers++) {
        const { bytesToServer, bytesToClient } = proxy.counts;
        await expect
          .poll(async () => {
            await clock.advance('1s');
            return proxy.counts.bytesToServer;
          })
          .toBeGreaterThan(bytesToServer);
        await expect.poll(() => proxy.counts.bytesToClient).toBeGreaterThan(bytesToClient);
      }
      expect(proxy.counts.connections, 'one that answers is kept').toBe(1);
      proxy.blackHole('toClient');
      await lease.release();
      await expect
        .poll(async () => {
          await clock.advance('500ms');
          return proxy.counts.connections;
        })
        .toBeGreaterThan(1);
      proxy.heal();
      await (await granted).release();
    });

    it('is asked for again only now and then by a user who may not use channels', async () => {
      const prefix = server.freshPrefix();
      const username = `u${randomUUID()}`;
      await server.client.acl('SETUSER', username, 'on', '>secret', '~*', '+@all', 'resetchannels');
      onTestFinished(async () => void (await server.client.acl('DELUSER', username)));
      const clock = virtualClock();
      const client = namedClient({ username, password: 'secret' });
      let attempts = 0;
      client.duplicate = (options) => {
        attempts++;
        return new Redis({ ...client.options, ...options, replyMapping: 'legacy' });
      };
      await using holder = redisLock(url, { prefix });
      await using waiter = redisLock(client, { prefix, clock, poll: '1h', wait: '1d' });
      const lease = await holder.acquire('a');
      const granted = waiter.acquire('a');
      await expect.poll(() => attempts).toBe(1);
      for (let second = 0; second < 50; second++) {
        await clock.advance('1s');
        await server.client.ping();
      }
      expect(attempts).toBe(1);
      await server.client.acl('SETUSER', username, 'allchannels');
      await expect
        .poll(async () => {
          await clock.advance('5s');
          return channelsOf(prefix);
        })
        .toHaveLength(1);
      await lease.release();
      await (await granted).release();
    });

    it('is not needed by a user who may not use channels', async () => {
      const prefix = server.freshPrefix();
      const username = `u${randomUUID()}`;
      await server.client.acl('SETUSER', username, 'on', '>secret', '~*', '+@all', 'resetchannels');
      onTestFinished(async () => void (await server.client.acl('DELUSER', username)));
      const client = namedClient({ username, password: 'secret' });
      await using lock = redisLock(client, { prefix, poll: '100ms' });
      const lease = await lock.acquire('a');
      const granted = lock.acquire('a');
      await expect.poll(() => inLine(prefix)).toBe(1);
      await lease.release();
      await (await granted).release();
      expect(await channelsOf(prefix)).toEqual([]);
    });
  });

  describe('a release', () => {
    it('tells the first in line alone, with one message to its process', async () => {
      const prefix = server.freshPrefix();
      await using holder = redisLock(url, { prefix });
      await using one = redisLock(url, { prefix, ...never, holder: 'one' });
      await using two = redisLock(url, { prefix, ...never, holder: 'two' });
      const messages: string[] = [];
      const listener = namedClient();
      await listener.psubscribe(`${prefix}released:*`);
      listener.on('pmessage', (_pattern, _channel, message) => messages.push(message));
      const lease = await holder.acquire('a');
      const waiting: Promise<unknown>[] = [];
      for (const [n, lock] of [one, two, one, two].entries()) {
        waiting.push(lock.acquire('a', { signal: AbortSignal.timeout(20_000) }));
        await expect.poll(() => inLine(prefix)).toBe(n + 1);
      }
      const [first] = await server.client.zrange(`${prefix}lock:{a}:line`, '0', '0');
      await lease.release();
      const granted = (await waiting[0]) as { owner: string };
      await listener.ping();
      expect(messages).toEqual([granted.owner]);
      expect(await inLine(prefix), 'who holds it does not wait').toBe(3);
      expect(granted.owner).toBe(first);
      await Promise.all([one.close(), two.close(), ...waiting.map((w) => w.catch(() => {}))]);
    });

    it('whose message is lost is noticed by the next poll', async () => {
      const { prefix, lease, granted } = await holderAndWaiter({ poll: '300ms' });
      const places = `${prefix}lock:{a}:places`;
      const [owner = '', place = ''] = Object.entries(await server.client.hgetall(places))[0] ?? [];
      await server.client.hset(places, owner, place.replace(/ .*/, ' ["nobody-listens-here"]'));
      await lease.release();
      await (await granted).release();
    });

    it('of several permits tells as many as there is room for', async () => {
      const prefix = server.freshPrefix();
      await using semaphore = redisSemaphore(url, { prefix, permits: 3, ...never });
      await using other = redisSemaphore(url, { prefix, permits: 3, ...never });
      const all = await other.acquire('a', { weight: 3 });
      const waiting = [1, 1, 1, 1].map((weight) => semaphore.acquire('a', { weight }));
      await expect.poll(() => channelsOf(prefix)).toHaveLength(1);
      await expect.poll(() => server.client.zcard(`${prefix}semaphore:{a}:line`)).toBe(4);
      await all.release();
      const [first] = await Promise.all(waiting.slice(0, 3));
      await first?.release();
      await Promise.all(waiting);
    });
  });

  describe('behind somebody who has died', () => {
    /** Waits in line, and is never heard of again. */
    async function dyingWaiter(prefix: string, poll: string): Promise<void> {
      const client = namedClient();
      const lock = redisLock(client, { prefix, poll: poll as '1s', wait: '1m' });
      const before = await inLine(prefix);
      lock.acquire('a').catch(() => {});
      await expect.poll(() => inLine(prefix)).toBe(before + 1);
      client.disconnect();
    }

    it('a waiter is granted when the places of those before it are lost, whatever its poll', async () => {
      const prefix = server.freshPrefix();
      await using holder = redisLock(url, { prefix });
      await using waiter = redisLock(url, { prefix, ...never });
      const lease = await holder.acquire('a');
      await dyingWaiter(prefix, '700ms');
      await dyingWaiter(prefix, '750ms');
      const granted = waiter.acquire('a');
      await expect.poll(() => inLine(prefix)).toBe(3);
      // Whoever begins to hear asks once more.
      await expect.poll(() => channelsOf(prefix)).toHaveLength(3);
      await lease.release();
      await (await granted).release();
      expect(await inLine(prefix)).toBe(0);
    });

    it('a waiter is granted when the ttl of the holder has passed', async () => {
      const prefix = server.freshPrefix();
      const client = namedClient();
      await redisLock(client, { prefix, ttl: '1s' }).acquire('a');
      client.disconnect();
      await using waiter = redisLock(url, { prefix, ...never });
      const stop = new AbortController();
      const first = waiter.acquire('a', { signal: stop.signal });
      await expect.poll(() => channelsOf(prefix)).toHaveLength(1);
      const second = waiter.acquire('a');
      await expect.poll(() => inLine(prefix)).toBe(2);
      stop.abort();
      await expect(first).rejects.toThrow('aborted');
      await (await second).release();
    });
  });

  it('a waiter keeps its place in the line however often it asks', async () => {
    const prefix = server.freshPrefix();
    await using lock = redisLock(url, { prefix, poll: '30ms' });
    await using other = redisLock(url, { prefix, ...never });
    const lease = await other.acquire('a');
    const first = lock.acquire('a');
    await expect.poll(() => inLine(prefix)).toBe(1);
    const second = other.acquire('a');
    await expect.poll(() => inLine(prefix)).toBe(2);
    const line = await server.client.zrange(`${prefix}lock:{a}:line`, '0', '-1', 'WITHSCORES');
    const place = () => server.client.hget(`${prefix}lock:{a}:places`, line[0] ?? '');
    const before = await place();
    await expect.poll(place).not.toBe(before);
    expect(await server.client.zrange(`${prefix}lock:{a}:line`, '0', '-1', 'WITHSCORES')).toEqual(
      line,
    );
    await lease.release();
    await (await first).release();
    await (await second).release();
  });

  it('a call that is aborted at any moment leaves nothing, also when the server knows no script', async () => {
    const prefix = server.freshPrefix();
    await using lock = redisLock(url, { prefix });
    await (await lock.acquire('a')).release();
    for (let steps = 0; steps < 30; steps++) {
      if (steps % 2 === 0) await server.client.script('FLUSH');
      const stop = new AbortController();
      const trying = lock.acquire('a', { signal: stop.signal }).then(
        (lease) => lease.release(),
        () => {},
      );
      for (let n = 0; n < steps; n++) await (n % 3 === 0 ? nextTurn() : undefined);
      stop.abort();
      await trying;
    }
    await lock.close();
    expect(await server.client.keys(`${prefix}*`)).toEqual([`${prefix}lock:{a}:token`]);
  });

  it('a lease of a few seconds outlives a connection whose other side has vanished', async () => {
    const proxy = await server.proxy();
    await using lock = redisLock(proxy.url, { prefix: server.freshPrefix(), ttl: '6s' });
    await using lease = await lock.acquire('a');
    const until = lease.expiresAt;
    proxy.blackHole('toClient');
    await expect.poll(() => proxy.counts.connections, { timeout: 5_500 }).toBe(2);
    proxy.heal();
    await expect.poll(() => lease.expiresAt, { timeout: 2_000 }).toBeGreaterThan(until);
    lease.assertHeld();
  });

  it('a holder whose connection is killed keeps its lease', async () => {
    const prefix = server.freshPrefix();
    const client = namedClient();
    const lock: Lock = redisLock(client, { prefix, ttl: '2s' });
    const lease = await lock.acquire('a');
    const until = lease.expiresAt;
    await kill(client, 'normal');
    await expect.poll(() => lease.expiresAt, { timeout: 2_000 }).toBeGreaterThan(until);
    lease.assertHeld();
    await lease.release();
    expect(await server.client.exists(`${prefix}lock:{a}`)).toBe(0);
  });
});

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
