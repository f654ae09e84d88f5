/** Only the newest attempt of an action counts, where attempts are claimed one by one. */
import { describe, expect, it } from 'vitest';
import type { Writer } from '../ports/run-store.ts';
import { anOutcome, atOnce, create, record, type Setting } from './setting.ts';

const place = { frame: 'Orders[1]', key: 'Mail' };

export function attemptCases(setting: Setting): void {
  describe('an attempt', () => {
    it('gets the next number, from 1, for its place alone', async () => {
      const { store, other } = setting;
      await create(store, 'r');
      expect(await store.claimAttempt('r', place)).toBe(1);
      expect(await other.claimAttempt('r', place)).toBe(2);
      expect(await store.claimAttempt('r', { ...place, key: 'Bill' })).toBe(1);
      expect(await store.claimAttempt('r', { ...place, frame: 'Orders[2]' })).toBe(1);
      expect(await store.claimAttempt('r', place)).toBe(3);
    });

    it('gets a number that nobody else gets, also when 50 ask at the same time', async () => {
      const { store, other } = setting;
      await create(store, 'r');
      const numbers = await atOnce(50, (n) => (n % 2 ? store : other).claimAttempt('r', place));
      expect(numbers.sort((a = 0, b = 0) => a - b)).toEqual(
        Array.from({ length: 50 }, (_, index) => index + 1),
      );
    });

    it('that another one has superseded changes nothing', async () => {
      const { store, other } = setting;
      const writer = await free(setting);
      await store.saveState(writer, 'p', 'kept');
      await store.putSignal('r', { event: 'go', payload: '' });
      await store.claimAttempt('r', place);
      await other.claimAttempt('r', place);
      const join = { frame: '', key: 'Sum', of: 2, met: true };
      const late = await record(store, writer, anOutcome(place.frame, place.key, { attempt: 1 }), {
        joins: [join, { frame: '', key: 'Next', of: 1, met: true }],
        signal: 1,
        forgetState: 'p',
      });

      expect(late, 'it is told so').toEqual({ state: 'stale', ready: [] });
      expect(await store.readFrame('r', place.frame)).toEqual([]);
      expect(await store.readState('r', 'p')).toBe('kept');
      expect(await store.readSignals('r', 0)).toHaveLength(1);
      const newest = anOutcome(place.frame, place.key, { attempt: 2 });
      expect(
        await record(other, writer, newest, { joins: [join] }),
        'the newest one is recorded, and it is the first to count the join down',
      ).toEqual({ state: 'recorded', ready: [] });
    });

    it('is superseded also by one that never reports', async () => {
      const { store, other } = setting;
      const writer = await free(setting);
      await store.claimAttempt('r', place);
      await store.claimAttempt('r', place);
      await other.claimAttempt('r', place);
      for (const attempt of [1, 2]) {
        const outcome = anOutcome(place.frame, place.key, { attempt });
        expect((await record(store, writer, outcome)).state).toBe('stale');
      }
    });

    it('of something that has ended is refused', async () => {
      const { store, other } = setting;
      const writer = await free(setting);
      await store.claimAttempt('r', place);
      await record(store, writer, anOutcome(place.frame, place.key));
      expect(await other.claimAttempt('r', place)).toBeUndefined();
      expect(await store.claimAttempt('r', { ...place, key: 'Bill' })).toBe(1);
    });

    it('that is claimed while an earlier one reports: either it is refused or the report is stale', async () => {
      const { store, other } = setting;
      const writer = await free(setting);
      for (let round = 0; round < 20; round++) {
        const here = { frame: 'Race', key: round };
        await store.claimAttempt('r', here);
        const [second, report] = await Promise.all([
          (round % 2 ? store : other).claimAttempt('r', here),
          record(other, writer, anOutcome('Race', round, { attempt: 1 })),
        ]);
        expect([
          [undefined, 'recorded'],
          [2, 'stale'],
        ]).toContainEqual([second, report.state]);
      }
    });
  });
}

/** A run that nobody holds as a whole. */
async function free({ store }: Setting): Promise<Writer> {
  await store.releaseLease(await create(store, 'r'));
  return { runId: 'r', token: undefined };
}
