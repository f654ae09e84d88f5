/** What the service has done counts, whether its reply has arrived or not. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { PoolOptions } from '../pool.ts';
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
} from './setting.ts';

export function lostReplyCases(setting: Setting): void {
  describe('a request whose reply is lost', () => {
    beforeEach(need(setting, 'faults'));

    it('to assign is made again, and the operation has one resource', async () => {
      const { pool, other, loseReply } = await connect(setting, 3);
      for (const [n, resource] of licences(3).entries()) {
        const once = `hire-${n}`;
        loseReply();
        const claimed = await pool.claim({ mode: 'assign', once, wait: '20s' });
        expect(claimed.resource).toBe(resource);
        expect(await other.claim({ mode: 'assign', once })).toMatchObject({
          ...{ resource, token: claimed.token },
        });
      }
      expect(await heldIn(other)).toEqual(['hire-0', 'hire-1', 'hire-2']);
    });

    it('to try to assign leaves what its operation finds again', async () => {
      const { pool, other, loseReply } = await connect(setting, 3);
      loseReply();
      await pool.tryClaim({ mode: 'assign', once: 'hire-1' }).catch((error: unknown) => {
        expect(error).toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
      });
      const found = await other.claim({ mode: 'assign', once: 'hire-1' });
      expect(found.resource).toBe('E5-001');
      expect(await heldIn(other)).toEqual(['hire-1']);
      expect(await other.release('hire-1')).toBe(true);
    });

    it('to assign does not bring back what was released meanwhile', async () => {
      const { pool, other, loseReply } = await connect(setting, 3);
      loseReply(async () => {
        await other.release('hire-1');
      });
      await expect(
        pool.claim({ mode: 'assign', once: 'hire-1', wait: '20s' }),
      ).rejects.toMatchObject({ code: 'CLAIM_RETIRED' });
      expect(await heldIn(other)).toEqual([]);
    });

    it('to lease is made again, and one resource is held', async () => {
      const { pool, other, loseReply } = await connect(setting, 2);
      for (let round = 0; round < 3; round++) {
        loseReply();
        const lease = await pool.claim({ mode: 'lease', wait: '20s' });
        lease.assertHeld();
        const second = await other.claim({ mode: 'lease', wait: soon });
        expect(second.resource, 'the other one').not.toBe(lease.resource);
        expect(await other.tryClaim({ mode: 'lease' })).toBeUndefined();
        await Promise.all([lease.release(), second.release()]);
      }
    });

    it('to try to lease leaves nothing behind when it is told to have failed', async () => {
      const { pool, other, loseReply } = await connect(setting, 1);
      loseReply();
      const lease = await pool.tryClaim({ mode: 'lease' }).catch((error: unknown) => {
        expect(error).toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
      });
      await lease?.release();
      const next = await other.claim({ mode: 'lease', wait: soon });
      next.assertHeld();
    });

    it('to release has released, and takes nothing from who has it by then', async () => {
      const { pool, other, loseReply } = await connect(setting, 1);
      const third = poolOf(setting, await setting.place.connect());
      await pool.claim({ mode: 'assign', once: 'hire-1' });
      const next = other.claim({ mode: 'assign', once: 'hire-2', wait: '20s' });
      loseReply(async () => {
        await next;
      });
      await pool.release('hire-1');
      expect(await next).toMatchObject({ resource: 'E5-001' });
      expect(await heldIn(third)).toEqual(['hire-2']);
      await expect(third.claim({ mode: 'assign', once: 'hire-1' })).rejects.toMatchObject({
        code: 'CLAIM_RETIRED',
      });
    });

    it('to release a lease takes nothing from who has it by then', async () => {
      const { pool, other, loseReply } = await connect(setting, 1);
      const third = poolOf(setting, await setting.place.connect());
      const lease = await pool.claim({ mode: 'lease' });
      const next = other.claim({ mode: 'lease', wait: '20s' });
      loseReply(async () => {
        await next;
      });
      await lease.release();
      expect(lease.signal.reason).toMatchObject({ code: 'LEASE_RELEASED' });
      (await next).assertHeld();
      expect(await third.tryClaim({ mode: 'lease' })).toBeUndefined();
    });

    it('to add or to withdraw is made again, and all are there once', async () => {
      const { pool, other, loseReply } = await connect(setting, 2);
      loseReply();
      await pool.add(['E5-003', 'E5-004']);
      loseReply();
      await pool.withdraw(['E5-001']);
      const entries = await other.inspect();
      expect(entries.map(({ resource }) => resource)).toEqual(['E5-002', 'E5-003', 'E5-004']);
    });
  });

  describe('a service that is away', () => {
    beforeEach(need(setting, 'faults'));

    it('is asked again by who waits and by who releases, until it is there', async () => {
      const { pool, other, cut, heal } = await connect(setting, 2);
      await pool.claim({ mode: 'assign', once: 'hire-1' });
      cut();
      const claiming = pool.claim({ mode: 'lease', wait: '30s' });
      const releasing = pool.release('hire-1');
      await clockOf(setting).sleep(200);
      heal();
      const lease = await claiming;
      lease.assertHeld();
      await releasing;
      expect(await heldIn(other)).toEqual([lease.owner]);
    });

    it('is heard of again by who waits, when it was away during the release', async (context) => {
      need(setting, 'wakes')(context);
      const { pool, other, cut, heal } = await connect(setting, 1, { poll: '1m' });
      const lease = await other.claim({ mode: 'lease' });
      const claiming = pool.claim({ mode: 'lease', wait: '20s' });
      await clockOf(setting).sleep(200);
      cut();
      await lease.release();
      await clockOf(setting).sleep(200);
      heal();
      (await claiming).assertHeld();
    });

    it('is told to who tries, and to who waits when its time is over', async () => {
      const { pool, other, cut, heal } = await connect(setting, 1);
      cut();
      const refusals = await Promise.all([
        refusalOf(pool.tryClaim({ mode: 'lease' })),
        refusalOf(pool.claim({ mode: 'lease', wait: '1s' })),
        refusalOf(pool.claim({ mode: 'assign', once: 'hire-1', wait: '1s' })),
      ]);
      for (const error of refusals) expect(error).toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
      heal();
      const next = await other.claim({ mode: 'lease', wait: '20s' });
      next.assertHeld();
    });
  });
}

/** A pool over a network that fails, which has been used already, and the same one over a sound network. */
async function connect(setting: Setting, count: number, options?: PoolOptions) {
  const { store, ...network } = await faulty(setting);
  const pool = poolOf(setting, store, licences(count), options);
  await (await pool.claim({ mode: 'lease' })).release();
  return { ...network, pool, other: poolOf(setting, setting.other) };
}

async function heldIn(pool: Pool<string>): Promise<string[]> {
  return (await pool.inspect()).flatMap(({ claim }) => claim?.by ?? []);
}
