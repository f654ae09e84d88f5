/** Who waits is granted as soon as it is free, in order where the backend keeps one, or is told that it was not. */
import { beforeEach, describe, expect, it } from 'vitest';
import {
  clockOf,
  connections,
  need,
  refusalOf,
  type Setting,
  soon,
  startWaiting,
} from './setting.ts';

export function waitingCases(setting: Setting): void {
  describe('who waits', () => {
    it('is granted when it is released', async () => {
      const { lock } = setting;
      const lease = await lock.acquire('job');
      const { granted } = await startWaiting(setting, 'job', { wait: soon });
      await lease.release();
      const next = await granted;
      next.assertHeld();
      expect(next.token).toBeGreaterThan(lease.token);
    });

    it('is granted one after the other, until nobody is left', async () => {
      const lease = await setting.lock.acquire('job');
      const waiters = [];
      for (let n = 0; n < 5; n++) waiters.push(await startWaiting(setting, 'job'));
      const tokens: bigint[] = [lease.token];
      const turns = waiters.map(async ({ granted }) => {
        await using next = await granted;
        tokens.push(next.token);
      });
      await lease.release();
      await Promise.all(turns);
      expect(tokens, 'in the order of their grants').toEqual(tokens.toSorted(byValue));
      expect(new Set(tokens).size).toBe(6);
    });

    it('is told after its time', async () => {
      const { lock, other } = setting;
      await using lease = await lock.acquire('job');
      const clock = clockOf(setting);
      const since = clock.monotonic();
      const error = await refusalOf(other.acquire('job', { wait: 150 }));
      const passed = clock.monotonic() - since;
      expect(error).toMatchObject({ code: 'LOCK_TIMEOUT', lockName: 'job', service: other.name });
      const { waited } = error as { waited: number };
      // A timer of Node's may be early by less than a millisecond.
      expect(waited).toBeGreaterThanOrEqual(149);
      expect(waited).toBeLessThanOrEqual(passed);
      lease.assertHeld();
    });

    it('is told who had it', async (context) => {
      need(setting, 'knowsHolder')(context);
      const { lock, other } = setting;
      await using lease = await lock.acquire('job');
      for (const wait of [0, 50]) {
        await expect(other.acquire('job', { wait })).rejects.toMatchObject({
          code: 'LOCK_TIMEOUT',
          heldBy: lease.owner,
        });
      }
    });

    it('for no time at all asks once', async () => {
      const { lock, other } = setting;
      const lease = await lock.acquire('job', { wait: 0 });
      const error = await refusalOf(other.acquire('job', { wait: 0 }));
      expect(error).toMatchObject({ code: 'LOCK_TIMEOUT', lockName: 'job' });
      // One request, and not the 30 s of who says nothing.
      expect((error as { waited: number }).waited).toBeLessThan(15_000);
      await lease.release();
      await using next = await other.acquire('job', { wait: 0 });
      next.assertHeld();
    });

    it('leaves nothing behind when its time is over', async () => {
      const { lock, other } = setting;
      const lease = await lock.acquire('job');
      const waits = [20, 50, 100].map((wait) => other.acquire('job', { wait }));
      for (const end of await Promise.allSettled(waits)) expect(end.status).toBe('rejected');
      await lease.release();
      await using next = await lock.acquire('job', { wait: soon });
      next.assertHeld();
    });

    it('waits as long as its lock says when it says nothing itself', async () => {
      await using lease = await setting.lock.acquire('job');
      const [patient] = await connections(setting, 1, { wait: 60 });
      await expect(patient?.acquire('job')).rejects.toMatchObject({ code: 'LOCK_TIMEOUT' });
      lease.assertHeld();
    });
  });

  describe('with a line', () => {
    beforeEach(need(setting, 'fifo'));

    it('who waits is granted in the order of coming, over all connections', async () => {
      const lease = await setting.lock.acquire('job');
      const order: number[] = [];
      const turns: Promise<void>[] = [];
      for (let n = 0; n < 6; n++) {
        const { granted } = await startWaiting(setting, 'job');
        const turn = granted.then(async (next) => {
          order.push(n);
          await next.release();
        });
        turns.push(turn);
      }
      await lease.release();
      await Promise.all(turns);
      expect(order).toEqual([0, 1, 2, 3, 4, 5]);
    });

    it('who had it goes behind those who wait already', async () => {
      const { lock } = setting;
      const lease = await lock.acquire('job');
      const { granted } = await startWaiting(setting, 'job');
      await lease.release();
      const again = lock.acquire('job', { wait: '1m' });
      const next = await granted;
      expect(await lock.tryAcquire('job')).toBeUndefined();
      next.assertHeld();
      await next.release();
      expect((await again).token).toBeGreaterThan(next.token);
    });

    it('who only tries does not get what somebody waits for', async () => {
      const { lock, other } = setting;
      for (let round = 0; round < 5; round++) {
        const lease = await lock.acquire(`job-${round}`);
        const { granted } = await startWaiting(setting, `job-${round}`);
        const tries = [lease.release(), other.tryAcquire(`job-${round}`)];
        expect(await Promise.all(tries)).toEqual([undefined, undefined]);
        await (await granted).release();
      }
    });

    it('who stops waiting makes room for those behind, at once', async () => {
      const { lock } = setting;
      const lease = await lock.acquire('job');
      const controller = new AbortController();
      const { signal } = controller;
      const leaving = [];
      for (let n = 0; n < 3; n++) leaving.push(await startWaiting(setting, 'job', { signal }));
      const { granted } = await startWaiting(setting, 'job', { wait: soon });
      controller.abort();
      await Promise.allSettled(leaving.map((waiter) => waiter.granted));
      await lease.release();
      (await granted).assertHeld();
    });
  });

  describe('a release', () => {
    beforeEach(need(setting, 'wakes'));

    it('wakes who waits on another connection, without a poll', async () => {
      for (let round = 0; round < 3; round++) {
        const lease = await setting.lock.acquire('job');
        // The first request after the poll would come much later.
        const { granted } = await startWaiting(setting, 'job', { wait: '3s' });
        await lease.release();
        await (await granted).release();
      }
    });

    it('in the moment in which somebody begins to wait is not missed', async () => {
      const [waiting] = await connections(setting, 1, { poll: '1m' });
      for (let round = 0; round < 20; round++) {
        const lease = await setting.lock.acquire('job');
        const granted = waiting?.acquire('job', { wait: soon });
        await clockOf(setting).sleep(round % 5);
        await lease.release();
        await (await granted)?.release();
      }
    });
  });
}

function byValue(a: bigint, b: bigint): number {
  return a < b ? -1 : Number(a > b);
}
