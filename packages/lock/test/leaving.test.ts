/**
 * Who stops waiting, by an abort, by the end of its time or because the lock is closed: it is told at once,
 * whatever it waits for, and nothing of it is left.
 */
import { getEventListeners } from 'node:events';
import { type VirtualClock, virtualClock } from '@runafter/clock';
import { describe, expect, it } from 'vitest';
import {
  type Busy,
  type Granted,
  type Lease,
  type Lock,
  type LockOptions,
  leaseLock,
  memoryLock,
} from '../src/index.ts';
import { expectNothingEscapes } from './nothing-escapes.ts';
import {
  type Answer,
  busy,
  granted,
  hangs,
  late,
  notDone,
  ScriptedDriver,
  unknown,
} from './scripted-driver.ts';

expectNothingEscapes();

interface Scene {
  readonly clock: VirtualClock;
  readonly driver: ScriptedDriver;
  readonly lock: Lock;
}

type Arrange = (scene: Scene) => void | Promise<void>;

interface Moment {
  readonly when: string;
  readonly arrange?: Arrange;
  /** Of the driver, to the requests of the call. */
  readonly answers?: (clock: VirtualClock) => Answer<Granted | Busy>[];
  readonly queues?: boolean;
  readonly options?: LockOptions;
  /** How often the owner that left is released. */
  readonly releases: number;
  /** Milliseconds after the begin of the call, which never ends by itself. */
  readonly leaveAt?: number;
}

const moments: Moment[] = [
  {
    when: 'in the line of its own process',
    async arrange({ lock }) {
      await lock.acquire('name', { wait: 0 });
    },
    releases: 0,
  },
  {
    when: 'during a request that is answered by a grant later',
    answers: (clock) => [late(clock, 900, granted())],
    releases: 1,
  },
  {
    when: 'during a request that is answered by a refusal later',
    answers: (clock) => [late(clock, 900, busy())],
    releases: 0,
  },
  {
    when: 'during a request that is answered by a place in the line later',
    answers: (clock) => [late(clock, 900, busy())],
    queues: true,
    releases: 1,
  },
  {
    when: 'during a request that fails later without having been carried out',
    answers: (clock) => [late(clock, 900, notDone())],
    releases: 0,
  },
  {
    when: 'during a request that fails later, and may have been carried out',
    answers: (clock) => [late(clock, 900, unknown)],
    releases: 1,
  },
  {
    when: 'during a request that hangs until its signal aborts',
    answers: () => [hangs],
    releases: 1,
  },
  {
    when: 'during a request that heeds no signal',
    answers: (clock) => [late(clock, 60_000, granted())],
    releases: 1,
  },
  {
    when: 'during a pause',
    answers: () => [busy()],
    releases: 0,
  },
  {
    when: 'during a pause, with a place in the line',
    answers: () => [busy()],
    queues: true,
    releases: 1,
  },
  {
    when: 'while it listens',
    arrange({ driver }) {
      driver.hears = true;
      driver.acquires = [busy()];
    },
    queues: true,
    releases: 1,
  },
  {
    when: 'during a pause after a failure',
    answers: () => [notDone()],
    releases: 0,
  },
  {
    when: 'during a pause that the service asked for',
    answers: () => [notDone(3_600_000)],
    releases: 0,
  },
  {
    when: 'after a request of unknown outcome, followed by a busy one',
    answers: () => [unknown, busy()],
    leaveAt: 300,
    releases: 1,
  },
  {
    when: 'while the token source is asked',
    options: { tokens: { addAndGet: () => new Promise<bigint>(() => {}) } },
    releases: 1,
  },
  {
    when: 'while a grant that came too late is given back',
    arrange({ driver, clock }) {
      driver.acquires = [late(clock, 27_000, granted()), busy()];
      driver.releases = [late(clock, 500, () => undefined)];
    },
    leaveAt: 27_100,
    releases: 1,
  },
];

const ways: readonly (readonly [
  string,
  (scene: Scene, abort: AbortController) => unknown,
  (error: unknown) => boolean,
])[] = [
  ['an abort', (_, abort) => abort.abort('enough'), (error) => error === 'enough'],
  ['close()', ({ lock }) => void lock.close(), (error) => hasCode(error, 'SERVICE_CLOSED')],
  ['its time-out', () => {}, (error) => hasCode(error, 'LOCK_TIMEOUT')],
];

describe.each(ways)('%s', (_way, leave, isItsReason) => {
  it.each(moments)('$when ends the call at once and leaves nothing behind', async (moment) => {
    const clock = virtualClock();
    const driver = new ScriptedDriver(clock, { queues: moment.queues ?? false });
    const lock = leaseLock(driver, { clock, random: () => 0.5, ...moment.options });
    const scene = { clock, driver, lock };
    await moment.arrange?.(scene);
    driver.acquires = moment.answers?.(clock) ?? driver.acquires;
    const before = driver.log.length;
    const abort = new AbortController();
    const leaveAt = moment.leaveAt ?? 50;
    const start = clock.monotonic();
    const wait = _way === 'its time-out' ? leaveAt : '1h';
    const ended = lock.acquire('name', { signal: abort.signal, wait }).then(
      () => expect.unreachable(),
      (error: unknown) => ({ error, at: clock.monotonic() }),
    );
    await clock.advance(leaveAt);
    leave(scene, abort);
    await clock.advance(0);
    const { error, at } = await ended;
    expect(isItsReason(error), String(error)).toBe(true);
    expect(at).toBe(start + leaveAt);
    expect(getEventListeners(abort.signal, 'abort')).toEqual([]);

    await clock.advance('2m');
    const released = driver.log.slice(before).filter((line) => / release /.test(line));
    const ofHolder = _way === 'close()' && moment.when.startsWith('in the line') ? 1 : 0;
    expect(released).toHaveLength(moment.releases + ofHolder);
    expect(driver.watchers.size).toBe(0);
    expect(driver.underWay).toEqual({ acquire: 0, renew: 0, release: 0 });
    await lock.close();
    await clock.advance('1s');
    expect(clock.pending).toBe(0);
    expect(driver.closed).toBe(1);
  });
});

describe('an abort', () => {
  it('before the call sends nothing', async () => {
    const clock = virtualClock();
    const driver = new ScriptedDriver(clock);
    const lock = leaseLock(driver, { clock });
    const signal = AbortSignal.abort('early');
    await expect(lock.acquire('name', { signal })).rejects.toBe('early');
    await expect(lock.tryAcquire('name', { signal })).rejects.toBe('early');
    await expect(lock.acquireAll(['name'], { signal })).rejects.toBe('early');
    await expect(lock.acquireAll([], { signal })).rejects.toBe('early');
    expect(driver.log).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  it('of a single try ends it at once, and what was granted is given back', async () => {
    const clock = virtualClock();
    const driver = new ScriptedDriver(clock);
    const lock = leaseLock(driver, { clock });
    driver.acquires = [late(clock, 300, granted())];
    const abort = new AbortController();
    const trying = lock.tryAcquire('name', { signal: abort.signal });
    trying.catch(() => {});
    await clock.advance(100);
    abort.abort('enough');
    await expect(trying).rejects.toBe('enough');
    expect(driver.log).toEqual(['0 acquire 1']);
    await clock.advance(200);
    expect(driver.log).toEqual(['0 acquire 1', '300 release 1']);
  });

  it('together with the grant, before it is handed over, gives it back', async () => {
    const clock = virtualClock();
    const driver = new ScriptedDriver(clock);
    const lock = leaseLock(driver, { clock });
    // At each turn of the promises between the reply and the caller.
    for (let turns = 0; turns < 20; turns++) {
      const abort = new AbortController();
      let reply = (): void => {};
      driver.acquires = [
        () => new Promise((resolve) => (reply = () => resolve({ granted: true, token: 1n }))),
      ];
      driver.log.length = 0;
      const call = lock.acquire('name', { signal: abort.signal });
      const outcome = call.then(
        (lease) => lease,
        (error: unknown) => error,
      );
      await clock.advance(0);
      reply();
      for (let turn = 0; turn < turns; turn++) await null;
      abort.abort('enough');
      const end = await outcome;
      if (end !== 'enough') {
        // It had been handed over: then it is the caller's, and it is held.
        expect(turns).toBeGreaterThan(1);
        (end as Lease).assertHeld();
        await (end as Lease).release();
      }
      await clock.advance(0);
      expect(driver.times('release')).toHaveLength(1);
      expect(driver.underWay.renew).toBe(0);
      expect(clock.pending).toBe(0);
    }
  });

  it('during the request asks no token source and starts no renewals', async () => {
    const clock = virtualClock();
    const driver = new ScriptedDriver(clock);
    const asked: string[] = [];
    const tokens = {
      async addAndGet(name: string) {
        asked.push(name);
        return 1n;
      },
    };
    const lock = leaseLock(driver, { clock, tokens });
    driver.acquires = [late(clock, 500, granted())];
    const abort = new AbortController();
    const call = lock.acquire('name', { signal: abort.signal });
    call.catch(() => {});
    await clock.advance(100);
    abort.abort('enough');
    await expect(call).rejects.toBe('enough');
    await clock.advance('1m');
    expect(asked).toEqual([]);
    expect(driver.times('renew')).toEqual([]);
    expect(driver.times('release')).toEqual([500]);
  });

  it('lets the reply come for a second, and only then tells the driver to give up', async () => {
    const clock = virtualClock();
    const driver = new ScriptedDriver(clock);
    const lock = leaseLock(driver, { clock });
    const gaveUpAt: number[] = [];
    driver.acquires = [
      (signal) => {
        signal.addEventListener('abort', () => gaveUpAt.push(clock.monotonic()));
        return hangs(signal);
      },
    ];
    const abort = new AbortController();
    const call = lock.acquire('name', { signal: abort.signal });
    call.catch(() => {});
    await clock.advance(100);
    abort.abort('enough');
    await clock.advance('5s');
    expect(gaveUpAt).toEqual([1_100]);
    expect(driver.times('release')).toEqual([1_100]);
  });

  it('of one signal ends many calls, of which none warns of leaks', async () => {
    const warnings: unknown[] = [];
    const note = (warning: unknown) => void warnings.push(warning);
    process.on('warning', note);
    const clock = virtualClock();
    const lock = memoryLock({ clock });
    await lock.acquire('name');
    const abort = new AbortController();
    const calls = Array.from({ length: 200 }, () =>
      lock.acquire('name', { signal: abort.signal, wait: '1h' }).catch((error: unknown) => error),
    );
    await clock.advance('5s');
    abort.abort('enough');
    expect(new Set(await Promise.all(calls))).toEqual(new Set(['enough']));
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', note);
    expect(warnings).toEqual([]);
    await lock.close();
    expect(clock.pending).toBe(0);
  });
});

describe('giving back what a call has left', () => {
  it.each<[string, Answer<void>[], number[]]>([
    ['is tried again', [unknown, notDone(), () => undefined], [50, 75, 150]],
    ['is given up in the end', [notDone()], []],
    ['ends when the service refuses', [unknown, () => Promise.reject(new Error('no'))], [50, 75]],
  ])('%s, in the background', async (_, releases, times) => {
    const clock = virtualClock();
    const driver = new ScriptedDriver(clock);
    const lock = leaseLock(driver, { clock, random: () => 0.5 });
    driver.acquires = [unknown];
    driver.releases = releases;
    const call = lock.acquire('name', { wait: 50 });
    call.catch(() => {});
    await clock.advance(50);
    await expect(call).rejects.toMatchObject({ code: 'LOCK_TIMEOUT' });
    await clock.advance('6s');
    if (times.length > 0) expect(driver.times('release')).toEqual(times);
    else expect(driver.times('release').at(-1)).toBeLessThan(5_050);
    expect(clock.pending).toBe(0);
    await lock.close();
  });
});

function hasCode(error: unknown, code: string): boolean {
  return (error as { code?: string }).code === code;
}
