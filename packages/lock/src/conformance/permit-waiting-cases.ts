/** Who waits for permits gets them in order, whatever their weights, and all who fit get theirs at once. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { PermitOptions, SemaphorePermit } from '../semaphore-port.ts';
import { faultySemaphore, type SemaphoreSetting, semaphores } from './semaphore-setting.ts';
import { clockOf, need, soon, untilWaiting, type Waiter } from './setting.ts';

const permits = 3;
const reason = new Error('No longer wanted.');

export function permitWaitingCases(setting: SemaphoreSetting): void {
  describe('who waits for permits', () => {
    it('is told after its time', async () => {
      const [semaphore, other] = await semaphores(setting, 2, { permits: 1 });
      await using permit = await semaphore.acquire('api');
      await expect(other.acquire('api', { wait: 100 })).rejects.toMatchObject({
        code: 'LOCK_TIMEOUT',
        lockName: 'api',
      });
      await expect(other.acquire('api', { wait: 0 })).rejects.toMatchObject({
        code: 'LOCK_TIMEOUT',
      });
      permit.assertHeld();
    });

    it('leaves nothing behind when its time is over', async () => {
      const [semaphore, other] = await semaphores(setting, 2, { permits });
      const all = await semaphore.acquire('api', { weight: 3 });
      await expect(other.acquire('api', { weight: 3, wait: 50 })).rejects.toThrow();
      await all.release();
      await using next = await semaphore.acquire('api', { weight: 3, wait: soon });
      next.assertHeld();
    });

    it('is granted together with all who fit, when several come free', async () => {
      const semaphore = await setting.place.connect({ permits });
      const all = await semaphore.acquire('api', { weight: 3 });
      const waiters = [];
      for (let n = 0; n < 5; n++) waiters.push(await startWaiting('api', { wait: soon }));
      await all.release();
      // None of them releases, so these three are there at the same time.
      const first = await Promise.all(waiters.slice(0, 3).map(({ granted }) => granted));
      for (const permit of first) permit.assertHeld();
      expect(await semaphore.tryAcquire('api')).toBeUndefined();
      await Promise.all(first.map((permit) => permit.release()));
      for (const { granted } of waiters.slice(3)) (await granted).assertHeld();
    });
  });

  describe('in a line for permits', () => {
    beforeEach(need(setting, 'fifo'));

    it('nobody overtakes because a smaller weight would fit', async () => {
      const [semaphore, other] = await semaphores(setting, 2, { permits });
      const one = await semaphore.acquire('api', { weight: 1 });
      const two = await semaphore.acquire('api', { weight: 2 });
      const order: string[] = [];
      const heavy = noting(order, 'heavy', await startWaiting('api', { weight: 3, wait: '1m' }));
      const light = noting(order, 'light', await startWaiting('api', { weight: 1, wait: '1m' }));
      await two.release();
      expect(await other.tryAcquire('api'), 'while somebody waits').toBeUndefined();
      expect(order).toEqual([]);
      await one.release();
      await (await heavy).release();
      (await light).assertHeld();
      expect(order).toEqual(['heavy', 'light']);
    });

    it('who comes first is granted first, over all connections', async () => {
      const semaphore = await setting.place.connect({ permits: 1 });
      const permit = await semaphore.acquire('api');
      const order: string[] = [];
      const turns: Promise<void>[] = [];
      for (const who of ['a', 'b', 'c', 'd']) {
        const granted = noting(order, who, await startWaiting('api', { wait: '1m' }, 1));
        turns.push(granted.then((next) => next.release()));
      }
      await permit.release();
      await Promise.all(turns);
      expect(order).toEqual(['a', 'b', 'c', 'd']);
    });

    it('who stops waiting moves the others up, also those who fit already', async () => {
      const semaphore = await setting.place.connect({ permits });
      const two = await semaphore.acquire('api', { weight: 2 });
      const controller = new AbortController();
      const { signal } = controller;
      const heavy = await startWaiting('api', { weight: 3, wait: '1m', signal });
      const light = await startWaiting('api', { weight: 1, wait: soon });
      controller.abort(reason);
      await expect(heavy.granted).rejects.toBe(reason);
      (await light.granted).assertHeld();
      two.assertHeld();
    });
  });

  describe('permits of who is not heard of', () => {
    it('expire, and their holder knows it before others have them', async (context) => {
      need(setting, 'faults')(context);
      const { ttl } = setting;
      const { semaphore, cut, heal } = await faultySemaphore(setting, { permits });
      const clock = clockOf(setting);
      const since = clock.monotonic();
      const two = await semaphore.acquire('api', { weight: 2, ttl });
      const { granted } = await startWaiting('api', { weight: 2, wait: '1m' });
      cut();
      const next = await granted;
      // A timer of Node's may be early by less than a millisecond.
      expect(clock.monotonic() - since, 'not before the ttl').toBeGreaterThan(ttl - 1);
      expect(two.signal.reason).toMatchObject({ code: 'LEASE_LOST' });
      heal();
      await two.release();
      next.assertHeld();
      const other = await setting.place.connect({ permits });
      expect(await other.tryAcquire('api', { weight: 2 })).toBeUndefined();
      (await other.acquire('api', { wait: 0 })).assertHeld();
    });

    it('stay while they are heard of', async () => {
      const ttl = Math.max(setting.ttl, 5_000);
      const [semaphore, other] = await semaphores(setting, 2, { permits });
      const two = await semaphore.acquire('api', { weight: 2, ttl });
      await clockOf(setting).sleep(ttl * 1.5);
      two.assertHeld();
      expect(await other.tryAcquire('api', { weight: 2 })).toBeUndefined();
      (await other.acquire('api', { wait: 0 })).assertHeld();
    });

    it('are lost when an operator takes them away', async (context) => {
      need(setting, 'breakable')(context);
      const { ttl, place } = setting;
      const [semaphore, other] = await semaphores(setting, 2, { permits });
      const taken = [
        await semaphore.acquire('api', { ttl }),
        await semaphore.acquire('api', { ttl, weight: 2 }),
      ];
      await place.breakLease?.('api');
      const clock = clockOf(setting);
      for (let look = 0; look < 40 && !taken.every(hasEnded); look++) await clock.sleep(ttl / 20);
      for (const { signal } of taken) expect(signal.reason).toMatchObject({ code: 'LEASE_LOST' });
      await using all = await other.acquire('api', { weight: 3, wait: '1m' });
      await Promise.all(taken.map((permit) => permit.release()));
      all.assertHeld();
      expect(await semaphore.tryAcquire('api')).toBeUndefined();
    });

    it('are there once when the reply to their request is lost', async (context) => {
      need(setting, 'faults')(context);
      const { semaphore, loseReply } = await faultySemaphore(setting, { permits });
      await (await semaphore.acquire('warm')).release();
      loseReply();
      const two = await semaphore.acquire('api', { weight: 2, wait: '20s' });
      const other = await setting.place.connect({ permits });
      const one = await other.acquire('api', { wait: 0 });
      loseReply();
      await two.release();
      (await other.acquire('api', { weight: 2, wait: soon })).assertHeld();
      one.assertHeld();
    });
  });

  describe('a semaphore that is closed', () => {
    it('gives back what it holds, ends its waits, and refuses every call', async () => {
      const [holding, other] = await semaphores(setting, 2, { permits });
      const two = await holding.acquire('api', { weight: 2 });
      const waiting = holding.acquire('api', { weight: 3, wait: '1m' });
      const [ended] = await Promise.allSettled([waiting, holding.close(), holding.close()]);
      const closed = { code: 'SERVICE_CLOSED', service: holding.name };
      expect(ended).toMatchObject({ reason: closed });
      expect(two.signal.reason).toMatchObject({ code: 'LEASE_RELEASED' });
      await expect(holding.acquire('api')).rejects.toMatchObject(closed);
      await expect(holding.tryAcquire('api')).rejects.toMatchObject(closed);
      await using all = await other.acquire('api', { weight: 3, wait: soon });
      all.assertHeld();
    });
  });

  /** On a connection of its own. */
  function startWaiting(
    name: string,
    options: PermitOptions,
    limit = permits,
  ): Promise<Waiter<SemaphorePermit>> {
    const poll = setting.capabilities.wakes ? '1m' : 100;
    return untilWaiting(
      (random) => setting.place.connect({ permits: limit, random, poll }),
      (semaphore) => semaphore.acquire(name, options),
    );
  }
}

/** Notes who is granted, in order. */
async function noting(
  order: string[],
  who: string,
  { granted }: Waiter<SemaphorePermit>,
): Promise<SemaphorePermit> {
  const permit = await granted;
  order.push(who);
  return permit;
}

function hasEnded({ signal }: SemaphorePermit): boolean {
  return signal.aborted;
}
