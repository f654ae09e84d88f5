/** Who does not want to wait any more leaves at once and leaves nothing behind; what was closed lets nobody in. */
import { describe, expect, it } from 'vitest';
import type { Gate } from '../limiter.ts';
import {
  type GateSetting,
  gateClock,
  gates,
  needOfGate,
  refusalOf,
  startWaiting,
  untilGate,
} from './gate-setting.ts';

const reason = new Error('No longer wanted.');

export function gateLeavingCases(setting: GateSetting): void {
  describe('a call that is aborted', () => {
    it('before it begins does nothing, and rejects with the reason', async () => {
      const [gate, other] = await gates(setting, 2, { concurrency: 1, waiting: 1 });
      const options = { signal: AbortSignal.abort(reason) };
      await expect(gate.enter(options)).rejects.toBe(reason);
      await expect(gate.tryEnter(options)).rejects.toBe(reason);
      expect(await setting.place.look()).toEqual({ running: 0, waiting: 0 });
      expect(await other.tryEnter()).toBeDefined();
    });

    it('while it waits ends with the reason, and those behind move up', async () => {
      const [gate, other] = await gates(setting, 2, { concurrency: 1, waiting: 9 });
      const permit = await gate.enter();
      const controller = new AbortController();
      const { signal } = controller;
      const leaving = [
        await startWaiting(setting, gate, { signal }),
        await startWaiting(setting, other, { signal }),
      ];
      const behind = await startWaiting(setting, other);
      controller.abort(reason);
      for (const { entered } of leaving) await expect(entered).rejects.toBe(reason);
      await untilGate(setting, { running: 1, waiting: 1 });
      permit.release();
      (await behind.entered).release();
    });

    it('leaves those alone that wait beside it', async () => {
      const [gate, other] = await gates(setting, 2, { concurrency: 1, waiting: 9 });
      const permit = await gate.enter();
      const controller = new AbortController();
      const visits: Promise<void>[] = [];
      for (let n = 0; n < 6; n++) {
        const options = n % 2 ? { signal: controller.signal } : {};
        const { entered } = await startWaiting(setting, n % 3 ? gate : other, options);
        visits.push(entered.then((next) => next.release()));
      }
      const ends = Promise.allSettled(visits);
      controller.abort(reason);
      permit.release();
      const states = (await ends).map(({ status }) => status);
      expect(states).toEqual(Array.from({ length: 3 }, () => ['fulfilled', 'rejected']).flat());
      await untilGate(setting, { running: 0, waiting: 0 });
    });

    it('gives back what it is granted too late, at whatever moment', async () => {
      const [gate, other] = await gates(setting, 2, { concurrency: 1, waiting: 9 });
      const clock = gateClock(setting);
      const calls: ((gate: Gate, signal: AbortSignal) => Promise<unknown>)[] = [
        (gate, signal) => gate.enter({ signal }),
        (gate, signal) => gate.tryEnter({ signal }),
      ];
      for (const call of calls) {
        for (let moment = 0; moment < 8; moment++) {
          const controller = new AbortController();
          const aborted = call(gate, controller.signal);
          if (moment > 0) await clock.sleep((moment - 1) / 2);
          controller.abort(reason);
          const end = await aborted.catch((error: unknown) => error);
          if (end !== reason) (end as Disposable)[Symbol.dispose]();
          (await other.enter()).release();
          await untilGate(setting, { running: 0, waiting: 0 });
        }
      }
    });

    it('in the moment in which a permit comes back loses no permit', async () => {
      const [gate, other] = await gates(setting, 2, { concurrency: 1, waiting: 9 });
      for (let round = 0; round < 6; round++) {
        const permit = await gate.enter();
        const controller = new AbortController();
        const { entered } = await startWaiting(setting, other, { signal: controller.signal });
        const inOrder = [() => permit.release(), () => controller.abort(reason)];
        for (const act of round % 2 ? inOrder : inOrder.reverse()) act();
        (await entered.catch(() => undefined))?.release();
        (await gate.enter()).release();
        await untilGate(setting, { running: 0, waiting: 0 });
      }
    });

    it('after it was let in changes nothing', async () => {
      const [gate, other] = await gates(setting, 2, { concurrency: 1, waiting: 9 });
      const controller = new AbortController();
      const permit = await gate.enter({ signal: controller.signal });
      controller.abort(reason);
      expect(await other.tryEnter()).toBeUndefined();
      permit.release();
      (await other.enter()).release();
    });
  });

  describe('a gate that is closed', () => {
    it('may be closed again, and refuses every call', async () => {
      const [gate] = await gates(setting, 2, { concurrency: 1, waiting: 1 });
      (await gate.enter()).release();
      await Promise.all([gate.close(), gate.close()]);
      await gate.close();
      const closed = { code: 'SERVICE_CLOSED' };
      await expect(gate.enter()).rejects.toMatchObject(closed);
      await expect(gate.tryEnter()).rejects.toMatchObject(closed);
    });

    it('ends its waits', async () => {
      const [gate] = await gates(setting, 2, { concurrency: 1, waiting: 3 });
      await gate.enter();
      const waiters = [await startWaiting(setting, gate), await startWaiting(setting, gate)];
      await gate.close();
      for (const { entered } of waiters) {
        expect(await refusalOf(entered)).toMatchObject({ code: 'SERVICE_CLOSED' });
      }
    });

    it('takes a permit back as always', async () => {
      const [gate] = await gates(setting, 2, { concurrency: 1, waiting: 1 });
      const permit = await gate.enter();
      await gate.close();
      permit.release();
      permit.release();
      await untilGate(setting, { running: 0, waiting: 0 });
    });

    it('leaves nobody of its own in the line, and other connections open', async (context) => {
      needOfGate(setting, 'separateConnections')(context);
      const [gate, other] = await gates(setting, 2, { concurrency: 1, waiting: 2 });
      const permit = await other.enter();
      await startWaiting(setting, gate);
      const behind = await startWaiting(setting, other);
      await gate.close();
      await untilGate(setting, { running: 1, waiting: 1 });
      permit.release();
      (await behind.entered).release();
    });
  });
}
