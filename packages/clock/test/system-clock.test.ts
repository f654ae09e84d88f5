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

  it('never asks Node for a negative delay, however late it looks at the clock', () => {
    const setTimeout = vi.spyOn(globalThis, 'setTimeout');
    const readings = [1000, 1500];
    const now = vi.spyOn(performance, 'now').mockImplementation(() => readings.shift() ?? 2000);
    systemClock.setTimer(5, () => undefined)();
    expect(setTimeout).toHaveBeenCalledWith(expect.any(Function), 0);
    now.mockRestore();
    setTimeout.mockRestore();
  });

  it('keeps the process alive with a timer, unless it is told not to', () => {
    vi.useRealTimers();
    const timers = () => process.getActiveResourcesInfo().filter((type) => type === 'Timeout');
    const before = timers().length;
    const cancelQuiet = systemClock.setTimer(2 ** 32, () => {}, { ref: false });
    expect(timers()).toHaveLength(before);
    const cancel = systemClock.setTimer(2 ** 32, () => {});
    expect(timers()).toHaveLength(before + 1);
    cancelQuiet();
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
