/**
 * On a backend that keeps no order: of one process, one asks at a time, and the others wait behind it.
 */
import { getEventListeners } from 'node:events';
import { virtualClock } from '@runafter/clock';
import { describe, expect, it } from 'vitest';
import { type Lease, leaseLock } from '../src/index.ts';
import { LocalTurns } from '../src/local-turns.ts';
import { MemoryLeases } from '../src/memory-leases.ts';
import { expectNothingEscapes } from './nothing-escapes.ts';
import { busy, granted, late, notDone, refused, ScriptedDriver } from './scripted-driver.ts';

expectNothingEscapes();

function make() {
  const clock = virtualClock();
  const driver = new ScriptedDriver(clock);
  return { clock, driver, lock: leaseLock(driver, { clock, random: () => 0.5 }) };
}

describe('a hundred waiters of one process', () => {
  it('cause one request at a time, and none while this process holds the name', async () => {
    const { clock, driver, lock } = make();
    driver.acquires = [busy(), granted()];
    const order: number[] = [];
    const waiting = Array.from({ length: 100 }, async (_, index) => {
      const lease = await lock.acquire('name', { wait: '1h' });
      order.push(index);
      await clock.sleep('1s');
      await lease.release();
    });
    await clock.advance(50);
    expect(driver.log).toEqual(['0 acquire 1']);
    await clock.advance('1s');
    expect(driver.times('acquire')).toHaveLength(2);
    await clock.advance('5m');
    await Promise.all(waiting);
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(driver.times('acquire')).toHaveLength(101);
    expect(clock.pending).toBe(0);
  });

  it('wait for different names independently', async () => {
    const { driver, lock } = make();
    const leases = await Promise.all(['a', 'b', 'c'].map((name) => lock.acquire(name)));
    expect(driver.log).toHaveLength(3);
    await Promise.all(leases.map((lease) => lease.release()));
  });

  it('wait in order on an ordered backend, where each has its own place', async () => {
    const clock = virtualClock();
    const lock = leaseLock(new MemoryLeases('leases', 1, clock), { clock });
    const order: number[] = [];
    await Promise.all(
      Array.from({ length: 100 }, async (_, index) => {
        await using _lease = await lock.acquire('name');
        order.push(index);
      }),
    );
    expect(order).toEqual(Array.from({ length: 100 }, (_, index) => index));
    expect(clock.pending).toBe(0);
  });
});

describe('the turn of this process', () => {
  it('is passed on when release() resolves, so that the name is to be had at once', async () => {
    const { lock } = make();
    for (let round = 0; round < 3; round++) {
      const lease = await lock.tryAcquire('name');
      expect(lease).toBeDefined();
      await lease?.release();
    }
    {
      await using _lease = await lock.acquire('name', { wait: 0 });
    }
    await (await lock.tryAcquire('name'))?.release();
  });

  it('is passed on when a single try has ended', async () => {
    const { driver, lock } = make();
    driver.acquires = [busy(), notDone(), refused, granted()];
    expect(await lock.tryAcquire('name')).toBeUndefined();
    await expect(lock.tryAcquire('name')).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    await expect(lock.tryAcquire('name')).rejects.toMatchObject({ code: 'SERVICE_REFUSED' });
    const lease = await lock.tryAcquire('name');
    expect(lease).toBeDefined();
    await lease?.release();
  });

  it('makes tryAcquire undefined, without a request, while somebody here holds or waits', async () => {
    const { clock, driver, lock } = make();
    const lease = await lock.acquire('name');
    expect(await lock.tryAcquire('name')).toBeUndefined();
    expect(driver.log).toHaveLength(1);
    await lease.release();
    driver.acquires = [busy()];
    const waiting = lock.acquire('name', { wait: '1s' }).catch(() => 'timed out');
    expect(await lock.tryAcquire('name')).toBeUndefined();
    await clock.advance('1s');
    expect(await waiting).toBe('timed out');
    driver.acquires = [granted()];
    await (await lock.tryAcquire('name'))?.release();
  });

  it('lasts until what an aborted call was granted is given back', async () => {
    const { clock, driver, lock } = make();
    const abort = new AbortController();
    driver.acquires = [late(clock, 500, granted(1n)), granted(2n)];
    driver.releases = [late(clock, 300, () => undefined)];
    const aborted = lock.acquire('name', { signal: abort.signal }).catch(() => 'aborted');
    const next = lock.acquire('name');
    await clock.advance(100);
    abort.abort();
    expect(await aborted).toBe('aborted');
    await clock.advance(699);
    expect(driver.log).toEqual(['0 acquire 1', '500 release 1']);
    await clock.advance(1);
    expect(driver.log.at(-1)).toBe('800 acquire 2');
    const closing = (await next).release();
    await clock.advance(300);
    await closing;
  });

  it('lasts until a lease that was lost is given back', async () => {
    const { clock, driver, lock } = make();
    driver.renews = [() => false];
    driver.releases = [late(clock, 300, () => undefined)];
    const lease = await lock.acquire('name');
    const next = lock.acquire('name', { wait: '1m' });
    await clock.advance('10.299s');
    expect(lease.signal.aborted).toBe(true);
    expect(driver.times('acquire')).toHaveLength(1);
    await clock.advance(1);
    expect(driver.log.slice(-2)).toEqual(['10000 release 1', '10300 acquire 2']);
    const closing = (await next).release();
    await clock.advance(300);
    await closing;
    await lock.close();
  });

  it('is not lost when the time of a waiter is over in the moment of its turn', async () => {
    const { clock, driver, lock } = make();
    const first = await lock.acquire('name');
    const second = lock.acquire('name', { wait: '1s' }).then(
      (lease) => lease,
      () => undefined,
    );
    const third = lock.acquire('name', { wait: '1m' });
    const releasing = clock.sleep('1s').then(() => first.release());
    await clock.advance('1s');
    await releasing;
    await (await second)?.release();
    const lease: Lease = await third;
    lease.assertHeld();
    await lease.release();
    expect(driver.underWay.acquire).toBe(0);
    expect(clock.pending).toBe(0);
  });
});

describe('a call that is aborted in the moment of its turn', () => {
  it('sends nothing any more', async () => {
    for (let turns = 0; turns < 20; turns++) {
      const { clock, driver, lock } = make();
      const abort = new AbortController();
      const lease = await lock.acquire('name');
      const waiting = lock.acquire('name', { signal: abort.signal }).then(
        (granted) => granted.release(),
        () => {},
      );
      await clock.advance(0);
      const released = lease.release();
      for (let turn = 0; turn < turns; turn++) await null;
      abort.abort();
      const asked = driver.times('acquire').length;
      await clock.advance(0);
      await Promise.all([released, waiting]);
      expect(driver.times('acquire')).toHaveLength(asked);
      expect(clock.pending).toBe(0);
      await (await lock.acquire('name', { wait: 0 })).release();
    }
  });
});

describe('turns', () => {
  it('leave nothing of a name that nobody wants', async () => {
    const turns = new LocalTurns();
    const { signal } = new AbortController();
    const leaving = new AbortController();
    const first = await turns.take('name', signal);
    const second = turns.take('name', signal);
    const gone = turns.take('name', leaving.signal).catch((reason: unknown) => reason);
    const fourth = turns.take('name', signal);
    leaving.abort('enough');
    expect(await gone).toBe('enough');
    expect(turns.tryTake('name')).toBeUndefined();
    first();
    (await second)();
    (await fourth)();
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    const free = turns.tryTake('name');
    expect(free).toBeTypeOf('function');
    free?.();
  });

  it('are given even when the signal aborts right after, to whoever then passes them on', async () => {
    const turns = new LocalTurns();
    const abort = new AbortController();
    const first = await turns.take('name', abort.signal);
    const second = turns.take('name', abort.signal);
    first();
    abort.abort();
    (await second)();
    expect(turns.tryTake('name')).toBeTypeOf('function');
  });
});
