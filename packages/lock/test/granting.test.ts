/**
 * What comes between a reply and a lease: replies that come too late, outcomes that nobody knows, tokens from
 * somewhere else.
 */
import { virtualClock } from '@runafter/clock';
import { ServiceRefusedError, ServiceUnavailableError } from '@runafter/errors';
import { describe, expect, it } from 'vitest';
import { leaseLock, type TokenSource } from '../src/index.ts';
import { MemoryLeases } from '../src/memory-leases.ts';
import { expectNothingEscapes } from './nothing-escapes.ts';
import { busy, granted, late, ScriptedDriver, unknown } from './scripted-driver.ts';

expectNothingEscapes();

function make(tokens?: TokenSource) {
  const clock = virtualClock();
  const driver = new ScriptedDriver(clock);
  return { clock, driver, lock: leaseLock(driver, { clock, tokens, random: () => 0.5 }) };
}

describe('a grant that comes after its own deadline', () => {
  it('is not handed over but given back, and the wait goes on with a new owner', async () => {
    const { clock, driver, lock } = make();
    driver.acquires = [late(clock, 27_000, granted(1n)), granted(2n)];
    const waiting = lock.acquire('name', { wait: '1m' });
    await clock.advance('28s');
    const lease = await waiting;
    expect(lease.token).toBe(2n);
    lease.assertHeld();
    expect(driver.log).toEqual(['0 acquire 1', '27000 release 1', '27094 acquire 2']);
    expect(lease.owner).not.toBe(driver.requests[0]?.owner);
    await lease.release();
    expect(clock.pending).toBe(0);
  });

  it('is handed over a millisecond earlier, and renewed at once', async () => {
    const { clock, driver, lock } = make();
    driver.acquires = [late(clock, 26_999, granted(1n))];
    const waiting = lock.acquire('name', { wait: '1m' });
    await clock.advance('26.999s');
    const lease = await waiting;
    lease.assertHeld();
    expect(driver.times('renew')).toEqual([26_999]);
    await lease.release();
  });

  it('counts a machine that was suspended, which only the time of day shows', async () => {
    const { clock, driver, lock } = make();
    driver.acquires = [late(clock, 10, granted(1n)), granted(2n)];
    const waiting = lock.acquire('name', { wait: '1m' });
    await clock.advance(5);
    clock.suspend('1h');
    await clock.advance('1s');
    expect((await waiting).token).toBe(2n);
    await lock.close();
  });

  it('holds up close() until it is given back, also when its caller has left meanwhile', async () => {
    const { clock, driver, lock } = make();
    driver.acquires = [late(clock, 27_000, granted(1n))];
    driver.releases = [late(clock, 4_000, () => undefined)];
    const controller = new AbortController();
    const waiting = lock.acquire('name', { wait: '1m', signal: controller.signal });
    const refused = expect(waiting).rejects.toBe('enough');
    await clock.advance('27.5s');
    controller.abort('enough');
    await refused;
    let isClosed = false;
    const closing = lock.close().then(() => {
      isClosed = true;
    });
    await clock.advance('3s');
    expect(isClosed, 'its release is under way').toBe(false);
    await clock.advance('1s');
    await closing;
    expect(driver.log).toEqual(['0 acquire 1', '27000 release 1']);
    expect(clock.pending).toBe(0);
  });

  it('is a failure of the service for who tries once, after it was given back', async () => {
    const { clock, driver, lock } = make();
    driver.acquires = [late(clock, 6_000, granted(1n))];
    const trying = lock.tryAcquire('name', { ttl: '6s' }).catch((error: unknown) => error);
    await clock.advance('6s');
    expect(await trying).toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      outcome: 'not-done',
      message: expect.stringContaining('its grant had ended when it arrived'),
    });
    expect(driver.log).toEqual(['0 acquire 1', '6000 release 1']);
    expect(clock.pending).toBe(0);
  });

  it('is listened for anew, with the new owner', async () => {
    const { clock, driver, lock } = make();
    driver.hears = true;
    const owners = () => [...driver.watchers].map(({ owner }) => owner);
    driver.acquires = [busy(), late(clock, 27_000, granted(1n)), busy()];
    const waiting = lock.acquire('name', { wait: '1m' });
    await clock.advance('10s');
    expect(owners()).toEqual([driver.requests[0]?.owner]);
    await clock.advance('20s');
    expect(owners()).toEqual([driver.requests.at(-1)?.owner]);
    expect(owners()).not.toEqual([driver.requests[0]?.owner]);
    driver.acquires = [granted(2n)];
    driver.wakeAll();
    await clock.advance(0);
    await (await waiting).release();
    expect(driver.watchers.size).toBe(0);
  });
});

describe('a request of which nobody knows whether it was carried out', () => {
  it('is repeated by the same owner, who is granted what it has', async () => {
    const clock = virtualClock();
    const leases = new MemoryLeases('leases', 1, clock);
    const acquire = leases.acquire.bind(leases);
    let lost = 0;
    leases.acquire = async (request) => {
      const reply = await acquire(request);
      if (lost++ < 2) throw new ServiceUnavailableError('leases', 'unknown');
      return reply;
    };
    const lock = leaseLock(leases, { clock });
    const waiting = lock.acquire('name');
    await clock.advance('2s');
    const lease = await waiting;
    expect(lease.token).toBe(1n);
    await lease.release();
    await expect(lock.tryAcquire('name')).resolves.toBeDefined();
    await lock.close();
  });

  it('may have taken the name for its owner although a later one was busy: it is given back', async () => {
    const { clock, driver, lock } = make();
    driver.acquires = [unknown, busy()];
    const call = lock.acquire('name', { wait: '1s' }).catch(() => 'timed out');
    await clock.advance('1s');
    expect(await call).toBe('timed out');
    expect(driver.times('release')).toEqual([1_000]);
    await lock.close();
  });

  it('is given back also by who tries once, and by a foreign error', async () => {
    const { clock, driver, lock } = make();
    driver.acquires = [() => Promise.reject(new TypeError('a bug in a driver'))];
    await expect(lock.tryAcquire('name')).rejects.toThrow('a bug in a driver');
    await clock.advance(0);
    expect(driver.log).toEqual(['0 acquire 1', '0 release 1']);
    await expect(lock.acquire('name')).rejects.toThrow('a bug in a driver');
    await clock.advance(0);
    expect(driver.times('release')).toHaveLength(2);
    expect(clock.pending).toBe(0);
  });
});

describe('a token source', () => {
  it('counts the tokens in place of the backend, by the name that the driver gets', async () => {
    const asked: string[] = [];
    const { lock } = make({
      async addAndGet(name, amount) {
        asked.push(`${name} ${amount}`);
        return 70n;
      },
    });
    const lease = await lock.acquire('name');
    expect(lease.token).toBe(70n);
    expect(asked).toEqual(['name 1']);
    await lease.release();
    await (await lock.acquire('x'.repeat(300))).release();
    expect(asked[1]).toHaveLength(202);
  });

  it('is asked again when it failed, and the lease is the same', async () => {
    const answers = [
      () => Promise.reject(new ServiceUnavailableError('counter', 'unknown')),
      () => Promise.resolve(8n),
    ];
    const { clock, driver, lock } = make({
      addAndGet: () => answers.shift()?.() ?? expect.unreachable(),
    });
    const waiting = lock.acquire('name');
    await clock.advance('1s');
    const lease = await waiting;
    expect(lease.token).toBe(8n);
    expect(driver.log).toEqual(['0 acquire 1', '94 acquire 1']);
    await lease.release();
  });

  it('that never answers in time makes the call time out with its failure, and nothing is left', async () => {
    const { clock, driver, lock } = make({
      addAndGet: () => Promise.reject(new ServiceUnavailableError('counter', 'not-done')),
    });
    const call = lock.acquire('name', { wait: '5s' }).catch((error: unknown) => error);
    await clock.advance('5s');
    expect(await call).toMatchObject({ code: 'LOCK_TIMEOUT', cause: { service: 'counter' } });
    expect(driver.times('release')).toEqual([5_000]);
    expect(clock.pending).toBe(0);
  });

  it('that refuses ends the call, and nothing is left', async () => {
    const { clock, driver, lock } = make({
      addAndGet: () => Promise.reject(new ServiceRefusedError('counter', 'Ask.')),
    });
    await expect(lock.acquire('name')).rejects.toMatchObject({ code: 'SERVICE_REFUSED' });
    await expect(lock.tryAcquire('other')).rejects.toMatchObject({ code: 'SERVICE_REFUSED' });
    await clock.advance(0);
    expect(driver.times('release')).toEqual([0, 0]);
    expect(clock.pending).toBe(0);
  });

  it('that answers after the deadline makes the grant come too late', async () => {
    let asked = 0;
    const { clock, driver, lock } = make({
      async addAndGet() {
        if (asked++ === 0) await clock.sleep('40s');
        return BigInt(asked);
      },
    });
    const waiting = lock.acquire('name', { wait: '1m' });
    await clock.advance('1m');
    const lease = await waiting;
    expect(lease.token).toBe(2n);
    expect(driver.log.slice(0, 3)).toEqual(['0 acquire 1', '40000 release 1', '40094 acquire 2']);
    await lease.release();
    await lock.close();
  });
});
