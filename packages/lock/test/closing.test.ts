/**
 * close(): what it ends, what it waits for, and what comes after it.
 */
import { virtualClock } from '@runafter/clock';
import { describe, expect, it } from 'vitest';
import { leaseLock, memoryLock } from '../src/index.ts';
import { expectNothingEscapes } from './nothing-escapes.ts';
import { granted, hangs, late, refused, ScriptedDriver, unknown } from './scripted-driver.ts';

expectNothingEscapes();

function make() {
  const clock = virtualClock();
  const driver = new ScriptedDriver(clock);
  return { clock, driver, lock: leaseLock(driver, { clock, random: () => 0.5 }) };
}

const closed = expect.objectContaining({ code: 'SERVICE_CLOSED' });

describe('close', () => {
  it('gives back all leases, and closes the driver after that, once', async () => {
    const { clock, driver, lock } = make();
    const leases = [await lock.acquire('a'), await lock.acquire('b')];
    driver.releases = [late(clock, 200, () => undefined)];
    const ends = [lock.close(), lock.close(), lock[Symbol.asyncDispose]()];
    await clock.advance(199);
    expect(driver.closed).toBe(0);
    await clock.advance(1);
    await Promise.all(ends);
    await lock.close();
    expect(driver.closed).toBe(1);
    expect(driver.times('release')).toHaveLength(2);
    for (const { signal } of leases)
      expect(signal.reason).toMatchObject({ code: 'LEASE_RELEASED' });
    expect(clock.pending).toBe(0);
  });

  it('refuses every call after it, at once', async () => {
    const { driver, lock } = make();
    const closing = lock.close();
    await expect(lock.acquire('name')).rejects.toEqual(closed);
    await expect(lock.tryAcquire('name')).rejects.toEqual(closed);
    await expect(lock.acquireAll(['name'])).rejects.toEqual(closed);
    await closing;
    expect(driver.log).toEqual([]);
  });

  it('in the same moment as calls ends them, whatever had been sent', async () => {
    const { clock, driver, lock } = make();
    driver.acquires = [late(clock, 300, granted())];
    const calls = [lock.acquire('a'), lock.tryAcquire('b'), lock.acquireAll(['c', 'd'])];
    const closing = lock.close();
    for (const call of calls) await expect(call).rejects.toEqual(closed);
    await clock.advance('1s');
    await closing;
    const granteds = driver.times('acquire').length;
    expect(driver.times('release')).toHaveLength(granteds);
    expect(driver.closed).toBe(1);
    expect(clock.pending).toBe(0);
  });

  it('at any turn between a grant and its hand-over leaves nothing that is held', async () => {
    for (let turns = 0; turns < 20; turns++) {
      const { clock, driver, lock } = make();
      let reply = (): void => {};
      driver.acquires = [
        () =>
          new Promise((resolve) => {
            reply = () => resolve({ granted: true, token: 1n });
          }),
      ];
      const call = lock.acquire('name').then(
        (lease) => lease,
        (error: unknown) => error,
      );
      await clock.advance(0);
      reply();
      for (let turn = 0; turn < turns; turn++) await null;
      await lock.close();
      const end = await call;
      if (end instanceof Error) expect(end).toEqual(closed);
      else expect(() => (end as { assertHeld(): void }).assertHeld()).toThrow(/given back/);
      expect(driver.log).toEqual(['0 acquire 1', '0 release 1']);
      expect(clock.pending).toBe(0);
    }
  });

  it('finds the lock closed already for those who hear of it', async () => {
    const { lock } = make();
    const lease = await lock.acquire('name');
    const heard: Promise<unknown>[] = [];
    lease.signal.addEventListener('abort', () => {
      heard.push(lock.acquire('other').catch((error: unknown) => error));
      heard.push(lock.close());
    });
    await lock.close();
    expect(await heard[0]).toEqual(closed);
    await heard[1];
  });

  it('waits for releases that are under way, and not for ever', async () => {
    const { clock, driver, lock } = make();
    const lease = await lock.acquire('name');
    driver.releases = [hangs];
    const releasing = lease.release();
    const closing = lock.close().then(() => clock.monotonic());
    await clock.advance('1m');
    await releasing;
    expect(await closing).toBe(5_000);
    expect(driver.closed).toBe(1);
  });

  it('waits for what an aborted call has left, and not for ever', async () => {
    const { clock, driver, lock } = make();
    driver.acquires = [hangs];
    driver.releases = [unknown];
    const abort = new AbortController();
    const call = lock.acquire('name', { signal: abort.signal }).catch(() => 'aborted');
    await clock.advance(0);
    abort.abort();
    expect(await call).toBe('aborted');
    const closing = lock.close().then(() => clock.monotonic());
    await clock.advance('1m');
    expect(await closing).toBeLessThanOrEqual(6_000);
    expect(clock.pending).toBe(0);
  });

  it('closes the driver also when the service refuses a release', async () => {
    const { driver, lock } = make();
    await lock.acquire('name');
    driver.releases = [refused];
    await lock.close();
    expect(driver.closed).toBe(1);
  });

  it('ends waits in memory, and their places in the line', async () => {
    const clock = virtualClock();
    const lock = memoryLock({ clock });
    await lock.acquire('name');
    const waiting = lock.acquire('name', { wait: '1h' });
    const ended = expect(waiting).rejects.toEqual(closed);
    await clock.advance('1s');
    await lock.close();
    await ended;
    expect(clock.pending).toBe(0);
  });
});
