/**
 * What a saga does when all goes well, when a step fails, and when it is stopped.
 * @module
 */
import { type ActionRecord, failed, settled, workflow } from '@runafter/core';
import { none, type SagaOptions, type StepOutcome, saga, sagaReport } from '@runafter/saga';
import { describe, expect, it } from 'vitest';
import { World } from './world.ts';

/** Outcomes by step. */
function outcomes(record: ActionRecord | undefined): Record<string, StepOutcome> {
  return Object.fromEntries(sagaReport(record).steps.map(({ step, outcome }) => [step, outcome]));
}

describe('a saga', () => {
  it('hands over its output and undoes nothing when all went well', async () => {
    const world = new World();
    const { run, result } = await world.run(world.onboarding());

    expect(result).toMatchObject({ status: 'Succeeded', outputs: 'id of Log' });
    expect(world.log).toEqual(['Account', 'Site', 'Licence', 'Log']);
    expect(outcomes(run.result('Onboard'))).toEqual({
      Account: 'done',
      Site: 'done',
      Licence: 'done',
      Log: 'done',
    });
  });

  it('undoes what Succeeded, and perhaps what failed, in reverse order of the dependencies', async () => {
    const world = new World();
    world.failing = { Log: 'NO_TABLE' };
    const { run, result } = await world.run(world.onboarding());

    expect(result).toMatchObject({
      status: 'Failed',
      error: { code: 'NO_TABLE', message: '"Onboard/Log" ended Failed: Log says no' },
    });
    expect(world.log.slice(0, 3)).toEqual(['Account', 'Site', 'Licence']);
    expect(world.log[3]).toBe('undo Log: unknown');
    expect(world.log.slice(4, 6).toSorted()).toEqual([
      'undo Licence: id of Licence',
      'undo Site: id of Site',
    ]);
    expect(world.log.slice(6)).toEqual(['undo Account: id of Account']);
    expect(run.why().text).toContain('"Onboard/Log" ended Failed: Log says no');
    expect(outcomes(run.result('Onboard'))).toEqual({
      Account: 'undone',
      Site: 'undone',
      Licence: 'undone',
      Log: 'undone',
    });
  });

  it('stops the other steps as soon as it cannot succeed, and says whose fault it was', async () => {
    const world = new World();
    world.failing = { Licence: 'NONE_LEFT' };
    const flow = workflow('Race', (flow) => {
      saga(flow, 'Onboard', [], (steps) => {
        steps.step('Site', [], world.does('Site', '1h'), world.undoes('Site'));
        steps.step('Licence', [], world.does('Licence'), world.undoes('Licence'));
      });
    });
    const { run, result } = await world.run(flow);

    expect(result).toMatchObject({ error: { code: 'NONE_LEFT' } });
    expect(run.result('Onboard/Site')).toMatchObject({
      status: 'Cancelled',
      code: 'SAGA_STEPS_STOPPED',
    });
    expect(result.endTime.getTime() - result.startTime.getTime()).toBe(61_000);
    expect(world.log.toSorted()).toEqual(['undo Licence: unknown', 'undo Site: unknown']);
  });

  it('goes on when somebody handles a failed step', async () => {
    const world = new World();
    world.failing = { Site: 'NO_SITE' };
    const flow = workflow('Handled', (flow) => {
      saga(flow, 'Onboard', [], (steps) => {
        const site = steps.step('Site', [], world.does('Site'), world.undoes('Site'));
        const ticket = steps.step('Ticket', [failed(site)], world.does('Ticket'), {
          compensate: none('tickets are closed by people'),
        });
        steps.step('Log', [ticket], world.does('Log'), world.undoes('Log'));
      });
    });
    const { run, result } = await world.run(flow);

    expect(result.status).toBe('Succeeded');
    expect(world.log).toEqual(['Ticket', 'Log']);
    expect(sagaReport(run.result('Onboard')).steps[0]).toEqual({
      step: 'Site',
      outcome: 'unknown',
      status: 'Failed',
      error: { code: 'NO_SITE', message: 'Site says no' },
    });
  });

  describe('with only steps that matter less behind a step that fails', () => {
    const optional = { criticality: 'optional', compensate: none('a mail stays') } as const;

    it('is undone, and stops the others: nobody has dealt with the failure', async () => {
      const world = new World();
      world.failing = { Licence: 'NONE_LEFT' };
      const flow = workflow('Behind', (flow) => {
        saga(flow, 'Onboard', [], (steps) => {
          const account = steps.step('Account', [], world.does('Account'), world.undoes('Account'));
          const licence = steps.step('Licence', [account], world.does('Licence'), {
            compensate: none('it was not given'),
          });
          const mail = steps.step('Mail', [licence], world.does('Mail'), optional);
          steps.step('Copy', [mail], world.does('Copy'), optional);
          steps.step('Site', [account], world.does('Site', '1h'), world.undoes('Site'));
        });
      });
      const { run, result } = await world.run(flow);

      expect(result).toMatchObject({ status: 'Failed', error: { code: 'NONE_LEFT' } });
      expect(run.why().text).toContain('"Onboard/Licence" ended Failed: Licence says no');
      expect(run.result('Onboard/Site')?.code).toBe('SAGA_STEPS_STOPPED');
      expect(world.log).toEqual(['Account', 'undo Site: unknown', 'undo Account: id of Account']);
    });

    it('is incomplete where that step runs after the pivot', async () => {
      const world = new World();
      world.failing = { Log: 'NO_TABLE' };
      const flow = workflow('Behind', (flow) => {
        saga(flow, 'Onboard', [], (steps) => {
          const pay = steps.step('Pay', [], world.does('Pay'), {
            ...world.undoes('Pay'),
            pivot: true,
          });
          const log = steps.step('Log', [pay], world.does('Log'), { compensate: none('it stays') });
          steps.step('Mail', [log], world.does('Mail'), optional);
        });
      });
      const { result } = await world.run(flow);
      expect(result).toMatchObject({ status: 'Failed', error: { code: 'SAGA_INCOMPLETE' } });
    });

    it('goes on when somebody handles that step, or it matters less itself', async () => {
      const world = new World();
      world.failing = { Site: 'NO_SITE', Chat: 'DOWN' };
      const flow = workflow('Behind', (flow) => {
        saga(flow, 'Onboard', [], (steps) => {
          const site = steps.step('Site', [], world.does('Site'), world.undoes('Site'));
          steps.step('Mail', [site], world.does('Mail'), optional);
          steps.step('Ticket', [failed(site)], world.does('Ticket', '1h'), {
            compensate: none('tickets are closed by people'),
          });
          const chat = steps.step('Chat', [], world.does('Chat'), optional);
          steps.step('Copy', [chat], world.does('Copy'), optional);
        });
      });
      const { result } = await world.run(flow);
      expect(result.status).toBe('Succeeded');
      expect(world.log).toEqual(['Ticket']);
    });
  });

  it('undoes a handled failure too when something else fails the saga', async () => {
    const world = new World();
    world.failing = { Site: 'NO_SITE', Log: 'NO_TABLE' };
    const flow = workflow('Handled', (flow) => {
      saga(flow, 'Onboard', [], (steps) => {
        const site = steps.step('Site', [], world.does('Site'), world.undoes('Site'));
        steps.step('Log', [settled(site)], world.does('Log'), world.undoes('Log'));
      });
    });
    await world.run(flow);

    expect(world.log).toEqual(['undo Log: unknown', 'undo Site: unknown']);
  });

  it('undoes nothing that never began', async () => {
    const world = new World();
    world.failing = { Account: 'NO' };
    const { run } = await world.run(world.onboarding());

    expect(world.log).toEqual(['undo Account: unknown']);
    expect(outcomes(run.result('Onboard'))).toMatchObject({
      Site: 'not-needed',
      Log: 'not-needed',
    });
  });

  it.each<{
    how: string;
    stop: object;
    options: SagaOptions & { timeout?: string };
    run: string;
    saga: string;
  }>([
    {
      how: 'a cancel',
      stop: { cancelAfter: '90s' },
      options: {},
      run: 'Cancelled RUN_CANCELLED',
      saga: 'Cancelled RUN_CANCELLED',
    },
    {
      how: 'a timeout of the run',
      stop: { timeout: '90s' },
      options: {},
      run: 'TimedOut RUN_TIMED_OUT',
      saga: 'TimedOut RUN_TIMED_OUT',
    },
    {
      how: 'its own timeout',
      stop: {},
      options: { timeout: '90s' },
      run: 'Failed CONTAINER_TIMED_OUT',
      saga: 'TimedOut CONTAINER_TIMED_OUT',
    },
  ])('undoes all that may have happened after $how', async ({ stop, options, ...expected }) => {
    const world = new World();
    const { run, result } = await world.run(world.onboarding(options as SagaOptions), stop);
    const record = run.result('Onboard');

    expect(`${result.status} ${result.status !== 'Succeeded' && result.error.code}`).toBe(
      expected.run,
    );
    expect(`${record?.status} ${record?.code}`).toBe(expected.saga);
    expect(world.log).toHaveLength(4);
    expect(world.log[0]).toBe('Account');
    expect(world.log.slice(1, 3).toSorted()).toEqual([
      'undo Licence: unknown',
      'undo Site: unknown',
    ]);
    expect(world.log[3]).toBe('undo Account: id of Account');
    expect(outcomes(record)).toEqual({
      Account: 'undone',
      Site: 'undone',
      Licence: 'undone',
      Log: 'not-needed',
    });
  });
});
