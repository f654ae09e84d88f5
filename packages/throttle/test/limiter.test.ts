/** What users see of the limiter of one process: its options, its state, and what it leaves behind. */
import { getEventListeners } from 'node:events';
import { isThrottled, systemClock, virtualClock } from '@runafter/clock';
import {
  type InProcessLimiter,
  type LimiterFullError,
  type LimiterOptions,
  limiter,
} from '@runafter/throttle';
import { describe, expect, it } from 'vitest';

describe('a limiter that makes no sense is refused when it is made', () => {
  it.each([
    [{}, 'rate'],
    [{ rate: [] }, 'rate'],
    [{ spacing: 0 }, 'rate'],
    [{ concurrency: 0 }, 'concurrency'],
    [{ concurrency: 2.5 }, 'concurrency'],
    [{ concurrency: Number.POSITIVE_INFINITY }, 'concurrency'],
    [{ rate: { calls: 0, per: '1s' } }, 'rate.calls'],
    [{ rate: { calls: 1.5, per: '1s' } }, 'rate.calls'],
    [{ rate: { calls: 5, per: 0 } }, 'rate.per'],
    [
      {
        rate: [
          { calls: 5, per: '1s' },
          { calls: 0, per: '1m' },
        ],
      },
      'rate[1].calls',
    ],
    [{ rate: { calls: 5, per: '1s', model: 'leaky' as 'fixed-window' } }, 'rate.model'],
    [{ rate: { calls: 5, per: '1s', burst: 2 } }, 'rate.burst'],
    [{ rate: { calls: 5, per: '1s', model: 'token-bucket', burst: 0 } }, 'rate.burst'],
    [{ rate: '600/min' as unknown as [] }, 'rate'],
  ] satisfies [LimiterOptions, string][])('%o', (options, option) => {
    expect(() => limiter(options)).toThrow(
      expect.objectContaining({ code: 'LIMITER_OPTION_INVALID', option }),
    );
  });

  it.each([{ spacing: '5' as '5s' }, { rate: { calls: 5, per: 'soon' as '5s' } }])(
    '%o',
    (options) => {
      expect(() => limiter(options)).toThrow(expect.objectContaining({ code: 'DURATION_INVALID' }));
    },
  );
});

describe('a limiter', () => {
  it('can be looked at', async () => {
    const clock = virtualClock();
    const subject = limiter({ rate: { calls: 3, per: '1s' }, concurrency: 4, clock });
    const start = clock.now();
    expect(subject.nextAt).toEqual(new Date(start));
    const heavy = await subject.acquire({ weight: 3 });
    const waiting = subject.acquire();
    await clock.advance(400);
    expect(subject).toMatchObject({ name: 'Limiter', active: 3, waiting: 1, outside: 0 });
    expect(subject.nextAt).toEqual(new Date(start + 1_000));
    await clock.advance(600);
    const light = await waiting;
    expect(subject.nextAt, 'until a permit comes back').toBeUndefined();
    heavy.release();
    light.release();
    expect(subject).toMatchObject({ active: 0, waiting: 0 });
    expect(subject.nextAt).toEqual(new Date(start + 1_000));
  });

  it('holds one timer while somebody waits for a moment to come, and none otherwise', async () => {
    const clock = virtualClock();
    const subject = limiter({ rate: { calls: 1, per: '1h' }, concurrency: 1, clock });
    const permit = await subject.acquire();
    const controller = new AbortController();
    const { signal } = controller;
    const waiters = Array.from({ length: 1_000 }, () => subject.acquire({ signal }));
    expect(clock.pending, 'while a permit has to come back first').toBe(0);
    permit.release();
    expect(clock.pending).toBe(1);
    controller.abort();
    await Promise.allSettled(waiters);
    expect(clock.pending).toBe(0);
    expect(subject.waiting).toBe(0);
  });

  it('puts one listener on a signal, however many wait with it, and none when nobody does', async () => {
    const subject = limiter({ concurrency: 1, clock: virtualClock() });
    const held = await subject.acquire();
    const { signal } = new AbortController();
    const listeners = () => getEventListeners(signal, 'abort').length;
    const waiters = Array.from({ length: 100 }, () =>
      subject.acquire({ signal }).then((permit) => {
        permit.release();
        return listeners();
      }),
    );
    expect(listeners()).toBe(1);
    held.release();
    const seen = await Promise.all(waiters);
    expect([Math.max(...seen), listeners()]).toEqual([1, 0]);
    const again = await subject.acquire();
    void subject.acquire({ signal }).catch(() => {});
    expect(listeners()).toBe(1);
    await subject.close();
    again.release();
    expect(listeners()).toBe(0);
  });

  it('ends a hundred thousand waits with one signal, and none that has another', async () => {
    const clock = virtualClock();
    const subject = limiter({ concurrency: 1, waiting: Number.POSITIVE_INFINITY, clock });
    const held = await subject.acquire();
    const controller = new AbortController();
    const ends = Array.from({ length: 100_000 }, () =>
      subject.acquire(controller).catch((error: unknown) => error),
    );
    const staying = subject.acquire({ signal: new AbortController().signal });
    controller.abort('stop');
    expect(new Set(await Promise.all(ends))).toEqual(new Set(['stop']));
    expect(subject.waiting).toBe(1);
    held.release();
    (await staying).release();
  });

  it('does not lose its time to a wait that was given up', async () => {
    const clock = virtualClock();
    const subject = limiter({ rate: { calls: 2, per: 100 }, clock });
    await subject.acquire({ weight: 2 });
    const controller = new AbortController();
    const leaving = subject.acquire({ weight: 2, signal: controller.signal });
    const staying = subject.acquire().then(() => clock.monotonic());
    await clock.advance(50);
    controller.abort();
    await expect(leaving).rejects.toBe(controller.signal.reason);
    await clock.advance(50);
    expect(await staying).toBe(100);
  });

  it.each(['sliding-window', 'fixed-window', 'token-bucket'] as const)(
    'counts nothing in a %s for who leaves in the very moment in which a permit comes back',
    async (model) => {
      const clock = virtualClock();
      const rate = { calls: 2, per: '1h', model } as const;
      const subject = limiter({ rate, spacing: 5, concurrency: 1, clock });
      const held = await subject.acquire();
      await clock.advance(5);
      const controller = new AbortController();
      const leaving = subject.acquire(controller);
      held.release();
      controller.abort('stop');
      await expect(leaving).rejects.toBe('stop');
      expect(subject.active).toBe(0);
      expect(await subject.tryAcquire()).toBeDefined();
    },
  );

  it('never fills a bucket beyond its brim', async () => {
    const clock = virtualClock();
    const rate = { calls: 10, per: 100, model: 'token-bucket', burst: 3 } as const;
    const subject = limiter({ rate, clock });
    // Empty, then full again since half a token's time.
    await subject.acquire({ weight: 3 });
    await clock.advance(35);
    await subject.acquire({ weight: 3 });
    const next = subject.acquire().then(() => clock.monotonic());
    await clock.advance(10);
    expect(await next).toBe(45);
  });

  it('is exact where a token takes a time that has no end of digits', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const rate = { calls: 7, per: 1_000, model: 'token-bucket', burst: 1 } as const;
    const subject = limiter({ rate, clock });
    for (let call = 0; call < 7_000; call++) await subject.acquire();
    // 6,999 tokens after the first; counting fractions would have drifted.
    expect(clock.monotonic()).toBe((6_999 * 1_000) / 7);
  });

  it('tells each one who is refused another time to come back', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const subject = limiter({ rate: { calls: 1, per: 100 }, waiting: 5, clock });
    await Promise.all(Array.from({ length: 6 }, () => subject.acquire()));
    const waiters = Array.from({ length: 5 }, () => subject.acquire());
    const hints: unknown[] = [];
    for (let call = 0; call < 7; call++) hints.push(await hintOf(subject));
    expect(hints).toEqual([100, 200, 300, 400, 500, 500, 500]);
    await Promise.all(waiters);
  });

  it('sends nobody back before its window has room, however many it lets in then', async () => {
    const clock = virtualClock();
    const subject = limiter({ rate: { calls: 600, per: '1m' }, waiting: 1_000, clock });
    const acquire = (count: number) => Array.from({ length: count }, () => subject.acquire());
    acquire(1_600);
    await clock.advance('20s');
    expect(await hintOf(subject), 'before anybody had a turn').toBe(40_000);
    await clock.advance('50s');
    acquire(600);
    expect(await hintOf(subject), 'after 600 turns at the same moment').toBe(50_000);
    for (let call = 2; call < 700; call++) await hintOf(subject);
    // By the pace of whole windows, 0.1 s for each: not in the next one.
    const late = await hintOf(subject);
    expect(late, 'the 700th who is refused').toBeGreaterThan(60_000);
    expect(late).toBeLessThan(100_000);
  });

  it('knows no time to come back before anybody who waited had a permit', async () => {
    const subject = limiter({ concurrency: 1, waiting: 1, clock: virtualClock() });
    const permit = await subject.acquire();
    const waiting = subject.acquire();
    const refusal: unknown = await subject.acquire().catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'LIMITER_FULL', waiting: 1, retryAfter: undefined });
    expect(isThrottled(refusal), 'whoever comes should come less often').toBe(true);
    permit.release();
    (await waiting).release();
  });

  it('counts only the time in which somebody waited, and tells that it became slower when it has', async () => {
    const clock = virtualClock();
    const subject = limiter({ concurrency: 1, waiting: 1, clock });
    let held = await subject.acquire();
    for (let turn = 0; turn < 3; turn++) {
      await clock.advance('8h');
      const next = subject.acquire();
      await clock.advance('1s');
      held.release();
      held = await next;
    }
    await clock.advance('8h');
    const waiting = subject.acquire();
    expect(await hintOf(subject)).toBe(1_000);
    await clock.advance('10m');
    expect(await hintOf(subject)).toBeGreaterThan(60_000);
    held.release();
    (await waiting).release();
  });

  it('works on the clock of the machine', async () => {
    const subject = limiter({ rate: { calls: 2, per: 30 } });
    const begun = systemClock.monotonic();
    for (let call = 0; call < 5; call++) (await subject.acquire()).release();
    expect(systemClock.monotonic() - begun).toBeGreaterThanOrEqual(60);
  });
});

async function hintOf(subject: InProcessLimiter): Promise<number | undefined> {
  return await subject.acquire().then(
    () => expect.unreachable('It was let in.'),
    (error: LimiterFullError) => error.retryAfter,
  );
}
