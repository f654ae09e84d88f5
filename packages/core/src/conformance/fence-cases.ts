/** Who has lost the run without knowing it changes nothing. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { Writer } from '../ports/run-store.ts';
import {
  anEnd,
  anOutcome,
  aReport,
  create,
  minute,
  record,
  type Setting,
  takeOver,
} from './setting.ts';

export function fenceCases(setting: Setting): void {
  describe('a writer whose run was taken over', () => {
    let late: Writer;
    let heir: Writer;

    beforeEach(async () => {
      const { store, other, place } = setting;
      late = await create(store, 'r');
      await store.saveState(late, 'p', 'before');
      await place.passTime(2 * minute);
      heir = await takeOver(other, 'r', 'heir');
    });

    it('records no outcome, and nothing that would have come with it', async () => {
      const { store, other } = setting;
      const action = { frame: '', key: 'B' };
      await other.putSignal('r', { event: 'go', payload: '1' });
      await other.claimAttempt('r', action, 1);
      const changes = { signals: [1], forgetState: 'p' };
      const answer = await record(store, late, anOutcome('', 'B'), changes);

      expect(answer, 'it is told so').toBe('fenced');
      expect(await other.readFrame('r', ''), 'the outcome is not there').toEqual([]);
      expect(await other.readState('r', 'p'), 'the state is still there').toBe('before');
      expect(await other.readSignals('r', 0), 'the signal is not taken').toHaveLength(1);
      expect(await other.putSignal('r', aReport(action, 1, 1)), 'the action goes on').toBe('kept');
    });

    it('is fenced also where the place has an outcome already', async () => {
      const { store, other } = setting;
      await record(other, heir, anOutcome('', 'A'));
      expect(await record(store, late, anOutcome('', 'A'))).toBe('fenced');
    });

    it('saves no state', async () => {
      const { store, other } = setting;
      expect(await store.saveState(late, 'p', 'late')).toBe(false);
      expect(await store.saveState(late, 'q', 'late')).toBe(false);
      expect(await other.readState('r', 'p')).toBe('before');
      expect(await other.readState('r', 'q')).toBeUndefined();
    });

    it('does not end the run', async () => {
      const { store, other } = setting;
      expect(await store.endRun(late, anEnd)).toBe(false);
      const run = await other.readRun('r');
      expect(run?.end).toBeUndefined();
      expect(run?.lease?.holder, 'and the lease stays where it is').toBe('heir');
    });

    it('is fenced also after its heir has given the lease back', async () => {
      const { store, other } = setting;
      await other.releaseLease(heir);
      expect(await record(store, late, anOutcome('', 'A'))).toBe('fenced');
      expect(await store.saveState(late, 'p', 'late')).toBe(false);
      expect(await store.endRun(late, anEnd)).toBe(false);
    });

    it('does not keep its heir from writing', async () => {
      const { store, other } = setting;
      const [lateAnswer, heirAnswer] = await Promise.all([
        record(store, late, anOutcome('', 'A', { outputs: 'late' })),
        record(other, heir, anOutcome('', 'A', { outputs: 'heir' })),
      ]);
      expect([lateAnswer, heirAnswer]).toEqual(['fenced', 'recorded']);
      expect(await store.readFrame('r', '')).toEqual([anOutcome('', 'A', { outputs: 'heir' })]);
    });
  });

  describe('a writer', () => {
    it('whose lease has expired writes on as long as nobody has taken the run', async () => {
      const { store, place } = setting;
      const writer = await create(store, 'r');
      await place.passTime(2 * minute);
      expect(await record(store, writer, anOutcome('', 'A'))).toBe('recorded');
      expect(await store.saveState(writer, 'p', 'mine')).toBe(true);
      expect(await store.endRun(writer, anEnd)).toBe(true);
    });

    it('of another run is not let in by a token that is the newest there', async () => {
      const { store } = setting;
      const mine = await create(store, 'mine');
      const yours = await create(store, 'yours');
      await store.releaseLease(yours);
      const again = await takeOver(store, 'yours', 'me');
      const crossed = { runId: 'mine', token: again.token };

      expect(again.token).not.toBe(mine.token);
      expect(await record(store, crossed, anOutcome('', 'A'))).toBe('fenced');
    });

    it('of a run that is gone is fenced', async () => {
      const { store } = setting;
      const writer: Writer = { runId: 'gone', token: 1 };
      expect(await record(store, writer, anOutcome('', 'A'))).toBe('fenced');
      expect(await store.saveState(writer, 'p', 'x')).toBe(false);
      expect(await store.endRun(writer, anEnd)).toBe(false);
      expect(await store.renewLease(writer, minute)).toBe(false);
      await store.releaseLease(writer);
      expect(await store.readRun('gone'), 'and does not bring it back').toBeUndefined();
    });
  });
}
