/** Who waits is let in in the order of coming; a room that is full says so, or has an outside. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Permit } from '../limiter.ts';
import {
  anyCode,
  eachOfGates,
  type GateSetting,
  type GateWaiter,
  gateClock,
  gates,
  needOfGate,
  refusalOf,
  startWaiting,
  untilGate,
} from './gate-setting.ts';

export function gateWaitingCases(setting: GateSetting): void {
  describe('who waits', () => {
    it('is let in one after the other, until nobody is left', async () => {
      const [gate, other] = await gates(setting, 2, { concurrency: 1, waiting: 9 });
      const permit = await gate.enter();
      const waiters: GateWaiter[] = [];
      for (let n = 0; n < 5; n++) waiters.push(await startWaiting(setting, n % 2 ? gate : other));
      permit.release();
      await Promise.all(waiters.map(async ({ entered }) => (await entered).release()));
      await untilGate(setting, { running: 0, waiting: 0 });
    });

    it('is let in together with all for whom there is room', async () => {
      const [gate, other] = await gates(setting, 2, { concurrency: 3, waiting: 9 });
      const permits = [await gate.enter(), await other.enter(), await gate.enter()];
      const waiters: GateWaiter[] = [];
      for (let n = 0; n < 5; n++) waiters.push(await startWaiting(setting, other));
      for (const permit of permits) permit.release();
      await untilGate(setting, { running: 3, waiting: 2 });
      await Promise.race(waiters.map(({ entered }) => entered));
    });

    it('is let in in the order of coming, over all connections', async (context) => {
      needOfGate(setting, 'fifo')(context);
      const connections = await gates(setting, 3, { concurrency: 1, waiting: 9 });
      const permit = await connections[0].enter();
      const order: number[] = [];
      const visits: Promise<void>[] = [];
      for (let n = 0; n < 7; n++) {
        const gate = connections[n % 3] ?? connections[0];
        visits.push(visit(await startWaiting(setting, gate), n, order));
      }
      permit.release();
      await Promise.all(visits);
      expect(order).toEqual([0, 1, 2, 3, 4, 5, 6]);
    });

    it('goes before who was in and comes again', async (context) => {
      needOfGate(setting, 'fifo')(context);
      const [gate, other] = await gates(setting, 2, { concurrency: 1, waiting: 9 });
      const clock = gateClock(setting);
      for (let round = 0; round < 6; round++) {
        const order: string[] = [];
        const permit = await gate.enter();
        const before = visit(await startWaiting(setting, other), 'who waited', order);
        permit.release();
        await clock.sleep(round / 2);
        const again = await gate.enter();
        order.push('who came again');
        again.release();
        await before;
        expect(order).toEqual(['who waited', 'who came again']);
      }
    });
  });

  describe('a waiting room that is full', () => {
    beforeEach(needOfGate(setting, 'room'));

    it('refuses who comes, at once and with a code, and those inside do not notice', async () => {
      const [gate, other] = await gates(setting, 2, { concurrency: 2, waiting: 3 });
      const permits = [await gate.enter(), await other.enter()];
      const waiters: GateWaiter[] = [];
      for (let n = 0; n < 3; n++) waiters.push(await startWaiting(setting, n % 2 ? gate : other));
      for (const connection of [gate, other]) {
        expect(await refusalOf(connection.enter())).toMatchObject({ code: anyCode });
      }
      expect(await setting.place.look()).toEqual({ running: 2, waiting: 3 });
      for (const permit of permits) permit.release();
      await Promise.all(waiters.map(async ({ entered }) => (await entered).release()));
      await untilGate(setting, { running: 0, waiting: 0 });
    });

    it('takes as many as it has places for, of those who come at the same time', async () => {
      const connections = await gates(setting, 4, { concurrency: 2, waiting: 3 });
      let letIn = 0;
      let goOn = () => {};
      const going = new Promise<void>((resolve) => {
        goOn = resolve;
      });
      const visits = eachOfGates(connections, 20, async (gate) => {
        const permit = await gate.enter();
        letIn++;
        await going;
        permit.release();
      });
      const ends = Promise.allSettled(visits);
      await untilGate(setting, { running: 2, waiting: 3 });
      // By then nobody is on the way any more: all others were refused.
      await refusedOf(visits, 15);
      goOn();
      const refused = (await ends).filter(({ status }) => status === 'rejected');
      expect(refused).toHaveLength(15);
      expect(letIn).toBe(5);
    });

    it('has a place again when one of those inside was let in', async () => {
      const [gate, other] = await gates(setting, 2, { concurrency: 1, waiting: 1 });
      const permit = await gate.enter();
      const { entered } = await startWaiting(setting, gate);
      expect(await refusalOf(other.enter())).toMatchObject({ code: anyCode });
      permit.release();
      const second = await entered;
      const third = await startWaiting(setting, other);
      expect(await refusalOf(gate.enter())).toMatchObject({ code: anyCode });
      second.release();
      (await third.entered).release();
    });

    it('has a place again when one of those inside leaves', async () => {
      const [gate, other] = await gates(setting, 2, { concurrency: 1, waiting: 1 });
      const permit = await gate.enter();
      const controller = new AbortController();
      await startWaiting(setting, gate, { signal: controller.signal });
      controller.abort();
      await untilGate(setting, { waiting: 0 });
      const { entered } = await startWaiting(setting, other);
      permit.release();
      (await entered).release();
    });

    it('of no places at all refuses whoever would have to wait', async () => {
      const [gate, other] = await gates(setting, 2, { concurrency: 1, waiting: 0 });
      const permit = await gate.enter();
      expect(await refusalOf(other.enter())).toMatchObject({ code: anyCode });
      permit.release();
      await untilGate(setting, { running: 0 });
      (await other.enter()).release();
    });

    it('tells when to come back, once permits have come back', async (context) => {
      needOfGate(setting, 'retryAfter')(context);
      const [gate, other] = await gates(setting, 2, { concurrency: 1, waiting: 0 });
      const clock = gateClock(setting);
      for (let n = 0; n < 4; n++) {
        const permit = await gate.enter();
        await clock.sleep(40);
        permit.release();
        await untilGate(setting, { running: 0 });
      }
      await gate.enter();
      const { retryAfter } = (await refusalOf(other.enter())) as { retryAfter?: unknown };
      // Permits came back every 40 ms and some more.
      expect(retryAfter).toBeGreaterThan(20);
      expect(retryAfter).toBeLessThan(10_000);
    });
  });

  describe('a waiting room with an outside', () => {
    beforeEach(needOfGate(setting, 'backPressure'));

    it('refuses nobody', async () => {
      const connections = await gates(setting, 3, {
        concurrency: 2,
        waiting: 3,
        whenFull: 'wait',
      });
      const visits = eachOfGates(connections, 30, async (gate) => {
        const permit = await gate.enter();
        expect((await setting.place.look()).running).toBeLessThanOrEqual(2);
        permit.release();
      });
      await Promise.all(visits);
      await untilGate(setting, { running: 0, waiting: 0 });
    });

    it('has one order for those inside and outside', async (context) => {
      needOfGate(setting, 'fifo')(context);
      const [gate, other] = await gates(setting, 2, {
        concurrency: 1,
        waiting: 2,
        whenFull: 'wait',
      });
      const permit = await gate.enter();
      const order: number[] = [];
      const visits: Promise<void>[] = [];
      for (let n = 0; n < 6; n++) {
        visits.push(visit(await startWaiting(setting, n % 2 ? gate : other), n, order));
      }
      permit.release();
      await Promise.all(visits);
      expect(order).toEqual([0, 1, 2, 3, 4, 5]);
    });

    it('lets who waits outside leave, and those behind move up', async () => {
      const [gate, other] = await gates(setting, 2, {
        concurrency: 1,
        waiting: 1,
        whenFull: 'wait',
      });
      const permit = await gate.enter();
      const controller = new AbortController();
      const { signal } = controller;
      const inside = await startWaiting(setting, gate);
      const leaving = await startWaiting(setting, other, { signal });
      const behind = await startWaiting(setting, other);
      const reason = new Error('No longer wanted.');
      controller.abort(reason);
      await expect(leaving.entered).rejects.toBe(reason);
      permit.release();
      (await inside.entered).release();
      (await behind.entered).release();
      await untilGate(setting, { running: 0, waiting: 0 });
    });
  });
}

/** Goes in, notes it, and comes out. */
async function visit<Who>({ entered }: GateWaiter, who: Who, order: Who[]): Promise<void> {
  const permit: Permit = await entered;
  order.push(who);
  permit.release();
}

/** Resolves when so many of these have rejected. */
function refusedOf(visits: readonly Promise<unknown>[], count: number): Promise<void> {
  return new Promise((resolve) => {
    let refused = 0;
    for (const visit of visits) {
      visit.catch(() => {
        if (++refused === count) resolve();
      });
    }
  });
}
