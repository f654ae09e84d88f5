/**
 * A function under a lock.
 */
import { untilAborted, virtualClock } from '@runafter/clock';
import { describe, expect, it } from 'vitest';
import { leaseLock, memoryLock, withLock } from '../src/index.ts';
import { MemoryLeases } from '../src/memory-leases.ts';
import { expectNothingEscapes } from './nothing-escapes.ts';
import { granted, hangs, refused, ScriptedDriver } from './scripted-driver.ts';

expectNothingEscapes();

describe('withLock', () => {
  it('runs the function while it holds the name, and gives the name back', async () => {
    const lock = memoryLock({ clock: virtualClock() });
    const result = await withLock(lock, 'name', async (lease) => {
      lease.assertHeld();
      expect(await lock.tryAcquire('name')).toBeUndefined();
      return `token ${lease.token}`;
    });
    expect(result).toBe('token 1');
    await (await lock.tryAcquire('name'))?.release();
  });

  it('also when the function throws, at once or later', async () => {
    const lock = memoryLock({ clock: virtualClock() });
    const failure = new Error('of the function');
    const functions = [() => Promise.reject(failure), () => expect.fail('at once')];
    for (const use of functions) {
      await expect(withLock(lock, 'name', use)).rejects.toThrow(/of the function|at once/);
      const lease = await lock.tryAcquire('name');
      expect(lease).toBeDefined();
      await lease?.release();
    }
  });

  it('rejects with the error of the function rather than with one of the release', async () => {
    const clock = virtualClock();
    const driver = new ScriptedDriver(clock);
    const lock = leaseLock(driver, { clock });
    driver.releases = [refused];
    const failing = withLock(lock, 'name', () => Promise.reject(new Error('of the function')));
    await expect(failing).rejects.toThrow('of the function');
    await expect(withLock(lock, 'name', () => 'done')).rejects.toMatchObject({
      code: 'SERVICE_REFUSED',
    });
  });

  it('does not wait for a release that is not answered once its caller has aborted', async () => {
    const clock = virtualClock();
    const driver = new ScriptedDriver(clock);
    driver.releases = [hangs];
    const lock = leaseLock(driver, { clock });
    const controller = new AbortController();
    const { signal } = controller;
    const failing = withLock(
      lock,
      'name',
      (lease) => {
        controller.abort(new Error('enough'));
        return untilAborted(signal, new Promise<never>(() => lease));
      },
      { signal },
    ).catch((error: unknown) => error);
    await clock.advance(0);
    expect(await failing).toBe(signal.reason);
    await clock.advance('1m');
    expect(clock.pending).toBe(0);
  });

  it('does not return a result that was made without the lock', async () => {
    const clock = virtualClock();
    const leases = new MemoryLeases('leases', 1, clock);
    const lock = leaseLock(leases, { clock });
    const working = withLock(lock, 'name', async () => {
      leases.break('name');
      await clock.sleep('11s');
      return 'done';
    }).catch((error: unknown) => error);
    await clock.advance('11s');
    expect(await working).toMatchObject({ code: 'LEASE_LOST' });
    expect(clock.pending).toBe(0);
  });

  it('notices at the end a loss that no timer has told of yet', async () => {
    const clock = virtualClock();
    const driver = new ScriptedDriver(clock);
    driver.acquires = [granted()];
    const lock = leaseLock(driver, { clock });
    const working = withLock(lock, 'name', () => clock.suspend('1h'));
    await expect(working).rejects.toMatchObject({ code: 'LEASE_LOST', loss: 'expired' });
  });

  it('lets the function give the name back itself', async () => {
    const lock = memoryLock({ clock: virtualClock() });
    const result = await withLock(lock, 'name', async (lease) => {
      await lease.release();
      return 'early';
    });
    expect(result).toBe('early');
  });

  it('waits as long as it is told to', async () => {
    const clock = virtualClock();
    const lock = memoryLock({ clock });
    const lease = await lock.acquire('name');
    const failing = withLock(lock, 'name', () => 'never', { wait: 0 });
    await expect(failing).rejects.toMatchObject({ code: 'LOCK_TIMEOUT' });
    await lease.release();
  });
});
