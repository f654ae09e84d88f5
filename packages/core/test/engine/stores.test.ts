/**
 * A run with a store: every outcome is recorded before anything goes on.
 * @module
 */
import { virtualClock } from '@runafter/clock';
import {
  type Flow,
  memoryRunStore,
  RunInputDiffersError,
  type RunStore,
  start,
  type Workflow,
  workflow,
} from '@runafter/core';
import { describe, expect, it } from 'vitest';
import { storedOutcomes, storedPaths } from '../durable/stored-outcomes.ts';
import { nextTurn } from './next-turn.ts';

describe('an outcome', () => {
  it('is recorded before anything that runs after it starts', async () => {
    const called: string[] = [];
    const asked: unknown[] = [];
    const answers: (() => void)[] = [];
    const store = storeWith({
      recordOutcome: (_, { outcome }) => {
        asked.push(outcome.key);
        return new Promise((resolve) => {
          answers.push(() => resolve('recorded'));
        });
      },
    });
    const run = start(twoSteps(called), undefined, { store });
    await nextTurn();

    expect(called).toEqual(['First']);
    expect(asked).toEqual(['First']);
    answers[0]?.();
    await nextTurn();

    expect(called).toEqual(['First', 'Second']);
    expect(run.status, 'the run ends only once all is stored').toBeUndefined();
    answers[1]?.();

    expect((await run.finished).status).toBe('Succeeded');
  });

  it('has the status, the output, the times, or the error', async () => {
    const store = memoryRunStore();
    const clock = virtualClock({ autoAdvance: true });
    const flow = workflow('Order', (flow) => {
      const good = flow.action('Good', () => clock.sleep('2s').then(() => ({ id: 7 })));
      const bad = flow.action('Bad', [good], () => {
        throw Object.assign(new Error('no'), { code: 'NOT_FOUND' });
      });
      flow.scope('After', [bad], (scope) => {
        scope.action('Never', () => 1);
      });
    });
    await start(flow, undefined, { store, clock, runId: 'r' }).finished;
    const midnight = Date.UTC(2026, 0, 1);

    expect(await storedOutcomes(store, 'r')).toEqual([
      {
        path: 'After',
        attempt: 0,
        status: 'Skipped',
        error: { code: 'RUN_AFTER_NOT_MET', message: expect.any(String) },
        startTime: new Date(midnight + 2_000),
        endTime: new Date(midnight + 2_000),
      },
      {
        path: 'Bad',
        attempt: 1,
        status: 'Failed',
        error: { code: 'NOT_FOUND', message: 'no' },
        startTime: new Date(midnight + 2_000),
        endTime: new Date(midnight + 2_000),
      },
      {
        path: 'Good',
        attempt: 1,
        status: 'Succeeded',
        outputs: { id: 7 },
        startTime: new Date(midnight),
        endTime: new Date(midnight + 2_000),
      },
    ]);
  });

  it('of every iteration, branch and container is recorded under its own path', async () => {
    const store = memoryRunStore();
    const flow = workflow('Loop', (flow) => {
      flow.forEach(
        'Items',
        [],
        () => [1, 2],
        (each) => {
          each.condition('Odd', [each.item], ([item]) => item % 2 === 1, {
            then: (then) => {
              then.action('Work', () => 1);
            },
          });
        },
      );
    });
    await start(flow, undefined, { store, runId: 'r' }).finished;

    expect((await storedPaths(store, 'r')).sort()).toEqual([
      'Items',
      'Items[0]',
      'Items[0]/Odd',
      'Items[0]/Odd/then',
      'Items[0]/Odd/then/Work',
      'Items[1]',
      'Items[1]/Odd',
      'Items[1]/Odd/then',
    ]);
  });

  it('of a child workflow is kept with the run of its parent, under the path of its action', async () => {
    const store = memoryRunStore();
    const child = workflow('Child', (flow) => flow.action('Inner', () => 1), { version: '2' });
    const parent = workflow('Parent', (flow) => flow.child('Call', [], child, () => undefined));
    await start(parent, undefined, { store, runId: 'p' }).finished;
    const runs: string[] = [];
    for await (const { runId } of store.listRuns()) runs.push(runId);

    expect(runs).toEqual(['p']);
    expect(await storedPaths(store, 'p')).toEqual(['Call', 'Call/Inner']);
  });
});

describe('a run', () => {
  it('is in its store from its beginning to its end', async () => {
    const store = memoryRunStore();
    const clock = virtualClock();
    const flow = workflow('Slow', (flow) => flow.delay('Wait', [], '5s'), { version: '1.2' });
    const run = start(flow, undefined, { store, clock, runId: 'r' });
    await clock.advance('1s');

    expect(await store.readRun('r')).toMatchObject({
      runId: 'r',
      workflow: 'Slow',
      version: '1.2',
      startTime: Date.UTC(2026, 0, 1),
      end: undefined,
      lease: { holder: expect.stringContaining(`process ${process.pid} on `) },
    });
    await clock.advance('4s');
    await run.finished;

    expect(await store.readRun('r')).toMatchObject({
      end: { status: 'Succeeded', endTime: Date.UTC(2026, 0, 1) + 5_000 },
      lease: undefined,
    });
  });

  it('is one, however often it is started with the same id and input', async () => {
    const store = memoryRunStore();
    const called: string[] = [];
    const flow = twoSteps(called);
    const first = start(flow, undefined, { store, runId: 'r' });
    const second = start(flow, undefined, { store, runId: 'r' });

    expect((await second.finished).status).toBe('Succeeded');
    expect((await first.finished).status).toBe('Succeeded');
    expect((await start(flow, undefined, { store, runId: 'r' }).finished).status).toBe('Succeeded');
    expect(called).toEqual(['First', 'Second']);
  });

  it('is refused with RUN_INPUT_DIFFERS when its id is taken by another input', async () => {
    const store = memoryRunStore();
    const flow = workflow('Order', (flow: Flow<number>) =>
      flow.action('Double', ({ input }) => input * 2),
    );
    await start(flow, 1, { store, runId: 'r' }).finished;
    const second = start(flow, 2, { store, runId: 'r' });

    await expect(second.finished).rejects.toBeInstanceOf(RunInputDiffersError);
    await expect(second.finished).rejects.toMatchObject({ code: 'RUN_INPUT_DIFFERS', runId: 'r' });
    expect(await start(flow, 1, { store, runId: 'r' }).finished).toMatchObject({ outputs: 2 });
  });

  it('with the id of one that was deleted is a new one', async () => {
    const store = memoryRunStore();
    await start(twoSteps([]), undefined, { store, runId: 'r' }).finished;
    await store.deleteRun('r');
    const again = start(twoSteps([]), undefined, { store, runId: 'r' });

    expect((await again.finished).status).toBe('Succeeded');
  });
});

function storeWith(methods: Partial<RunStore>): RunStore {
  return Object.assign(memoryRunStore(), methods);
}

function twoSteps(called: string[]): Workflow<void, void> {
  return workflow('Two_Steps', (flow) => {
    const first = flow.action('First', ({ path }) => called.push(path));
    flow.action('Second', [first], (_, { path }) => called.push(path));
  });
}
