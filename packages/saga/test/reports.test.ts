/**
 * Reports: of every saga in a run, wherever it stands, and as text.
 * @module
 */
import { type Flow, settled, start, workflow } from '@runafter/core';
import { formatSagaReport, none, saga, sagaReport, sagaReports } from '@runafter/saga';
import { describe, expect, it } from 'vitest';
import { World } from './world.ts';

describe('reports', () => {
  it('are found of every saga: in scopes, in loops, in child workflows', async () => {
    const one = <In, O, X>(flow: Flow<In, O, X>, fails: (item: unknown) => boolean) =>
      saga(flow, 'Saga', [], (steps) => {
        steps.step(
          'Step',
          (context) => {
            if (fails((context as { item?: unknown }).item)) throw new Error('no');
          },
          { compensate: () => {} },
        );
      });
    const child = workflow('Child', (flow) => {
      flow.scope('Scope', [], (scope) => {
        one(scope, () => true);
      });
    });
    const flow = workflow('W', (flow) => {
      flow.forEach(
        'Loop',
        [],
        () => [1, 2],
        (each) => {
          one(each, (item) => item === 2);
        },
      );
      flow.child('Call', [], child, () => undefined);
      const never = flow.scope('Never', [], (scope) => {
        scope.action('Fails', () => Promise.reject(new Error('no')));
      });
      flow.scope('Skipped', [never], (scope) => {
        one(scope, () => true);
      });
    });
    const result = await start(flow, undefined).finished;
    const found = [...sagaReports(result)].map(({ path, code }) => `${path} ${code}`);

    expect(found).toEqual([
      'Loop[0]/Saga OK',
      'Loop[1]/Saga UNKNOWN_ERROR',
      'Call/Scope/Saga UNKNOWN_ERROR',
    ]);
  });

  it('can be made in the run, of what settled() hands over, also where the loop keeps nothing', async () => {
    const told: string[] = [];
    const flow = workflow('W', (flow) => {
      flow.forEach(
        'Hires',
        [],
        () => ['Ann', 'Bob'],
        (each) => {
          const onboarded = saga(each, 'Onboard', [], (saga) => {
            saga.step('Log', () => Promise.reject(new Error('no table')), {
              compensate: none('logs stay'),
            });
          });
          each.action('Tell', [settled(onboarded)], ([result], { item }) => {
            const { steps } = sagaReport(result);
            told.push(`${item}: ${steps.map(({ outcome }) => outcome).join()}`);
          });
        },
        { keep: 'summary' },
      );
    });
    const result = await start(flow, undefined).finished;
    expect(told).toEqual(['Ann: unknown', 'Bob: unknown']);
    expect([...sagaReports(result)]).toEqual([]);
  });

  it('are refused of what is no saga', async () => {
    const flow = workflow('W', (flow) => {
      flow.scope('Scope', [], () => {});
    });
    const run = start(flow, undefined);
    await run.finished;
    expect(() => sagaReport(run.result('Scope'))).toThrow(
      expect.objectContaining({ code: 'SAGA_UNKNOWN', path: 'Scope' }),
    );
    expect(() => sagaReport(undefined)).toThrow(expect.objectContaining({ code: 'SAGA_UNKNOWN' }));
  });

  it('tell a person what happened and what is left to do', async () => {
    const world = new World();
    world.failing = { Log: 'NO_TABLE' };
    world.locked = { Account: 9 };
    const flow = workflow('W', (flow) => {
      saga(flow, 'Onboard', [], (saga) => {
        const account = saga.step('Account', [], world.does('Account'), world.undoes('Account'));
        const mail = saga.step('Mail', [account], world.does('Mail'), {
          compensate: none('a mail cannot be unsent'),
        });
        const log = saga.step('Log', [mail], world.does('Log'), {
          compensate: none('logs stay'),
        });
        saga.step('Card', [log], world.does('Card'), world.undoes('Card'));
      });
    });
    const { run } = await world.run(flow);

    expect(formatSagaReport(sagaReport(run.result('Onboard')))).toBe(
      [
        'Saga "Onboard" ended Failed (COMPENSATION_FAILED).',
        '  Cause: "Onboard/Log" ended Failed: Log says no',
        '  Account  NOT UNDONE: UNKNOWN_ERROR: Account is locked',
        '  Mail     done (a mail cannot be unsent)',
        '  Log      MAY BE DONE: NO_TABLE: Log says no (logs stay)',
        '  Card     nothing to undo',
        'To do: undo by hand, or with retryCompensation(…): Account.',
        'To do: look whether it has happened: Log.',
      ].join('\n'),
    );
  });

  it('can be read of a saga whose values are secure', async () => {
    const flow = workflow('W', (flow) => {
      saga(
        flow,
        'S',
        [],
        (saga) => {
          saga.step('A', () => Promise.reject(new Error('no')), { compensate: () => {} });
        },
        { secure: { inputs: true, outputs: true } },
      );
    });
    const run = start(flow, undefined);
    await run.finished;
    expect(sagaReport(run.result('S')).steps).toMatchObject([{ step: 'A', outcome: 'undone' }]);
  });

  it('of a saga that Succeeded has one line for each step', async () => {
    const world = new World();
    const { run } = await world.run(world.onboarding());
    expect(formatSagaReport(sagaReport(run.result('Onboard')))).toBe(
      'Saga "Onboard" ended Succeeded.\n  Account  done\n  Site     done\n  Licence  done\n  Log      done',
    );
  });
});
