/** A run id is created once, and what was created comes back. */
import { describe, expect, it } from 'vitest';
import { aLease, aRun, atOnce, create, type Setting } from './setting.ts';

export function creationCases(setting: Setting): void {
  describe('a run', () => {
    it('is there for every connection as it was created, held by its creator', async () => {
      const { store, other } = setting;
      const run = aRun('r', { version: '2', definition: '[1]', input: '"x"', keyRoot: 'root' });
      const created = await store.createRun(run, aLease('me', 5_000));

      expect(created, 'the creator gets a token').toEqual({
        state: 'created',
        token: expect.any(Number),
      });
      expect(await other.readRun('r'), 'what was acknowledged is there for every reader').toEqual({
        ...run,
        end: undefined,
        lease: { holder: 'me', expiresAt: expect.any(Number) },
      });
    });

    it('is kept as it was when it was created, whatever its creator does with it afterwards', async () => {
      const { store } = setting;
      const run = aRun('r');
      const lease = aLease('me');
      const created = store.createRun(run, lease);
      Object.assign(run, { workflow: 'Changed', input: 'changed' });
      Object.assign(lease, { holder: 'somebody' });
      await created;
      Object.assign(run, { keyRoot: 'changed' });

      expect(await store.readRun('r')).toMatchObject({ ...aRun('r'), lease: { holder: 'me' } });
    });

    it('that nobody has created is unknown', async () => {
      const { store } = setting;
      expect(await store.readRun('r')).toBeUndefined();
      expect(await store.readFrame('r', '')).toEqual([]);
      expect(await store.readState('r', 'p')).toBeUndefined();
      expect(await store.readSignals('r', 0)).toEqual([]);
      expect(await store.claimAttempt('r', { frame: '', key: 'A' }, 1)).toBeUndefined();
      expect(await store.acquireLease('r', aLease('me'))).toEqual({ state: 'unknown' });
      expect(await store.deleteRun('r')).toBe(false);
    });

    it('is left alone by whoever creates its id again', async () => {
      const { store, other } = setting;
      const writer = await create(store, 'r');
      const before = await store.readRun('r');
      const again = await other.createRun(aRun('r', { workflow: 'Other' }), aLease('thief'));

      expect(again, 'a run id is created once').toEqual({ state: 'exists' });
      expect(await store.readRun('r'), 'the run that is there is left alone').toEqual(before);
      expect(await store.renewLease(writer, 1_000), 'and so is its lease').toBe(true);
    });

    it('is created by exactly one of 50 who create its id at the same time', async () => {
      const { store, other } = setting;
      const answers = await atOnce(50, (n) =>
        (n % 2 ? store : other).createRun(aRun('r', { input: `${n}` }), aLease(`creator ${n}`)),
      );
      const winners = answers.flatMap(({ state }, n) => (state === 'created' ? [n] : []));

      expect(winners, 'a run id is created once').toHaveLength(1);
      expect(await other.readRun('r'), 'the run is the one of who was told so').toMatchObject({
        input: `${winners[0]}`,
        lease: { holder: `creator ${winners[0]}` },
      });
    });

    it('may be deleted some time after its end, or never', () => {
      expect(setting.store.retention, 'retention in milliseconds').toBeGreaterThan(0);
    });
  });
}
