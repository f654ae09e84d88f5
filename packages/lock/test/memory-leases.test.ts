/**
 * Permits and lines in memory, the reference of how a driver with a line behaves.
 */
import { virtualClock } from '@runafter/clock';
import { describe, expect, it } from 'vitest';
import { leaseLock, leaseSemaphore, memorySemaphore, type Semaphore } from '../src/index.ts';
import { MemoryLeases } from '../src/memory-leases.ts';
import { expectNothingEscapes } from './nothing-escapes.ts';

expectNothingEscapes();

function make(permits: number) {
  const clock = virtualClock();
  const leases = new MemoryLeases('leases', permits, clock);
  const connect = (): Semaphore => leaseSemaphore(() => leases, { clock, permits });
  return { clock, leases, connect };
}

const request = (owner: string, place?: number, weight = 1) => ({
  ...{ name: 'name', owner, ttl: 30_000, weight, place },
});

describe('a semaphore', () => {
  it('grants permits up to its limit, by their weights', async () => {
    const semaphore = memorySemaphore({ clock: virtualClock(), permits: 3 });
    const two = await semaphore.acquire('name', { weight: 2 });
    const one = await semaphore.acquire('name');
    expect([two.weight, one.weight, semaphore.permits]).toEqual([2, 1, 3]);
    expect(await semaphore.tryAcquire('name')).toBeUndefined();
    expect(await semaphore.tryAcquire('other', { weight: 3 })).toBeDefined();
    await two.release();
    expect(await semaphore.tryAcquire('name', { weight: 3 })).toBeUndefined();
    expect(await semaphore.tryAcquire('name', { weight: 2 })).toBeDefined();
    await semaphore.close();
  });

  it('lets nobody overtake a heavier waiter, and wakes all that fit when it goes', async () => {
    const { clock, connect } = make(3);
    const [one, other] = [connect(), connect()];
    const first = await one.acquire('name', { weight: 2 });
    const order: string[] = [];
    const noting = (label: string) => () => void order.push(`${label} ${clock.monotonic()}`);
    const abort = new AbortController();
    const heavy = other.acquire('name', { weight: 3, wait: '1m', signal: abort.signal });
    heavy.then(noting('heavy'), noting('heavy left'));
    await clock.advance(0);
    void one.acquire('name', { wait: '1m' }).then(noting('light'));
    void other.acquire('name', { weight: 1, wait: '1m' }).then(noting('light'));
    await clock.advance('500ms');
    expect(order).toEqual([]);
    expect(await other.tryAcquire('name')).toBeUndefined();
    abort.abort();
    await clock.advance(0);
    await clock.advance(0);
    expect(order).toEqual(['heavy left 500', 'light 500']);
    await first.release();
    await clock.advance(0);
    expect(order).toEqual(['heavy left 500', 'light 500', 'light 500']);
    await Promise.all([one.close(), other.close()]);
    expect(clock.pending).toBe(0);
  });

  it('gives all the permits that one release frees to those who are next', async () => {
    const { clock, connect } = make(4);
    const semaphore = connect();
    const all = await semaphore.acquire('name', { weight: 4 });
    const granted: number[] = [];
    const waiting = [1, 2, 1, 2].map(async (weight, index) => {
      const permit = await semaphore.acquire('name', { weight, wait: '1m' });
      granted.push(index);
      return permit;
    });
    await clock.advance('1s');
    await all.release();
    await clock.advance(0);
    expect(granted).toEqual([0, 1, 2]);
    await (await waiting[1])?.release();
    await clock.advance(0);
    expect(granted).toEqual([0, 1, 2, 3]);
    await semaphore.close();
    expect(clock.pending).toBe(0);
  });

  it('takes back the permits of one holder that is gone, when its time is over', async () => {
    const { clock, leases, connect } = make(2);
    await leases.acquire(request('crashed'));
    const semaphore = connect();
    const held = await semaphore.acquire('name');
    const waiting = semaphore.acquire('name', { wait: '1m' });
    await clock.advance('29.9s');
    expect(await Promise.race([waiting, Promise.resolve('waiting')])).toBe('waiting');
    await clock.advance(106);
    (await waiting).assertHeld();
    held.assertHeld();
    await semaphore.close();
  });
});

describe('the line of a lock', () => {
  it('is in the order of coming, over all lock objects', async () => {
    const { clock, leases } = make(1);
    const locks = Array.from({ length: 5 }, () => leaseLock(leases, { clock }));
    const first = await locks[0]?.acquire('name');
    const order: number[] = [];
    const waiting = Array.from({ length: 50 }, async (_, index) => {
      const lease = await locks[index % 5]?.acquire('name', { wait: '1m' });
      order.push(index);
      await lease?.release();
    });
    await clock.advance('1s');
    await first?.release();
    await Promise.all(waiting);
    expect(clock.monotonic()).toBe(1_000);
    expect(order).toEqual(Array.from({ length: 50 }, (_, index) => index));
    expect(clock.pending).toBe(0);
  });

  it('forgets a waiter that has died, after three polls', async () => {
    const { clock, leases } = make(1);
    const lock = leaseLock(leases, { clock });
    await leases.acquire(request('holder'));
    await leases.acquire(request('dead', 3_000));
    await leases.release(request('holder'));
    expect(await lock.tryAcquire('name')).toBeUndefined();
    const waiting = lock.acquire('name', { wait: '1m' }).then(() => clock.monotonic());
    await clock.advance('5s');
    expect(await waiting).toBeLessThanOrEqual(4_000);
    await lock.close();
  });

  it('lets a later one try its luck only when nobody waits', async () => {
    const { leases } = make(1);
    await leases.acquire(request('holder'));
    await leases.acquire(request('waiter', 3_000));
    await leases.release(request('holder'));
    expect(await leases.acquire(request('passer-by'))).toMatchObject({ granted: false });
    expect(await leases.acquire(request('waiter', 3_000))).toMatchObject({ granted: true });
  });

  it('keeps the place of who asks again', async () => {
    const { clock, leases } = make(1);
    await leases.acquire(request('holder'));
    await leases.acquire(request('first', 3_000));
    await leases.acquire(request('second', 3_000));
    await clock.advance('2s');
    await leases.acquire(request('first', 3_000));
    await leases.acquire(request('second', 3_000));
    await clock.advance('2s');
    await leases.release(request('holder'));
    expect(await leases.acquire(request('second', 3_000))).toMatchObject({ granted: false });
    expect(await leases.acquire(request('first', 3_000))).toMatchObject({ granted: true });
  });
});

describe('what the driver in memory answers', () => {
  it('is the same grant again for its owner, for another ttl', async () => {
    const { clock, leases } = make(1);
    const first = await leases.acquire(request('owner'));
    await clock.advance('29s');
    expect(await leases.acquire(request('owner'))).toEqual(first);
    await clock.advance('29s');
    expect(await leases.renew(request('owner'), 30_000)).toBe(true);
    await clock.advance('30s');
    expect(await leases.renew(request('owner'), 30_000)).toBe(false);
    expect(await leases.acquire(request('other'))).toMatchObject({ granted: true, token: 2n });
  });

  it('says who holds it, and to who is next when it will be free', async () => {
    const { clock, leases } = make(1);
    await leases.acquire(request('holder'));
    await clock.advance('10s');
    const next = await leases.acquire(request('next', 3_000));
    const last = await leases.acquire(request('last', 3_000));
    expect(next).toEqual({ granted: false, heldBy: 'holder', freeIn: 20_000 });
    expect(last).toEqual({ granted: false, heldBy: 'holder', freeIn: undefined });
  });
});
