import { getEventListeners } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import {
  type Attempt,
  exponential,
  fixed,
  noRetry,
  platformRetry,
  type RetryInfo,
  type RetryPolicy,
  retry,
  seededRandom,
  virtualClock,
} from '../src/index.ts';

/** Fails with each of the errors in turn, then succeeds; notes when it was called. */
function flaky(clock: { monotonic(): number }, errors: readonly unknown[]) {
  const calls: number[] = [];
  const fn = () => {
    const error = errors[calls.length];
    calls.push(clock.monotonic());
    if (calls.length <= errors.length) throw error;
    return 'done';
  };
  return { fn, calls };
}

const everySecond = (count: number, more: Partial<RetryPolicy> = {}) =>
  fixed({ count, interval: '1s', ...more });

describe('retry', () => {
  it('hands over what succeeds at the first attempt, without a wait', async () => {
    const clock = virtualClock();
    expect(await retry(() => 7, platformRetry, { clock })).toBe(7);
    expect(await retry(async () => 7, noRetry, { clock })).toBe(7);
    expect(clock.pending).toBe(0);
  });

  it('tries again after synchronous throws and rejections alike', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const attempts: number[] = [];
    const result = await retry(
      ({ number }) => {
        attempts.push(number);
        if (number === 1) throw new Error('thrown');
        return number === 2 ? Promise.reject(new Error('rejected')) : 'done';
      },
      everySecond(5),
      { clock },
    );
    expect(result).toBe('done');
    expect(attempts).toEqual([1, 2, 3]);
    expect(clock.monotonic()).toBe(2_000);
  });

  it('throws the last error as it is when the retries are used up', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const last = Object.freeze({ reason: 'anything can be thrown' });
    const { fn, calls } = flaky(clock, [new Error('1'), 'two', last, new Error('not reached')]);
    await expect(retry(fn, everySecond(2), { clock })).rejects.toBe(last);
    expect(calls).toEqual([0, 1_000, 2_000]);
  });

  it.each([
    ['type none', noRetry],
    ['a count of 0', fixed({ count: 0, interval: '1s' })],
  ])('makes one attempt with %s', async (_, policy) => {
    const clock = virtualClock({ autoAdvance: true });
    const { fn, calls } = flaky(clock, [undefined]);
    await expect(retry(fn, policy, { clock })).rejects.toBe(undefined);
    expect(calls).toHaveLength(1);
  });

  it('waits as the policy says, with the random source that it is given', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const { fn, calls } = flaky(clock, Array(4).fill({ status: 503 }));
    await retry(fn, platformRetry, { clock, random: () => 0.5 });
    expect(calls).toEqual([0, 6_250, 17_500, 40_000, 77_500]);
  });

  it('takes the same time again with the same seed', async () => {
    const run = async () => {
      const clock = virtualClock({ autoAdvance: true });
      const { fn, calls } = flaky(clock, Array(4).fill({ status: 503 }));
      await retry(fn, platformRetry, { clock, random: seededRandom('again') });
      return calls;
    };
    expect(await run()).toEqual(await run());
  });

  it('refuses a wrong policy, as a rejection and before the first attempt', async () => {
    const fn = vi.fn();
    const policy = { type: 'fixed', count: -1, interval: '1s' } as const;
    await expect(retry(fn, policy, { clock: virtualClock() })).rejects.toMatchObject({
      code: 'RETRY_POLICY_INVALID',
    });
    expect(fn).not.toHaveBeenCalled();
  });
});

describe('which errors are retried', () => {
  it('is every one but an AbortError, unless the policy says otherwise', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const abort = new DOMException('stop', 'AbortError');
    const { fn, calls } = flaky(clock, ['text', new TypeError('bug'), abort]);
    await expect(retry(fn, everySecond(9), { clock })).rejects.toBe(abort);
    expect(calls).toHaveLength(3);
  });

  it('is up to the policy alone when it has a say', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const when = vi.fn((error: unknown) => error !== 'fatal');
    const abort = new DOMException('a time-out of a library', 'AbortError');
    const { fn } = flaky(clock, [abort, 'passing', 'fatal']);
    await expect(retry(fn, everySecond(9, { when }), { clock })).rejects.toBe('fatal');
    expect(when.mock.calls).toEqual([[abort], ['passing'], ['fatal']]);
  });

  it('is not asked about the last attempt', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const when = vi.fn(() => true);
    const { fn } = flaky(clock, ['first', 'last']);
    await expect(retry(fn, everySecond(1, { when }), { clock })).rejects.toBe('last');
    expect(when.mock.calls).toEqual([['first']]);
  });

  it('is with the policy of the platform what may pass: 429 and 5xx, but not 404', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const missing = { status: 404 };
    const { fn, calls } = flaky(clock, [{ status: 429 }, { status: 500 }, missing]);
    await expect(retry(fn, platformRetry, { clock })).rejects.toBe(missing);
    expect(calls).toHaveLength(3);
  });
});

describe("an error's retryAfter", () => {
  it.each([
    ['a duration', '90s', 90_000],
    ['milliseconds', 250, 250],
    ['a moment', new Date(virtualClock().now() + 5_000), 5_000],
    ['zero', 0, 0],
  ])('sets the wait: %s', async (_, retryAfter, wait) => {
    const clock = virtualClock({ autoAdvance: true });
    const { fn, calls } = flaky(clock, [{ status: 429, retryAfter }]);
    await retry(fn, platformRetry, { clock });
    expect(calls).toEqual([0, wait]);
  });

  it('counts for its own attempt only', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const { fn, calls } = flaky(clock, [{ retryAfter: '1m' }, 'no wish']);
    await retry(fn, everySecond(2), { clock });
    expect(calls).toEqual([0, 60_000, 61_000]);
  });

  it('is passed over when it cannot be understood', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const { fn, calls } = flaky(clock, [{ retryAfter: 'soon' }]);
    await retry(fn, everySecond(1), { clock });
    expect(calls).toEqual([0, 1_000]);
  });
});

describe('the total time', () => {
  it('is not exceeded by a retry, and the error comes without a last wait', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const { fn, calls } = flaky(clock, Array(9).fill('busy'));
    const policy = everySecond(9, { totalTime: '3.5s' });
    await expect(retry(fn, policy, { clock })).rejects.toBe('busy');
    expect(calls).toEqual([0, 1_000, 2_000, 3_000]);
    expect(clock.monotonic()).toBe(3_000);
  });

  it('counts the attempts as well as the waits', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const fn = vi.fn(async () => {
      await clock.sleep('2s');
      throw new Error('busy');
    });
    await expect(retry(fn, everySecond(9, { totalTime: '5s' }), { clock })).rejects.toThrow('busy');
    expect(fn).toHaveBeenCalledTimes(2);
  });

  it('bounds an endless policy, and a Retry-After beyond it', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const policy = everySecond(Number.POSITIVE_INFINITY, { totalTime: '1h' });
    const tooLong = { status: 429, retryAfter: '2h' };
    const { fn, calls } = flaky(clock, ['busy', 'busy', tooLong]);
    await expect(retry(fn, policy, { clock })).rejects.toBe(tooLong);
    expect(calls).toHaveLength(3);
  });

  it('goes on while the time of day is set back', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const setBack = Object.assign(Object.create(clock), {
      now: () => clock.now() - 10 * clock.monotonic(),
      monotonic: () => clock.monotonic(),
      sleep: (wait: number) => clock.sleep(wait),
    });
    const { fn, calls } = flaky(clock, Array(9).fill('busy'));
    const policy = everySecond(9, { totalTime: '2s' });
    await expect(retry(fn, policy, { clock: setBack })).rejects.toBe('busy');
    expect(calls).toEqual([0, 1_000, 2_000]);
  });

  it('goes on while the machine is suspended', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const fn = vi.fn(() => {
      clock.suspend('1h');
      throw new Error('busy');
    });
    await expect(retry(fn, everySecond(9, { totalTime: '30m' }), { clock })).rejects.toThrow(
      'busy',
    );
    expect(fn).toHaveBeenCalledOnce();
  });
});

describe('the signal', () => {
  it('ends a wait at once with its reason and leaves neither timer nor listener', async () => {
    const clock = virtualClock();
    const controller = new AbortController();
    const { signal } = controller;
    const { fn, calls } = flaky(clock, Array(9).fill('busy'));
    const retrying = retry(fn, everySecond(9), { clock, signal });
    await clock.advance('1.5s');
    expect(clock.pending).toBe(1);
    controller.abort('enough');
    await expect(retrying).rejects.toBe('enough');
    expect(calls).toEqual([0, 1_000]);
    expect(clock.pending).toBe(0);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('lets nothing start when it is aborted before', async () => {
    const fn = vi.fn();
    const signal = AbortSignal.abort('too late');
    await expect(retry(fn, platformRetry, { clock: virtualClock(), signal })).rejects.toBe(
      'too late',
    );
    expect(fn).not.toHaveBeenCalled();
  });

  it('is handed to the attempt, whose own error is thrown when it fails after an abort', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const controller = new AbortController();
    const halfDone = new Error('half done');
    const fn = vi.fn((_: Attempt) => {
      controller.abort('stop');
      throw halfDone;
    });
    const retrying = retry(fn, everySecond(9), { clock, signal: controller.signal });
    await expect(retrying).rejects.toBe(halfDone);
    expect(fn).toHaveBeenCalledOnce();
    expect(fn.mock.calls[0]?.[0].signal).toBe(controller.signal);
  });
});

describe('onRetry', () => {
  it('hears of each failed attempt before the wait, but not of the last one', async () => {
    const clock = virtualClock({ autoAdvance: true, start: 0 });
    const heard: RetryInfo[] = [];
    const heardAt: number[] = [];
    const { fn } = flaky(clock, ['first', 'second', 'third']);
    const onRetry = (info: RetryInfo) => {
      heard.push(info);
      heardAt.push(clock.monotonic());
    };
    const policy = exponential({ count: 2, interval: '2s', minimum: '2s' });
    await expect(retry(fn, policy, { clock, onRetry })).rejects.toBe('third');
    expect(heard).toMatchObject([
      { attempt: 1, error: 'first', wait: 2_000, at: 2_000 },
      { attempt: 2, error: 'second' },
    ]);
    expect(heardAt).toEqual([0, 2_000]);
  });

  it('is waited for when it stores what it hears', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const { fn, calls } = flaky(clock, ['busy']);
    await retry(fn, everySecond(1), { clock, onRetry: () => clock.sleep('5s') });
    expect(calls).toEqual([0, 6_000]);
  });

  it('ends the retries when it throws', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const { fn, calls } = flaky(clock, ['busy']);
    const onRetry = () => {
      throw new Error('store is gone');
    };
    await expect(retry(fn, everySecond(1), { clock, onRetry })).rejects.toThrow('store is gone');
    expect(calls).toHaveLength(1);
  });
});

describe('the first attempt of resumed work', () => {
  it('counts on from the attempts that were made before', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const { fn, calls } = flaky(clock, Array(9).fill({ status: 503 }));
    const options = { clock, firstAttempt: 3, random: () => 0 };
    await expect(retry(fn, platformRetry, options)).rejects.toEqual({ status: 503 });
    expect(calls).toEqual([0, 15_000, 45_000]);
  });

  it('is made even when the retries were used up before', async () => {
    const clock = virtualClock({ autoAdvance: true });
    expect(await retry(({ number }) => number, everySecond(1), { clock, firstAttempt: 9 })).toBe(9);
  });

  it('does not begin the total time anew', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const { fn, calls } = flaky(clock, Array(9).fill('busy'));
    const policy = everySecond(9, { totalTime: '5s' });
    const since = clock.now() - 2_500;
    await expect(retry(fn, policy, { clock, since })).rejects.toBe('busy');
    expect(calls).toEqual([0, 1_000, 2_000]);
  });

  it('is made even when the total time was used up before', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const { fn, calls } = flaky(clock, Array(9).fill('busy'));
    const policy = everySecond(9, { totalTime: '5s' });
    await expect(retry(fn, policy, { clock, since: 0 })).rejects.toBe('busy');
    expect(calls).toEqual([0]);
  });

  it('cannot have begun later than now: the clock may have been set back in between', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const { fn, calls } = flaky(clock, Array(9).fill('busy'));
    const policy = everySecond(9, { totalTime: '2s' });
    const since = clock.now() + 60_000;
    await expect(retry(fn, policy, { clock, since })).rejects.toBe('busy');
    expect(calls).toEqual([0, 1_000, 2_000]);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('cannot have begun at %d', async (since) => {
    const retrying = retry(() => 1, noRetry, { clock: virtualClock(), since });
    await expect(retrying).rejects.toThrow(/^retry\.since: .*milliseconds since 1970/);
  });

  it.each([0, 1.5, Number.NaN])('cannot be number %d', async (firstAttempt) => {
    const retrying = retry(() => 1, noRetry, { clock: virtualClock(), firstAttempt });
    await expect(retrying).rejects.toThrow(/^retry\.firstAttempt: .*whole number/);
  });
});
