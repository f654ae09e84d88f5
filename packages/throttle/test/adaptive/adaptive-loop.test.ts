/**
 * A loop of the engine whose concurrency is an adaptive limiter, against a service that says 429.
 * @module
 */
import { type AdaptiveLimiter, type VirtualClock, virtualClock } from '@runafter/clock';
import { start, workflow } from '@runafter/core';
import { describe, expect, it } from 'vitest';
import { adaptive, transientRetry } from '../../src/index.ts';
import { bucket } from './scripted-services.ts';

/** Ten calls a second, forty at once; who is refused is told for how long. */
function serviceOn(clock: VirtualClock) {
  const answer = bucket(10, 40);
  const calls = { ok: 0, throttled: 0, inService: 0 };
  return {
    calls,
    async call(signal: AbortSignal): Promise<void> {
      const reply = answer(clock.now(), ++calls.inService);
      await clock.sleep(reply.latency, { signal }).finally(() => calls.inService--);
      if (reply.outcome !== 'throttled') {
        calls.ok++;
        return;
      }
      calls.throttled++;
      const { retryAfter } = reply;
      throw Object.assign(new Error('Too many requests.'), { status: 429, retryAfter });
    },
  };
}

async function runLoop(clock: VirtualClock, concurrency: number | AdaptiveLimiter) {
  const { calls, call } = serviceOn(clock);
  const flow = workflow('Rows', (flow) =>
    flow.forEach(
      'Rows',
      [],
      () => Array.from({ length: 1_000 }, (_, row) => row),
      (each) => each.action('Update', ({ signal }) => call(signal), { retry: transientRetry }),
      { concurrency, keep: 'failures' },
    ),
  );
  const { status, startTime, endTime } = await start(flow, undefined, { clock }).finished;
  return { status, calls, seconds: (endTime.getTime() - startTime.getTime()) / 1_000 };
}

describe('a loop whose concurrency is adaptive', () => {
  it('does all its items about as fast as the service allows, with few 429s', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const limiter = adaptive({ clock });
    const { status, calls, seconds } = await runLoop(clock, limiter);

    expect(status).toBe('Succeeded');
    expect(calls).toMatchObject({ ok: 1_000, inService: 0 });
    // 960 that were not there at first, at ten a second.
    expect(seconds).toBeGreaterThanOrEqual(95);
    expect(seconds).toBeLessThan(120);
    expect(calls.throttled).toBeLessThan(50);
  });

  it('has far fewer of them than a concurrency that is too high, with which items fail for good', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const { status, calls } = await runLoop(clock, 50);

    expect(status).toBe('Failed');
    expect(calls.throttled).toBeGreaterThan(1_000);
  });
});
