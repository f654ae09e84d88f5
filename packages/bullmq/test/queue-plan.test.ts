/** Which work goes through which queue, and what is refused. */
import { type Flow, type Workflow, workflow } from '@runafter/core';
import { describe, expect, it } from 'vitest';
import { QueuePlan } from '../src/queue-plan.ts';

function orders(version?: string): Workflow<unknown, unknown> {
  return workflow(
    'Orders',
    (flow: Flow<unknown>) => {
      flow.forEach(
        'Each',
        [],
        () => [1],
        (each) => each.action('Mail', () => 1),
      );
      flow.action('Report', () => 1);
    },
    { ...(version !== undefined && { version }) },
  );
}

const mail = { actions: ['Orders/Each/Mail'] };

describe('a plan', () => {
  it('has common queues for what has no version, and queues of its own for each version', () => {
    const plan = new QueuePlan([orders(), orders('2'), orders('a:b')], {});
    expect(plan.runQueues).toEqual(['runs', 'runs Orders@2', 'runs Orders@a%3Ab']);
    expect(plan.commonQueues).toEqual(['actions', 'actions Orders@2', 'actions Orders@a%3Ab']);
  });

  it('sends an action to the queue that was named for it, in every version', () => {
    const plan = new QueuePlan([orders(), orders('2')], { mail });
    const call = { workflow: 'Orders', address: 'Each/Mail' };
    expect(plan.namedQueue(call)).toBe('mail');
    expect(plan.namedQueue({ workflow: 'Orders', address: 'Report' })).toBeUndefined();
  });

  it('keeps versions apart in queues that were named, too', () => {
    const plan = new QueuePlan([orders(), orders('2')], { mail });
    expect(plan.queuesNamed('mail')).toEqual(['mail', 'mail Orders@2']);
    const facts = {
      runId: 'r',
      path: 'Each[0]/Mail',
      place: { frame: 'Each', key: 0 },
      attempt: 1,
    };
    const call = { ...facts, workflow: 'Orders', address: 'Each/Mail', idempotencyKey: 'k' };
    const given = { text: '[]' };
    expect(plan.actionQueue({ ...call, given })).toBe('mail');
    expect(plan.actionQueue({ ...call, given, version: '2' })).toBe('mail Orders@2');
  });

  it.each([
    ['two workflows of one name', () => new QueuePlan([orders(), orders()], {}), 'two workflows'],
    ['two of one version', () => new QueuePlan([orders('1'), orders('1')], {}), 'version 1'],
    [
      'an action that does not exist',
      () => new QueuePlan([orders()], { mail: { actions: ['Orders/Mail'] } }),
      'Orders/Each/Mail',
    ],
    [
      'an action with two queues',
      () => new QueuePlan([orders()], { mail, post: mail }),
      'One queue'.toLowerCase(),
    ],
    ['a queue without a name', () => new QueuePlan([orders()], { '': mail }), 'empty'],
    ['a queue with a colon', () => new QueuePlan([orders()], { 'a:b': mail }), 'colon'],
    ['a queue called as ours', () => new QueuePlan([orders()], { runs: mail }), 'itself'],
    [
      'a queue called as our stream',
      () => new QueuePlan([orders()], { announcements: mail }),
      'itself',
    ],
    [
      'no concurrency',
      () => new QueuePlan([orders()], { mail: { ...mail, concurrency: 0 } }),
      'at least 1',
    ],
    [
      'half a bound',
      () => new QueuePlan([orders()], { mail: { ...mail, globalConcurrency: 1.5 } }),
      '1.5',
    ],
    [
      'a priority of 0',
      () => new QueuePlan([orders()], { mail: { ...mail, priority: 0 } }),
      '2097152',
    ],
  ])('refuses %s', (_, plan, hint) => {
    expect(plan).toThrow(expect.objectContaining({ code: 'DISTRIBUTION_OPTION_INVALID' }));
    expect(plan).toThrow(hint);
  });
});
