/**
 * The pivot: before it everything is undone, after it nothing.
 * @module
 */
import { concurrencyLimiter } from '@runafter/clock';
import {
  type ActionOptions,
  type ActionRecord,
  memoryRunStore,
  start,
  workflow,
} from '@runafter/core';
import { formatSagaReport, none, saga, sagaReport } from '@runafter/saga';
import { describe, expect, it } from 'vitest';
import { World } from './world.ts';

/** Account, then the pivot, then Log and Card side by side. */
function pivoting(world: World, options: ActionOptions<string> = {}) {
  return workflow('Pivoting', (flow) => {
    saga(flow, 'Onboard', [], (saga) => {
      const account = saga.step('Account', [], world.does('Account'), world.undoes('Account'));
      const mail = saga.step('Mail', [account], world.does('Mail'), {
        compensate: none('a mail cannot be unsent'),
        pivot: true,
        ...options,
      });
      const after = { compensate: none('it runs after the pivot') };
      saga.step('Log', [mail], world.does('Log'), after);
      saga.step('Card', [mail], world.does('Card', '5m'), after);
    });
  });
}

function outcomes(record: ActionRecord | undefined): readonly string[] {
  return sagaReport(record).steps.map(({ step, outcome }) => `${step} ${outcome}`);
}

describe('a pivot', () => {
  it('that Succeeded leaves only forward: what fails after it undoes nothing and stops nothing', async () => {
    const world = new World();
    world.failing = { Log: 'NO_TABLE' };
    const { run, result } = await world.run(pivoting(world));
    const record = run.result('Onboard');

    expect(result).toMatchObject({
      status: 'Failed',
      error: { code: 'SAGA_INCOMPLETE', message: expect.stringContaining('Log says no') },
    });
    expect(world.log).toEqual(['Account', 'Mail', 'Card']);
    expect(outcomes(record)).toEqual(['Account done', 'Mail done', 'Log unknown', 'Card done']);
    expect(formatSagaReport(sagaReport(record))).toContain('it cannot be undone');
  });

  it('that Succeeded leaves everything done on a cancel too, and says that it is incomplete', async () => {
    const world = new World();
    const { run, result } = await world.run(pivoting(world), { cancelAfter: '150s' });

    expect(result.status).toBe('Cancelled');
    expect(run.result('Onboard')).toMatchObject({ status: 'Failed', code: 'SAGA_INCOMPLETE' });
    expect(world.log).toEqual(['Account', 'Mail']);
    expect(outcomes(run.result('Onboard'))).toEqual([
      'Account done',
      'Mail done',
      'Log unknown',
      'Card unknown',
    ]);
  });

  it('that Succeeded, with all that runs after it, is complete, also where a cancel comes just then', async () => {
    const world = new World();
    const run = start(
      workflow('W', (flow) => {
        saga(flow, 'Onboard', [], (saga) => {
          saga.step('Mail', [], world.does('Mail'), {
            compensate: none('it is sent'),
            pivot: true,
          });
        });
      }),
      undefined,
      { clock: world.clock, store: memoryRunStore({ clock: world.clock }) },
    );
    // The step has ended, but its outcome is not stored yet.
    run.events.subscribe(({ type }) => type === 'action.ended' && run.cancel());
    await world.clock.advance('1h');

    expect((await run.finished).status).toBe('Cancelled');
    expect(run.result('Onboard')?.status).toBe('Succeeded');
    expect(outcomes(run.result('Onboard'))).toEqual(['Mail done']);
  });

  it('is incomplete where a cancel comes before something after it could start', async () => {
    const world = new World();
    const limiter = concurrencyLimiter(1);
    const permit = await limiter.acquire();
    const flow = workflow('W', (flow) => {
      saga(flow, 'Onboard', [], (saga) => {
        const mail = saga.step('Mail', [], world.does('Mail'), {
          compensate: none('it is sent'),
          pivot: true,
        });
        saga.step('Log', [mail], world.does('Log'), { compensate: none('logs stay'), limiter });
      });
    });
    const { run } = await world.run(flow, { cancelAfter: '5m' });
    permit.release();

    expect(run.result('Onboard')?.code).toBe('SAGA_INCOMPLETE');
    expect(outcomes(run.result('Onboard'))).toEqual(['Mail done', 'Log not-needed']);
  });

  it.each<[string, () => [World, object, ActionOptions<string>]]>([
    [
      'fails',
      () => {
        const world = new World();
        world.failing = { Mail: 'NO_SERVER' };
        return [world, {}, {}];
      },
    ],
    ['takes too long', () => [new World(), {}, { timeout: '30s' }]],
    ['is cancelled', () => [new World(), { cancelAfter: '90s' }, {}]],
  ])('that %s is no pivot: what was before it is undone', async (_, setting) => {
    const [world, stop, options] = setting();
    const { run } = await world.run(pivoting(world, options), stop);

    expect(world.log).toEqual(['Account', 'undo Account: id of Account']);
    expect(outcomes(run.result('Onboard'))).toEqual([
      'Account undone',
      'Mail unknown',
      'Log not-needed',
      'Card not-needed',
    ]);
  });

  it('is undone itself where it may have happened and can be', async () => {
    const world = new World();
    world.failing = { Mail: 'NO_SERVER' };
    const flow = workflow('W', (flow) => {
      saga(
        flow,
        'S',
        [],
        (saga) =>
          void saga.step('Mail', [], world.does('Mail'), { ...world.undoes('Mail'), pivot: true }),
      );
    });
    await world.run(flow);
    expect(world.log).toEqual(['undo Mail: unknown']);
  });
});
