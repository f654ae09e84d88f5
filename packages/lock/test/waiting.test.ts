/**
 * When a waiter asks again: bounds and jitter, wake-ups, expiries, failures. All in virtual time.
 */
import { getEventListeners } from 'node:events';
import { virtualClock } from '@runafter/clock';
import { ServiceUnavailableError } from '@runafter/errors';
import { describe, expect, it } from 'vitest';
import { LockTimeoutError, leaseLock } from '../src/index.ts';
import { Pauses } from '../src/pauses.ts';
import { expectNothingEscapes } from './nothing-escapes.ts';
import {
  busy,
  granted,
  hangs,
  late,
  notDone,
  refused,
  ScriptedDriver,
  unknown,
} from './scripted-driver.ts';

expectNothingEscapes();

function make(options: { readonly random?: () => number; readonly queues?: boolean } = {}) {
  const { random = () => 0.5, queues = false } = options;
  const clock = virtualClock();
  const driver = new ScriptedDriver(clock, { queues });
  return { clock, driver, lock: leaseLock(driver, { clock, random }) };
}

/** The pauses between the requests for a lease. */
function pauses(driver: ScriptedDriver): number[] {
  const times = driver.times('acquire');
  return times.slice(1).map((time, index) => time - (times[index] ?? 0));
}

describe('who waits for a backend that tells nothing', () => {
  it.each([
    [0, [63, 125, 250, 500, 500, 500]],
    [0.999_999, [125, 250, 500, 1_000, 1_000, 1_000]],
  ])(
    'asks at growing intervals up to the poll, part of them by chance (%d)',
    async (chance, expected) => {
      const { clock, driver, lock } = make({ random: () => chance });
      driver.acquires = [busy()];
      const waiting = lock.acquire('name', { wait: '1m' }).catch((error: unknown) => error);
      await clock.advance('20s');
      for (const [index, pause] of expected.entries()) {
        expect(Math.abs((pauses(driver)[index] ?? 0) - pause)).toBeLessThanOrEqual(1);
      }
      await clock.advance('1m');
      expect(await waiting).toBeInstanceOf(LockTimeoutError);
      expect(clock.pending).toBe(0);
    },
  );

  it('asks when the lease will be free, if that is known, and not all waiters at once', async () => {
    const { clock, driver, lock } = make();
    driver.acquires = [busy({ freeIn: 40 }), busy({ freeIn: 70_000 }), granted()];
    const waiting = lock.acquire('name');
    await clock.advance('1s');
    await (await waiting).release();
    const [first, second] = pauses(driver);
    expect(first).toBeCloseTo(42.5, -1);
    expect(second).toBeCloseTo(187.5, -1); // longer than the backoff is not waited
  });

  it('does not ask without a pause when a backend says that it is free already', async () => {
    const { clock, driver, lock } = make({ random: () => 0 });
    driver.acquires = [busy({ freeIn: -50 })];
    const waiting = lock.acquire('name', { wait: 100 }).catch(() => {});
    await clock.advance('1s');
    await waiting;
    expect(driver.times('acquire').length).toBeLessThanOrEqual(101);
  });
});

describe('who waits for a backend that tells releases', () => {
  it('is woken, and else asks only as often as the poll says', async () => {
    const { clock, driver, lock } = make();
    driver.hears = true;
    driver.acquires = [busy()];
    const waiting = lock.acquire('name', { wait: '1h' });
    await clock.advance('5s');
    // The second one asks for what may have been released before it listened.
    expect(driver.times('acquire')).toEqual([0, 0, 875, 1_750, 2_625, 3_500, 4_375]);
    driver.acquires = [granted()];
    driver.wakeAll();
    await clock.advance(0);
    const lease = await waiting;
    expect(driver.times('acquire').at(-1)).toBe(5_000);
    expect(driver.watchers.size).toBe(0);
    await lease.release();
  });

  it('hears of a release also while its request is under way', async () => {
    const { clock, driver, lock } = make();
    driver.hears = true;
    driver.acquires = [busy(), busy(), late(clock, 100, busy()), granted()];
    const waiting = lock.acquire('name');
    await clock.advance(900); // the third request is under way since 875
    driver.wakeAll();
    await clock.advance(75);
    await (await waiting).release();
    expect(driver.times('acquire')).toEqual([0, 0, 875, 975]);
  });

  it('asks again at once when it has begun to listen, for it was told nothing before', async () => {
    const { clock, driver, lock } = make();
    driver.hears = true;
    driver.acquires = [busy(), granted()];
    const lease = await lock.acquire('name');
    expect(driver.times('acquire')).toEqual([0, 0]);
    await lease.release();
    expect(clock.pending).toBe(0);
  });

  it('listens first when the last one had to wait, and no longer when the last one had not', async () => {
    const { driver, lock } = make();
    driver.hears = true;
    const asks = async (answers: typeof driver.acquires) => {
      const before = driver.log.length;
      driver.acquires = answers;
      const listening = () => driver.watchers.size;
      let listenedFirst = 0;
      const [first = granted(), ...others] = answers;
      driver.acquires = [
        (signal) => {
          listenedFirst = listening();
          return first(signal);
        },
        ...others,
      ];
      const lease = await lock.acquire('name');
      const asked = driver.log.length - before;
      await lease.release();
      return { asked, listenedFirst };
    };
    expect(await asks([granted()])).toEqual({ asked: 1, listenedFirst: 0 });
    expect(await asks([busy(), granted()])).toEqual({ asked: 2, listenedFirst: 0 });
    expect(await asks([granted(), granted()])).toEqual({ asked: 1, listenedFirst: 1 });
    expect(await asks([granted(), granted()])).toEqual({ asked: 1, listenedFirst: 0 });
  });

  it('polls with a backoff until the watch is connected', async () => {
    const { clock, driver, lock } = make();
    driver.hears = false;
    driver.acquires = [busy()];
    const waiting = lock.acquire('name', { wait: '1h' });
    await clock.advance(300);
    expect(driver.times('acquire')).toEqual([0, 94, 281]);
    driver.hears = true;
    driver.wakeAll();
    await clock.advance('2s');
    expect(driver.times('acquire')).toEqual([0, 94, 281, 300, 1_175, 2_050]);
    driver.acquires = [granted()];
    await clock.advance('1s');
    await (await waiting).release();
  });

  it('heals a wake-up that was lost by its poll', async () => {
    const { clock, driver, lock } = make({ queues: true });
    driver.hears = true;
    driver.acquires = [busy(), busy(), granted()];
    const waiting = lock.acquire('name');
    await clock.advance('1s');
    await (await waiting).release();
    expect(driver.times('acquire')).toEqual([0, 0, 875]);
  });
});

describe('a long wait', () => {
  it('leaves no listeners and no timers of its pauses', async () => {
    const { clock, driver } = make();
    const pauses = new Pauses({ driver, clock, random: () => 0.5 }, 1_000);
    const { signal } = new AbortController();
    for (let count = 0; count < 20; count++) {
      const pause = pauses.pause({ granted: false }, undefined, signal);
      await clock.advance('1s');
      await pause;
    }
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    expect(clock.pending).toBe(0);
  });
});

describe('a place in the line', () => {
  it('is kept for three polls, and for 5 seconds at least', async () => {
    for (const [poll, place] of [
      ['20ms', 5_000],
      ['2s', 6_000],
    ] as const) {
      const { clock, driver } = make({ queues: true });
      driver.acquires = [busy()];
      const lock = leaseLock(driver, { clock, poll });
      const waiting = lock.acquire('name', { wait: 100 }).catch(() => {});
      await clock.advance('1s');
      await waiting;
      expect(driver.requests.at(0)?.place).toBe(place);
    }
  });

  it('is asked for by who waits, and only where there is a line', async () => {
    for (const queues of [true, false]) {
      const { clock, driver, lock } = make({ queues });
      driver.acquires = [busy()];
      const waiting = lock.acquire('name', { wait: 100 }).catch(() => {});
      await clock.advance('1s');
      await waiting;
      await lock.tryAcquire('name');
      expect(driver.requests.at(0)?.place).toBe(queues ? 5_000 : undefined);
      expect(driver.requests.at(-1)?.place).toBeUndefined();
      // There is something to give back only where there is a line.
      expect(driver.times('release')).toHaveLength(queues ? 1 : 0);
    }
  });
});

describe('failures', () => {
  it('are retried with a backoff until the service answers', async () => {
    const { clock, driver, lock } = make();
    driver.acquires = [notDone(), unknown, notDone(), granted()];
    const waiting = lock.acquire('name');
    await clock.advance('2s');
    await (await waiting).release();
    expect(driver.times('acquire')).toEqual([0, 94, 281, 656]);
  });

  it('are retried when the service says, whatever is heard meanwhile', async () => {
    const { clock, driver, lock } = make({ queues: true });
    driver.hears = true;
    driver.acquires = [busy(), notDone(4_000), granted()];
    const waiting = lock.acquire('name');
    await clock.advance('1s');
    driver.wakeAll();
    await clock.advance('4s');
    await (await waiting).release();
    expect(driver.times('acquire')).toEqual([0, 0, 4_000]);
  });

  it('never make a caller wait longer than it wanted to', async () => {
    const { clock, driver, lock } = make();
    driver.acquires = [notDone(3_600_000)];
    const failing = lock.acquire('name', { wait: '2s' }).catch((error: unknown) => error);
    await clock.advance('2s');
    const error = await failing;
    expect(error).toMatchObject({ code: 'LOCK_TIMEOUT', waited: 2_000, lockName: 'name' });
    expect((error as Error).cause).toBeInstanceOf(ServiceUnavailableError);
    expect(clock.pending).toBe(0);
  });

  it('end the wait at once when they will not pass', async () => {
    const { clock, driver, lock } = make();
    driver.acquires = [busy(), refused];
    const failing = lock.acquire('name').catch((error: unknown) => error);
    await clock.advance('1s');
    expect(await failing).toMatchObject({ code: 'SERVICE_REFUSED' });
    expect(driver.log).toHaveLength(2);
    expect(clock.pending).toBe(0);
  });

  it('reach who tries once', async () => {
    const { driver, lock } = make();
    for (const wait of [undefined, 0]) {
      driver.acquires = [notDone()];
      const trying = wait === 0 ? lock.acquire('name', { wait }) : lock.tryAcquire('name');
      await expect(trying).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    }
    // Nothing was done, so nothing is to be given back, and nobody is in the way of the next one.
    expect(driver.times('release')).toEqual([]);
  });
});

describe('the time-out', () => {
  it('tells who had it, how long it was waited for, and no cause', async () => {
    const { clock, driver, lock } = make();
    driver.acquires = [busy({ heldBy: 'web-1:17:x' })];
    const failing = lock.acquire('name', { wait: '5s' }).catch((error: unknown) => error);
    await clock.advance('4999ms');
    expect(await Promise.race([failing, 'waiting'])).toBe('waiting');
    await clock.advance('1ms');
    const error = await failing;
    expect(error).toMatchObject({ waited: 5_000, heldBy: 'web-1:17:x', service: 'Scripted locks' });
    expect(error).not.toHaveProperty('cause');
    expect((error as Error).message).toContain('still held by "web-1:17:x" after 5000 ms');
  });

  it('forgets a failure that was followed by an answer', async () => {
    const { clock, driver, lock } = make();
    driver.acquires = [notDone(), busy({ heldBy: 'other' })];
    const failing = lock.acquire('name', { wait: '5s' }).catch((error: unknown) => error);
    await clock.advance('5s');
    expect(await failing).toMatchObject({ heldBy: 'other' });
    expect(await failing).not.toHaveProperty('cause');
  });

  it('says that the service did not answer when it never did', async () => {
    const { clock, driver, lock } = make();
    driver.acquires = [hangs];
    const failing = lock.acquire('name', { wait: '5s' }).catch((error: unknown) => error);
    await clock.advance('5s');
    const error = await failing;
    expect((error as Error).message).toContain('the last request for it failed');
    expect((error as Error).cause).toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    await clock.advance('10s');
    expect(clock.pending).toBe(0);
  });

  it('of who asks once is the service that does not answer, after 10 seconds', async () => {
    const { clock, driver, lock } = make();
    driver.acquires = [hangs];
    const tries = [lock.tryAcquire('a'), lock.acquire('b', { wait: 0 })];
    const failures = Promise.all(tries.map((each) => each.catch((error: unknown) => error)));
    await clock.advance('10s');
    for (const failure of await failures) {
      expect(failure).toMatchObject({ code: 'SERVICE_UNAVAILABLE', outcome: 'unknown' });
    }
    await clock.advance('10s');
    expect(clock.pending).toBe(0);
  });

  it('names the holder of this very process, whom nobody has to ask about', async () => {
    const { clock, lock } = make();
    const lease = await lock.acquire('name');
    const failing = lock.acquire('name', { wait: '1s' }).catch((error: unknown) => error);
    await clock.advance('1s');
    expect(await failing).toMatchObject({ code: 'LOCK_TIMEOUT', heldBy: lease.owner });
    await expect(lock.acquire('name', { wait: 0 })).rejects.toMatchObject({ heldBy: lease.owner });
    await lease.release();
  });

  it('of who never came to ask tells why the one before it could not', async () => {
    const { clock, driver, lock } = make();
    driver.acquires = [unknown];
    driver.releases = [unknown];
    await expect(lock.tryAcquire('name')).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    // What the first one may have left is still being given back.
    const failing = lock.acquire('name', { wait: '1s' }).catch((error: unknown) => error);
    await clock.advance('1s');
    expect(await failing).toMatchObject({
      code: 'LOCK_TIMEOUT',
      cause: { code: 'SERVICE_UNAVAILABLE' },
    });
    expect(driver.times('acquire')).toEqual([0]);
    await clock.advance('5s');
    driver.acquires = [granted()];
    driver.releases = [() => undefined];
    const lease = await lock.acquire('name');
    const waiting = lock.acquire('name', { wait: '1s' }).catch((error: unknown) => error);
    await clock.advance('1s');
    expect(await waiting).not.toHaveProperty('cause');
    await lease.release();
  });

  it('of 0 is a single request', async () => {
    const { clock, driver, lock } = make();
    driver.acquires = [busy({ heldBy: 'other' })];
    await expect(lock.acquire('name', { wait: 0 })).rejects.toMatchObject({
      code: 'LOCK_TIMEOUT',
      waited: 0,
      heldBy: 'other',
    });
    expect(driver.log).toEqual(['0 acquire 1']);
    expect(clock.pending).toBe(0);
  });
});
