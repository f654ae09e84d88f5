/**
 * What is held: how it is lost, and how it is given back.
 */
import { getEventListeners } from 'node:events';
import {
  LeaseLostError,
  LeaseReleasedError,
  type VirtualClock,
  virtualClock,
} from '@runafter/clock';
import { describe, expect, it, vi } from 'vitest';
import { type Lease, type Lock, leaseLock, memoryLock } from '../src/index.ts';
import { expectNothingEscapes } from './nothing-escapes.ts';
import {
  granted,
  hangs,
  late,
  notDone,
  refused,
  ScriptedDriver,
  unknown,
} from './scripted-driver.ts';

expectNothingEscapes();

function make(clock: VirtualClock = virtualClock()) {
  const driver = new ScriptedDriver(clock);
  return { clock, driver, lock: leaseLock(driver, { clock, random: () => 0.5 }) };
}

interface Loss {
  readonly how: string;
  readonly loss: 'expired' | 'refused';
  /** Seconds after the grant. */
  readonly at: number;
  readonly cause?: unknown;
  readonly bring: (scene: {
    readonly clock: VirtualClock;
    readonly driver: ScriptedDriver;
    readonly ended: AbortController;
  }) => unknown;
}

const cut = new Error('connection lost');

const losses: Loss[] = [
  {
    how: 'renewals that fail',
    loss: 'expired',
    at: 27,
    cause: { code: 'SERVICE_UNAVAILABLE' },
    bring: ({ driver }) => {
      driver.renews = [unknown];
    },
  },
  {
    how: 'renewals that hang',
    loss: 'expired',
    at: 27,
    bring: ({ driver }) => {
      driver.renews = [hangs];
    },
  },
  {
    how: 'a renewal that is refused',
    loss: 'refused',
    at: 10,
    bring: ({ driver }) => {
      driver.renews = [() => false];
    },
  },
  {
    how: 'a right that is withdrawn',
    loss: 'refused',
    at: 10,
    cause: { code: 'SERVICE_REFUSED' },
    bring: ({ driver }) => {
      driver.renews = [refused];
    },
  },
  {
    how: 'the end of what the backend tied it to',
    loss: 'refused',
    at: 4,
    cause: cut,
    bring: ({ ended, clock }) => void clock.sleep('4s').then(() => ended.abort(cut)),
  },
  {
    how: 'a machine that was suspended',
    loss: 'expired',
    at: 3,
    bring: ({ clock }) => clock.suspend('1h'),
  },
];

describe('a lease that is lost', () => {
  it.each(losses)(
    'by $how says so once and for all, and is given back once',
    async ({ loss, at, cause, bring }) => {
      const { clock, driver, lock } = make();
      const ended = new AbortController();
      driver.acquires = [granted(1n, ended.signal)];
      const lease = await lock.acquire('name');
      const heard: unknown[] = [];
      lease.signal.addEventListener('abort', () => heard.push(clock.monotonic()));
      bring({ clock, driver, ended });
      await clock.advance(at * 1_000 - 1);
      lease.signal.throwIfAborted();
      await clock.advance(1);
      expect(heard).toEqual([at * 1_000]);
      const { reason } = lease.signal;
      expect(reason).toBeInstanceOf(LeaseLostError);
      expect(reason).toMatchObject({ leaseName: 'name', loss });
      if (cause !== undefined) expect(reason.cause).toMatchObject(cause as object);
      expect(() => lease.assertHeld()).toThrow(reason);
      expect(driver.times('release')).toEqual([at * 1_000]);

      driver.renews = [() => true];
      driver.acquires = [granted(2n)];
      await lease.release();
      await lease.release();
      await clock.advance('2m');
      expect(() => lease.assertHeld()).toThrow(reason);
      expect(driver.times('release')).toHaveLength(1);
      expect(driver.log.at(-1)).toContain('release');
      expect(getEventListeners(ended.signal, 'abort')).toEqual([]);
      expect(clock.pending).toBe(0);
      await (await lock.acquire('name', { wait: 0 })).release();
    },
  );

  it('that had ended when the grant came is not handed over', async () => {
    const { clock, driver, lock } = make();
    driver.acquires = [granted(1n, AbortSignal.abort(cut)), granted(2n)];
    const waiting = lock.acquire('name');
    await clock.advance('1s');
    expect((await waiting).token).toBe(2n);
    expect(driver.log.slice(0, 2)).toEqual(['0 acquire 1', '0 release 1']);
    await lock.close();
  });

  it.each(['now', 'monotonic', 'both'] as const)(
    'by a stall that only %s shows is refused by assertHeld before any timer runs',
    async (which) => {
      const clock = virtualClock();
      let stall = 0;
      const stalled: VirtualClock = Object.assign(Object.create(clock), {
        now: () => clock.now() + (which === 'monotonic' ? 0 : stall),
        monotonic: () => clock.monotonic() + (which === 'now' ? 0 : stall),
        setTimer: clock.setTimer.bind(clock),
        sleep: clock.sleep.bind(clock),
      });
      const { driver, lock } = make(stalled);
      const lease = await lock.acquire('name');
      stall = 26_999;
      lease.assertHeld();
      stall = 27_000;
      expect(() => lease.assertHeld()).toThrow(LeaseLostError);
      expect(lease.signal.reason).toMatchObject({ loss: 'expired' });
      await clock.advance(0);
      expect(driver.times('release')).toHaveLength(1);
      expect(driver.times('renew')).toEqual([]);
      expect(clock.pending).toBe(0);
    },
  );

  it('does not make release() wait for a service that is gone', async () => {
    const { clock, driver, lock } = make();
    driver.renews = [unknown];
    driver.releases = [hangs];
    const lease = await lock.acquire('name');
    await clock.advance('27s');
    await lease.release();
    expect(clock.monotonic()).toBe(27_000);
    const closing = lock.close();
    await clock.advance('5s');
    await closing;
    expect(clock.pending).toBe(0);
  });
});

describe('a lease that is held', () => {
  it('is renewed for its ttl at a third of it, with the same token', async () => {
    const { clock, driver, lock } = make();
    const lease = await lock.acquire('name', { ttl: '60s' });
    const { token, expiresAt } = lease;
    expect(expiresAt).toBe(clock.now() + 54_000);
    await clock.advance('1m');
    expect(driver.times('renew')).toEqual([20_000, 40_000, 60_000]);
    expect(driver.renewals).toEqual([{ ttl: 60_000 }, { ttl: 60_000 }, { ttl: 60_000 }]);
    expect(lease.token).toBe(token);
    expect(lease.expiresAt).toBe(expiresAt + 60_000);
    expect(lease.owner.startsWith(driver.requests[0]?.owner ?? '?')).toBe(true);
    await lease.release();
  });

  it('outlives failures until its deadline', async () => {
    const { clock, driver, lock } = make();
    driver.renews = [unknown, notDone(), hangs, () => true];
    const lease = await lock.acquire('name');
    await clock.advance('26s');
    lease.assertHeld();
    expect(driver.times('renew')).toHaveLength(4);
    await lease.release();
  });
});

describe('release', () => {
  it('is one request however often and at the same time it is called', async () => {
    const { driver, clock, lock } = make();
    driver.releases = [late(clock, 100, () => undefined)];
    const lease = await lock.acquire('name');
    const ends = [lease.release(), lease.release(), lease[Symbol.asyncDispose]()];
    await clock.advance(100);
    await Promise.all(ends);
    await lease.release();
    expect(driver.times('release')).toEqual([0]);
    expect(lease.signal.reason).toBeInstanceOf(LeaseReleasedError);
    expect(() => lease.assertHeld()).toThrow(LeaseReleasedError);
    expect(clock.pending).toBe(0);
  });

  it('aborts the signal before it sends its request', async () => {
    const { driver, lock } = make();
    const lease = await lock.acquire('name');
    const { signal } = lease;
    const seen: boolean[] = [];
    driver.releases = [() => void seen.push(signal.aborted)];
    await lease.release();
    expect(seen).toEqual([true]);
  });

  it('waits for a renewal that is under way, and no other one follows', async () => {
    const { clock, driver, lock } = make();
    let overlap = false;
    driver.renews = [late(clock, 400, () => true)];
    driver.releases = [
      () => {
        overlap ||= driver.underWay.renew > 0;
      },
    ];
    const lease = await lock.acquire('name');
    await clock.advance('10.1s');
    const released = lease.release().then(() => clock.monotonic());
    await clock.advance('1m');
    expect(await released).toBe(10_400);
    expect(driver.log.slice(1)).toEqual(['10000 renew 1', '10400 release 1']);
    expect(overlap).toBe(false);
  });

  it('waits for a renewal that hangs a second, and two for one that heeds no signal', async () => {
    for (const [renewal, at] of [
      [hangs, 11_100],
      [() => new Promise<boolean>(() => {}), 12_100],
    ] as const) {
      const { clock, driver, lock } = make();
      driver.renews = [renewal];
      const lease = await lock.acquire('name');
      await clock.advance('10.1s');
      const released = lease.release().then(() => clock.monotonic());
      await clock.advance('1m');
      expect(await released).toBe(at);
      expect(clock.pending).toBe(0);
    }
  });

  it('is tried again while it fails, and gives up after 5 seconds without a rejection', async () => {
    const { clock, driver, lock } = make();
    driver.releases = [unknown, notDone(), () => undefined];
    const lease = await lock.acquire('name');
    const released = lease.release();
    await clock.advance('1s');
    await released;
    expect(driver.times('release')).toHaveLength(3);

    for (const answer of [unknown, hangs, () => new Promise<void>(() => {})]) {
      driver.releases = [answer];
      const other = await lock.acquire('name');
      const since = clock.monotonic();
      const end = other.release().then(() => clock.monotonic() - since);
      await clock.advance('20s');
      expect(await end).toBeLessThanOrEqual(5_000);
      expect(clock.pending).toBe(0);
    }
  });

  it('rejects when the service refuses', async () => {
    const { driver, lock } = make();
    driver.releases = [refused];
    const lease = await lock.acquire('name');
    const ends = [lease.release(), lease.release()];
    for (const end of ends) await expect(end).rejects.toMatchObject({ code: 'SERVICE_REFUSED' });
    expect(driver.times('release')).toHaveLength(1);
    driver.releases = [() => undefined];
    await (await lock.acquire('name', { wait: 0 })).release();
  });

  it('by a listener of its own signal is the same release', async () => {
    const { driver, lock } = make();
    const lease = await lock.acquire('name');
    const heard = new Promise<void>((resolve) => {
      lease.signal.addEventListener('abort', () => resolve(lease.release()));
    });
    await Promise.all([lease.release(), heard]);
    expect(driver.times('release')).toHaveLength(1);
  });

  it('of an old lease never frees a newer holder', async () => {
    const clock = virtualClock();
    const lock = memoryLock({ clock });
    const old = await lock.acquire('name');
    clock.suspend('1h');
    await clock.advance('30s');
    const newer = await lock.acquire('name');
    await old.release();
    newer.assertHeld();
    expect(await lock.tryAcquire('name')).toBeUndefined();
    expect(newer.token).toBeGreaterThan(old.token);
    await newer.release();
  });
});

describe('an error of a listener', () => {
  it('does not keep a lease that is lost from being given back', async () => {
    const { clock, driver, lock } = make();
    const escaped = vi.fn();
    process.on('uncaughtException', escaped);
    const others = process.listeners('uncaughtException').filter((one) => one !== escaped);
    for (const other of others) process.off('uncaughtException', other);
    driver.renews = [() => false];
    const lease = await lock.acquire('name');
    lease.signal.addEventListener('abort', () => {
      throw new Error('of the user');
    });
    await clock.advance('10s');
    await new Promise((resolve) => setImmediate(resolve));
    process.off('uncaughtException', escaped);
    for (const other of others) process.on('uncaughtException', other);
    expect(escaped).toHaveBeenCalledOnce();
    expect(driver.times('release')).toHaveLength(1);
    await closeOf(lock, lease);
  });
});

async function closeOf(lock: Lock, lease: Lease): Promise<void> {
  await lease.release();
  await lock.close();
}
