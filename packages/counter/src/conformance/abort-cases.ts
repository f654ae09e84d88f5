/** Aborting ends a call at once, with the reason, and leaves the counter as usable as before. */

import type { CallOptions } from '@runafter/optimistic';
import { describe, expect, it } from 'vitest';
import { answerOf, atomic, type Setting } from './setting.ts';

const reason = new Error('No longer wanted.');

export function abortCases(setting: Setting): void {
  describe('a call that is aborted', () => {
    it('before it begins does nothing, and rejects with the reason', async () => {
      const { counter, other } = setting;
      await counter.add('orders', 5);
      for (const call of calls()) {
        await expect(call({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
      }
      expect(await other.read('orders')).toBe(5n);
    });

    it('while it is under way ends with the reason, and others go on', async () => {
      const { counter, other } = setting;
      for (const call of calls()) {
        const controller = new AbortController();
        const aborted = call({ signal: controller.signal });
        controller.abort(reason);
        await expect(aborted).rejects.toBe(reason);
        await other.add('others', 1);
        await counter.add('others', 1);
      }
      expect(await other.read('others')).toBe(2n * BigInt(calls().length));
    });

    it('with an operation id may be made again, and counts once', async () => {
      const { counter, other } = setting;
      for (let round = 0; round < 10; round++) {
        const controller = new AbortController();
        const once = `op-${round}`;
        const aborted = counter.add('orders', 1, { once, signal: controller.signal });
        controller.abort(reason);
        await expect(aborted).rejects.toBe(reason);
        await other.add('orders', 1, { once });
      }
      expect(await other.read('orders')).toBe(10n);
    });

    it('leaves those alone that are under way beside it', async () => {
      const { counter, other } = setting;
      const controller = new AbortController();
      const answers = Array.from({ length: 20 }, (_, n) =>
        answerOf(counter.add(`orders-${n}`, 1, n % 2 ? { signal: controller.signal } : {})),
      );
      controller.abort(reason);
      for (const [n, answer] of (await Promise.all(answers)).entries()) {
        if (n % 2) expect(answer).toEqual({ refused: reason });
        else expect(await other.read(`orders-${n}`)).toBe(1n);
      }
    });
  });

  function calls(): ((options: CallOptions) => Promise<unknown>)[] {
    const { counter, capabilities } = setting;
    return [
      (options) => counter.add('orders', 1, options),
      (options) => counter.add('orders', 1, { ...options, once: 'op' }),
      (options) => counter.read('orders', options),
      (options) => counter.reset('orders', options),
      ...(capabilities.addAndGet
        ? [(options: CallOptions) => atomic(counter).addAndGet('orders', 1, options)]
        : []),
    ];
  }
}
