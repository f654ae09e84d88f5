/** Aborting ends a call at once, with the reason, and leaves nothing behind: no lease, and no place in a line. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Lock } from '../lock-port.ts';
import { clockOf, faulty, need, type Setting, soon, startWaiting } from './setting.ts';

const reason = new Error('No longer wanted.');

export function abortCases(setting: Setting): void {
  describe('a call that is aborted', () => {
    it('before it begins does nothing, and rejects with the reason', async () => {
      const { lock, other } = setting;
      const options = { signal: AbortSignal.abort(reason) };
      await expect(lock.acquire('job', options)).rejects.toBe(reason);
      await expect(lock.acquire('job', { ...options, wait: 0 })).rejects.toBe(reason);
      await expect(lock.tryAcquire('job', options)).rejects.toBe(reason);
      await expect(lock.acquireAll(['job', 'other'], options)).rejects.toBe(reason);
      expect(await other.tryAcquire('job')).toBeDefined();
    });

    it('while it waits ends with the reason, and nobody waits behind it', async () => {
      const { lock, other } = setting;
      const lease = await lock.acquire('job');
      const controller = new AbortController();
      const { granted } = await startWaiting(setting, 'job', { signal: controller.signal });
      controller.abort(reason);
      await expect(granted).rejects.toBe(reason);
      lease.assertHeld();
      await lease.release();
      await using next = await other.acquire('job', { wait: soon });
      next.assertHeld();
    });

    it('gives back what it is granted too late, at whatever moment', async () => {
      const { lock, other } = setting;
      const clock = clockOf(setting);
      const calls: ((lock: Lock, name: string, signal: AbortSignal) => Promise<unknown>)[] = [
        (lock, name, signal) => lock.acquire(name, { signal }),
        (lock, name, signal) => lock.tryAcquire(name, { signal }),
        (lock, name, signal) => lock.acquireAll([name, `${name}-2`], { signal }),
      ];
      for (const [kind, call] of calls.entries()) {
        for (let moment = 0; moment < 8; moment++) {
          const name = `job-${kind}-${moment}`;
          const controller = new AbortController();
          const aborted = call(lock, name, controller.signal);
          if (moment > 0) await clock.sleep((moment - 1) / 2);
          controller.abort(reason);
          const end = await aborted.catch((error: unknown) => error);
          if (end !== reason) await (end as AsyncDisposable)[Symbol.asyncDispose]();
          await using next = await other.acquire(name, { wait: soon });
          next.assertHeld();
        }
      }
    });

    it('after it was granted changes nothing', async () => {
      const { lock, other } = setting;
      const controller = new AbortController();
      await using lease = await lock.acquire('job', { signal: controller.signal });
      controller.abort(reason);
      lease.assertHeld();
      expect(lease.signal.aborted).toBe(false);
      expect(await other.tryAcquire('job')).toBeUndefined();
    });

    it('leaves those alone that wait beside it', async () => {
      const { lock, other } = setting;
      const lease = await lock.acquire('job');
      const controller = new AbortController();
      const waits = Array.from({ length: 6 }, async (_, n) => {
        const signal = n % 2 ? controller.signal : undefined;
        const next = await other.acquire('job', { wait: '1m', signal });
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
      const { lock, stall, heal } = await faulty(setting);
      await (await lock.acquire('warm')).release();
      stall();
      for (const name of ['job', 'other-job']) {
        const controller = new AbortController();
        const { signal } = controller;
        const aborted =
          name === 'job' ? lock.acquire(name, { signal }) : lock.tryAcquire(name, { signal });
        await clockOf(setting).sleep(20);
        controller.abort(reason);
        await expect(aborted).rejects.toBe(reason);
      }
      heal();
      await using next = await setting.other.acquire('job', { wait: '20s' });
      next.assertHeld();
    });

    it('ends when its time is over', async () => {
      const { lock, stall, heal } = await faulty(setting);
      await (await lock.acquire('warm')).release();
      stall();
      await expect(lock.acquire('job', { wait: 100 })).rejects.toMatchObject({
        code: 'LOCK_TIMEOUT',
        lockName: 'job',
      });
      heal();
      await using next = await setting.other.acquire('job', { wait: '20s' });
      next.assertHeld();
    });
  });
}
