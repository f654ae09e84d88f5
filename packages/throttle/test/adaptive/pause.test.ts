/** The pause that everybody shares. */
import { describe, expect, it } from 'vitest';
import { DrivenController, type Service } from './driven-controller.ts';
import { steady } from './scripted-services.ts';

/** Refuses the calls with these numbers (1 is the first), each with its own Retry-After, and takes the others. */
function refusing(refusals: Readonly<Record<number, number | undefined>>): Service {
  let number = 0;
  return () => {
    number++;
    if (!(number in refusals)) return { outcome: 'ok', latency: 500 };
    return { outcome: 'throttled', latency: 50, retryAfter: refusals[number] };
  };
}

describe('the pause of an adaptive limiter', () => {
  it('lasts until the latest moment that any of the refused calls was told', () => {
    const driven = new DrivenController(refusing({ 1: 3_000, 2: 7_000, 3: 5_000 }));
    driven.runTo(20_000);
    expect(driven.sentIn(51, 7_050)).toBe(0);
    expect(driven.sentIn(7_050, 7_051)).toBeGreaterThan(0);
    expect(driven.ofType('paused').map(({ wait, asked }) => [wait, asked])).toEqual([
      [3_000, true],
      [7_000, true],
    ]);
    expect(driven.ofType('resumed')).toMatchObject([{ at: 7_050, throttled: 3 }]);
  });

  it('is one event: the pace is set once, however many calls were refused', () => {
    const driven = new DrivenController(refusing({ 1: 1_000, 2: 1_000, 3: 1_000, 4: 1_000 }));
    driven.runTo(3_000);
    const throttled = driven.ofType('pace-set').filter(({ reason }) => reason === 'throttled');
    expect(throttled).toHaveLength(1);
  });

  it('goes on for a refusal that comes after it, of a call that was sent before, and is still one event', () => {
    let number = 0;
    const driven = new DrivenController(() => {
      number++;
      if (number === 1) return { outcome: 'throttled', latency: 50, retryAfter: 1_000 };
      if (number === 2) return { outcome: 'throttled', latency: 2_000, retryAfter: 4_000 };
      return { outcome: 'ok', latency: 500 };
    });
    driven.runTo(10_000);
    expect(driven.sentIn(2_000, 6_000)).toBe(0);
    expect(driven.sentIn(6_000, 6_001)).toBe(1);
    expect(driven.ofType('resumed').map(({ throttled }) => throttled)).toEqual([1, 2]);
    const throttled = driven.ofType('pace-set').filter(({ reason }) => reason === 'throttled');
    expect(throttled).toHaveLength(1);
  });

  it('is our own where the service does not say: it doubles up to 30 s while nothing is taken', () => {
    const driven = new DrivenController(
      () => ({ outcome: 'throttled', latency: 50, retryAfter: undefined }),
      { start: 1, max: 1 },
    );
    driven.runTo(200_000);
    const waits = driven.ofType('paused').map(({ wait }) => wait);
    expect(waits.slice(0, 7)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    expect(driven.ofType('paused').every(({ asked }) => !asked)).toBe(true);
  });

  it('is short again after a call was taken', () => {
    const wait = undefined;
    const driven = new DrivenController(refusing({ 1: wait, 2: wait, 4: wait }), {
      start: 1,
      max: 1,
    });
    driven.runTo(60_000);
    expect(driven.ofType('paused').map(({ wait }) => wait)).toEqual([1_000, 2_000, 1_000]);
  });

  it('is for throttled calls alone: others may fail as they like', () => {
    const driven = new DrivenController(() => ({ outcome: 'failed', latency: 500 }));
    driven.runTo(10_000);
    expect(driven.decisions).toEqual([]);
    expect(driven.ok).toBe(8 * 20);
  });

  it('does not come at all where nothing is throttled', () => {
    const driven = new DrivenController(steady()).runTo(60_000);
    expect(driven.ofType('paused')).toEqual([]);
    expect(driven.controller.rate).toBeUndefined();
  });
});
