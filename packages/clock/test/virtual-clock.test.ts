import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { type VirtualClock, virtualClock } from '../src/index.ts';
import { describeClock } from './clock-promises.ts';

describeClock('the virtual clock', () => {
  const clock = virtualClock();
  return { clock, elapse: (ms) => clock.advance(ms), pending: () => clock.pending };
});

describe('a virtual clock', () => {
  it('starts where it is told, and at a fixed moment otherwise', () => {
    expect(virtualClock().now()).toBe(Date.UTC(2026, 0, 1));
    expect(virtualClock({ start: new Date(5) }).now()).toBe(5);
    expect(virtualClock({ start: -5 }).now()).toBe(-5);
    expect(virtualClock({ start: 5 }).monotonic()).toBe(0);
  });

  it.each([new Date('nonsense'), Number.NaN, Number.POSITIVE_INFINITY, 'today'])(
    'refuses to start at %s',
    (start) => {
      expect(() => virtualClock({ start: start as never })).toThrow(
        expect.objectContaining({ code: 'CLOCK_OPTION_INVALID' }),
      );
    },
  );

  it('tells the time of day in whole milliseconds', async () => {
    const clock = virtualClock({ start: 0 });
    await clock.advance(1.5);
    expect(clock.monotonic()).toBe(1.5);
    expect(clock.now()).toBe(1);
  });

  it('stands still by itself', async () => {
    const clock = virtualClock();
    clock.setTimer(0, () => expect.unreachable('nobody advanced the clock'));
    for (let turns = 0; turns < 20; turns++) await turn();
    expect(clock.monotonic()).toBe(0);
    expect(clock.pending).toBe(1);
  });

  it('runs through a loop of sleeps in one advance, each at its own time', async () => {
    const clock = virtualClock();
    const times: number[] = [];
    const loop = (async () => {
      for (let round = 0; round < 5; round++) {
        await clock.sleep('2s');
        times.push(clock.monotonic());
      }
    })();
    await clock.advance('9s');
    expect(times).toEqual([2_000, 4_000, 6_000, 8_000]);
    expect(clock.monotonic()).toBe(9_000);
    await clock.advance('1s');
    await loop;
  });

  it('lets long promise chains and turns of setImmediate come to rest between two timers', async () => {
    const clock = virtualClock();
    const events: string[] = [];
    clock.setTimer(10, async () => {
      for (let step = 0; step < 1_000; step++) await undefined;
      for (let step = 0; step < 50; step++) await turn();
      events.push(`chain ended at ${clock.monotonic()}`);
    });
    clock.setTimer(10, () => events.push('same time'));
    clock.setTimer(11, () => events.push('next'));
    await clock.advance(20);
    expect(events).toEqual(['chain ended at 10', 'same time', 'next']);
  });

  it('goes on although something keeps the event loop turning for ever', async () => {
    const clock = virtualClock();
    let spinning = true;
    const spin = () => {
      if (spinning) setImmediate(spin);
    };
    spin();
    const fired = vi.fn();
    clock.setTimer(10, fired);
    await clock.advance(10);
    spinning = false;
    expect(fired).toHaveBeenCalledOnce();
  });

  it('starts what was set off before the clock is moved', async () => {
    const clock = virtualClock();
    let awake = false;
    const program = async () => {
      for (let step = 0; step < 10; step++) await turn();
      await clock.sleep(5);
      awake = true;
    };
    void program();
    await clock.advance(5);
    expect(awake).toBe(true);
  });

  it('moves to the next timer only, and says whether there was one', async () => {
    const clock = virtualClock();
    const fired: number[] = [];
    clock.setTimer(5, () => fired.push(1));
    clock.setTimer(5, () => fired.push(2));
    expect(await clock.advanceToNext()).toBe(true);
    expect(fired).toEqual([1]);
    expect(clock.monotonic()).toBe(5);
    expect(await clock.advanceToNext()).toBe(true);
    expect(await clock.advanceToNext()).toBe(false);
    expect(fired).toEqual([1, 2]);
    expect(clock.monotonic()).toBe(5);
  });

  it('carries out overlapping moves one after the other', async () => {
    const clock = virtualClock();
    const fired: number[] = [];
    clock.setTimer(12, () => fired.push(clock.monotonic()));
    await Promise.all([clock.advance(10), clock.advance(5), clock.advanceToNext()]);
    expect(fired).toEqual([12]);
    expect(clock.monotonic()).toBe(15);
  });

  it('moves only the time of day while the machine is suspended', async () => {
    const clock = virtualClock({ start: 0 });
    const fired = vi.fn();
    clock.setTimer(60_000, fired);
    clock.suspend('1h');
    await clock.advance(0);
    expect(clock.now()).toBe(3_600_000);
    expect(clock.monotonic()).toBe(0);
    expect(fired).not.toHaveBeenCalled();
    await clock.advance('1m');
    expect(clock.now()).toBe(3_660_000);
    expect(fired).toHaveBeenCalledOnce();
  });

  it('rejects with what a callback throws, at its time, and can be moved on', async () => {
    const clock = virtualClock();
    const fired = vi.fn();
    clock.setTimer(5, () => {
      throw new Error('callback');
    });
    clock.setTimer(6, fired);
    await expect(clock.advance(10)).rejects.toThrow('callback');
    expect(clock.monotonic()).toBe(5);
    await clock.advance(1);
    expect(fired).toHaveBeenCalledOnce();
  });

  it('refuses to move back', async () => {
    const clock = virtualClock();
    await expect(clock.advance(-1)).rejects.toThrow(/^advance: /);
    expect(() => clock.suspend(-1)).toThrow(/^suspend: /);
  });

  it('is not stopped by a test that fakes the timers of Node', async () => {
    vi.useFakeTimers({ toFake: ['setImmediate', 'setTimeout', 'queueMicrotask'] });
    try {
      const clock = virtualClock();
      const fired = vi.fn();
      clock.setTimer(1, fired);
      await clock.advance(1);
      expect(fired).toHaveBeenCalledOnce();
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('a virtual clock that runs itself forward', () => {
  it('sleeps for a week at once', async () => {
    const clock = virtualClock({ autoAdvance: true });
    await clock.sleep('7d');
    expect(clock.monotonic()).toBe(7 * 86_400_000);
    expect(clock.pending).toBe(0);
  });

  it('takes the time that the slowest of several programs takes', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const program = async (rounds: number, pause: number) => {
      for (let round = 0; round < rounds; round++) {
        await clock.sleep(pause);
        await turn();
        await turn();
      }
      return clock.monotonic();
    };
    expect(await Promise.all([program(10, 100), program(3, 500), program(1, 1_200)])).toEqual([
      1_000, 1_500, 1_200,
    ]);
  });

  it('waits for chains that take many turns before it moves on', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const timeout = vi.fn();
    const cancel = clock.setTimer(1, timeout);
    for (let turns = 0; turns < 100; turns++) await turn();
    cancel();
    await clock.sleep(10);
    expect(timeout).not.toHaveBeenCalled();
  });

  it('stands still when no timer is left that would keep a process alive', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const fired: number[] = [];
    const watch = () => {
      fired.push(clock.monotonic());
      clock.setTimer(10, watch, { ref: false });
    };
    clock.setTimer(10, watch, { ref: false });
    const cancel = clock.setTimer(1_000, () => expect.unreachable('it was cancelled'));
    cancel();
    for (let turns = 0; turns < 20; turns++) await turn();
    expect(clock.monotonic()).toBe(0);
    await clock.sleep(25);
    for (let turns = 0; turns < 20; turns++) await turn();
    expect(fired).toEqual([10, 20]);
    expect(clock.monotonic()).toBe(25);
  });

  it('does not move on behind the back of a test that moves it by hand', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const fired = vi.fn();
    clock.setTimer(50, fired);
    await clock.advance(10);
    expect(fired).not.toHaveBeenCalled();
    expect(clock.monotonic()).toBe(10);
  });

  it('runs on by itself after it was moved by hand', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const firedAt = new Promise<number>((resolve) => {
      clock.setTimer(50, () => resolve(clock.monotonic()));
    });
    await clock.advance(10);
    expect(await firedAt).toBe(50);
  });

  it('runs beside another one without either waiting for the other', async () => {
    const clocks = [virtualClock({ autoAdvance: true }), virtualClock({ autoAdvance: true })];
    const looks = vi.spyOn(process, 'getActiveResourcesInfo');
    await Promise.all(
      clocks.map(async (clock) => {
        for (let round = 0; round < 200; round++) await clock.sleep('1m');
      }),
    );
    expect(clocks.map((clock) => clock.monotonic())).toEqual([12_000_000, 12_000_000]);
    // Either would look a thousand times for every timer if it mistook the other for work.
    expect(looks.mock.calls.length).toBeLessThan(2_000);
    looks.mockRestore();
  });
});

describe('the order of virtual timers', () => {
  const timer = fc.record({
    delay: fc.nat(20),
    /** Set by the callback of this one, so at its time. */
    inner: fc.option(fc.nat(20), { nil: undefined }),
    cancelled: fc.boolean(),
  });

  it('is that of time and then of creation, however the clock is moved', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(timer, { maxLength: 12 }),
        fc.array(fc.nat(15), { minLength: 1, maxLength: 6 }),
        fc.boolean(),
        async (timers, moves, autoAdvance) => {
          const clock = virtualClock({ autoAdvance });
          const fired = recordTimers(clock, timers);
          if (!autoAdvance) for (const move of moves) await clock.advance(move);
          while (await clock.advanceToNext());
          expect(fired).toEqual(expectedOrder(timers));
          expect(clock.pending).toBe(0);
        },
      ),
      { numRuns: 60 },
    );
  });

  type Timer = { delay: number; inner: number | undefined; cancelled: boolean };

  function recordTimers(clock: VirtualClock, timers: readonly Timer[]): string[] {
    const fired: string[] = [];
    const cancels = timers.map(({ delay, inner }, index) =>
      clock.setTimer(delay, () => {
        fired.push(`${index} at ${clock.monotonic()}`);
        if (inner === undefined) return;
        clock.setTimer(inner, () => fired.push(`inner ${index} at ${clock.monotonic()}`));
      }),
    );
    timers.forEach(({ cancelled }, index) => {
      if (cancelled) cancels[index]?.();
    });
    return fired;
  }

  /** Looks for the earliest timer again and again in an unsorted list; the first of equals is older. */
  function expectedOrder(timers: readonly Timer[]): string[] {
    const waiting = timers.flatMap(({ delay, inner, cancelled }, index) =>
      cancelled ? [] : [{ name: String(index), at: delay, inner }],
    );
    const fired: string[] = [];
    while (waiting.length > 0) {
      const earliest = Math.min(...waiting.map(({ at }) => at));
      const [next] = waiting.splice(
        waiting.findIndex(({ at }) => at === earliest),
        1,
      );
      if (next === undefined) break;
      fired.push(`${next.name} at ${next.at}`);
      if (next.inner !== undefined) {
        waiting.push({ name: `inner ${next.name}`, at: next.at + next.inner, inner: undefined });
      }
    }
    return fired;
  }
});
