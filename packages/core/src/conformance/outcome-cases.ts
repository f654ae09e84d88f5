/** The first outcome of a place is the only one. */
import { describe, expect, it } from 'vitest';
import type { StoredOutcome } from '../ports/run-store.ts';
import { anOutcome, atOnce, create, record, type Setting } from './setting.ts';

export function outcomeCases(setting: Setting): void {
  describe('an outcome', () => {
    it('comes back with all that was said about it', async () => {
      const { store, other } = setting;
      const writer = await create(store, 'r');
      const full: StoredOutcome = {
        frame: 'Orders[3]',
        key: 'Mail',
        status: 'Failed',
        attempt: 4,
        outputs: '{"sent":false}',
        error: { code: 'HTTP_429', message: 'Slow down.' },
        startTime: 1_764_000_000_000,
        endTime: 1_764_000_000_123,
        details: '["a","b"]',
      };
      const bare = anOutcome('Orders[3]', 7, { status: 'Skipped', attempt: 0 });
      await record(store, writer, full);
      await record(store, writer, bare);

      expect(await other.readFrame('r', 'Orders[3]')).toEqual([bare, full]);
    });

    it('is kept as it was when it was recorded, whatever its writer does with it afterwards', async () => {
      const { store } = setting;
      const writer = await create(store, 'r');
      const error = { code: 'FIRST', message: 'first' };
      const outcome = { ...anOutcome('', 'A', { status: 'Failed' }), error };
      const recorded = record(store, writer, outcome);
      error.code = 'CHANGED';
      Object.assign(outcome, { status: 'Succeeded', outputs: 'changed' });
      await recorded;

      expect(await store.readFrame('r', '')).toEqual([
        anOutcome('', 'A', { status: 'Failed', error: { code: 'FIRST', message: 'first' } }),
      ]);
    });

    it('is the first one, and stays it', async () => {
      const { store, other } = setting;
      const writer = await create(store, 'r');
      const first = anOutcome('', 'A', { outputs: 'first' });

      expect(await record(store, writer, first)).toBe('recorded');
      const second = anOutcome('', 'A', { status: 'Failed', attempt: 2, outputs: 'second' });
      expect(await record(other, writer, second)).toBe('duplicate');
      expect(await other.readFrame('r', '')).toEqual([first]);
    });

    it('is that of exactly one of 50 who report one at the same time', async () => {
      const { store, other } = setting;
      const writer = await create(store, 'r');
      const answers = await atOnce(50, (n) =>
        record(n % 2 ? store : other, writer, anOutcome('', 'A', { outputs: `${n}` })),
      );
      const first = answers.flatMap((answer, n) => (answer === 'recorded' ? [n] : []));

      expect(first, 'the first outcome of a place is the only one').toHaveLength(1);
      expect(answers.filter((answer) => answer === 'duplicate')).toHaveLength(49);
      expect(await store.readFrame('r', ''), 'and it is the one of who was told so').toEqual([
        anOutcome('', 'A', { outputs: `${first[0]}` }),
      ]);
    });

    it('belongs to a frame and a key: the same of another one is another place', async () => {
      const { store } = setting;
      const writer = await create(store, 'r');
      const places: [string, string | number][] = [
        ['', 'A'],
        ['A', 'A'],
        ['A/A', 'A'],
        ['', 'A/A'],
        ['A', 1],
        ['A', '1'],
        ['A', ''],
        ['A[1]', 'A'],
        ['a', 'A'],
        ['A', 'a'],
      ];
      for (const [frame, key] of places) {
        expect(await record(store, writer, anOutcome(frame, key))).toBe('recorded');
      }
      expect(await store.readFrame('r', 'A')).toHaveLength(5);
      expect(await store.readFrame('r', '')).toHaveLength(2);
    });

    it('belongs to its run', async () => {
      const { store } = setting;
      const writers = [
        await create(store, 'r'),
        await create(store, 'R'),
        await create(store, 's'),
      ];
      for (const writer of writers) {
        expect(await record(store, writer, anOutcome('', 'A'))).toBe('recorded');
      }
    });
  });
}
