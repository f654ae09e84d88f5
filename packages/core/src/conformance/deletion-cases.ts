/** A run that is deleted leaves nothing behind, and nobody writes to it. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Writer } from '../ports/run-store.ts';
import {
  aLease,
  anEnd,
  anOutcome,
  aReport,
  collect,
  create,
  minute,
  record,
  type Setting,
} from './setting.ts';

const action = { frame: 'F', key: 'Claimed' };

export function deletionCases(setting: Setting): void {
  describe('a run that was deleted', () => {
    let late: Writer;

    beforeEach(async () => {
      const { store, other } = setting;
      late = await create(store, 'r', { workflow: 'Old' });
      await record(store, late, anOutcome('', 'A'));
      await record(store, late, anOutcome('F', 1));
      await store.claimAttempt('r', action, 2);
      await store.saveState(late, 'p', 'old');
      await store.putSignal('r', { event: 'go', payload: '', id: 'x' });
      await create(store, 'neighbour');
      expect(await other.deleteRun('r'), 'it was known').toBe(true);
    });

    it('is known no more, and deleting it again says so', async () => {
      const { store, other } = setting;
      expect(await store.readRun('r')).toBeUndefined();
      expect((await collect(store.listRuns())).map(({ runId }) => runId)).toEqual(['neighbour']);
      expect(await store.readFrame('r', '')).toEqual([]);
      expect(await store.readState('r', 'p')).toBeUndefined();
      expect(await store.readSignals('r', 0)).toEqual([]);
      expect(await other.deleteRun('r')).toBe(false);
    });

    it('fences who still writes to it', async () => {
      const { store, other } = setting;
      expect(await record(store, late, anOutcome('', 'B'))).toBe('fenced');
      expect(await store.saveState(late, 'p', 'late')).toBe(false);
      expect(await store.endRun(late, anEnd)).toBe(false);
      expect(await store.renewLease(late, minute)).toBe(false);
      expect(await store.claimAttempt('r', action, 2)).toBeUndefined();
      expect(await store.putSignal('r', aReport(action, 2, 1))).toBe('unknown');
      expect(await store.putSignal('r', { event: 'go', payload: '' })).toBe('unknown');
      expect(await store.acquireLease('r', aLease('me'))).toEqual({ state: 'unknown' });
      await store.releaseLease(late);
      expect(await other.readRun('r'), 'nothing of it brings the run back').toBeUndefined();
      expect(await other.readFrame('r', '')).toEqual([]);
    });

    it('can be created again, and has nothing of the old one', async () => {
      const { store, other } = setting;
      const writer = await create(store, 'r', { workflow: 'New' });

      expect(await other.readRun('r')).toMatchObject({ workflow: 'New', end: undefined });
      expect(await other.readFrame('r', '')).toEqual([]);
      expect(await other.readFrame('r', 'F')).toEqual([]);
      expect(await other.readState('r', 'p')).toBeUndefined();
      expect(await other.readSignals('r', 0)).toEqual([]);
      expect(await other.putSignal('r', aReport(action, 2, 1)), 'nor its deliveries').toBe('stale');
      expect(await other.claimAttempt('r', action, 1), 'attempts begin anew').toBe(1);
      expect(await other.putSignal('r', { event: 'go', payload: '', id: 'x' })).toBe('kept');
      expect(await other.readSignals('r', 0)).toMatchObject([{ number: 1 }]);
      expect(await record(store, writer, anOutcome('', 'A'))).toBe('recorded');
    });

    it('does not let its writers into a run that was created with its id', async () => {
      const { store, other } = setting;
      await create(other, 'r');
      expect(await record(store, late, anOutcome('', 'B'))).toBe('fenced');
      expect(await store.saveState(late, 'p', 'late')).toBe(false);
      expect(await store.renewLease(late, minute)).toBe(false);
      expect(await store.endRun(late, anEnd)).toBe(false);
      await store.releaseLease(late);
      expect((await other.readRun('r'))?.lease?.holder).toBe('creator');
    });

    it('after its end lets its id be used as well', async () => {
      const { store, other } = setting;
      await store.endRun(await create(store, 's'), anEnd);
      await store.deleteRun('s');
      await create(other, 's');
      expect((await store.readRun('s'))?.end).toBeUndefined();
    });

    it('leaves its neighbours alone', async () => {
      const { store } = setting;
      for (const id of ['%', '_', 'neighbou_', 'Neighbour', 'neighbour/1']) {
        expect(await store.deleteRun(id)).toBe(false);
      }
      expect(await store.readRun('neighbour')).toBeDefined();
    });
  });

  describe('deleting only what has ended before', () => {
    it('leaves a run alone that goes on, or has ended later', async () => {
      const { store, other } = setting;
      const writer = await create(store, 'r');
      expect(await other.deleteRun('r', { endedBefore: 9_000 })).toBe(false);
      await record(store, writer, anOutcome('', 'A'));
      await store.endRun(writer, { ...anEnd, endTime: 9_000 });
      expect(await other.deleteRun('r', { endedBefore: 9_000 })).toBe(false);

      expect(await store.readRun('r')).toMatchObject({ end: { endTime: 9_000 } });
      expect(await store.readFrame('r', '')).toHaveLength(1);
      expect(await other.deleteRun('r', { endedBefore: 9_001 })).toBe(true);
      expect(await store.readRun('r')).toBeUndefined();
      expect(await other.deleteRun('r', { endedBefore: 9_001 })).toBe(false);
    });

    it('leaves a run alone that was created anew with the id of an older one', async () => {
      const { store, other } = setting;
      await store.endRun(await create(store, 'r'), anEnd);
      await other.deleteRun('r', { endedBefore: 9_001 });
      const anew = await create(store, 'r');
      expect(await other.deleteRun('r', { endedBefore: 9_001 })).toBe(false);
      expect(await record(store, anew, anOutcome('', 'A'))).toBe('recorded');
    });

    it('sees the end that the same caller has not waited for', async () => {
      const { store } = setting;
      const writer = await create(store, 'r');
      const ended = store.endRun(writer, anEnd);
      expect(await store.deleteRun('r', { endedBefore: 9_001 })).toBe(true);
      expect(await ended).toBe(true);
    });
  });
}
