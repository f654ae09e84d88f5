/**
 * The adaptive limiter as its users see it, in virtual time.
 */
import { virtualClock } from '@runafter/clock';
import { describe, expect, it } from 'vitest';
import { type AdaptiveDecision, adaptive } from '../../src/index.ts';

/** What a service says when it is asked too much. */
function tooMany(retryAfter?: string): Error {
  return Object.assign(new Error('Too many requests'), { status: 429, retryAfter });
}

describe('adaptive', () => {
  it('lets in as many as its degree, and the next one when a permit comes back', async () => {
    const limiter = adaptive({ clock: virtualClock(), start: 2, max: 2 });
    const first = await limiter.acquire();
    await limiter.acquire();
    expect(await limiter.tryAcquire()).toBeUndefined();
    let isIn = false;
    const third = limiter.acquire().then((permit) => {
      isIn = true;
      return permit;
    });
    await Promise.resolve();
    expect(isIn).toBe(false);
    first.release();
    await third;
    expect(limiter.inspect()).toMatchObject({ inFlight: 2, waiting: 0, degree: 2 });
  });

  it('lets nobody in until the Retry-After of a throttled call is over', async () => {
    const clock = virtualClock();
    const decisions: AdaptiveDecision[] = [];
    const limiter = adaptive({ clock, onDecision: (decision) => decisions.push(decision) });
    const failed = limiter.run(async () => {
      throw tooMany('7s');
    });
    await expect(failed).rejects.toThrow('Too many requests');
    expect(limiter.inspect().pausedUntil).toEqual(new Date(clock.now() + 7_000));
    const next = limiter.acquire().then(() => clock.monotonic());
    await clock.advance('10s');
    expect(await next).toBe(7_000);
    expect(decisions.slice(0, 2)).toEqual([
      { type: 'paused', wait: 7_000, asked: true },
      { type: 'resumed', throttled: 1 },
    ]);
    expect(clock.pending).toBe(0);
  });
});
