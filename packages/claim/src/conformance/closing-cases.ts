/** A pool that is closed has given back what it leased, refuses everything, and takes nothing away from others. */
import { describe, expect, it } from 'vitest';
import { put, take } from './requests.ts';
import { licences, need, poolOf, refusalOf, type Setting, soon, startWaiting } from './setting.ts';

export function closingCases(setting: Setting): void {
  describe('a pool that is closed', () => {
    it('may be closed again', async () => {
      const pool = poolOf(setting, setting.store, licences(1));
      await Promise.all([pool.close(), pool.close()]);
      await pool.close();
      await pool[Symbol.asyncDispose]();
    });

    it('refuses every call', async () => {
      const { store } = setting;
      const pool = poolOf(setting, store, licences(1));
      await (await pool.claim({ mode: 'lease' })).release();
      await pool.close();
      const calls = [
        () => pool.claim({ mode: 'lease' }),
        () => pool.claim({ mode: 'lease', wait: '1m' }),
        () => pool.claim({ mode: 'assign', once: 'hire-1' }),
        () => pool.tryClaim({ mode: 'assign', once: 'hire-1' }),
        () => pool.release('hire-1'),
        () => pool.add(['E5-009']),
        () => pool.withdraw(['E5-001']),
        () => pool.inspect(),
      ];
      for (const call of calls) {
        await expect(call()).rejects.toMatchObject({ code: 'SERVICE_CLOSED', service: store.name });
      }
    });

    it('gives back what it leases, and keeps what is assigned', async () => {
      const { store, other } = setting;
      const pool = poolOf(setting, store, licences(3));
      const leases = [await pool.claim({ mode: 'lease' }), await pool.claim({ mode: 'lease' })];
      await pool.claim({ mode: 'assign', once: 'hire-1' });
      await pool.close();
      for (const { signal } of leases) {
        expect(signal.reason).toMatchObject({ code: 'LEASE_RELEASED' });
      }
      const second = poolOf(setting, other);
      const entries = await second.inspect();
      expect(entries.map(({ claim }) => claim?.by)).toEqual([undefined, undefined, 'hire-1']);
      expect(await second.release('hire-1')).toBe(true);
    });

    it('ends its waits, and nobody waits behind them', async () => {
      const { store } = setting;
      const pool = poolOf(setting, store, ['E5-001']);
      const lease = await pool.claim({ mode: 'lease' });
      let closing: { close(): Promise<void> } | undefined;
      const { claimed } = await startWaiting<unknown>(setting, (waiting) => {
        closing = waiting;
        const waits = [
          waiting.claim({ mode: 'assign', once: 'hire-1', wait: '1m' }),
          waiting.claim({ mode: 'lease', wait: '1m' }),
        ];
        return Promise.all(waits.map(refusalOf));
      });
      await closing?.close();
      expect(await claimed).toMatchObject([{ code: 'SERVICE_CLOSED' }, { code: 'SERVICE_CLOSED' }]);
      await lease.release();
      const next = await pool.claim({ mode: 'lease', wait: soon });
      next.assertHeld();
    });

    it('leaves its store open, and other pools of it', async () => {
      const { store } = setting;
      const [pool, second] = [poolOf(setting, store, licences(2)), poolOf(setting, store)];
      await (await pool.claim({ mode: 'lease' })).release();
      const lease = await second.claim({ mode: 'lease' });
      await pool.close();
      lease.assertHeld();
      expect(await second.tryClaim({ mode: 'lease' })).toMatchObject({ resource: 'E5-002' });
    });
  });

  describe('a store that is closed', () => {
    it('may be closed again', async () => {
      const { store } = setting;
      await put(store, licences(1));
      await Promise.all([store.close(), store.close()]);
      await store.close();
      await store[Symbol.asyncDispose]();
    });

    it('leaves other stores open, and what their owners have', async (context) => {
      need(setting, 'separateStores')(context);
      const { store, other, place } = setting;
      await put(store, licences(3));
      await take(store, { owner: 'ann' });
      await take(other, { owner: 'bob' });
      await store.close();
      expect((await take(await place.connect(), { owner: 'eve' })).id).toBe('E5-003');
      const states = await other.inspect('licences', {});
      expect(states.map(({ claim }) => claim?.owner)).toEqual(['ann', 'bob', 'eve']);
    });
  });
}
