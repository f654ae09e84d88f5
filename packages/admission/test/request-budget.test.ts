/** A request budget slows down, never refuses, goes on by itself, and tells a person about it. */
import { requestBudget, type SlownessChange } from '@runafter/admission';
import { type VirtualClock, virtualClock } from '@runafter/clock';
import { type BudgetLimiter, limiter } from '@runafter/throttle';
import { describe, expect, it, vi } from 'vitest';

const minute = 60_000;

describe('a request budget', () => {
  it('lets 100,000 through in 5 minutes, a tenth at once and the others evenly, and loses none', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const budget = requestBudget({ clock });
    const starts = await startsOf(clock, budget, 20, 5_300);

    expect(starts).toHaveLength(106_000);
    expect(starts.filter((at) => at === 0)).toHaveLength(10_000);
    expect(starts.filter((at) => at < 5 * minute).length).toBeLessThanOrEqual(100_000);
    expect(mostInWindow(starts, 5 * minute)).toBeLessThanOrEqual(100_000);
    expect(mostInWindow(starts, 5 * minute)).toBeGreaterThan(99_990);
    // 90,000 in 5 minutes are 300 in a second: nobody ever stands still.
    expect(longestGap(starts)).toBeLessThan(5);
    expect(budget).toMatchObject({ used: 106_000, waiting: 0, outside: 0 });
  }, 60_000);

  it('with all of them at once goes at full speed, and then waits for the window to slide', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const budget = requestBudget({ requests: 1_000, per: '5m', burst: 1_000, clock });
    const starts = await startsOf(clock, budget, 1, 2_500);
    expect(starts.filter((at) => at === 0)).toHaveLength(1_000);
    expect(starts.filter((at) => at === 5 * minute)).toHaveLength(1_000);
    expect(starts.filter((at) => at === 10 * minute)).toHaveLength(500);
  });

  it('has its burst again after a pause', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const budget = requestBudget({ requests: 100, per: '1m', burst: 20, clock });
    await startsOf(clock, budget, 1, 50);
    await clock.sleep('1m');
    const since = clock.monotonic();
    const starts = await startsOf(clock, budget, 1, 20);
    expect(starts).toEqual(Array(20).fill(since));
  });

  it('says since when it slows, and when it does so no more', async () => {
    const clock = virtualClock();
    const changes: SlownessChange[] = [];
    const budget = requestBudget({
      ...{ requests: 60, per: '1m', burst: 30, clock },
      onChange: (change) => changes.push(change),
    });
    const waits = Array.from({ length: 33 }, () => budget.acquire());
    await clock.advance(999);
    expect(budget).toMatchObject({ used: 30, waiting: 3, slowedSince: undefined });
    await clock.advance(1);
    const since = new Date(Date.UTC(2026, 0, 1, 0, 0, 1));
    expect(budget.slowedSince).toEqual(since);
    expect(changes).toEqual([{ slowed: true, since, waiting: 3 }]);
    await clock.advance('5s');
    await Promise.all(waits);
    // The last of three that drip in every two seconds.
    expect(budget).toMatchObject({ used: 33, waiting: 0, slowedSince: since });
    await clock.advance(999);
    expect(changes).toHaveLength(1);
    await clock.advance(1);
    expect(budget.slowedSince).toBeUndefined();
    expect(changes.slice(1)).toEqual([{ slowed: false, since, lasted: 6_000 }]);
    expect(clock.pending).toBe(0);
  });

  it('is at full speed when nobody has waited for as long as one would notice, also when they have left', async () => {
    const clock = virtualClock();
    const budget = requestBudget({ requests: 2, per: '1m', burst: 1, noticeAfter: '2s', clock });
    await budget.acquire();
    const controller = new AbortController();
    const waiting = budget.acquire({ signal: controller.signal });
    await clock.advance('3s');
    expect(budget.slowedSince).toBeDefined();
    controller.abort('enough');
    await expect(waiting).rejects.toBe('enough');
    await clock.advance('2s');
    expect(budget).toMatchObject({ slowedSince: undefined, waiting: 0, used: 1 });
    expect(clock.pending).toBe(0);
  });

  it('leaves no timer when a wait ends before one would notice', async () => {
    const clock = virtualClock();
    const budget = requestBudget({ requests: 120, per: '30s', burst: 60, clock });
    await budget.acquire({ weight: 60 });
    const waiting = budget.acquire();
    await clock.advance('500ms');
    await waiting;
    expect(budget.slowedSince).toBeUndefined();
    expect(clock.pending).toBe(0);
  });

  it('keeps no process alive only to see whether it slows', async () => {
    const clock = virtualClock();
    const timers = vi.spyOn(clock, 'setTimer');
    // As one whose connection somebody else keeps open.
    const never = () =>
      ({ acquire: () => new Promise<never>(() => {}) }) as unknown as BudgetLimiter;
    const budget = requestBudget({ clock, limiter: never, noticeAfter: '2s' });
    void budget.acquire();
    expect(timers.mock.calls).toEqual([[2_000, expect.any(Function), { ref: false }]]);
  });

  it('slows down callers of whom none waits long, when one or another always does', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const changes: SlownessChange[] = [];
    const onChange = (change: SlownessChange) => changes.push(change);
    const budget = requestBudget({ requests: 90_010, per: '5m', burst: 10, clock, onChange });
    // 300 in a second, and 25 callers: each waits for 80 ms.
    await startsOf(clock, budget, 25, 40);
    await clock.sleep('1s');
    const since = new Date(Date.UTC(2026, 0, 1, 0, 0, 1));
    expect(changes).toEqual([
      { slowed: true, since, waiting: 25 },
      { slowed: false, since, lasted: expect.closeTo(3_300, -1) },
    ]);
  });

  it('does not call it slow when nobody waits more often than not', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const changes: SlownessChange[] = [];
    const onChange = (change: SlownessChange) => changes.push(change);
    const budget = requestBudget({ requests: 601, per: '1m', burst: 1, clock, onChange });
    for (let n = 0; n < 50; n++) {
      await budget.acquire();
      await clock.sleep('60ms');
    }
    expect(clock.monotonic()).toBeGreaterThan(4_900);
    expect(changes).toEqual([]);
  });

  it('does not call it slow, however early it tells, when callers are let in at once', async () => {
    const clock = virtualClock();
    const onChange = vi.fn();
    const budget = requestBudget({ requests: 10, burst: 5, noticeAfter: 0, clock, onChange });
    for (let n = 0; n < 5; n++) await budget.acquire();
    expect(onChange).not.toHaveBeenCalled();
  });

  it('lets nobody suffer from an onChange that throws, or rejects, or asks for a request itself', async () => {
    const warned = vi.spyOn(process, 'emitWarning').mockReturnValue();
    const clock = virtualClock({ autoAdvance: true });
    const budget = requestBudget({
      ...{ requests: 601, per: '1m', burst: 1, clock },
      onChange: ({ slowed }) => {
        void budget.acquire();
        if (slowed) throw new Error('No paper');
        return Promise.reject(new Error('No ink'));
      },
    });
    await startsOf(clock, budget, 2, 10);
    await clock.sleep('2s');
    expect(budget).toMatchObject({ used: 22, waiting: 0, slowedSince: undefined });
    expect(warned.mock.calls.map(([message]) => message)).toEqual([
      'onChange of a request budget failed: No paper',
      'onChange of a request budget failed: No ink',
    ]);
    warned.mockRestore();
  });

  it('refuses nobody, however many wait', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const budget = requestBudget({ requests: 5_000, per: '1s', clock });
    const starts = await startsOf(clock, budget, 11_000, 1);
    expect(starts).toHaveLength(11_000);
  });

  it('stands on the limiter that it is given, with limits as data', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const seen: unknown[] = [];
    const make = (limits: Parameters<typeof limiter>[0]) => {
      seen.push(limits);
      return limiter(limits);
    };
    const budget = requestBudget({ requests: 10, per: '10s', burst: 4, clock, limiter: make });
    const rate = { calls: 6, per: '10s', model: 'token-bucket', burst: 4 };
    expect(seen).toEqual([{ rate, whenFull: 'wait', clock }]);
    expect(await budget.tryAcquire({ weight: 4 })).toBeDefined();
    expect(await budget.tryAcquire()).toBeUndefined();
    await budget.acquire({ weight: 3 });
    expect(budget.used).toBe(7);
  });

  it.each([
    [{ requests: 0 }, 'requests is 0'],
    [{ requests: 1.5 }, 'requests is 1.5'],
    [{ requests: 10, burst: 11 }, 'burst is 11. Pass a whole number from 1 to 10.'],
    [{ burst: 0 }, 'burst is 0'],
    [{ per: 'soon' as '1s' }, 'per: "soon" is not a duration'],
    [{ noticeAfter: -1 }, 'noticeAfter'],
  ])('refuses %o when it is made', (options, message) => {
    expect(() => requestBudget(options)).toThrow(message);
  });

  it('is closed with its limiter', async () => {
    const budget = requestBudget();
    await budget.close();
    await expect(budget.acquire()).rejects.toMatchObject({ code: 'SERVICE_CLOSED' });
  });
});

/** When each of the requests went that so many callers make one after the other. */
async function startsOf(
  clock: VirtualClock,
  budget: ReturnType<typeof requestBudget>,
  callers: number,
  each: number,
): Promise<number[]> {
  const starts: number[] = [];
  const calls = Array.from({ length: callers }, async () => {
    for (let n = 0; n < each; n++) {
      const permit = await budget.acquire();
      starts.push(clock.monotonic());
      permit.release();
    }
  });
  await Promise.all(calls);
  return starts;
}

/** The most starts in any half-open time of this length. */
function mostInWindow(starts: readonly number[], per: number): number {
  let first = 0;
  let most = 0;
  for (const [last, at] of starts.entries()) {
    while ((starts[first] ?? 0) <= at - per) first++;
    most = Math.max(most, last - first + 1);
  }
  return most;
}

function longestGap(starts: readonly number[]): number {
  return starts.reduce((gap, at, n) => Math.max(gap, at - (starts[n - 1] ?? at)), 0);
}
