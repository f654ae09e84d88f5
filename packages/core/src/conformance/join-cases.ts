/** A join is told ready once, by whichever outcome was the last that it waited for. */
import { describe, expect, it } from 'vitest';
import type { Join, ReadyJoin } from '../ports/run-store.ts';
import { anOutcome, create, record, type Setting } from './setting.ts';

const orders = [
  ['A', 'B', 'C'],
  ['A', 'C', 'B'],
  ['B', 'A', 'C'],
  ['B', 'C', 'A'],
  ['C', 'A', 'B'],
  ['C', 'B', 'A'],
];

export function joinCases(setting: Setting): void {
  describe('a join', () => {
    it.each([true, false])('of one is ready with its outcome, met: %s', async (met) => {
      const { store } = setting;
      const writer = await create(store, 'r');
      const joins = [joinOf(1, { key: 'Next', met })];
      expect(await record(store, writer, anOutcome('', 'A'), { joins })).toEqual({
        state: 'recorded',
        ready: [{ frame: '', key: 'Next', met }],
      });
    });

    it('of one keeps no count: each outcome makes it ready', async () => {
      const { store } = setting;
      const writer = await create(store, 'r');
      const joins = [joinOf(1, { key: 'Next' })];
      for (const key of ['A', 'B']) {
        const { ready } = await record(store, writer, anOutcome('', key), { joins });
        expect(ready).toHaveLength(1);
      }
    });

    it.each(orders)(
      'of three is ready with the last one, in the order %s, %s, %s',
      async (...keys) => {
        const { store, other } = setting;
        const writer = await create(store, 'r');
        const ready: (readonly ReadyJoin[])[] = [];
        for (const [at, key] of keys.entries()) {
          const connection = at % 2 ? store : other;
          const answer = await record(connection, writer, anOutcome('', key), {
            joins: [joinOf(3)],
          });
          ready.push(answer.ready);
        }
        expect(ready).toEqual([[], [], [{ frame: '', key: 'Sum', met: true }]]);
      },
    );

    it('of many is told ready to exactly one of those who record at the same time', async () => {
      const { store, other } = setting;
      const writer = await create(store, 'r');
      for (const of of [3, 50]) {
        const answers = await Promise.all(
          Array.from({ length: of }, (_, n) =>
            record(n % 2 ? store : other, writer, anOutcome('', `${of}-${n}`), {
              joins: [joinOf(of, { key: of })],
            }),
          ),
        );
        expect(
          answers.flatMap(({ ready }) => ready),
          'the last one is told, and nobody else',
        ).toEqual([{ frame: '', key: of, met: true }]);
      }
    });

    it.each([0, 1, 2])(
      'of three is not met when outcome %i was not what it asked for',
      async (unmet) => {
        const { store } = setting;
        const writer = await create(store, 'r');
        const told: ReadyJoin[] = [];
        for (let n = 0; n < 3; n++) {
          const joins = [joinOf(3, { met: n !== unmet })];
          told.push(...(await record(store, writer, anOutcome('', n), { joins })).ready);
        }
        expect(told, 'met only when all were').toEqual([{ frame: '', key: 'Sum', met: false }]);
      },
    );

    it('is told again to who repeats an outcome, once it is ready', async () => {
      const { store, other } = setting;
      const writer = await create(store, 'r');
      const joins = [joinOf(2), joinOf(1, { key: 'Next', met: false })];
      const next = { frame: '', key: 'Next', met: false };
      const sum = { frame: '', key: 'Sum', met: true };

      expect((await record(store, writer, anOutcome('', 'A'), { joins })).ready).toEqual([next]);
      expect(
        await record(other, writer, anOutcome('', 'A'), { joins }),
        'a repeated outcome does not count twice',
      ).toEqual({ state: 'duplicate', ready: [next] });
      const last = await record(store, writer, anOutcome('', 'B'), { joins: [joinOf(2)] });
      expect(last.ready).toEqual([sum]);
      const again = await record(other, writer, anOutcome('', 'A'), { joins });
      expect(again.state).toBe('duplicate');
      expect(again.ready, 'whose answer was lost learns it by repeating').toHaveLength(2);
      expect(again.ready).toEqual(expect.arrayContaining([next, sum]));
    });

    it('is told again with what it was met by, also by an outcome that met it', async () => {
      const { store } = setting;
      const writer = await create(store, 'r');
      await record(store, writer, anOutcome('', 'A'), { joins: [joinOf(2)] });
      await record(store, writer, anOutcome('', 'B'), { joins: [joinOf(2, { met: false })] });
      const again = await record(store, writer, anOutcome('', 'A'), { joins: [joinOf(2)] });
      expect(again.ready).toEqual([{ frame: '', key: 'Sum', met: false }]);
    });

    it('is one of several that an outcome counts down', async () => {
      const { store } = setting;
      const writer = await create(store, 'r');
      const joins = [joinOf(2), joinOf(3, { key: 'Late' }), joinOf(2, { frame: 'Scope', key: '' })];
      await record(store, writer, anOutcome('', 'A'), { joins });
      const { ready } = await record(store, writer, anOutcome('', 'B'), { joins });
      expect(ready).toHaveLength(2);
      expect(ready).toEqual(
        expect.arrayContaining([
          { frame: '', key: 'Sum', met: true },
          { frame: 'Scope', key: '', met: true },
        ]),
      );
    });

    it('belongs to a run, a frame and a key: the same of another one counts for itself', async () => {
      const { store } = setting;
      const writers = [await create(store, 'r'), await create(store, 's')];
      const places = [
        { frame: '', key: 'Sum' },
        { frame: 'Sum', key: '' },
        { frame: 'L', key: 1 },
        { frame: 'L', key: '1' },
        { frame: 'l', key: 1 },
        { frame: 'L/1', key: '' },
      ];
      for (const writer of writers) {
        const joins = places.map((place) => joinOf(2, place));
        const first = await record(store, writer, anOutcome('', 'A'), { joins });
        expect(first.ready).toEqual([]);
      }
      for (const [n, place] of places.entries()) {
        const joins = [joinOf(2, place)];
        const { ready } = await record(store, writers[0] as never, anOutcome('n', n), { joins });
        expect(ready).toEqual([{ ...place, met: true }]);
      }
    });

    it('begins anew when its frame was forgotten; those of other frames go on', async () => {
      const { store } = setting;
      const writer = await create(store, 'r');
      const frames = ['Loop', 'Loop[1]', 'Loop/X', 'Loo_', 'loop', 'Loop%'];
      const joins = frames.map((frame) => joinOf(2, { frame, key: 'Sum' }));
      await record(store, writer, anOutcome('n', 1), { joins });
      const container = anOutcome('', 'Loop');
      expect((await record(store, writer, container, { forgetJoins: 'Loop' })).state).toBe(
        'recorded',
      );
      const { ready } = await record(store, writer, anOutcome('n', 2), { joins });
      expect(new Set(ready.map(({ frame }) => frame))).toEqual(new Set(frames.slice(1)));
      const third = await record(store, writer, anOutcome('n', 3), { joins: joins.slice(0, 1) });
      expect(third.ready).toEqual([{ frame: 'Loop', key: 'Sum', met: true }]);
    });

    it('is not forgotten by a duplicate', async () => {
      const { store } = setting;
      const writer = await create(store, 'r');
      await record(store, writer, anOutcome('', 'A'), { joins: [joinOf(2)] });
      await record(store, writer, anOutcome('', 'A'), { forgetJoins: '' });
      const { ready } = await record(store, writer, anOutcome('', 'B'), { joins: [joinOf(2)] });
      expect(ready).toHaveLength(1);
    });
  });
}

function joinOf(of: number, changes: Partial<Join> = {}): Join {
  return { frame: '', key: 'Sum', of, met: true, ...changes };
}
