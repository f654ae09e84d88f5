/** Aborting ends a call at once, with the reason, and leaves nothing behind but what an operation finds again. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Pool } from '../pool-port.ts';
import {
  clockOf,
  faulty,
  licences,
  need,
  poolOf,
  refusalOf,
  type Setting,
  soon,
  startWaiting,
} from './setting.ts';

const reason = new Error('No longer wanted.');

type Call = (pool: Pool<string>, signal: AbortSignal) => Promise<unknown>;

/** Everything that a pool can be asked for. */
const calls: readonly (readonly [what: string, call: Call])[] = [
  ['claim to assign', (pool, signal) => pool.claim({ mode: 'assign', once: 'hire-1', signal })],
  ['claim to lease', (pool, signal) => pool.claim({ mode: 'lease', signal })],
  [
    'wait to assign',
    (pool, signal) => pool.claim({ ...waiting, mode: 'assign', once: 'a', signal }),
  ],
  ['wait to lease', (pool, signal) => pool.claim({ ...waiting, mode: 'lease', signal })],
  ['try to assign', (pool, signal) => pool.tryClaim({ mode: 'assign', once: 'hire-2', signal })],
  ['try to lease', (pool, signal) => pool.tryClaim({ mode: 'lease', signal })],
  ['release', (pool, signal) => pool.release('hire-3', { signal })],
  ['addition', (pool, signal) => pool.add(['E5-009'], { signal })],
  ['withdrawal', (pool, signal) => pool.withdraw(['E5-001'], { signal })],
  ['inspection', (pool, signal) => pool.inspect({ signal })],
];
const waiting = { wait: '1m' } as const;

export function abortCases(setting: Setting): void {
  describe('a call that is aborted', () => {
    it.each(calls)(
      'before it begins does nothing, and rejects with the reason: %s',
      async (_, call) => {
        const pool = poolOf(setting, setting.store, ['E5-001']);
        await expect(call(pool, AbortSignal.abort(reason))).rejects.toBe(reason);
        const [entry, ...others] = await poolOf(setting, setting.other, ['E5-001']).inspect();
        expect([entry?.claim, entry?.withdrawn, others]).toEqual([undefined, false, []]);
      },
    );

    it.each(['assign', 'lease'] as const)(
      'while it waits to %s ends with the reason, and nobody waits behind it',
      async (mode) => {
        const pool = poolOf(setting, setting.store, ['E5-001']);
        const lease = await pool.claim({ mode: 'lease' });
        const controller = new AbortController();
        const options = { wait: '2m', signal: controller.signal } as const;
        const { claimed } = await startWaiting<unknown>(setting, (waiting) =>
          mode === 'lease'
            ? waiting.claim({ mode, ...options })
            : waiting.claim({ mode, once: 'hire-1', ...options }),
        );
        controller.abort(reason);
        await expect(claimed).rejects.toBe(reason);
        lease.assertHeld();
        await lease.release();
        const next = await poolOf(setting, setting.other).claim({ mode: 'lease', wait: soon });
        next.assertHeld();
      },
    );

    it('gives back what it leases too late, at whatever moment', async () => {
      const { store, other } = setting;
      const clock = clockOf(setting);
      const [pool, next] = [poolOf(setting, store, ['E5-001']), poolOf(setting, other)];
      for (let moment = 0; moment < 16; moment++) {
        const controller = new AbortController();
        const { signal } = controller;
        const aborted =
          moment % 2
            ? pool.claim({ mode: 'lease', wait: '1m', signal })
            : pool.tryClaim({ mode: 'lease', signal });
        const end = aborted.catch((error: unknown) => error);
        if (moment > 1) await clock.sleep((moment >> 1) / 2);
        controller.abort(reason);
        const lease = await end;
        if (lease !== reason) await (lease as AsyncDisposable)[Symbol.asyncDispose]();
        await (await next.claim({ mode: 'lease', wait: soon })).release();
      }
    });

    it('leaves at most what its operation finds again and gives back, at whatever moment', async () => {
      const { store, other } = setting;
      const clock = clockOf(setting);
      const [pool, next] = [poolOf(setting, store, licences(2)), poolOf(setting, other)];
      for (let moment = 0; moment < 16; moment++) {
        const once = `hire-${moment}`;
        const controller = new AbortController();
        const { signal } = controller;
        const wait = moment % 2 ? '1m' : 0;
        const aborted = refusalOf(pool.claim({ mode: 'assign', once, wait, signal }));
        if (moment > 1) await clock.sleep((moment >> 1) / 2);
        controller.abort(reason);
        await aborted;
        const found = await next.claim({ mode: 'assign', once, wait: soon });
        const taken = (await next.inspect()).filter(({ claim }) => claim !== undefined);
        expect(taken.map(({ resource, claim }) => [resource, claim?.by])).toEqual([
          [found.resource, once],
        ]);
        expect(await next.release(once)).toBe(true);
      }
    });

    it('after it was given something changes nothing', async () => {
      const { store, other } = setting;
      const controller = new AbortController();
      const { signal } = controller;
      const pool = poolOf(setting, store, ['E5-001']);
      const lease = await pool.claim({ mode: 'lease', signal });
      controller.abort(reason);
      lease.assertHeld();
      expect(lease.signal.aborted).toBe(false);
      expect(await poolOf(setting, other).tryClaim({ mode: 'lease' })).toBeUndefined();
    });

    it('leaves those alone that wait beside it', async () => {
      const { store, other } = setting;
      const lease = await poolOf(setting, store, ['E5-001']).claim({ mode: 'lease' });
      const pool = poolOf(setting, other);
      const controller = new AbortController();
      const waits = Array.from({ length: 6 }, async (_, n) => {
        const signal = n % 2 ? controller.signal : undefined;
        const next = await pool.claim({ mode: 'lease', wait: '1m', signal });
        await next.release();
      });
      const ends = Promise.allSettled(waits);
      await clockOf(setting).sleep(30);
      controller.abort(reason);
      await lease.release();
      const states = (await ends).map(({ status }) => status);
      expect(states).toEqual(Array.from({ length: 3 }, () => ['fulfilled', 'rejected']).flat());
    });
  });

  describe('a call to a service that does not answer', () => {
    beforeEach(need(setting, 'faults'));

    it('ends at once when it is aborted', async () => {
      const { store, stall, heal } = await faulty(setting);
      const pool = poolOf(setting, store, ['E5-001']);
      await (await pool.claim({ mode: 'lease' })).release();
      stall();
      for (const [, call] of calls) {
        const controller = new AbortController();
        const aborted = refusalOf(call(pool, controller.signal));
        await clockOf(setting).sleep(5);
        controller.abort(reason);
        expect(await aborted).toBe(reason);
      }
      heal();
    });

    it('ends when its time is over, and tells that nobody answered', async () => {
      const { store, stall, heal } = await faulty(setting);
      const pool = poolOf(setting, store, ['E5-001']);
      await (await pool.claim({ mode: 'lease' })).release();
      stall();
      await expect(pool.claim({ mode: 'lease', wait: 100 })).rejects.toMatchObject({
        code: 'SERVICE_UNAVAILABLE',
      });
      heal();
      const next = await poolOf(setting, setting.other).claim({ mode: 'lease', wait: '20s' });
      next.assertHeld();
    });
  });
}
