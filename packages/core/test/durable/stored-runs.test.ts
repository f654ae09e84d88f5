/**
 * Runs in a store, from outside: looking into them, and deleting them.
 * @module
 */
import { virtualClock } from '@runafter/clock';
import {
  deleteRuns,
  event,
  type Flow,
  inspectRun,
  memoryRunStore,
  type OutcomeInspection,
  type RunStore,
  start,
  workflow,
} from '@runafter/core';
import { describe, expect, it } from 'vitest';

const midnight = Date.UTC(2026, 0, 1);
const day = 86_400_000;

const orders = workflow(
  'Orders',
  (flow: Flow<number[]>) => {
    flow.forEach(
      'Orders',
      [],
      (_, { input }) => input,
      (each) => {
        each.action('Mail', ({ item }) => {
          if (item % 2 === 1) throw Object.assign(new Error(`no ${item}`), { code: 'HTTP_404' });
          return item;
        });
        each.scope('Scope', [], (scope) => {
          scope.action('Inside', () => 'inside');
        });
      },
    );
  },
  { version: '3' },
);

const waiting = workflow('Waiting', (flow) => flow.waitFor('Wait', [], event('go')));

async function listOf(outcomes: AsyncIterable<OutcomeInspection>): Promise<OutcomeInspection[]> {
  const list: OutcomeInspection[] = [];
  for await (const outcome of outcomes) list.push(outcome);
  return list;
}

async function idsIn(store: RunStore): Promise<string[]> {
  const ids: string[] = [];
  for await (const { runId } of store.listRuns()) ids.push(runId);
  return ids.sort();
}

describe('inspectRun', () => {
  it('tells what is known of a run that has ended', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const store = memoryRunStore({ clock });
    await start(orders, [2, 3], { store, clock, runId: 'r' }).finished;
    const run = await inspectRun(store, 'r');

    expect(run).toMatchObject({
      runId: 'r',
      workflow: 'Orders',
      version: '3',
      status: 'Failed',
      error: { code: 'HTTP_404' },
      startTime: new Date(midnight),
      endTime: new Date(midnight),
      input: [2, 3],
      lease: undefined,
    });
  });

  it('goes into containers, with pages and by status', async () => {
    const store = memoryRunStore();
    const input = Array.from({ length: 1_200 }, (_, index) => index);
    await start(orders, input, { store, runId: 'r' }).finished;
    const run = await inspectRun(store, 'r');

    expect((await listOf(run.outcomes())).map(({ path }) => path)).toEqual(['Orders']);
    const iterations = await listOf(run.outcomes('Orders'));
    expect(iterations.map(({ path }) => path)).toEqual(input.map((index) => `Orders[${index}]`));
    const failed = await listOf(run.outcomes('Orders', { statuses: ['Failed'] }));
    expect(failed).toHaveLength(600);
    expect(failed[0]).toMatchObject({ path: 'Orders[1]', error: { code: 'HTTP_404' } });
    expect(await listOf(run.outcomes('Orders[2]'))).toMatchObject([
      { path: 'Orders[2]/Mail', status: 'Succeeded', attempt: 1, outputs: 2 },
      { path: 'Orders[2]/Scope', status: 'Succeeded', attempt: 0, outputs: undefined },
    ]);
    expect(await listOf(run.outcomes('Orders[2]/Scope'))).toMatchObject([
      { path: 'Orders[2]/Scope/Inside', outputs: 'inside' },
    ]);
    expect(await listOf(run.outcomes('Nowhere'))).toEqual([]);
  });

  it('tells of a run that goes on who works on it', async () => {
    const clock = virtualClock();
    const store = memoryRunStore({ clock });
    const run = start(waiting, undefined, { store, clock, runId: 'r', holder: 'me', lease: '30s' });
    await clock.advance(0);

    expect(await inspectRun(store, 'r')).toMatchObject({
      status: 'Running',
      endTime: undefined,
      lease: { holder: 'me', expiresAt: midnight + 30_000 },
    });
    run.cancel();
    await run.finished;
  });

  it('refuses a run that is not known', async () => {
    await expect(inspectRun(memoryRunStore(), 'r')).rejects.toMatchObject({ code: 'RUN_UNKNOWN' });
  });
});

describe('deleteRuns', () => {
  /** `old` and `new` have succeeded or failed, on two days; `on` goes on. */
  async function filled() {
    const clock = virtualClock();
    const store = memoryRunStore({ clock, retention: Number.POSITIVE_INFINITY });
    await start(orders, [2], { store, clock, runId: 'old-good' }).finished;
    await start(orders, [1], { store, clock, runId: 'old-bad' }).finished;
    await clock.advance('2d');
    await start(orders, [2], { store, clock, runId: 'new-good' }).finished;
    const on = start(waiting, undefined, { store, clock, runId: 'on' });
    await clock.advance(0);
    return { clock, store, on };
  }

  it.each([
    { what: 'all that have ended', query: {}, left: ['on'] },
    {
      what: 'by status',
      query: { status: 'Failed' as const },
      left: ['new-good', 'old-good', 'on'],
    },
    { what: 'by workflow', query: { workflow: 'Orders' }, left: ['on'] },
    { what: 'by age', query: { endedBefore: midnight + day }, left: ['new-good', 'on'] },
    {
      what: 'by start, status and number',
      query: { status: 'Succeeded' as const, startedBefore: midnight + 3 * day, limit: 1 },
      left: ['new-good', 'old-bad', 'on'],
    },
  ])('deletes $what', async ({ query, left }) => {
    const { store, on } = await filled();
    const before = await idsIn(store);
    const deleted = await deleteRuns(store, query);

    expect(await idsIn(store)).toEqual(left);
    expect(deleted).toBe(before.length - left.length);
    on.cancel();
    expect((await on.finished).status).toBe('Cancelled');
  });

  it('ends a run that goes on only when it is told to', async () => {
    const { clock, store, on } = await filled();
    const lost = expect(on.finished).rejects.toMatchObject({ code: 'RUN_LOST' });
    expect(await deleteRuns(store, { status: 'Running' })).toBe(1);
    await clock.advance('15s');

    await lost;
  });
});

describe('the retention of a store', () => {
  it('lets runs go that ended longer ago, when another one begins; not those that go on', async () => {
    const clock = virtualClock();
    const store = memoryRunStore({ clock, retention: '7d' });
    await start(orders, [2], { store, clock, runId: 'old' }).finished;
    const on = start(waiting, undefined, { store, clock, runId: 'on' });
    await clock.advance('6d');
    await start(orders, [2], { store, clock, runId: 'newer' }).finished;
    expect(await idsIn(store)).toEqual(['newer', 'old', 'on']);
    await clock.advance('2d');
    await start(orders, [2], { store, clock, runId: 'newest' }).finished;
    await clock.advance(0);

    expect(await idsIn(store)).toEqual(['newer', 'newest', 'on']);
    on.cancel();
    await on.finished;
  });

  it('is 30 days unless told otherwise', () => {
    expect(memoryRunStore().retention).toBe(30 * day);
    expect(memoryRunStore({ retention: Number.POSITIVE_INFINITY }).retention).toBe(Infinity);
  });
});
