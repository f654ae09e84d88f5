/**
 * Names, times to live, holders, weights: what is taken, what is refused, and what a driver gets.
 */
import { virtualClock } from '@runafter/clock';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type LockOptions,
  leaseLock,
  leaseSemaphore,
  memoryLock,
  memorySemaphore,
} from '../src/index.ts';
import { toStoredName, toTtl } from '../src/lock-rules.ts';
import { MemoryLeases } from '../src/memory-leases.ts';
import { ScriptedDriver } from './scripted-driver.ts';

const names = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 400 });

describe('the name that a driver gets', () => {
  it('is the name as it is below 200 characters, and 200 well-formed ones otherwise', () => {
    fc.assert(
      fc.property(names, (name) => {
        const stored = toStoredName(name);
        if (name.length < 200) expect(stored).toBe(name);
        else expect(stored).toHaveLength(200);
        expect(stored).not.toMatch(/\p{Surrogate}/u);
      }),
    );
  });

  it('is never that of another name, also for names made to look like a hashed one', () => {
    fc.assert(
      fc.property(names, names, (one, other) => {
        expect(toStoredName(one) === toStoredName(other)).toBe(one === other);
        expect(toStoredName(toStoredName(one)) === toStoredName(one)).toBe(one.length < 200);
      }),
    );
  });

  it.each([128, 129, 130, 131, 199, 200, 201])(
    'keeps no half of a pair that begins at %d',
    (at) => {
      const name = `${'x'.repeat(at)}\u{1F512}${'y'.repeat(200)}`;
      const stored = toStoredName(name);
      expect(stored).not.toMatch(/\p{Surrogate}/u);
      expect(stored).toHaveLength(200);
      expect(stored.startsWith('x'.repeat(Math.min(at, 129)))).toBe(true);
    },
  );

  it('is hashed from exactly 200 characters on, and again when it was hashed already', () => {
    expect(toStoredName('x'.repeat(199))).toBe('x'.repeat(199));
    const stored = toStoredName('x'.repeat(200));
    expect(stored).not.toBe('x'.repeat(200));
    expect(toStoredName(stored)).not.toBe(stored);
  });

  it('differs for long names that differ at their ends', () => {
    const long = 'x'.repeat(10_000);
    expect(toStoredName(`${long}a`)).not.toBe(toStoredName(`${long}b`));
    expect(toStoredName(long)).toBe(toStoredName(long));
  });

  it('is not shown: leases and errors have the name as it was given', async () => {
    const name = 'x'.repeat(300);
    const lock = memoryLock({ clock: virtualClock() });
    await using lease = await lock.acquire(name);
    expect(lease.name).toBe(name);
    await expect(lock.acquire(name, { wait: 0 })).rejects.toMatchObject({ lockName: name });
  });
});

describe('a name', () => {
  it.each([
    ['', '""'],
    ['\uD83D', String.raw`"\ud83d"`],
    [undefined, 'undefined'],
    [17, '17'],
    [null, 'null'],
  ])('is not %o', async (name, shown) => {
    const lock = memoryLock({ clock: virtualClock() });
    for (const asked of [lock.acquire(name as never), lock.tryAcquire(name as never)]) {
      await expect(asked).rejects.toMatchObject({
        code: 'LOCK_NAME_INVALID',
        message: expect.stringContaining(`the name is ${shown}.`),
      });
    }
  });

  it('is compared exactly', async () => {
    const lock = memoryLock({ clock: virtualClock() });
    const different = [
      'a',
      'A',
      'a ',
      ' a',
      'ä',
      'a\u0308',
      '\u0000',
      '__proto__',
      'constructor',
      '\u{1F512}',
    ];
    const leases = await Promise.all(different.map((name) => lock.tryAcquire(name)));
    expect(leases.every((lease) => lease !== undefined)).toBe(true);
    await lock.close();
  });
});

describe('a ttl', () => {
  const blob = { shortest: 15_000, longest: 60_000, step: 1_000 };

  it.each([
    ['15s', 15_000],
    ['1m', 60_000],
    [17_000, 17_000],
  ] as const)('within the bounds of a backend is taken: %s', (ttl, ms) => {
    expect(toTtl('Blob locks', ttl, blob)).toBe(ms);
  });

  it.each([14_999, 14_000, 61_000, 15_500, 0])('outside of them is refused: %d ms', (ttl) => {
    expect(() => toTtl('Blob locks', ttl, blob)).toThrow(
      expect.objectContaining({ code: 'LOCK_OPTION_INVALID', option: 'ttl' }),
    );
  });

  it.each([9, 0, 10.5, 366 * 86_400_000])(
    'without bounds is 10 ms to a year, whole: not %d',
    (ttl) => {
      expect(() => toTtl('Locks', ttl)).toThrow(/in whole milliseconds/);
      expect(toTtl('Locks', 10)).toBe(10);
      expect(toTtl('Locks', '365d')).toBe(365 * 86_400_000);
    },
  );

  it('of a call is checked before anything is sent', async () => {
    const clock = virtualClock();
    const driver = new ScriptedDriver(clock);
    const lock = leaseLock(driver, { clock });
    await expect(lock.acquire('name', { ttl: 0 })).rejects.toMatchObject({ option: 'ttl' });
    await expect(lock.tryAcquire('name', { ttl: 'x' as never })).rejects.toMatchObject({
      code: 'DURATION_INVALID',
    });
    expect(driver.log).toEqual([]);
    expect(clock.pending).toBe(0);
    await lock.close();
    expect(driver.closed).toBe(1);
  });
});

describe('the options of a lock', () => {
  const wrong: [LockOptions, string][] = [
    [{ ttl: 0 }, 'LOCK_OPTION_INVALID'],
    [{ ttl: 'soon' as never }, 'DURATION_INVALID'],
    [{ poll: 0 }, 'LOCK_OPTION_INVALID'],
    [{ poll: 0.5 }, 'LOCK_OPTION_INVALID'],
    [{ poll: -1 }, 'DURATION_INVALID'],
    [{ wait: Number.POSITIVE_INFINITY }, 'DURATION_INVALID'],
    [{ holder: '' }, 'LOCK_OPTION_INVALID'],
    [{ holder: 'x'.repeat(151) }, 'LOCK_OPTION_INVALID'],
    [{ holder: '\uD83D' }, 'LOCK_OPTION_INVALID'],
    [{ holder: 17 as never }, 'LOCK_OPTION_INVALID'],
  ];

  it.each(wrong)('are checked when it is made: %o', (options, code) => {
    const clock = virtualClock();
    const error = expect.objectContaining({ code });
    expect(() => memoryLock({ clock, ...options })).toThrow(error);
    expect(() => memorySemaphore({ clock, permits: 1, ...options })).toThrow(error);
  });

  it('are the defaults of its calls, which may say otherwise', async () => {
    const clock = virtualClock();
    const driver = new ScriptedDriver(clock);
    const lock = leaseLock(driver, { clock, ttl: '10s', holder: 'web-1', wait: 0 });
    await (await lock.acquire('name')).release();
    await (await lock.acquire('name', { ttl: '20s' })).release();
    expect(driver.requests.map(({ ttl, weight }) => [ttl, weight])).toEqual([
      [10_000, 1],
      [20_000, 1],
    ]);
    expect(driver.requests[0]?.owner).toMatch(/^web-1:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    driver.acquires = [() => ({ granted: false })];
    await expect(lock.acquire('name')).rejects.toMatchObject({ code: 'LOCK_TIMEOUT' });
    expect(clock.monotonic()).toBe(0);
  });

  it('name the machine and the process when they say no holder', async () => {
    const lock = memoryLock({ clock: virtualClock() });
    await using lease = await lock.acquire('name');
    expect(lease.owner).toContain(`:${process.pid}:`);
    expect(lease.owner.length).toBeLessThanOrEqual(200);
  });
});

describe('the options of a semaphore', () => {
  it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '2', undefined])(
    'do not have %o permits',
    (permits) => {
      const clock = virtualClock();
      const make = () =>
        leaseSemaphore((count) => new MemoryLeases('leases', count, clock), {
          clock,
          permits: permits as number,
        });
      expect(make).toThrow(
        expect.objectContaining({ code: 'LOCK_OPTION_INVALID', option: 'permits' }),
      );
    },
  );

  it.each([0, -1, 1.5, 4, Number.NaN, '1'])('have no weight of %o', async (weight) => {
    const semaphore = memorySemaphore({ clock: virtualClock(), permits: 3 });
    const error = { code: 'LOCK_OPTION_INVALID', option: 'weight' };
    const options = { weight: weight as number };
    await expect(semaphore.acquire('name', options)).rejects.toMatchObject(error);
    await expect(semaphore.tryAcquire('name', options)).rejects.toMatchObject(error);
  });
});
