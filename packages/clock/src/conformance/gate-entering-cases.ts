/** As many are in as may be, never more, and each permit comes back once. */
import { describe, expect, it } from 'vitest';
import {
  eachOfGates,
  type GateSetting,
  gateClock,
  gates,
  needOfGate,
  startWaiting,
  untilGate,
} from './gate-setting.ts';

export function gateEnteringCases(setting: GateSetting): void {
  describe('a gate', () => {
    it('lets in as many as may be in, of those who try at the same time', async () => {
      const connections = await gates(setting, 4, { concurrency: 3, waiting: 0 });
      for (let round = 0; round < 5; round++) {
        const tries = await Promise.all(eachOfGates(connections, 20, (gate) => gate.tryEnter()));
        const permits = tries.filter((permit) => permit !== undefined);
        expect(permits).toHaveLength(3);
        for (const permit of permits) permit.release();
        await untilGate(setting, { running: 0, waiting: 0 });
      }
    });

    it(
      'never has more in than may be, when 60 come and go',
      async () => {
        const connections = await gates(setting, 4, { concurrency: 5, waiting: 60 });
        const clock = gateClock(setting);
        let inside = 0;
        let most = 0;
        const visits = eachOfGates(connections, 60, async (gate, n) => {
          const permit = await gate.enter();
          most = Math.max(most, ++inside);
          await clock.sleep(n % 4);
          inside--;
          permit.release();
        });
        await Promise.all(visits);
        expect(most).toBeLessThanOrEqual(5);
        await untilGate(setting, { running: 0, waiting: 0 });
      },
      setting.longest,
    );

    it('lets hundreds in at once when so many may be in', async () => {
      const connections = await gates(setting, 3, { concurrency: 300, waiting: 0 });
      const permits = await Promise.all(eachOfGates(connections, 300, (gate) => gate.enter()));
      expect(await setting.place.look()).toEqual({ running: 300, waiting: 0 });
      expect(await connections[1].tryEnter()).toBeUndefined();
      for (const permit of permits) permit.release();
      await untilGate(setting, { running: 0 });
    });

    it('lets the next one in when a permit comes back, and only one', async () => {
      const [gate, other] = await gates(setting, 2, { concurrency: 2, waiting: 5 });
      const first = await gate.enter();
      await gate.enter();
      const next = await startWaiting(setting, other);
      await startWaiting(setting, gate);
      first.release();
      await next.entered;
      expect(await setting.place.look()).toEqual({ running: 2, waiting: 1 });
    });

    it('takes a permit back once, however often it is released', async () => {
      const [gate, other] = await gates(setting, 2, { concurrency: 2, waiting: 5 });
      const permit = await gate.enter();
      await other.enter();
      permit.release();
      permit.release(new Error('The work has failed.'));
      permit[Symbol.dispose]();
      await gate.enter();
      expect(await other.tryEnter()).toBeUndefined();
      permit.release();
      await startWaiting(setting, other);
      await gateClock(setting).sleep(20);
      expect(await setting.place.look()).toEqual({ running: 2, waiting: 1 });
    });

    it('takes a permit back also when the work has failed', async () => {
      const [gate, other] = await gates(setting, 2, { concurrency: 1, waiting: 5 });
      const permit = await gate.enter();
      permit.release(new Error('The work has failed.'));
      (await other.enter()).release();
    });

    it('has the permit back at the end of its block', async () => {
      const [gate] = await gates(setting, 2, { concurrency: 1, waiting: 0 });
      {
        using permit = await gate.tryEnter();
        expect(permit).toBeDefined();
      }
      await untilGate(setting, { running: 0 });
      expect(await gate.tryEnter()).toBeDefined();
    });
  });

  describe('who only tries', () => {
    it('is told at once when all places are taken, and does not wait', async () => {
      const [gate, other] = await gates(setting, 2, { concurrency: 1, waiting: 5 });
      const permit = await gate.enter();
      expect(await other.tryEnter()).toBeUndefined();
      expect(await gate.tryEnter()).toBeUndefined();
      expect(await setting.place.look()).toEqual({ running: 1, waiting: 0 });
      permit.release();
      await untilGate(setting, { running: 0, waiting: 0 });
      expect(await other.tryEnter()).toBeDefined();
    });

    it('is not refused, however full it is', async () => {
      const [gate, other] = await gates(setting, 2, { concurrency: 1, waiting: 1 });
      await gate.enter();
      await startWaiting(setting, gate);
      expect(await other.tryEnter()).toBeUndefined();
    });

    it('does not get the place that somebody waits for', async (context) => {
      needOfGate(setting, 'fifo')(context);
      const [gate, other] = await gates(setting, 2, { concurrency: 1, waiting: 5 });
      for (let round = 0; round < 5; round++) {
        const permit = await gate.enter();
        const { entered } = await startWaiting(setting, gate);
        permit.release();
        expect(await other.tryEnter()).toBeUndefined();
        (await entered).release();
        await untilGate(setting, { running: 0 });
      }
    });
  });
}
