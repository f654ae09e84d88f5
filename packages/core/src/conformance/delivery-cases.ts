/** Of the deliveries of an attempt only the newest one can report, and only once. */
import { describe, expect, it } from 'vitest';
import type { NewSignal, Place } from '../ports/run-store.ts';
import {
  aLease,
  anEnd,
  anOutcome,
  aReport,
  atOnce,
  create,
  record,
  type Setting,
} from './setting.ts';

const place = { frame: 'Orders[1]', key: 'Mail' };

/** Every place but the last shares something with the first one. */
const places: readonly Place[] = [
  place,
  { ...place, key: 'Bill' },
  { ...place, key: 'mail' },
  { ...place, frame: 'Orders[2]' },
  { frame: '', key: 'Orders[1]/Mail' },
  { ...place, key: 1 },
  { ...place, key: '1' },
];

export function deliveryCases(setting: Setting): void {
  describe('a claim of an attempt', () => {
    it('tells how often the attempt was delivered, from 1, to whichever connection', async () => {
      const { store, other } = setting;
      await create(store, 'r');
      expect(await store.claimAttempt('r', place, 1)).toBe(1);
      expect(await other.claimAttempt('r', place, 1)).toBe(2);
      expect(await store.claimAttempt('r', place, 1)).toBe(3);
    });

    it('counts for its place alone, in its run alone', async () => {
      const { store } = setting;
      await create(store, 'r');
      await create(store, 's');
      for (const run of ['r', 's']) {
        for (const each of places) expect(await store.claimAttempt(run, each, 1)).toBe(1);
      }
      expect(await store.claimAttempt('r', place, 1)).toBe(2);
      expect(await store.claimAttempt('s', place, 1)).toBe(2);
    });

    it('gives each of 50 who ask at the same time a number of its own', async () => {
      const { store, other } = setting;
      await create(store, 'r');
      const numbers = await atOnce(50, (n) => (n % 2 ? store : other).claimAttempt('r', place, 1));
      expect(numbers.sort((a = 0, b = 0) => a - b)).toEqual(oneTo(50));
    });

    it('of a later attempt begins to count anew, also where some in between were never claimed', async () => {
      const { store, other } = setting;
      await create(store, 'r');
      await store.claimAttempt('r', place, 1);
      await store.claimAttempt('r', place, 1);
      expect(await other.claimAttempt('r', place, 2)).toBe(1);
      expect(await store.claimAttempt('r', place, 2)).toBe(2);
      expect(await store.claimAttempt('r', place, 7)).toBe(1);
    });

    it('may begin with any attempt: a run that is gone on with counts on', async () => {
      const { store } = setting;
      await create(store, 'r');
      expect(await store.claimAttempt('r', place, 4)).toBe(1);
    });

    it('is refused once a later attempt was claimed, and leaves that one as it is', async () => {
      const { store, other } = setting;
      await create(store, 'r');
      await store.claimAttempt('r', place, 2);
      expect(await other.claimAttempt('r', place, 1)).toBeUndefined();
      expect(await other.putSignal('r', aReport(place, 2, 1)), 'it may still report').toBe('kept');
    });

    it('is refused once the attempt was reported; the next attempt is not', async () => {
      const { store, other } = setting;
      await create(store, 'r');
      await store.claimAttempt('r', place, 1);
      await store.putSignal('r', aReport(place, 1, 1));
      expect(await other.claimAttempt('r', place, 1)).toBeUndefined();
      expect(await store.claimAttempt('r', place, 2)).toBe(1);
      expect(await other.putSignal('r', aReport(place, 2, 1))).toBe('kept');
    });

    it('is refused where the action has an outcome, whatever the attempt', async () => {
      const { store, other } = setting;
      const writer = await create(store, 'r');
      await store.claimAttempt('r', place, 1);
      await record(store, writer, anOutcome(place.frame, place.key));
      for (const attempt of [1, 2]) {
        expect(await other.claimAttempt('r', place, attempt)).toBeUndefined();
      }
      expect(await store.claimAttempt('r', { ...place, key: 'Bill' }, 1)).toBe(1);
    });

    it('is refused also where the action has ended without ever being claimed', async () => {
      const { store, other } = setting;
      const writer = await create(store, 'r');
      const outcome = anOutcome(place.frame, place.key, { status: 'Skipped', attempt: 0 });
      await record(store, writer, outcome);
      expect(await other.claimAttempt('r', place, 1)).toBeUndefined();
    });

    it('is refused for a run that has ended, or is not known', async () => {
      const { store, other } = setting;
      const writer = await create(store, 'r');
      await store.claimAttempt('r', place, 1);
      await store.endRun(writer, anEnd);
      expect(await other.claimAttempt('r', place, 1)).toBeUndefined();
      expect(await other.claimAttempt('r', place, 2)).toBeUndefined();
      expect(await other.claimAttempt('s', place, 1)).toBeUndefined();
    });

    it('needs no lease, for whoever calls a handler does not hold the run', async () => {
      const { store, other } = setting;
      await store.releaseLease(await create(store, 'r'));
      expect(await other.claimAttempt('r', place, 1)).toBe(1);
      await store.acquireLease('r', aLease('heir'));
      expect(await other.putSignal('r', aReport(place, 1, 1)), 'nor does its report').toBe('kept');
    });

    it('shows in no frame, and keeps no outcome from its place', async () => {
      const { store, other } = setting;
      const writer = await create(store, 'r');
      await other.claimAttempt('r', place, 3);
      expect(await store.readFrame('r', place.frame)).toEqual([]);
      expect(await store.readFrame('r', place.frame, { keys: [place.key] })).toEqual([]);
      const outcome = anOutcome(place.frame, place.key, { attempt: 1, outputs: '1' });
      expect(await record(store, writer, outcome), 'the attempt of an outcome fences nothing').toBe(
        'recorded',
      );
      expect(await other.readFrame('r', place.frame)).toEqual([outcome]);
    });
  });

  describe('a report', () => {
    it('is kept as a signal that says nothing of its delivery', async () => {
      const { store, other } = setting;
      await create(store, 'r');
      await store.claimAttempt('r', place, 1);
      const report = aReport(place, 1, 1, { event: 'ended', correlate: 'Mail', id: 'x' });
      expect(await other.putSignal('r', report)).toBe('kept');
      const [signal] = await store.readSignals('r', 0);
      expect(signal).toEqual({ ...bare(report), number: 1 });
      expect(Object.keys(signal ?? {})).not.toContain('delivery');
    });

    it('counts once: the same delivery that reports again is stale', async () => {
      const { store, other } = setting;
      await create(store, 'r');
      await store.claimAttempt('r', place, 1);
      expect(await store.putSignal('r', aReport(place, 1, 1))).toBe('kept');
      expect(await store.putSignal('r', aReport(place, 1, 1))).toBe('stale');
      expect(await other.putSignal('r', aReport(place, 1, 1, { id: 'x' }))).toBe('stale');
      expect(await other.readSignals('r', 0)).toHaveLength(1);
    });

    it('with the id of an earlier one is a duplicate before it is stale', async () => {
      const { store, other } = setting;
      const writer = await create(store, 'r');
      await store.claimAttempt('r', place, 1);
      const report = aReport(place, 1, 1, { id: 'x' });
      expect(await store.putSignal('r', report)).toBe('kept');
      expect(await other.putSignal('r', report), 'whoever repeats a call learns it').toBe(
        'duplicate',
      );
      await record(store, writer, anOutcome(place.frame, place.key), { signals: [1] });
      expect(await other.putSignal('r', report), 'also when it was taken').toBe('duplicate');
    });

    it('that is a duplicate leaves its delivery free to report', async () => {
      const { store, other } = setting;
      await create(store, 'r');
      await store.putSignal('r', { event: 'go', payload: '', id: 'x' });
      await store.claimAttempt('r', place, 1);
      expect(await store.putSignal('r', aReport(place, 1, 1, { id: 'x' }))).toBe('duplicate');
      expect(await other.putSignal('r', aReport(place, 1, 1))).toBe('kept');
    });

    it.each([
      ['that was superseded', { attempt: 2, delivery: 1 }],
      ['of an attempt that was superseded', { attempt: 1, delivery: 1 }],
      ['with the number of one of the attempt before', { attempt: 1, delivery: 2 }],
      ['that nobody was given yet', { attempt: 2, delivery: 3 }],
      ['of an attempt that nobody has claimed yet', { attempt: 3, delivery: 1 }],
      ['of another key', { attempt: 2, delivery: 2, key: 'Bill' }],
      ['of another frame', { attempt: 2, delivery: 2, frame: 'Orders[2]' }],
    ])('of a delivery %s is stale, and leaves nothing behind', async (_, changes) => {
      const { store, other } = setting;
      await create(store, 'r');
      await store.claimAttempt('r', place, 1);
      await store.claimAttempt('r', place, 2);
      await other.claimAttempt('r', place, 2);
      const { frame, key, attempt, delivery } = { ...place, ...changes };
      const stale = aReport({ frame, key }, attempt, delivery, { id: 'x' });

      expect(await store.putSignal('r', stale)).toBe('stale');
      expect(await other.readSignals('r', 0)).toEqual([]);
      const newest = aReport(place, 2, 2, { id: 'x' });
      expect(await other.putSignal('r', newest), 'not even its id').toBe('kept');
      expect(await store.readSignals('r', 0), 'and no number').toEqual([
        { ...bare(newest), number: 1 },
      ]);
    });

    it('of a place that nobody has claimed is stale, and so it stays', async () => {
      const { store, other } = setting;
      await create(store, 'r');
      for (const delivery of [0, 1]) {
        expect(await store.putSignal('r', aReport(place, 1, delivery))).toBe('stale');
      }
      expect(await other.claimAttempt('r', place, 1)).toBe(1);
      expect(await other.readSignals('r', 0)).toEqual([]);
    });

    it('of an action that has an outcome is stale', async () => {
      const { store, other } = setting;
      const writer = await create(store, 'r');
      await store.claimAttempt('r', place, 1);
      await record(store, writer, anOutcome(place.frame, place.key, { status: 'TimedOut' }));
      expect(await other.putSignal('r', aReport(place, 1, 1))).toBe('stale');
      expect(await store.readSignals('r', 0)).toEqual([]);
    });

    it('of one run is stale in another one', async () => {
      const { store } = setting;
      await create(store, 'r');
      await create(store, 's');
      await store.claimAttempt('r', place, 1);
      expect(await store.putSignal('s', aReport(place, 1, 1))).toBe('stale');
      expect(await store.putSignal('r', aReport(place, 1, 1))).toBe('kept');
    });

    it('for a run that has ended, or is not known, is told that', async () => {
      const { store, other } = setting;
      const writer = await create(store, 'r');
      await store.claimAttempt('r', place, 1);
      await store.endRun(writer, anEnd);
      expect(await other.putSignal('r', aReport(place, 1, 1))).toBe('ended');
      expect(await other.putSignal('r', aReport(place, 1, 9))).toBe('ended');
      expect(await other.putSignal('s', aReport(place, 1, 1))).toBe('unknown');
    });

    it('is kept as it was when it was sent, whatever its sender does with it afterwards', async () => {
      const { store } = setting;
      await create(store, 'r');
      await store.claimAttempt('r', place, 1);
      const delivery = { ...place, attempt: 1, delivery: 1 };
      const answer = store.putSignal('r', { event: 'ended', payload: '', delivery });
      Object.assign(delivery, { frame: '', attempt: 9, delivery: 9 });
      expect(await answer).toBe('kept');
    });

    it('that is sent 50 times at once is kept once', async () => {
      const { store, other } = setting;
      await create(store, 'r');
      await store.claimAttempt('r', place, 1);
      const answers = await atOnce(50, (n) =>
        (n % 2 ? store : other).putSignal('r', aReport(place, 1, 1, { id: `${n}` })),
      );
      const kept = answers.flatMap((answer, n) => (answer === 'kept' ? [`${n}`] : []));
      expect(kept).toHaveLength(1);
      expect(answers.filter((answer) => answer === 'stale')).toHaveLength(49);
      expect(
        (await store.readSignals('r', 0)).map(({ id }) => id),
        'and it is the one of who was told so',
      ).toEqual(kept);
    });

    it('of 50 deliveries at once is that of the newest one', async () => {
      const { store, other } = setting;
      await create(store, 'r');
      await atOnce(50, () => store.claimAttempt('r', place, 1));
      const answers = await atOnce(50, (n) =>
        (n % 2 ? store : other).putSignal('r', aReport(place, 1, n + 1)),
      );
      expect(answers.indexOf('kept')).toBe(49);
      expect(answers.filter((answer) => answer === 'stale')).toHaveLength(49);
    });
  });

  describe('a report that is on its way', () => {
    it('while the attempt is delivered again: either it counts or the new delivery does', async () => {
      const { store, other } = setting;
      await create(store, 'r');
      for (let round = 1; round <= 20; round++) {
        const here = { frame: 'Race', key: round };
        await store.claimAttempt('r', here, 1);
        const [again, report] = await meet(
          round,
          () => store.claimAttempt('r', here, 1),
          () => other.putSignal('r', aReport(here, 1, 1)),
        );
        expect([
          [undefined, 'kept'],
          [2, 'stale'],
        ]).toContainEqual([again, report]);
        const late = again === undefined ? 'stale' : 'kept';
        expect(await store.putSignal('r', aReport(here, 1, 2)), 'one of the two').toBe(late);
      }
      expect(await other.readSignals('r', 0)).toHaveLength(20);
    });

    it('while the next attempt is claimed: it counts only if it came first', async () => {
      const { store, other } = setting;
      await create(store, 'r');
      for (let round = 1; round <= 20; round++) {
        const here = { frame: 'Race', key: round };
        await store.claimAttempt('r', here, 1);
        const [next, report] = await meet(
          round,
          () => store.claimAttempt('r', here, 2),
          () => other.putSignal('r', aReport(here, 1, 1)),
        );
        expect(next).toBe(1);
        expect(['kept', 'stale']).toContain(report);
        expect(await other.putSignal('r', aReport(here, 2, 1))).toBe('kept');
      }
    });

    it('while the outcome is recorded: it is kept before it, or stale', async () => {
      const { store, other } = setting;
      const writer = await create(store, 'r');
      let kept = 0;
      for (let round = 1; round <= 20; round++) {
        const here = { frame: 'Race', key: round };
        await store.claimAttempt('r', here, 1);
        const [recorded, report] = await meet(
          round,
          () => record(store, writer, anOutcome('Race', round)),
          () => other.putSignal('r', aReport(here, 1, 1)),
        );
        expect(recorded).toBe('recorded');
        expect(['kept', 'stale']).toContain(report);
        kept += Number(report === 'kept');
      }
      expect(await other.readSignals('r', 0)).toHaveLength(kept);
    });

    it('while the run ends: it is kept before it, or told so', async () => {
      const { store, other } = setting;
      for (let round = 1; round <= 10; round++) {
        const runId = `r${round}`;
        const writer = await create(store, runId);
        await store.claimAttempt(runId, place, 1);
        const [ended, report] = await meet(
          round,
          () => store.endRun(writer, anEnd),
          () => other.putSignal(runId, aReport(place, 1, 1)),
        );
        expect(ended).toBe(true);
        expect(['kept', 'ended']).toContain(report);
        const signals = await store.readSignals(runId, 0);
        expect(signals).toHaveLength(Number(report === 'kept'));
      }
    });
  });

  describe('a claim that is on its way', () => {
    it('while the outcome is recorded: none is granted after it', async () => {
      const { store, other } = setting;
      const writer = await create(store, 'r');
      for (let round = 1; round <= 20; round++) {
        const here = { frame: 'Race', key: round };
        const [claim, recorded] = await meet(
          round,
          () => other.claimAttempt('r', here, 1),
          () => record(store, writer, anOutcome('Race', round)),
        );
        expect([1, undefined]).toContain(claim);
        expect(recorded, 'a claim keeps no outcome from its place').toBe('recorded');
        expect(await other.putSignal('r', aReport(here, 1, 1))).toBe('stale');
      }
      expect(await store.readFrame('r', 'Race')).toHaveLength(20);
    });
  });
}

/** Both at the same time, now the one first and now the other. */
async function meet<A, B>(
  round: number,
  one: () => Promise<A>,
  two: () => Promise<B>,
): Promise<[A, B]> {
  if (round % 2 === 0) return await Promise.all([one(), two()]);
  const second = two();
  return await Promise.all([one(), second]);
}

/** What is to be read of a report. */
function bare({ delivery: _, ...signal }: NewSignal): Omit<NewSignal, 'delivery'> {
  return signal;
}

function oneTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}
