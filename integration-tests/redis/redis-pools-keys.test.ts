/** What pools keep on the server, and what becomes of it: ends of leases, owners that are done, waiters, tokens. */
import { pool } from '@runafter/claim';
import { systemClock, type WaitOptions } from '@runafter/clock';
import { redisPools } from '@runafter/redis';
import { describe, expect, it, vi } from 'vitest';
import { onService } from '../services/on-service.ts';
import { useRedis } from './redis-place.ts';

const now: WaitOptions = {};
const forever = Number.POSITIVE_INFINITY;

await onService('redis', ({ url, prefix: ownPrefix }) => {
  const server = useRedis(url, ownPrefix);
  const open = (prefix: string) => {
    const store = redisPools(url, { prefix });
    const base = `${prefix}pool:{a}`;
    const keys = async () =>
      (await server.client.keys(`${prefix}*`)).map((key) => key.slice(base.length)).sort();
    return { store, base, keys, [Symbol.asyncDispose]: () => store.close() };
  };
  const claim = (owner: string, ttl = forever, place?: number) => {
    return { pool: 'a', owner, ttl, place };
  };
  const resources = (count: number) =>
    Array.from({ length: count }, (_, n) => ({ id: `r${n}`, value: `"r${n}"` }));
  const add = (count: number) => ({ pool: 'a', resources: resources(count), again: false });

  describe('a pool that is at rest', () => {
    it('is its resources and their last tokens, and nothing that expires', async () => {
      await using it = open(server.freshPrefix());
      await it.store.add(add(2), now);
      expect(await it.keys()).toEqual(['', ':free', ':values']);
      await it.store.claim(claim('one', 60_000), now);
      await it.store.claim(claim('two'), now);
      expect(await it.keys()).toEqual(['', ':expiries', ':holders', ':tokens', ':values']);
      for (const owner of ['one', 'two']) {
        await it.store.release({ pool: 'a', owner, forGood: false }, now);
      }
      expect(await it.keys()).toEqual(['', ':free', ':tokens', ':values']);
      for (const key of await it.keys()) expect(await server.client.pttl(it.base + key)).toBe(-1);
    });

    it('has nothing of those who have waited, in whatever way it ended', async () => {
      await using it = open(server.freshPrefix());
      await using pools = pool(it.store, 'a', ['r0']);
      const lease = await pools.claim({ mode: 'lease' });
      const stop = new AbortController();
      const ends = Promise.allSettled([
        pools.claim({ mode: 'lease', wait: '300ms' }),
        pools.claim({ mode: 'assign', once: 'late', wait: '300ms' }),
        pools.claim({ mode: 'lease', wait: '1m', signal: stop.signal }),
        pools.claim({ mode: 'assign', once: 'aborted', wait: '1m', signal: stop.signal }),
      ]);
      await expect.poll(() => server.client.zcard(`${it.base}:line`)).toBe(4);
      await expect.poll(() => server.client.zcard(`${it.base}:line`)).toBe(2);
      stop.abort();
      await ends;
      await lease.release();
      await pools.close();
      expect(await it.keys()).toEqual(['', ':free', ':tokens', ':values']);
    });

    it('remembers the last 1,000 who were released for good, and no more', async () => {
      await using it = open(server.freshPrefix());
      await it.store.add(add(1), now);
      const owners = Array.from({ length: 1_100 }, (_, n) => `owner-${n}`);
      await Promise.all(
        owners.map((owner) => it.store.release({ pool: 'a', owner, forGood: true }, now)),
      );
      expect(await server.client.zcard(`${it.base}:retired`)).toBe(1_000);
      for (const owner of ['owner-100', 'owner-1099']) {
        expect(await it.store.claim(claim(owner), now)).toEqual({ granted: false, retired: true });
      }
      expect(await it.store.claim(claim('owner-99'), now)).toMatchObject({ granted: true });
    });
  });

  describe('a lease that has ended', () => {
    it('is found by whoever asks next, and frees what it had in the order of addition', async () => {
      await using it = open(server.freshPrefix());
      await it.store.add(add(3), now);
      for (const owner of ['one', 'two']) await it.store.claim(claim(owner, 60_000), now);
      await it.store.claim(claim('three'), now);
      await endLeases(it.base);
      expect(await it.store.renew({ pool: 'a', owner: 'one' }, 60_000, now)).toBe(false);
      expect(await it.store.claim(claim('four'), now)).toMatchObject({ id: 'r0' });
      expect(await it.store.claim(claim('five'), now)).toMatchObject({ id: 'r1' });
      expect(await it.store.claim(claim('six'), now)).toMatchObject({ granted: false });
    });

    it('is not shown any more, before anybody has taken it back', async () => {
      await using it = open(server.freshPrefix());
      await it.store.add(add(2), now);
      await it.store.claim(claim('one', 60_000), now);
      await it.store.claim(claim('two', 60_000), now);
      await it.store.withdraw('a', ['r1'], now);
      expect(await it.store.inspect('a', now)).toMatchObject([
        { id: 'r0', withdrawn: false, claim: { owner: 'one' } },
        { id: 'r1', withdrawn: true, claim: { owner: 'two' } },
      ]);
      await endLeases(it.base);
      expect(await it.store.inspect('a', now)).toEqual([
        { id: 'r0', value: '"r0"', withdrawn: false, claim: undefined },
      ]);
    });

    it('tells who is first in line when to ask again, and the others when that one may be dead', async () => {
      await using it = open(server.freshPrefix());
      await it.store.add(add(1), now);
      await it.store.claim(claim('one', 60_000), now);
      const first = await it.store.claim(claim('two', 60_000, 5_000), now);
      expect(first).toMatchObject({ granted: false, freeIn: expect.closeTo(60_000, -3) });
      const second = await it.store.claim(claim('three', 60_000, 5_000), now);
      expect(second).toMatchObject({ granted: false, freeIn: expect.closeTo(5_000, -3) });
    });
  });

  describe('tokens', () => {
    it('grow by one where they are ahead of the time, exactly', async () => {
      await using it = open(server.freshPrefix());
      await it.store.add(add(1), now);
      await server.client.hset(`${it.base}:tokens`, 'r0', `${2n ** 53n - 2n}`);
      expect(await it.store.claim(claim('one'), now)).toMatchObject({ token: 2n ** 53n - 1n });
    });

    it('still grow when the server has lost everything', async () => {
      await using it = open(server.freshPrefix());
      const tokens: bigint[] = [];
      for (let round = 0; round < 3; round++) {
        await it.store.add(add(1), now);
        const claimed = await it.store.claim(claim('one'), now);
        tokens.push('token' in claimed ? claimed.token : 0n);
        await server.client.del(...(await server.client.keys(`${it.base}*`)));
        await expect.poll(() => systemClock.now()).toBeGreaterThan(Number(tokens.at(-1)));
      }
      expect(tokens).toEqual([...new Set(tokens)].sort());
    });
  });

  it('a claim costs as many steps in a pool of 3,000 as in one of 4', async () => {
    const steps = async (count: number) => {
      await using it = open(server.freshPrefix());
      await it.store.add(add(count), now);
      const owners = Array.from({ length: count / 2 }, (_, n) => `owner-${n}`);
      await Promise.all(owners.map((owner) => it.store.claim(claim(owner, 60_000), now)));
      const before = await callsOnServer();
      await it.store.claim(claim('one', 60_000), now);
      return (await callsOnServer()) - before;
    };
    // Others may use the server as well: they add something to some, and never take anything away.
    let [few, many] = [Infinity, Infinity];
    const compare = async () => {
      few = Math.min(few, await steps(4));
      many = Math.min(many, await steps(3_000));
      expect(many).toBe(few);
      expect(many).toBeLessThan(30);
    };
    await vi.waitFor(compare, { timeout: 45_000 });
  });

  it('wakes everybody who waits with one owner, in whatever pool', async () => {
    const prefix = server.freshPrefix();
    await using store = redisPools(url, { prefix });
    const names = ['a', 'b'] as const;
    const options = { poll: '1m' } as const;
    const pools = names.map((name) => pool(store, name, ['r0'], options));
    const leases = await Promise.all(pools.map((each) => each.claim({ mode: 'lease' })));
    const waiting = pools.map((each) =>
      each.claim({ mode: 'assign', once: 'hire-1', wait: '10s' }),
    );
    for (const name of names) {
      await expect.poll(() => server.client.zcard(`${prefix}pool:{${name}}:line`)).toBe(1);
    }
    await expect.poll(() => server.client.pubsub('CHANNELS', `${prefix}*`)).toHaveLength(1);
    await Promise.all(leases.map((lease) => lease.release()));
    for (const claimed of waiting) expect((await claimed).resource).toBe('r0');
    await Promise.all(pools.map((each) => each.close()));
  });

  it('keys that something else has written are refused, and left alone', async () => {
    await using it = open(server.freshPrefix());
    await server.client.set(`${it.base}:holders`, 'a text');
    await expect(it.store.claim(claim('one'), now)).rejects.toMatchObject({
      code: 'SERVICE_REFUSED',
    });
    expect(await server.client.get(`${it.base}:holders`)).toBe('a text');
  });

  /** How often any command was called, also by scripts. */
  async function callsOnServer(): Promise<number> {
    const calls = (await server.client.info('commandstats')).matchAll(/:calls=(\d+)/g);
    return [...calls].reduce((sum, [, count]) => sum + Number(count), 0);
  }

  /** As if their time was over. */
  async function endLeases(base: string): Promise<void> {
    for (const owner of await server.client.zrange(`${base}:expiries`, '0', '-1')) {
      await server.client.zadd(`${base}:expiries`, 1, owner);
    }
  }
});
