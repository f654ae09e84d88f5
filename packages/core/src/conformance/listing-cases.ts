/** The runs that match, oldest first. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { RunQuery } from '../ports/run-store.ts';
import type { Status } from '../status.ts';
import { collect, create, type Setting } from './setting.ts';

/** Not created in the order of their age. */
const runs: readonly [
  id: string,
  workflow: string,
  start: number,
  status?: Status,
  end?: number,
][] = [
  ['third', 'Order', 300, 'Failed', 700],
  ['first', 'Order', 100],
  ['fifth', 'Report', 500],
  ['second', 'Report', 200, 'Succeeded', 600],
  ['fourth', 'Order', 400, 'Cancelled', 800],
];

export function listingCases(setting: Setting): void {
  describe('listing runs', () => {
    beforeEach(async () => {
      const { store } = setting;
      for (const [runId, workflow, startTime, status, endTime] of runs) {
        const writer = await create(store, runId, { workflow, startTime });
        if (status && endTime) await store.endRun(writer, { status, endTime });
      }
    });

    it.each<{ what: string; query: RunQuery | undefined; ids: string[] }>([
      { what: 'all', query: undefined, ids: ['first', 'second', 'third', 'fourth', 'fifth'] },
      { what: 'all', query: {}, ids: ['first', 'second', 'third', 'fourth', 'fifth'] },
      { what: 'those of a status', query: { status: 'Failed' }, ids: ['third'] },
      { what: 'those that have not ended', query: { status: 'Running' }, ids: ['first', 'fifth'] },
      {
        what: 'those of several statuses',
        query: { status: ['Cancelled', 'Running', 'TimedOut'] },
        ids: ['first', 'fourth', 'fifth'],
      },
      { what: 'those of a workflow', query: { workflow: 'Report' }, ids: ['second', 'fifth'] },
      { what: 'none of an unknown workflow', query: { workflow: 'report' }, ids: [] },
      {
        what: 'those that started before',
        query: { startedBefore: 300 },
        ids: ['first', 'second'],
      },
      {
        what: 'those that started after',
        query: { startedAfter: 300 },
        ids: ['fourth', 'fifth'],
      },
      {
        what: 'those that started between',
        query: { startedAfter: 100, startedBefore: 400 },
        ids: ['second', 'third'],
      },
      {
        what: 'those that have ended before',
        query: { endedBefore: 800 },
        ids: ['second', 'third'],
      },
      { what: 'the oldest', query: { limit: 2 }, ids: ['first', 'second'] },
      { what: 'more than there are', query: { limit: 50 }, ids: runs.map(([id]) => id) },
      {
        what: 'those that match everything',
        query: { workflow: 'Order', status: ['Failed', 'Cancelled'], startedBefore: 401, limit: 1 },
        ids: ['third'],
      },
      {
        what: 'those that have ended before, among those that run: none',
        query: { status: 'Running', endedBefore: 9_999 },
        ids: [],
      },
    ])('gives $what, oldest first: $query', async ({ query, ids }) => {
      const found = (await collect(setting.other.listRuns(query))).map(({ runId }) => runId);
      const age = (id: string) => runs.find(([runId]) => runId === id)?.[2] ?? 0;
      expect(found).toEqual([...ids].sort((a, b) => age(a) - age(b)));
    });

    it.each<{ what: string; query: RunQuery; ids: string[] }>([
      { what: 'all', query: {}, ids: ['fifth', 'fourth', 'third', 'second', 'first'] },
      { what: 'the newest', query: { limit: 2 }, ids: ['fifth', 'fourth'] },
      {
        what: 'those before the ones that were seen',
        query: { startedBefore: 400, limit: 2 },
        ids: ['third', 'second'],
      },
      {
        what: 'those that match everything',
        query: { workflow: 'Order', startedAfter: 100, startedBefore: 401, endedBefore: 801 },
        ids: ['fourth', 'third'],
      },
    ])('gives $what, newest first: $query', async ({ query, ids }) => {
      const found = await collect(setting.other.listRuns({ ...query, order: 'newest' }));
      expect(found.map(({ runId }) => runId)).toEqual(ids);
    });

    it('gives each run as readRun does', async () => {
      const { store, other } = setting;
      for (const run of await collect(other.listRuns())) {
        expect(run).toEqual(await store.readRun(run.runId));
      }
    });

    it('may be left in the middle, and begun again', async () => {
      const { store } = setting;
      for await (const { runId } of store.listRuns()) {
        expect(runId).toBe('first');
        break;
      }
      expect(await collect(store.listRuns())).toHaveLength(5);
    });

    it('goes on while runs come and go, and misses none that stays', async () => {
      const { store, other } = setting;
      const seen: string[] = [];
      for await (const { runId } of store.listRuns()) {
        seen.push(runId);
        await other.deleteRun(runId === 'first' ? 'second' : runId);
        await create(other, `${runId}-again`, { startTime: 1 });
      }
      expect(new Set(seen).size, 'each at most once').toBe(seen.length);
      expect(seen).toEqual(expect.arrayContaining(['first', 'third', 'fourth', 'fifth']));
    });

    it('of many runs gives each once, also of the same age', async () => {
      const { store, other } = setting;
      const ids = Array.from({ length: 300 }, (_, n) => `many-${n}`);
      await Promise.all(
        ids.map((id, n) => create(store, id, { workflow: 'Many', startTime: n % 7 })),
      );
      const found = await collect(other.listRuns({ workflow: 'Many' }));
      expect(found.map(({ runId }) => runId).sort()).toEqual([...ids].sort());
      const ages = found.map(({ startTime }) => startTime);
      expect(ages).toEqual([...ages].sort((a, b) => a - b));

      const newest = await collect(other.listRuns({ workflow: 'Many', order: 'newest' }));
      expect(newest.map(({ runId }) => runId).sort()).toEqual([...ids].sort());
      expect(newest.map(({ startTime }) => startTime)).toEqual(ages.toReversed());
    });
  });
}
