/**
 * Executors: where and when handlers are called is theirs to decide, and nothing else of a run depends
 * on it.
 * @module
 */
import { fixed, virtualClock } from '@runafter/clock';
import { type ActionTask, type Executor, inProcess, start, workflow } from '@runafter/core';
import { describe, expect, it } from 'vitest';
import { nextTurn } from './next-turn.ts';

describe('an executor', () => {
  it('is given each attempt with everything that says what it is', async () => {
    const tasks: Omit<ActionTask, 'run' | 'runElsewhere' | 'signal'>[] = [];
    const executor: Executor = {
      dispatch({ run, runElsewhere, signal, ...facts }) {
        expect(runElsewhere).toBeTypeOf('function');
        expect(signal.aborted).toBe(false);
        tasks.push(facts);
        void run();
      },
    };
    const flow = workflow('Order', (flow) => {
      flow.scope('Notify', [], (scope) => {
        scope.action('Mail', ({ attempt }) => attempt > 1 || Promise.reject(new Error('busy')), {
          retry: fixed({ count: 1, interval: '1s' }),
        });
      });
    });
    const clock = virtualClock({ autoAdvance: true });
    await start(flow, undefined, { executor, clock, runId: 'order-7' }).finished;

    const place = { path: 'Notify/Mail', address: 'Notify/Mail', isResumed: false };
    const facts = { runId: 'order-7', workflow: 'Order', ...place };
    expect(tasks).toEqual([
      { ...facts, attempt: 1, idempotencyKey: 'order-7/Notify/Mail' },
      { ...facts, attempt: 2, idempotencyKey: 'order-7/Notify/Mail' },
    ]);
  });

  it('may run a task late: its action has not started before', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const executor: Executor = {
      dispatch: (task) => void clock.setTimer(5_000, () => void task.run()),
    };
    const run = start(twoSteps(), undefined, { clock, executor });
    const result = await run.finished;

    expect(result).toMatchObject({ status: 'Succeeded', outputs: 'second after first' });
    expect(run.result('First')?.startTime.getTime()).toBe(Date.UTC(2026, 0, 1) + 5_000);
    expect(clock.monotonic()).toBe(10_000);
  });

  it('may run tasks in any order', async () => {
    const held: ActionTask[] = [];
    const flow = workflow('Side_By_Side', (flow) => {
      const parts = ['A', 'B', 'C'].map((name) => flow.action(name, () => name));
      return flow.action('All', parts, (values) => values.join(''));
    });
    const executor: Executor = {
      dispatch(task) {
        held.push(task);
        if (held.length === 3) for (const one of held.splice(0).reverse()) void one.run();
        else if (task.path === 'All') void task.run();
      },
    };

    expect(await start(flow, undefined, { executor }).finished).toMatchObject({ outputs: 'ABC' });
  });

  it('that runs a task twice has its handler called once', async () => {
    const called: string[] = [];
    const executor: Executor = {
      dispatch(task) {
        void task.run();
        void task.run();
        setImmediate(() => void task.run());
      },
    };
    const flow = workflow('Pay', (flow) => {
      flow.action('Charge', async ({ path }) => {
        called.push(path);
      });
    });
    const { results } = await start(flow, undefined, { executor }).finished;
    await nextTurn();

    expect(called).toEqual(['Charge']);
    expect(results[0]?.attempts).toHaveLength(1);
  });

  it('learns that an attempt is over, also of one that failed', async () => {
    const over: string[] = [];
    const executor: Executor = {
      dispatch: (task) => void task.run().then(() => over.push(task.path)),
    };
    const flow = workflow('Pay', (flow) => {
      flow.action('Good', () => 1);
      flow.action('Bad', () => Promise.reject(new Error('no')));
    });
    await start(flow, undefined, { executor }).finished;
    await nextTurn();

    expect(over.sort()).toEqual(['Bad', 'Good']);
  });

  it('that throws makes `finished` reject with what it threw, and leaves no timer', async () => {
    const executor: Executor = {
      dispatch() {
        throw new Error('The queue is gone.');
      },
    };
    const clock = virtualClock();
    const run = start(twoSteps(), undefined, { executor, clock, timeout: '1d' });

    await expect(run.finished).rejects.toThrow('The queue is gone.');
    expect(run.status).toBe('Failed');
    expect(run.why().text).toContain('The run store, the executor or the engine has failed.');
    expect(clock.pending).toBe(0);
  });

  it('that is async and rejects makes `finished` reject, too', async () => {
    const dispatch = async (): Promise<void> => {
      throw new Error('The queue is gone.');
    };
    const run = start(twoSteps(), undefined, { executor: { dispatch } });

    await expect(run.finished).rejects.toThrow('The queue is gone.');
  });

  it('that still holds a task when the run is cancelled sees its signal abort, and runs nothing', async () => {
    const held: ActionTask[] = [];
    const executor: Executor = { dispatch: (task) => void held.push(task) };
    const called: string[] = [];
    const flow = workflow('Pay', (flow) => {
      flow.action('Charge', ({ path }) => {
        called.push(path);
      });
    });
    const run = start(flow, undefined, { executor });
    await nextTurn();
    run.cancel();
    const { status, results } = await run.finished;
    const [task] = held;
    await task?.run();

    expect(status).toBe('Cancelled');
    expect(results[0]).toMatchObject({ status: 'Skipped', code: 'RUN_CANCELLED' });
    expect(task?.signal.aborted).toBe(true);
    expect(called).toEqual([]);
  });

  it('that holds a later attempt when the run is cancelled does not hold up the end', async () => {
    const clock = virtualClock();
    const executor: Executor = {
      dispatch: (task) => void (task.attempt === 1 && task.run()),
    };
    const flow = workflow('Pay', (flow) => {
      flow.action('Charge', () => Promise.reject(new Error('busy')), {
        retry: fixed({ count: 1, interval: '1s' }),
      });
    });
    const run = start(flow, undefined, { executor, clock });
    await clock.advance('2s');
    run.cancel();
    const { results, unsettled } = await run.finished;

    expect(results[0]).toMatchObject({ status: 'Cancelled', attempts: [{ number: 1 }] });
    expect(unsettled).toEqual([]);
    expect(clock.pending).toBe(0);
  });

  it('runs the handlers of child workflows, too', async () => {
    const paths: string[] = [];
    const executor: Executor = {
      dispatch(task) {
        paths.push(`${task.runId} ${task.path}`);
        void task.run();
      },
    };
    const parent = workflow('Parent', (flow) =>
      flow.child('Call', [], twoSteps(), () => undefined),
    );
    const result = await start(parent, undefined, { executor, runId: 'p' }).finished;

    expect(result).toMatchObject({ outputs: 'second after first' });
    expect(paths).toEqual(['p/Call First', 'p/Call Second']);
  });

  it('in this process, given by name, is what runs have anyway', async () => {
    const result = await start(twoSteps(), undefined, { executor: inProcess }).finished;

    expect(result).toMatchObject({ status: 'Succeeded', outputs: 'second after first' });
  });
});

function twoSteps() {
  return workflow('Two_Steps', (flow) => {
    const first = flow.action('First', () => 'first');
    return flow.action('Second', [first], async ([first]) => `second after ${first}`);
  });
}
