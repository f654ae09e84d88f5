/**
 * The events of a run: which, in what order, and what they carry.
 * @module
 */
import { fixed, virtualClock } from '@runafter/clock';
import { type RunEvent, type StartOptions, start, type Workflow, workflow } from '@runafter/core';
import { describe, expect, it } from 'vitest';

describe('the events of a run', () => {
  it('tell everything that happens, in order', async () => {
    const { lines } = await listen(
      workflow('Everything', (flow) => {
        const first = flow.action('First', failingOnce(), {
          retry: fixed({ count: 1, interval: '5s' }),
        });
        const loop = flow.forEach(
          'Loop',
          [first],
          () => ['a', 'b'],
          (each) => {
            each.action('Item', () => 1);
          },
        );
        const flagged = flow.action('Flagged', [loop], failing, { criticality: 'important' });
        flow.action('Skipped', [flagged], () => 1);
      }),
    );

    expect(lines).toEqual([
      '0 run.started',
      '0 action.started First',
      '0 attempt.started First 1',
      '0 attempt.ended First 1 Failed UNKNOWN_ERROR, next in 5000',
      '5000 attempt.started First 2',
      '5000 attempt.ended First 2 Succeeded',
      '5000 action.ended First Succeeded after 5000',
      '5000 action.started Loop',
      '5000 iteration.started Loop[0] of 2',
      '5000 action.started Loop[0]/Item',
      '5000 attempt.started Loop[0]/Item 1',
      '5000 attempt.ended Loop[0]/Item 1 Succeeded',
      '5000 action.ended Loop[0]/Item Succeeded after 0',
      '5000 iteration.ended Loop[0] of 2 Succeeded',
      '5000 iteration.started Loop[1] of 2',
      '5000 action.started Loop[1]/Item',
      '5000 attempt.started Loop[1]/Item 1',
      '5000 attempt.ended Loop[1]/Item 1 Succeeded',
      '5000 action.ended Loop[1]/Item Succeeded after 0',
      '5000 iteration.ended Loop[1] of 2 Succeeded',
      '5000 action.ended Loop Succeeded after 0',
      '5000 action.started Flagged',
      '5000 attempt.started Flagged 1',
      '5000 attempt.ended Flagged 1 Failed UNKNOWN_ERROR',
      '5000 action.ended Flagged Failed after 0 UNKNOWN_ERROR',
      '5000 action.flagged Flagged Failed UNKNOWN_ERROR',
      '5000 action.ended Skipped Skipped after 0 RUN_AFTER_NOT_MET',
      '5000 run.ended Failed',
    ]);
  });

  it('carry the run, the workflow, the time, and what they are about', async () => {
    const { events } = await listen(
      workflow('Order', (flow) => {
        flow.scope('Notify', [], (scope) => {
          scope.action('Mail', () => 1);
        });
      }),
      { runId: 'order-7' },
    );

    expect(events[2]).toEqual({
      type: 'action.started',
      runId: 'order-7',
      workflow: 'Order',
      time: new Date('2026-01-01T00:00:00Z'),
      path: 'Notify/Mail',
      address: 'Notify/Mail',
      name: 'Mail',
      kind: 'action',
    });
  });

  it('of a child workflow come with its own run, to the same subscriber', async () => {
    const child = workflow('Child', (flow) => flow.action('Inner', () => 1));
    const { events } = await listen(
      workflow('Parent', (flow) => flow.child('Call', [], child, () => undefined)),
      { runId: 'parent' },
    );
    const ofChild = events.filter(({ workflow }) => workflow === 'Child');

    expect(ofChild.map(({ type }) => type)).toEqual([
      'run.started',
      'action.started',
      'attempt.started',
      'attempt.ended',
      'action.ended',
      'run.ended',
    ]);
    expect(new Set(ofChild.map(({ runId }) => runId))).toEqual(new Set(['parent/Call']));
  });

  it('say how a run ended that was cancelled before it began', async () => {
    const events: RunEvent[] = [];
    const flow = workflow('Order', (flow) => flow.action('First', () => 1));
    const run = start(flow, undefined, { onEvent: (event) => events.push(event) });
    run.cancel();
    await run.finished;

    expect(events.map(({ type }) => type)).toEqual(['run.started', 'action.ended', 'run.ended']);
    expect(events.at(-1)).toMatchObject({ status: 'Cancelled', error: { code: 'RUN_CANCELLED' } });
  });

  it('have been told, down to the last one, when `finished` resolves', async () => {
    const types: string[] = [];
    const flow = workflow('Order', (flow) => flow.action('First', async () => 1));
    const run = start(flow, undefined);
    run.events.subscribe(({ type }) => types.push(type));
    await run.finished;

    expect(types.at(0)).toBe('run.started');
    expect(types.at(-1)).toBe('run.ended');
    expect(run.status).toBe('Succeeded');
  });
});

/** Runs a workflow and writes its events as lines. */
async function listen(flow: Workflow<void, unknown>, options: StartOptions = {}) {
  const clock = virtualClock({ autoAdvance: true });
  const events: RunEvent[] = [];
  const run = start(flow, undefined, { clock, onEvent: (e) => events.push(e), ...options });
  await run.finished;
  const began = events[0]?.time.getTime() ?? 0;
  return { events, lines: events.map((event) => line(event, began)) };
}

function line(event: RunEvent, began: number): string {
  const { type, time, path, index, total, attempt, status, duration, error, wait } = {
    ...{ path: undefined, index: undefined, total: undefined, attempt: undefined },
    ...{ status: undefined, duration: undefined, error: undefined, wait: undefined },
    ...event,
  };
  return [
    time.getTime() - began,
    type,
    path,
    index !== undefined && `of ${total}`,
    attempt,
    status,
    duration !== undefined && `after ${duration}`,
    type !== 'run.ended' && error && error.code + (wait === undefined ? '' : `, next in ${wait}`),
  ]
    .filter((part) => part !== undefined && part !== false)
    .join(' ');
}

function failing(): never {
  throw new Error('down');
}

function failingOnce(): (context: { attempt: number }) => number {
  return ({ attempt }) => (attempt === 1 ? failing() : attempt);
}
