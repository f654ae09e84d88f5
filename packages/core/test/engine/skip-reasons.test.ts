/**
 * A skipped action says why: which condition was not met, which container or branch was not run, who
 * ended the run.
 * @module
 */
import { virtualClock } from '@runafter/clock';
import { failed, on, settled, start, workflow } from '@runafter/core';
import { describe, expect, it } from 'vitest';

const fail = (): never => {
  throw new Error('CRM is down.');
};

describe('the reason of a skip', () => {
  it('names the action whose end was not the one asked for: expected and was', async () => {
    const flow = workflow('Order', (flow) => {
      const crm = flow.action('Create_CRM_Record', fail);
      flow.action('Send_Email', [crm], () => 1);
    });
    const run = start(flow, undefined);
    await run.finished;

    expect(run.result('Send_Email')).toMatchObject({
      status: 'Skipped',
      code: 'RUN_AFTER_NOT_MET',
      error: {
        message: '"Create_CRM_Record" should have ended Succeeded, but it ended Failed.',
      },
    });
  });

  it('lists all statuses that were asked for', async () => {
    const flow = workflow('Order', (flow) => {
      const crm = flow.action('Create_CRM_Record', () => 1);
      flow.action('Repair', [failed(crm)], () => 1);
      flow.action('Tidy', [on(crm, 'Failed', 'Skipped', 'TimedOut')], () => 1);
    });
    const run = start(flow, undefined);
    await run.finished;

    expect(run.result('Repair')?.error?.message).toBe(
      '"Create_CRM_Record" should have ended Failed or TimedOut, but it ended Succeeded.',
    );
    expect(run.result('Tidy')?.error?.message).toBe(
      '"Create_CRM_Record" should have ended Failed, Skipped or TimedOut, but it ended Succeeded.',
    );
  });

  it('is the first condition of the list that was not met', async () => {
    const flow = workflow('Order', (flow) => {
      const good = flow.action('Good', () => 1);
      const bad = flow.action('Bad', fail);
      const worse = flow.action('Worse', fail);
      flow.action('All', [good, worse, bad], () => 1);
    });
    const run = start(flow, undefined);
    await run.finished;

    expect(run.result('All')?.error?.message).toContain('"Worse" should have ended Succeeded');
  });

  it('is handed on from one skipped action to the next', async () => {
    const flow = workflow('Order', (flow) => {
      const crm = flow.action('Create_CRM_Record', fail);
      const email = flow.action('Send_Email', [crm], () => 1);
      flow.action('Log_Email', [email], () => 1);
    });
    const run = start(flow, undefined);
    await run.finished;

    expect(run.result('Log_Email')?.error?.message).toBe(
      '"Send_Email" should have ended Succeeded, but it ended Skipped.',
    );
  });

  it('of what is inside a skipped container is that container, with its own reason', async () => {
    const flow = workflow('Order', (flow) => {
      const crm = flow.action('Create_CRM_Record', fail);
      flow.scope('Notify', [crm], (scope) => {
        scope.scope('Inner', [], (inner) => {
          inner.action('Mail', () => 1);
        });
      });
    });
    const run = start(flow, undefined);
    await run.finished;

    expect(run.result('Notify/Inner')).toMatchObject({
      status: 'Skipped',
      code: 'PARENT_SKIPPED',
      error: {
        message:
          '"Notify", which it is in, was skipped: ' +
          '"Create_CRM_Record" should have ended Succeeded, but it ended Failed.',
      },
    });
    expect(run.result('Notify/Inner/Mail')).toMatchObject({
      status: 'Skipped',
      code: 'PARENT_SKIPPED',
      path: 'Notify/Inner/Mail',
    });
  });

  it('of a branch that was not taken is the branch that was', async () => {
    const flow = workflow('Order', (flow) => {
      flow.condition('Is_Large', [], () => true, {
        then: (large) => {
          large.action('Ask', () => 1);
        },
        else: (small) => {
          small.action('Ship', () => 1);
        },
      });
    });
    const run = start(flow, undefined);
    const { status } = await run.finished;

    expect(status).toBe('Succeeded');
    expect(run.result('Is_Large/else')).toMatchObject({
      status: 'Skipped',
      code: 'BRANCH_NOT_TAKEN',
      error: { message: '"Is_Large" took then.' },
    });
    expect(run.result('Is_Large/else/Ship')?.code).toBe('PARENT_SKIPPED');
  });

  it('of what a terminate kept from starting is the terminate', async () => {
    const flow = workflow('Order', (flow) => {
      const check = flow.action('Check', () => 'fraud');
      flow.terminate('Stop', [check], 'Failed', { message: 'Fraud was found.' });
      const log = flow.action('Log', [check], () => 'logged');
      flow.action('Ship', [log], () => 'shipped');
    });
    const run = start(flow, undefined);
    await run.finished;

    expect(run.result('Log')).toMatchObject({
      status: 'Skipped',
      code: 'RUN_TERMINATED',
      error: {
        message: 'It had not started: The run was terminated as Failed: Fraud was found.',
      },
    });
    expect(run.result('Ship')?.status).toBe('Skipped');
  });

  it('of what a cancelled run had not started is the cancellation, with the reason given', async () => {
    const clock = virtualClock();
    const flow = workflow('Order', (flow) => {
      const wait = flow.action('Wait', ({ signal }) => clock.sleep('1h', { signal }));
      flow.scope('Later', [], (scope) => {
        const first = scope.action('First', ({ signal }) => clock.sleep('1h', { signal }));
        scope.action('Second', [settled(first)], () => 1);
      });
      flow.action('Last', [wait], () => 1);
    });
    const run = start(flow, undefined, { clock, maxConcurrentActions: 1 });
    await clock.advance('1s');
    run.cancel('the office is closed');
    await run.finished;

    // It was ready, but the first one held the only slot.
    expect(run.result('Later/First')).toMatchObject({
      status: 'Skipped',
      code: 'RUN_CANCELLED',
      error: {
        message: 'It had not started: The run was cancelled: the office is closed',
      },
    });
    expect(run.result('Later')).toMatchObject({ status: 'Cancelled', code: 'RUN_CANCELLED' });
  });

  it('of everything in a run that was cancelled before it began is the cancellation', async () => {
    const flow = workflow('Order', (flow) => {
      flow.action('First', () => 1);
      flow.scope('Rest', [], (scope) => {
        scope.action('Second', () => 1);
      });
    });
    const run = start(flow, undefined);
    run.cancel();
    const { results } = await run.finished;

    expect(results.map(({ status, code }) => [status, code])).toEqual([
      ['Skipped', 'RUN_CANCELLED'],
      ['Skipped', 'RUN_CANCELLED'],
    ]);
    expect(run.result('Rest/Second')?.code).toBe('PARENT_SKIPPED');
  });
});
