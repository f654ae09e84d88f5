/** Who waits is given what becomes free, in order where the store keeps one, or is told that nothing did. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Assignment, LeaseOptions, Pool, ResourceLease } from '../pool-port.ts';
import {
  clockOf,
  licences,
  need,
  poolOf,
  refusalOf,
  type Setting,
  soon,
  startWaiting,
} from './setting.ts';

type Claim = Assignment<string> | ResourceLease<string>;

const waitLong: LeaseOptions = { mode: 'lease', wait: '2m' };

export function waitingCases(setting: Setting): void {
  describe('who waits', () => {
    it('is given what a holder gives back', async () => {
      const pool = poolOf(setting, setting.store, ['E5-001']);
      const lease = await pool.claim({ mode: 'lease' });
      const { claimed } = await startWaiting(setting, (waiting) =>
        waiting.claim({ mode: 'assign', once: 'hire-1', wait: soon }),
      );
      await lease.release();
      expect(await claimed).toMatchObject({ resource: 'E5-001', once: 'hire-1' });
    });

    it('is given what an operation gives back', async () => {
      const pool = poolOf(setting, setting.store, ['E5-001']);
      await pool.claim({ mode: 'assign', once: 'hire-1' });
      const { claimed } = await startWaiting(setting, (waiting) =>
        waiting.claim({ mode: 'lease', wait: soon }),
      );
      await pool.release('hire-1');
      const lease = await claimed;
      lease.assertHeld();
      expect(lease.resource).toBe('E5-001');
    });

    it('is given what is added', async () => {
      const pool = poolOf(setting, setting.store);
      const { claimed } = await startWaiting(setting, (waiting) =>
        waiting.claim({ mode: 'assign', once: 'hire-1', wait: soon }),
      );
      await pool.add(['E5-001']);
      expect(await claimed).toMatchObject({ resource: 'E5-001' });
    });

    it('is given something one after the other, until nobody is left', async () => {
      const pool = poolOf(setting, setting.store, licences(2));
      const leases = [await pool.claim({ mode: 'lease' }), await pool.claim({ mode: 'lease' })];
      const tokens = new Map(leases.map(({ resource, token }) => [resource, token]));
      const turns = [];
      for (let n = 0; n < 6; n++) {
        const { claimed } = await startWaiting(setting, (waiting) => waiting.claim(waitLong));
        const turn = claimed.then(async (lease) => {
          const { resource, token } = lease;
          expect(token).toBeGreaterThan(tokens.get(resource) ?? 0n);
          tokens.set(resource, token);
          await lease.release();
        });
        turns.push(turn);
      }
      await Promise.all(leases.map((lease) => lease.release()));
      await Promise.all(turns);
    });

    it('is told after its time', async () => {
      const { store, other } = setting;
      const lease = await poolOf(setting, store, ['E5-001']).claim({ mode: 'lease' });
      const clock = clockOf(setting);
      const since = clock.monotonic();
      const pool = poolOf(setting, other);
      const errors = await Promise.all([
        refusalOf(pool.claim({ mode: 'lease', wait: 150 })),
        refusalOf(pool.claim({ mode: 'assign', once: 'hire-1', wait: 150 })),
      ]);
      const passed = clock.monotonic() - since;
      for (const error of errors) {
        expect(error).toMatchObject({ code: 'POOL_EMPTY', pool: 'licences', service: other.name });
        const { waited } = error as { waited: number };
        // A timer of Node's may be early by less than a millisecond.
        expect(waited).toBeGreaterThanOrEqual(149);
        expect(waited).toBeLessThanOrEqual(passed);
      }
      lease.assertHeld();
    });

    it('leaves nothing behind when its time is over', async () => {
      const { store, other } = setting;
      const pool = poolOf(setting, store, ['E5-001']);
      const lease = await pool.claim({ mode: 'lease' });
      const late = poolOf(setting, other);
      const waits = [
        ...[20, 50].map((wait) => late.claim({ mode: 'lease', wait })),
        ...[20, 50].map((wait) => late.claim({ mode: 'assign', once: `hire-${wait}`, wait })),
      ];
      for (const { status } of await Promise.allSettled<unknown>(waits)) {
        expect(status).toBe('rejected');
      }
      // What is carried out after that is the operation's, until it is released.
      for (const wait of [20, 50]) await pool.release(`hire-${wait}`);
      await lease.release();
      const next = await pool.claim({ mode: 'lease', wait: soon });
      next.assertHeld();
    });

    it('does not keep an operation from what it has already', async () => {
      const { store, other } = setting;
      const [pool, again] = [poolOf(setting, store, ['E5-001']), poolOf(setting, other)];
      const { token } = await pool.claim({ mode: 'assign', once: 'hire-1' });
      const controller = new AbortController();
      const { signal } = controller;
      const waits = [pool, again].flatMap((waiting, n) => [
        refusalOf(waiting.claim({ ...waitLong, signal })),
        refusalOf(waiting.claim({ mode: 'assign', once: `later-${n}`, wait: '2m', signal })),
      ]);
      await startWaiting(setting, (waiting) => waiting.claim({ ...waitLong, signal }));
      for (const asked of [pool, again]) {
        for (const wait of [0, soon] as const) {
          const own = await asked.claim({ mode: 'assign', once: 'hire-1', wait });
          expect(own).toMatchObject({ resource: 'E5-001', token });
        }
      }
      controller.abort();
      await Promise.all(waits);
    });

    it('of one operation on several stores is given one resource', async () => {
      const pool = poolOf(setting, setting.store, licences(2));
      const leases = [await pool.claim({ mode: 'lease' }), await pool.claim({ mode: 'lease' })];
      const waiters = [];
      for (let n = 0; n < 3; n++) {
        const claim = (waiting: Pool<string>) =>
          waiting.claim({ mode: 'assign', once: 'hire-1', wait: soon });
        waiters.push((await startWaiting(setting, claim)).claimed);
      }
      await Promise.all(leases.map((lease) => lease.release()));
      const claimed = await Promise.all(waiters);
      expect(new Set(claimed.map(({ resource }) => resource)).size).toBe(1);
      expect(await pool.tryClaim({ mode: 'lease' }), 'the other one is free').toBeDefined();
    });
  });

  describe('with a line', () => {
    beforeEach(need(setting, 'fifo'));

    it('who waits is given something in the order of coming, over all stores and modes', async () => {
      const pool = poolOf(setting, setting.store, ['E5-001']);
      const lease = await pool.claim({ mode: 'lease' });
      const order: number[] = [];
      const turns: Promise<void>[] = [];
      for (let n = 0; n < 6; n++) {
        const claim = (waiting: Pool<string>) =>
          n % 2
            ? waiting.claim(waitLong)
            : waiting.claim({ mode: 'assign', once: `hire-${n}`, wait: '2m' });
        const { claimed } = await startWaiting<Claim>(setting, claim);
        const turn = claimed.then(async (next) => {
          order.push(n);
          await ('once' in next ? pool.release(next.once) : next.release());
        });
        turns.push(turn);
      }
      await lease.release();
      await Promise.all(turns);
      expect(order).toEqual([0, 1, 2, 3, 4, 5]);
    });

    it('who had it goes behind those who wait already', async () => {
      const pool = poolOf(setting, setting.store, ['E5-001']);
      const lease = await pool.claim({ mode: 'lease' });
      const { claimed } = await startWaiting(setting, (waiting) => waiting.claim(waitLong));
      await lease.release();
      const again = pool.claim({ mode: 'lease', wait: '1m' });
      const next = await claimed;
      expect(await pool.tryClaim({ mode: 'lease' })).toBeUndefined();
      next.assertHeld();
      await next.release();
      expect((await again).token).toBeGreaterThan(next.token);
    });

    it('who only tries does not get what somebody waits for', async () => {
      const { store, other } = setting;
      const [pool, trying] = [poolOf(setting, store, ['E5-001']), poolOf(setting, other)];
      for (let round = 0; round < 5; round++) {
        const lease = await pool.claim({ mode: 'lease', wait: soon });
        const { claimed } = await startWaiting(setting, (waiting) => waiting.claim(waitLong));
        const tries = [
          trying.tryClaim({ mode: 'assign', once: `hire-${round}` }),
          ...[pool, trying, pool, trying].map((each) => each.tryClaim({ mode: 'lease' })),
        ];
        expect(await Promise.all<unknown>([lease.release(), ...tries])).toEqual(
          Array(tries.length + 1).fill(undefined),
        );
        await (await claimed).release();
      }
    });

    it('who stops waiting makes room for those behind, at once', async () => {
      const pool = poolOf(setting, setting.store, ['E5-001']);
      const lease = await pool.claim({ mode: 'lease' });
      const controller = new AbortController();
      const { signal } = controller;
      const leaving: Promise<unknown>[] = [];
      for (let n = 0; n < 4; n++) {
        const claim = (waiting: Pool<string>) =>
          n % 2
            ? waiting.claim({ ...waitLong, signal })
            : waiting.claim({ mode: 'assign', once: `hire-${n}`, wait: '2m', signal });
        leaving.push((await startWaiting<unknown>(setting, claim)).claimed);
      }
      const { claimed } = await startWaiting(setting, (waiting) =>
        waiting.claim({ mode: 'lease', wait: soon }),
      );
      controller.abort();
      await Promise.allSettled(leaving);
      await lease.release();
      (await claimed).assertHeld();
    });

    it('several that are free at once go to as many of those who wait', async () => {
      const pool = poolOf(setting, setting.store);
      const waiters = [];
      for (let n = 0; n < 3; n++) {
        const claim = (waiting: Pool<string>) => waiting.claim({ mode: 'lease', wait: soon });
        waiters.push((await startWaiting(setting, claim)).claimed);
      }
      await pool.add(licences(3));
      const given = (await Promise.all(waiters)).map(({ resource }) => resource);
      expect(given.sort()).toEqual(licences(3));
    });
  });

  describe('a release', () => {
    beforeEach(need(setting, 'wakes'));

    it('wakes who waits on another store, without a poll', async () => {
      const pool = poolOf(setting, setting.store, ['E5-001']);
      for (let round = 0; round < 3; round++) {
        const lease = await pool.claim({ mode: 'lease', wait: soon });
        // The first request after the poll would come much later.
        const { claimed } = await startWaiting(setting, (waiting) =>
          waiting.claim({ mode: 'lease', wait: '3s' }),
        );
        await lease.release();
        await (await claimed).release();
      }
    });

    it('in the moment in which somebody begins to wait is not missed', async () => {
      const pool = poolOf(setting, setting.store, ['E5-001']);
      const waiting = poolOf(setting, setting.other, [], { poll: '1m' });
      for (let round = 0; round < 20; round++) {
        const lease = await pool.claim({ mode: 'lease', wait: soon });
        const claimed = waiting.claim({ mode: 'lease', wait: soon });
        await clockOf(setting).sleep(round % 5);
        await lease.release();
        await (await claimed).release();
      }
    });
  });
}
