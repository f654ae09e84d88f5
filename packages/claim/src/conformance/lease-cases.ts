/** A lease says what it is, keeps others out, and fences what its holder writes. */
import { type DocumentStore, memoryDocumentStore } from '@runafter/optimistic';
import { describe, expect, it } from 'vitest';
import { clockOf, licences, poolOf, type Setting } from './setting.ts';

export function leaseCases(setting: Setting): void {
  describe('a lease', () => {
    it('says what it is, and for how long', async () => {
      const clock = clockOf(setting);
      const pool = poolOf(setting, setting.store, [{ id: 'E5-001', seats: 3 }], {
        holder: 'web-1:4711',
      });
      const since = clock.now();
      await using lease = await pool.claim({ mode: 'lease', ttl: '45s' });
      expect(lease.resource).toEqual({ id: 'E5-001', seats: 3 });
      expect(lease.name).toBe('licences/E5-001');
      expect(lease.owner).toContain('web-1:4711');
      expect(lease.token).toBeGreaterThan(0n);
      expect(lease.signal.aborted).toBe(false);
      expect(lease.expiresAt).toBeGreaterThanOrEqual(since + 40_000);
      expect(lease.expiresAt).toBeLessThanOrEqual(clock.now() + 45_000);
      lease.assertHeld();
    });

    it('has an owner of its own, also within one process', async () => {
      const pool = poolOf(setting, setting.store, licences(3));
      const leases = [];
      for (let n = 0; n < 3; n++) leases.push(await pool.claim({ mode: 'lease' }));
      expect(new Set(leases.map(({ owner }) => owner)).size).toBe(3);
      expect(leases.map(({ resource }) => resource)).toEqual(licences(3));
    });

    it('is over when it is released, and may be released again', async () => {
      const { store, other } = setting;
      const lease = await poolOf(setting, store, ['E5-001']).claim({ mode: 'lease' });
      await Promise.all([lease.release(), lease.release()]);
      expect(lease.signal.reason).toMatchObject({ code: 'LEASE_RELEASED' });
      const released = expect.objectContaining({ code: 'LEASE_RELEASED' });
      expect(() => lease.assertHeld()).toThrow(released);
      const next = await poolOf(setting, other).claim({ mode: 'lease' });
      await lease.release();
      next.assertHeld();
      expect(await poolOf(setting, store).tryClaim({ mode: 'lease' })).toBeUndefined();
    });

    it('is over at the end of its block', async () => {
      const pool = poolOf(setting, setting.store, ['E5-001']);
      {
        await using lease = await pool.claim({ mode: 'lease' });
        lease.assertHeld();
      }
      expect(await pool.tryClaim({ mode: 'lease' })).toBeDefined();
    });

    it('cannot be given back by an operation of the same name', async () => {
      const pool = poolOf(setting, setting.store, ['E5-001']);
      const lease = await pool.claim({ mode: 'lease' });
      expect(await pool.release(lease.owner)).toBe(false);
      expect(await pool.tryClaim({ mode: 'lease' })).toBeUndefined();
    });

    it('fences what its holder writes against those who had the resource before', async () => {
      const { store, other } = setting;
      const documents: DocumentStore<string> = memoryDocumentStore();
      const stale = await poolOf(setting, store, ['E5-001']).claim({ mode: 'lease' });
      // What a holder knows of itself does not stop this one: it stands still while it loses the resource.
      const { token, owner } = stale;
      const paused = { token, owner, assertHeld: () => {} };
      const first = await documents.create('E5-001', 'of the first', { fence: stale });
      await stale.release();
      const lease = await poolOf(setting, other).claim({ mode: 'lease' });
      const second = await documents.replace('E5-001', 'of the second', first, { fence: lease });
      const late = documents.replace('E5-001', 'of the first', second, { fence: paused });
      await expect(late).rejects.toMatchObject({ code: 'FENCE_STALE' });
      expect((await documents.read('E5-001'))?.value).toBe('of the second');
    });

    it('has greater tokens than all before it, also when its resource was withdrawn in between', async () => {
      const { store, other } = setting;
      const [pool, second] = [poolOf(setting, store, ['E5-001']), poolOf(setting, other)];
      let last = 0n;
      for (let round = 0; round < 4; round++) {
        const lease = await pool.claim({ mode: 'lease' });
        expect(lease.token).toBeGreaterThan(last);
        last = lease.token;
        if (round % 2) await second.withdraw(['E5-001']);
        await lease.release();
        await second.withdraw(['E5-001']);
        expect(await second.inspect()).toEqual([]);
        await second.add(['E5-001']);
      }
    });

    it('can be had of what was assigned before, and the other way round, with greater tokens', async () => {
      const pool = poolOf(setting, setting.store, licences(1));
      const assigned = await pool.claim({ mode: 'assign', once: 'hire-1' });
      await pool.release('hire-1');
      const lease = await pool.claim({ mode: 'lease' });
      await lease.release();
      const last = await pool.claim({ mode: 'assign', once: 'hire-2' });
      expect(lease.token).toBeGreaterThan(assigned.token);
      expect(last.token).toBeGreaterThan(lease.token);
    });
  });
}
