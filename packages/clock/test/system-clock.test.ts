import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../src/index.ts';
import { describeClock } from './clock-promises.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describeClock('the system clock', () => ({
  clock: systemClock,
  elapse: (ms) => vi.advanceTimersByTimeAsync(ms),
  pending: () => vi.getTimerCount(),
}));

describe('the system clock', () => {
  it('waits on when the timer of Node fires early', () => {
    let early = 0.4;
    const monotonic = performance.now.bind(performance);
    vi.spyOn(performance, 'now').mockImplementation(() => monotonic() - early);
    const fired = vi.fn();
    const cancel = systemClock.setTimer(10, fired);
    early = 0.8;
    vi.advanceTimersByTime(10);
    expect(fired).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(fired).toHaveBeenCalledOnce();
    cancel();
  });

  it('tells the time of the machine', () => {
    vi.useRealTimers();
    const before = Date.now();
    const now = systemClock.now();
    expect(now).toBeGreaterThanOrEqual(before);
    expect(now).toBeLessThanOrEqual(Date.now());
    const monotonic = systemClock.monotonic();
    expect(systemClock.monotonic()).toBeGreaterThanOrEqual(monotonic);
  });
});
