/**
 * What every Clock promises, as one suite for the two of them.
 *
 * `elapse` lets real or virtual time go by and everything that it sets off come to rest.
 */
import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { Clock } from '../src/index.ts';

export interface ClockHarness {
  readonly clock: Clock;
  elapse(ms: number): Promise<unknown>;
  /** How many timers are waiting. */
  pending(): number;
}

export function describeClock(name: string, create: () => ClockHarness): void {
  describe(`${name} keeps what every clock promises`, () => {
    it('moves both readings together', async () => {
      const { clock, elapse } = create();
      const now = clock.now();
      const monotonic = clock.monotonic();
      await elapse(1_500);
      expect(clock.now() - now).toBe(1_500);
      expect(clock.monotonic() - monotonic).toBe(1_500);
      expect(Number.isInteger(clock.now())).toBe(true);
    });

    it('fires a timer once, when its delay has passed and not before', async () => {
      const { clock, elapse } = create();
      const firedAt: number[] = [];
      const start = clock.monotonic();
      clock.setTimer(1_000, () => firedAt.push(clock.monotonic() - start));
      expect(firedAt).toEqual([]);
      await elapse(999);
      expect(firedAt).toEqual([]);
      await elapse(1);
      await elapse(10_000);
      expect(firedAt).toEqual([1_000]);
    });

    it('fires a timer all the same when it is told not to keep the process alive', async () => {
      const { clock, elapse, pending } = create();
      let fired = 0;
      clock.setTimer(2 ** 32, () => fired++, { ref: false });
      const cancel = clock.setTimer(10, () => fired++, { ref: false });
      expect(pending()).toBe(2);
      cancel();
      await elapse(2 ** 32);
      expect(fired).toBe(1);
      expect(pending()).toBe(0);
    });

    it('fires timers in the order of their time and then of their creation', async () => {
      const { clock, elapse } = create();
      const fired: string[] = [];
      clock.setTimer(20, () => fired.push('late'));
      clock.setTimer(10, () => fired.push('first'));
      clock.setTimer(10, () => fired.push('second'));
      await elapse(20);
      expect(fired).toEqual(['first', 'second', 'late']);
    });

    it('never calls back before setTimer has returned, whatever the delay', async () => {
      const { clock, elapse } = create();
      const fired: string[] = [];
      clock.setTimer(0, () => fired.push('zero'));
      clock.setTimer(-50, () => fired.push('negative'));
      fired.push('returned');
      await elapse(1);
      expect(fired).toEqual(['returned', 'zero', 'negative']);
    });

    it('does not fire a timer that was cancelled, nor mind a second cancel', async () => {
      const { clock, elapse, pending } = create();
      let fired = 0;
      const cancel = clock.setTimer(10, () => fired++);
      const cancelLate = clock.setTimer(5, () => fired++);
      cancel();
      cancel();
      await elapse(20);
      cancelLate();
      expect(fired).toBe(1);
      expect(pending()).toBe(0);
    });

    it('waits longer than the 24.8 days of a JavaScript timer', async () => {
      const { clock, elapse, pending } = create();
      const days = 86_400_000;
      let fired = false;
      clock.setTimer(60 * days, () => {
        fired = true;
      });
      await elapse(60 * days - 1);
      expect(fired).toBe(false);
      await elapse(1);
      expect(fired).toBe(true);
      expect(pending()).toBe(0);
    });

    it('cancels a long timer in the middle', async () => {
      const { clock, elapse, pending } = create();
      const cancel = clock.setTimer(2 ** 33, () => expect.unreachable('it was cancelled'));
      await elapse(2 ** 32);
      cancel();
      expect(pending()).toBe(0);
      await elapse(2 ** 33);
    });

    it.each([Number.NaN, Number.POSITIVE_INFINITY])('refuses a timer of %d ms', (delay) => {
      const { clock, pending } = create();
      expect(() => clock.setTimer(delay, () => {})).toThrow(/^delayMs: .*finite delay/);
      expect(pending()).toBe(0);
    });

    it('sleeps for a duration and leaves no timer and no listener', async () => {
      const { clock, elapse, pending } = create();
      const { signal } = new AbortController();
      let awake = false;
      const sleeping = clock.sleep('30s', { signal }).then(() => {
        awake = true;
      });
      await elapse(29_999);
      expect(awake).toBe(false);
      await elapse(1);
      await sleeping;
      expect(pending()).toBe(0);
      expect(getEventListeners(signal, 'abort')).toEqual([]);
    });

    it('ends a sleep at once on abort, with the reason, and leaves nothing', async () => {
      const { clock, pending } = create();
      const controller = new AbortController();
      const reason = { why: 'the user left' };
      const sleeping = clock.sleep('1h', { signal: controller.signal });
      expect(pending()).toBe(1);
      controller.abort(reason);
      await expect(sleeping).rejects.toBe(reason);
      expect(pending()).toBe(0);
      expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
    });

    it('does not begin to sleep when the signal is aborted already', async () => {
      const { clock, pending } = create();
      const reason = new Error('too late');
      const sleeping = clock.sleep('1h', { signal: AbortSignal.abort(reason) });
      await expect(sleeping).rejects.toBe(reason);
      expect(pending()).toBe(0);
    });

    it('rejects, and does not throw, when told to sleep for no duration', async () => {
      const { clock } = create();
      const sleeping = clock.sleep('soon' as never);
      await expect(sleeping).rejects.toMatchObject({ code: 'DURATION_INVALID' });
    });
  });
}
