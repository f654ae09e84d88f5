/**
 * Several names at once.
 */
import { type VirtualClock, virtualClock } from '@runafter/clock';
import { describe, expect, it } from 'vitest';
import { type Lock, leaseLock, memoryLock } from '../src/index.ts';
import { MemoryLeases } from '../src/memory-leases.ts';
import { expectNothingEscapes } from './nothing-escapes.ts';
import { granted, hangs, refused, ScriptedDriver } from './scripted-driver.ts';

expectNothingEscapes();

function make() {
  const clock = virtualClock();
  return { clock, lock: memoryLock({ clock }) };
}

async function areFree(lock: Lock, ...names: string[]): Promise<boolean> {
  const leases = await Promise.all(names.map((name) => lock.tryAcquire(name)));
  await Promise.all(leases.map((lease) => lease?.release()));
  return leases.every((lease) => lease !== undefined);
}

/** Two processes on one backend. */
function processes(clock: VirtualClock): [Lock, Lock] {
  const leases = new MemoryLeases('leases', 1, clock);
  return [leaseLock(leases, { clock }), leaseLock(leases, { clock })];
}

describe('acquireAll', () => {
  it('gives a lease for each name in the order of the call', async () => {
    const { lock } = make();
    const group = await lock.acquireAll(['b', 'a', 'c']);
    const [b, a, c] = group.leases;
    expect([b.name, a.name, c.name]).toEqual(['b', 'a', 'c']);
    expect(a.token).toBeLessThan(b.token);
    expect(b.token).toBeLessThan(c.token);
    group.assertHeld();
    expect(await areFree(lock, 'a')).toBe(false);
    await group.release();
    expect(await areFree(lock, 'a', 'b', 'c')).toBe(true);
  });

  it('gives the same lease for a name that comes twice', async () => {
    const { lock } = make();
    await using group = await lock.acquireAll(['a', 'b', 'a']);
    expect(group.leases).toHaveLength(3);
    expect(group.leases[0]).toBe(group.leases[2]);
  });

  it('of no names holds nothing, and ends by its release', async () => {
    const { lock } = make();
    const group = await lock.acquireAll([]);
    expect(group.leases).toEqual([]);
    group.assertHeld();
    expect(group.signal.aborted).toBe(false);
    await group.release();
    expect(group.signal.reason).toMatchObject({ code: 'LEASE_RELEASED' });
    expect(() => group.assertHeld()).toThrow(group.signal.reason);
  });

  it('asks in one order, so that opposite calls never wait for each other', async () => {
    const clock = virtualClock();
    const [one, other] = processes(clock);
    let done = 0;
    const work = async (lock: Lock, names: string[]) => {
      for (let round = 0; round < 20; round++) {
        await using group = await lock.acquireAll(names, { wait: '10m' });
        await clock.sleep('100ms');
        group.assertHeld();
        done++;
      }
    };
    const working = Promise.all([
      work(one, ['a', 'b', 'c']),
      work(other, ['c', 'b', 'a']),
      work(one, ['b', 'c']),
      work(other, ['c', 'a']),
    ]);
    await clock.advance('1m');
    await working;
    expect(done).toBe(80);
    expect(clock.pending).toBe(0);
  });

  it('has one wait for all of them, and tells it when it is over', async () => {
    const { clock, lock } = make();
    const a = await lock.acquire('a');
    const b = await lock.acquire('b');
    const failing = lock
      .acquireAll(['b', 'a'], { wait: '5s' })
      .catch((error: unknown) => ({ error, at: clock.monotonic() }));
    await clock.advance('3s');
    await a.release();
    await clock.advance('2s');
    expect(await failing).toMatchObject({
      at: 5_000,
      error: { code: 'LOCK_TIMEOUT', lockName: 'b', waited: 5_000 },
    });
    expect(await areFree(lock, 'a')).toBe(true);
    await b.release();
    expect(clock.pending).toBe(0);
  });

  it('of 0 tries each name once', async () => {
    const { lock } = make();
    const b = await lock.acquire('b');
    await expect(lock.acquireAll(['a', 'b'], { wait: 0 })).rejects.toMatchObject({
      code: 'LOCK_TIMEOUT',
      lockName: 'b',
    });
    await b.release();
    await (await lock.acquireAll(['a', 'b'], { wait: 0 })).release();
  });

  it('holds none of them when one fails', async () => {
    const clock = virtualClock();
    const driver = new ScriptedDriver(clock);
    const lock = leaseLock(driver, { clock });
    driver.acquires = [granted(1n), refused];
    await expect(lock.acquireAll(['a', 'b'])).rejects.toMatchObject({ code: 'SERVICE_REFUSED' });
    expect(driver.log).toEqual(['0 acquire 1', '0 acquire 2', '0 release 1']);
    await expect(lock.acquireAll(['a', ''])).rejects.toMatchObject({ code: 'LOCK_NAME_INVALID' });
    await expect(lock.acquireAll(['a'], { wait: 'soon' as never })).rejects.toMatchObject({
      code: 'DURATION_INVALID',
    });
    expect(clock.pending).toBe(0);
  });

  it('ends at once when it is aborted, also while the service does not answer', async () => {
    const clock = virtualClock();
    const driver = new ScriptedDriver(clock);
    const lock = leaseLock(driver, { clock });
    driver.acquires = [granted(1n), hangs];
    driver.releases = [hangs];
    const abort = new AbortController();
    const failing = lock
      .acquireAll(['a', 'b'], { signal: abort.signal })
      .catch((error: unknown) => ({ error, at: clock.monotonic() }));
    await clock.advance('1s');
    abort.abort('enough');
    await clock.advance('10s');
    expect(await failing).toEqual({ error: 'enough', at: 1_000 });
    expect(driver.log).toContain('1000 release 1');
    expect(clock.pending).toBe(0);
  });

  it('rejects as soon as one of them is lost while it waits for another', async () => {
    const { clock, lock } = make();
    const driver = new ScriptedDriver(clock);
    const scripted = leaseLock(driver, { clock });
    driver.acquires = [granted(1n), () => ({ granted: false })];
    driver.renews = [() => false];
    const failing = scripted
      .acquireAll(['a', 'b'], { wait: '1h' })
      .catch((error: unknown) => ({ error, at: clock.monotonic() }));
    await clock.advance('20s');
    expect(await failing).toMatchObject({
      at: 10_000,
      error: { code: 'LEASE_LOST', leaseName: 'a' },
    });
    await scripted.close();
    await lock.close();
    expect(clock.pending).toBe(0);
  });
});

describe('a group', () => {
  it('is lost with the first of its leases, and gives all of them back', async () => {
    const clock = virtualClock();
    const leases = new MemoryLeases('leases', 1, clock);
    const lock = leaseLock(leases, { clock });
    const group = await lock.acquireAll(['a', 'b']);
    leases.break('b');
    await clock.advance('10s');
    expect(group.signal.reason).toMatchObject({ code: 'LEASE_LOST', leaseName: 'b' });
    expect(() => group.assertHeld()).toThrow(group.signal.reason);
    group.leases[0].assertHeld();
    await group.release();
    expect(await areFree(lock, 'a', 'b')).toBe(true);
    expect(clock.pending).toBe(0);
  });

  it('is released by its disposal, once, and says so', async () => {
    const { clock, lock } = make();
    const { signal } = await (async () => {
      await using group = await lock.acquireAll(['a', 'b']);
      return group;
    })();
    expect(signal.reason).toMatchObject({ code: 'LEASE_RELEASED' });
    expect(await areFree(lock, 'a', 'b')).toBe(true);
    expect(clock.pending).toBe(0);
  });

  it('gives back all of them when the service refuses one, and then rejects', async () => {
    const clock = virtualClock();
    const driver = new ScriptedDriver(clock);
    const lock = leaseLock(driver, { clock });
    const group = await lock.acquireAll(['a', 'b']);
    driver.releases = [refused, () => undefined];
    await expect(group.release()).rejects.toMatchObject({ code: 'SERVICE_REFUSED' });
    expect(driver.times('release')).toHaveLength(2);
  });
});
