/**
 * What compensations are called with, how often, how many at once, and what stops them: nothing.
 * @module
 */
import { concurrencyLimiter } from '@runafter/clock';
import { type Flow, start, workflow } from '@runafter/core';
import {
  type CompensationContext,
  compensationRetry,
  none,
  StepNotDoneError,
  saga,
  sagaReport,
} from '@runafter/saga';
import { describe, expect, it } from 'vitest';
import { World } from './world.ts';

const refuse = (): never => {
  throw Object.assign(new Error('no'), { code: 'NO' });
};

describe('a compensation', () => {
  it('gets the key of its step, a key of its own, the input, and the item of the loop', async () => {
    const seen: unknown[] = [];
    const flow = workflow('Hires', (flow: Flow<{ team: string }>) => {
      flow.forEach(
        'Hires',
        [],
        () => ['Ann', 'Bob'],
        (each) => {
          saga(each, 'Onboard', [each.item], (saga, [hire]) => {
            const account = saga.step(
              'Account',
              [hire],
              ([hire], { idempotencyKey }) => ({ hire, idempotencyKey }),
              {
                compensate: (done, { signal, ...context }) => {
                  seen.push([done, context, signal.aborted]);
                },
              },
            );
            saga.step('Site', [account], (_, { item }) => (item === 'Bob' ? refuse() : item), {
              compensate: none('sites stay'),
            });
          });
        },
        { id: (name) => name },
      );
    });
    await start(flow, { team: 'North' }, { runId: 'r' }).finished;

    const key = 'r/Hires[id=Bob]/Onboard';
    expect(seen).toEqual([
      [
        { outputs: { hire: 'Bob', idempotencyKey: `${key}/Account` } },
        {
          input: { team: 'North' },
          item: 'Bob',
          index: 1,
          runId: 'r',
          attempt: 1,
          idempotencyKey: `${key}/Undo_Account`,
          step: {
            name: 'Account',
            path: 'Hires[1]/Onboard/Account',
            idempotencyKey: `${key}/Account`,
          },
        },
        false,
      ],
    ]);
  });

  it('gets what select has left of the output', async () => {
    const seen: unknown[] = [];
    const flow = workflow('W', (flow) => {
      saga(flow, 'S', [], (saga) => {
        const a = saga.step('A', () => ({ id: 1, more: 2 }), {
          select: ({ id }) => id,
          compensate: (done) => void seen.push(done),
        });
        saga.step('B', [a], refuse, { compensate: none('it refuses') });
      });
    });
    await start(flow, undefined).finished;
    expect(seen).toEqual([{ outputs: 1 }]);
  });

  it('is tried again by its own budget, and not by that of its step', async () => {
    const world = new World();
    world.failing = { Log: 'NO' };
    world.locked = { Site: 2 };
    const { run, result } = await world.run(world.onboarding());

    expect(result).toMatchObject({ error: { code: 'NO' } });
    expect(run.result('Onboard/Undo_Site')?.attempts).toHaveLength(3);
    const keys = world.undone.get('Site')?.map(({ context }) => context.idempotencyKey);
    expect(keys).toEqual(Array(3).fill('r/Onboard/Undo_Site'));
    expect(world.undone.get('Site')?.map(({ context }) => context.attempt)).toEqual([1, 2, 3]);
    expect(world.log.at(-1)).toBe('undo Account: id of Account');
  });

  it('is tried 8 times more unless told otherwise, and may take 10 minutes', async () => {
    expect(compensationRetry).toMatchObject({ type: 'exponential', count: 8 });
    const world = new World();
    let calls = 0;
    const flow = workflow('W', (flow) => {
      saga(flow, 'S', [], (saga) => {
        const a = saga.step('A', () => 1, {
          compensate: () => {
            calls++;
            refuse();
          },
        });
        const b = saga.step('B', [a], () => 1, {
          compensate: (_, { signal }) => world.clock.sleep('1h', { signal }),
        });
        saga.step('C', [b], refuse, { compensate: none('it refuses') });
      });
    });
    const { run } = await world.run(flow);

    expect(calls).toBe(9);
    expect(run.result('S/Undo_A')).toMatchObject({ status: 'Failed', code: 'NO' });
    const slow = run.result('S/Undo_B');
    expect(slow?.status).toBe('TimedOut');
    expect(sagaReport(run.result('S')).steps).toMatchObject([
      { outcome: 'undo-failed', undoError: { code: 'NO' } },
      { outcome: 'undo-failed', undoError: { code: 'ACTION_TIMED_OUT' } },
      { outcome: 'unknown' },
    ]);
    expect(Number(slow?.endTime) - Number(slow?.startTime)).toBe(600_000);
  });

  it('that fails for good does not keep others from being undone, and is reported', async () => {
    const world = new World();
    world.failing = { Log: 'NO_TABLE' };
    world.locked = { Site: 9 };
    const { run, result } = await world.run(world.onboarding());

    expect(result).toMatchObject({
      status: 'Failed',
      error: {
        code: 'COMPENSATION_FAILED',
        message: expect.stringMatching(/Could not be undone: Site\..*"Onboard\/Log".*Log says no/),
      },
    });
    expect(world.log.slice(3)).toEqual([
      'undo Log: unknown',
      'undo Licence: id of Licence',
      'undo Account: id of Account',
    ]);
    expect(sagaReport(run.result('Onboard'))).toEqual({
      path: 'Onboard',
      status: 'Failed',
      code: 'COMPENSATION_FAILED',
      cause: { code: 'NO_TABLE', message: '"Onboard/Log" ended Failed: Log says no' },
      steps: [
        { step: 'Account', outcome: 'undone', status: 'Succeeded' },
        {
          step: 'Site',
          outcome: 'undo-failed',
          status: 'Succeeded',
          undoError: { code: 'UNKNOWN_ERROR', message: 'Site is locked' },
        },
        { step: 'Licence', outcome: 'undone', status: 'Succeeded' },
        {
          step: 'Log',
          outcome: 'undone',
          status: 'Failed',
          error: { code: 'NO_TABLE', message: 'Log says no' },
        },
      ],
    });
  });

  it('goes on when the run is cancelled, or its time is up, while it undoes', async () => {
    for (const stop of [{ cancelAfter: '181s' }, { timeout: '181s' }] as const) {
      const world = new World();
      world.failing = { Log: 'NO_TABLE' };
      const { run, result } = await world.run(world.onboarding({ timeout: '182s' }), stop);

      expect(result.status).toBe('cancelAfter' in stop ? 'Cancelled' : 'TimedOut');
      expect(run.result('Onboard')).toMatchObject({ status: 'Failed', code: 'NO_TABLE' });
      expect(world.log.at(-1)).toBe('undo Account: id of Account');
    }
  });

  it('waits until what ran has settled, or its grace time is over', async () => {
    const world = new World();
    const { clock, log } = world;
    const flow = workflow(
      'W',
      (flow) => {
        saga(flow, 'S', [], (saga) => {
          saga.step('Slow', () => clock.sleep('70s').then(() => log.push('late')), {
            compensate: () => void log.push(`undo ${clock.monotonic()}`),
          });
          saga.step('Fails', () => clock.sleep('60s').then(refuse), {
            compensate: none('it refuses'),
          });
        });
      },
      { grace: '3s' },
    );
    const begun = clock.monotonic();
    const { run } = await world.run(flow);

    expect(run.result('S/Slow')).toMatchObject({ status: 'Cancelled', unsettled: true });
    expect(log).toEqual([`undo ${begun + 63_000}`, 'late']);
  });
});

describe('the bound on compensations', () => {
  it.each([
    [undefined, 10],
    [3, 3],
    [Infinity, 25],
  ])('of %s lets %s run side by side', async (compensationConcurrency, most) => {
    const world = new World();
    let active = 0;
    let highest = 0;
    const flow = workflow('W', (flow) => {
      saga(
        flow,
        'S',
        [],
        (saga) => {
          const steps = Array.from({ length: 25 }, (_, number) =>
            saga.step(`Step_${number}`, () => number, {
              compensate: async () => {
                highest = Math.max(highest, ++active);
                await world.clock.sleep('1s');
                active--;
              },
            }),
          );
          saga.step('Fails', steps, refuse, { compensate: none('it refuses') });
        },
        compensationConcurrency === undefined ? {} : { compensationConcurrency },
      );
    });
    await world.run(flow);
    expect(highest).toBe(most);
  });
});

describe('nothing is undone', () => {
  it('of a step that says on every attempt that it has done nothing', async () => {
    const world = new World();
    const errors = [new StepNotDoneError('Refused'), new StepNotDoneError('Refused')];
    const undo = { run: () => void world.log.push('undone') };
    const flow = workflow('W', (flow) => {
      saga(
        flow,
        'S',
        [],
        (saga) =>
          void saga.step('A', () => Promise.reject(errors.shift()), {
            compensate: undo,
            retry: { type: 'fixed', count: 1, interval: '1s' },
          }),
      );
    });
    const { run } = await world.run(flow);
    expect(world.log).toEqual([]);
    expect(sagaReport(run.result('S')).steps).toMatchObject([
      { outcome: 'not-needed', status: 'Failed', error: { code: 'STEP_NOT_DONE' } },
    ]);

    errors.push(new Error('reply lost') as StepNotDoneError, new StepNotDoneError('Refused'));
    await world.run(flow);
    expect(world.log).toEqual(['undone']);
  });

  it('of a step that still waited for its turn at a limiter', async () => {
    const world = new World();
    const limiter = concurrencyLimiter(1);
    const flow = workflow('W', (flow) => {
      saga(flow, 'S', [], (saga) => {
        saga.step('First', [], world.does('First', '1h'), { ...world.undoes('First'), limiter });
        saga.step('Second', [], world.does('Second'), { ...world.undoes('Second'), limiter });
      });
    });
    const { run } = await world.run(flow, { cancelAfter: '10s' });
    expect(world.log).toEqual(['undo First: unknown']);
    expect(sagaReport(run.result('S')).steps[1]).toMatchObject({ outcome: 'not-needed' });
  });
});

describe('a step without a compensation', () => {
  it('stays done, with its reason in the report', async () => {
    const flow = workflow('W', (flow) => {
      saga(flow, 'S', [], (saga) => {
        const mail = saga.step('Mail', () => 'sent', { compensate: none('mails stay sent') });
        saga.step('Log', [mail], refuse, { compensate: none('logs stay') });
      });
    });
    const run = start(flow, undefined);
    expect(await run.finished).toMatchObject({ status: 'Failed', error: { code: 'NO' } });
    expect(sagaReport(run.result('S')).steps).toEqual([
      { step: 'Mail', outcome: 'done', status: 'Succeeded', reason: 'mails stay sent' },
      {
        step: 'Log',
        outcome: 'unknown',
        status: 'Failed',
        reason: 'logs stay',
        error: { code: 'NO', message: 'no' },
      },
    ]);
  });
});

it('a child workflow is undone as a whole', async () => {
  const seen: unknown[] = [];
  const note = (done: unknown, { step }: CompensationContext<unknown, unknown>) =>
    void seen.push([step.name, done]);
  const licences = workflow('Licences', (flow: Flow<number>) =>
    flow.action('Take', ({ input }) => {
      if (input > 1) throw new StepNotDoneError('None left');
      return input;
    }),
  );
  const flow = workflow('W', (flow) => {
    saga(flow, 'S', [], (saga) => {
      const one = saga.child('One', [], licences, () => 1, { compensate: note });
      saga.child('Two', [one], licences, ([n]) => n + 1, { compensate: note });
    });
  });
  expect(await start(flow, undefined).finished).toMatchObject({ error: { code: 'STEP_NOT_DONE' } });
  // What a step inside says of itself is not said of the whole.
  expect(seen).toEqual([
    ['Two', { unknown: true }],
    ['One', { outputs: 1 }],
  ]);
});

it.each(['Succeeded', 'Failed', 'Cancelled'] as const)(
  'a terminate of the run as %s undoes a saga under way',
  async (status) => {
    const world = new World();
    const flow = workflow('W', (flow) => {
      world.onboard(flow);
      const wait = flow.delay('Wait', [], '90s');
      flow.terminate('Stop', [wait], status);
    });
    const { run, result } = await world.run(flow);
    expect(result.status).toBe(status);
    expect(run.result('Onboard')).toMatchObject({ status: 'Cancelled', code: 'RUN_TERMINATED' });
    expect(world.log.at(-1)).toBe('undo Account: id of Account');
  },
);
