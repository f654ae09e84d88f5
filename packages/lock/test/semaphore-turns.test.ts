/**
 * Permits on a backend that keeps no order: of one process, one waits at a time, and whoever finds some at once
 * takes them.
 */
import { virtualClock } from '@runafter/clock';
import { describe, expect, it } from 'vitest';
import { type LeaseDriver, leaseSemaphore, type SemaphorePermit } from '../src/index.ts';
import { MemoryLeases } from '../src/memory-leases.ts';
import { expectNothingEscapes } from './nothing-escapes.ts';

expectNothingEscapes();

/** Permits in memory, without a line and without a word of releases. */
function make(permits: number) {
  const clock = virtualClock();
  const leases = new MemoryLeases('leases', permits, clock);
  const asked: number[] = [];
  const driver: LeaseDriver = {
    name: 'Unordered permits',
    queues: false,
    async acquire(request) {
      asked.push(clock.monotonic());
      return await leases.acquire({ ...request, place: undefined });
    },
    renew: (request, ttl) => leases.renew(request, ttl),
    release: (request) => leases.release(request),
    close: async () => {},
  };
  const connect = () =>
    leaseSemaphore(() => driver, { clock, permits, random: () => 0.5, ttl: '1h' });
  return { clock, asked, connect, semaphore: connect() };
}

describe('permits of one process', () => {
  it('are held side by side, as many as there are', async () => {
    const { clock, asked, semaphore } = make(3);
    const held = await Promise.all([1, 2, 3].map(() => semaphore.acquire('name')));
    expect(asked).toEqual([0, 0, 0]);
    expect(await semaphore.tryAcquire('name')).toBeUndefined();
    expect(asked).toHaveLength(4);
    await held[1]?.release();
    const again = await semaphore.tryAcquire('name');
    expect(again).toBeDefined();
    await Promise.all([...held, again].map((permit) => permit?.release()));
    expect(clock.pending).toBe(0);
  });

  it('go to those who wait in their order, of whom one asks at a time', async () => {
    const { clock, asked, semaphore } = make(2);
    const held = await Promise.all([1, 2].map(() => semaphore.acquire('name')));
    const order: number[] = [];
    const waiting = Array.from({ length: 50 }, async (_, index) => {
      await clock.sleep(index * 10);
      await using _permit = await semaphore.acquire('name', { wait: '1h' });
      order.push(index);
    });
    await clock.advance('5s');
    const before = asked.length;
    await clock.advance('10s');
    expect(asked.length - before).toBeLessThanOrEqual(20);
    const releasing = held.map((permit) => permit.release());
    await clock.advance('5m');
    await Promise.all([...waiting, ...releasing]);
    expect(order).toEqual(Array.from({ length: 50 }, (_, index) => index));
    expect(clock.pending).toBe(0);
  });

  it('are not taken by somebody who wants few from who waits for many', async () => {
    const { clock, asked, semaphore } = make(3);
    const held = await Promise.all([1, 2, 3].map(() => semaphore.acquire('name')));
    const many = semaphore.acquire('name', { weight: 3, wait: '1h' });
    await clock.advance('1s');
    const few = semaphore.acquire('name', { wait: '1h' });
    await held[0]?.release();
    const before = asked.length;
    expect(await semaphore.tryAcquire('name')).toBeUndefined();
    expect(asked).toHaveLength(before);
    await clock.advance('3s');
    await Promise.all(held.map((permit) => permit.release()));
    const order: string[] = [];
    const note = (name: string) => async (permit: SemaphorePermit) => {
      order.push(name);
      await permit.release();
    };
    const both = Promise.all([many.then(note('many')), few.then(note('few'))]);
    await clock.advance('5s');
    await both;
    expect(order).toEqual(['many', 'few']);
    expect(clock.pending).toBe(0);
  });

  it('are waited for by the next one when the first one leaves', async () => {
    const { clock, semaphore, connect } = make(1);
    const held = await connect().acquire('name');
    const leaving = new AbortController();
    const { signal } = leaving;
    const left = semaphore.acquire('name', { wait: '1h', signal }).catch((error) => error);
    await clock.advance('1s');
    const next = semaphore.acquire('name', { wait: '1h' });
    await clock.advance('1s');
    leaving.abort('enough');
    expect(await left).toBe('enough');
    await held.release();
    await clock.advance('2s');
    await (await next).release();
    expect(clock.pending).toBe(0);
  });
});
