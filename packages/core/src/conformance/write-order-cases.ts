/** Writes of one caller take effect in the order in which they were called, awaited or not. */
import { describe, expect, it } from 'vitest';
import type { RunStoreHarness } from './run-store-harness.ts';
import {
  aLease,
  anEnd,
  anOutcome,
  aReport,
  aRun,
  create,
  record,
  type Setting,
} from './setting.ts';

export function writeOrderCases(setting: Setting, cannot: RunStoreHarness['cannot'] = {}): void {
  describe('writes that are not awaited', () => {
    it('leave the state that was saved last', async () => {
      const { store, other } = setting;
      const writer = await create(store, 'r');
      const saved = Array.from({ length: 100 }, (_, n) => store.saveState(writer, 'p', `${n}`));
      await Promise.all(saved);
      expect(await other.readState('r', 'p')).toBe('99');
    });

    it('are there for every reader once the last one has answered', async () => {
      const { store, other } = setting;
      const writer = await create(store, 'r');
      const writes = Array.from({ length: 99 }, (_, n) => record(store, writer, anOutcome('', n)));
      await store.saveState(writer, 'p', 'last');
      expect(await other.readFrame('r', '')).toHaveLength(99);
      await Promise.all(writes);
    });

    it('of different kinds take effect one after the other', async () => {
      const { store } = setting;
      const created = await create(store, 'r');
      const action = { frame: '', key: 'A' };
      const answers = await Promise.all([
        store.putSignal('r', { event: 'go', payload: '' }),
        store.claimAttempt('r', action, 1),
        store.claimAttempt('r', action, 1),
        store.putSignal('r', aReport(action, 1, 1)),
        store.putSignal('r', aReport(action, 1, 2)),
        record(store, created, anOutcome('', 'A'), { signals: [1, 2] }),
        store.claimAttempt('r', action, 2),
        record(store, created, anOutcome('', 'A')),
        store.releaseLease(created),
        store.acquireLease('r', aLease('heir')),
        store.saveState(created, 'p', 'late'),
        store.deleteRun('r'),
        store.createRun(aRun('r'), aLease('me')),
        store.putSignal('r', { event: 'go', payload: '' }),
      ]);

      expect(answers).toMatchObject([
        'kept',
        1,
        2,
        'stale',
        'kept',
        'recorded',
        undefined,
        'duplicate',
        undefined,
        { state: 'granted' },
        false,
        true,
        { state: 'created' },
        'kept',
      ]);
    });

    it('come before the end of the run that is called after them', async () => {
      const { store, other } = setting;
      const writer = await create(store, 'r');
      const answers = await Promise.all([
        store.putSignal('r', { event: 'go', payload: '' }),
        record(store, writer, anOutcome('', 'A')),
        store.endRun(writer, anEnd),
        store.putSignal('r', { event: 'go', payload: '' }),
        store.acquireLease('r', aLease('heir')),
        record(store, writer, anOutcome('', 'B')),
      ]);
      expect(answers.map((answer) => Object(answer).state ?? answer)).toEqual([
        'kept',
        'recorded',
        true,
        'ended',
        'granted',
        'fenced',
      ]);
      expect(await other.readFrame('r', '')).toEqual([anOutcome('', 'A')]);
    });

    it('are done before the store is closed', async (context) => {
      if (cannot.separateConnections !== undefined) context.skip(cannot.separateConnections);
      const { store, other } = setting;
      const writer = await create(store, 'r');
      const writes = Array.from({ length: 200 }, (_, n) => record(store, writer, anOutcome('', n)));
      await store.close();

      expect(await other.readFrame('r', ''), 'they are there for another one').toHaveLength(200);
      const answers = await Promise.all(writes);
      expect(
        answers.every((answer) => answer === 'recorded'),
        'and were answered',
      ).toBe(true);
    });
  });
}
