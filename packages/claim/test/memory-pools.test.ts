/**
 * Pools in memory: who is woken, and what those who wait are told of expiries.
 */
import { virtualClock } from '@runafter/clock';
import { describe, expect, it } from 'vitest';
import { type ClaimRequest, memoryPools, type PoolStore, pool } from '../src/index.ts';
import { expectNothingEscapes } from './nothing-escapes.ts';

expectNothingEscapes();

function make(ids: readonly string[]) {
  const clock = virtualClock();
  const store = memoryPools({ clock });
  const claims = pool(store, 'pool', ids, { clock, random: () => 0.5, poll: '1m' });
  const ask = (owner: string, request: Partial<ClaimRequest> = {}) =>
    store.claim({ pool: 'pool', owner, ttl: 1_000, place: undefined, ...request }, {});
  return { clock, store, claims, ask };
}

/** The same store, and how often it was asked for something. */
function counted(store: PoolStore) {
  let claims = 0;
  const claim: PoolStore['claim'] = (request, options) => {
    claims++;
    return store.claim(request, options);
  };
  const counting = new Proxy(store, {
    get(target, key) {
      if (key === 'claim') return claim;
      const value: unknown = Reflect.get(target, key);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return { store: counting, claims: () => claims };
}

describe('those who wait for a resource in memory', () => {
  it('are woken one by one, however many they are', async () => {
    const clock = virtualClock();
    const { store, claims: asked } = counted(memoryPools({ clock }));
    const sessions = pool(store, 'sessions', ['one'], { clock, poll: '1h' });
    const holder = await sessions.claim({ mode: 'lease' });
    const order: number[] = [];
    const waiting = Array.from({ length: 100 }, async (_, number) => {
      await using _session = await sessions.claim({ mode: 'lease', wait: '1h' });
      order.push(number);
    });
    await clock.advance('1s');
    await holder.release();
    await Promise.all(waiting);
    expect(order).toEqual(Array.from({ length: 100 }, (_, number) => number));
    expect(asked()).toBeLessThan(500);
    expect(clock.pending).toBe(0);
  });

  it('get what has expired at that moment, long before they would ask again', async () => {
    const { clock, claims, ask } = make(['a', 'b']);
    await claims.inspect();
    await ask('dead', { ttl: 2_000 });
    await ask('dead too', { ttl: 3_000 });
    const taken: Promise<number>[] = [];
    for (const once of ['first', 'second']) {
      const claim = claims.claim({ mode: 'assign', once, wait: '1h' });
      taken.push(claim.then(() => clock.monotonic()));
    }
    await clock.advance('4s');
    const [first = 0, second = 0] = await Promise.all(taken);
    expect(first).toBeGreaterThanOrEqual(2_000);
    expect(first).toBeLessThan(2_010);
    expect(second).toBeGreaterThanOrEqual(3_000);
    expect(second).toBeLessThan(3_010);
  });

  it('are told of the first expiry of what is handed out again, not of what is withdrawn', async () => {
    const { store, claims, ask } = make(['a', 'b']);
    await claims.inspect();
    await ask('x', { ttl: 1_000 });
    await ask('y', { ttl: 5_000 });
    expect(await ask('z')).toEqual({ granted: false, freeIn: 1_000 });
    await store.withdraw('pool', ['a'], {});
    expect(await ask('z')).toEqual({ granted: false, freeIn: 5_000 });
  });

  it('are not held up by somebody who has died before them in the line', async () => {
    const { clock, claims, ask } = make(['a']);
    const holder = await claims.claim({ mode: 'lease' });
    await ask('dead', { place: 2_000 });
    const waiting = claims.claim({ mode: 'assign', once: 'hire-1', wait: '1h' });
    await clock.advance('3s');
    await holder.release();
    await clock.advance(0);
    expect(await waiting).toMatchObject({ resource: 'a' });
    expect(clock.pending).toBe(0);
  });

  it('get what is added, at once', async () => {
    const { clock, claims } = make([]);
    const waiting = claims.claim({ mode: 'assign', once: 'hire-1', wait: '1h' });
    await clock.advance('1s');
    await claims.add(['a']);
    expect(await waiting).toMatchObject({ resource: 'a' });
  });

  it('are all given the same when they wait for one operation, whoever of them leaves', async () => {
    const { clock, claims } = make([]);
    const leaving = new AbortController();
    const { signal } = leaving;
    const left = claims
      .claim({ mode: 'assign', once: 'a', wait: '1h', signal })
      .catch(() => 'left');
    const waiting = [1, 2].map(() => claims.claim({ mode: 'assign', once: 'a', wait: '1h' }));
    await clock.advance('1s');
    leaving.abort();
    expect(await left).toBe('left');
    await clock.advance('1s');
    await claims.add(['r']);
    for (const assigned of waiting) expect(await assigned).toMatchObject({ resource: 'r' });
    expect(clock.pending).toBe(0);
  });
});
