/**
 * Terminate: the run ends at once. What is done stays, what runs is cancelled, the rest is skipped.
 * @module
 */
import { virtualClock } from '@runafter/clock';
import {
  defineWorkflow,
  type RunEvent,
  start,
  type TerminateOptions,
  type TerminateStatus,
  workflow,
} from '@runafter/core';
import { describe, expect, it } from 'vitest';
import { outline } from './outline.ts';

/** Something is done, something runs, something waits; then the run is terminated. */
function terminated(status: TerminateStatus, options?: TerminateOptions) {
  const clock = virtualClock({ autoAdvance: true });
  const flow = workflow('Terminated', (flow) => {
    const done = flow.action('Done', () => clock.sleep('1s'));
    const slow = flow.action('Slow', ({ signal }) => clock.sleep('1h', { signal }));
    flow.action('Waits', [slow], () => 1);
    flow.scope('Scope', [slow], (scope) => {
      scope.action('Inside', () => 1);
    });
    flow.terminate('End', [done], status, options);
  });
  return { clock, run: start(flow, undefined, { clock }) };
}

describe('terminate', () => {
  it.each<TerminateStatus>(['Succeeded', 'Failed', 'Cancelled'])(
    'ends the run as %s',
    async (status) => {
      const { run, clock } = terminated(status);
      const result = await run.finished;

      expect(result.status).toBe(status);
      expect(result.endTime.getTime() - result.startTime.getTime()).toBe(1_000);
      expect(outline(result.results)).toEqual({
        Done: 'Succeeded',
        Slow: 'Cancelled RUN_TERMINATED',
        Waits: 'Skipped RUN_TERMINATED',
        Scope: 'Skipped RUN_TERMINATED',
        'Scope/Inside': 'Skipped PARENT_SKIPPED',
        End: 'Succeeded',
      });
      expect(clock.pending).toBe(0);
    },
  );

  it.each<TerminateStatus>(['Failed', 'Cancelled'])(
    'says why, when it ends the run as %s',
    async (status) => {
      const { run } = terminated(status, { code: 'NO_STOCK', message: 'Nothing is left.' });
      const result = await run.finished;

      expect(result).toMatchObject({
        status,
        error: { code: 'NO_STOCK', message: 'Nothing is left.' },
      });
      expect(run.why()).toMatchObject({
        status,
        text: expect.stringContaining('Nothing is left.'),
      });
      expect(run.result('Slow')?.error?.message).toContain('Nothing is left.');
    },
  );

  it('names itself when it was given no message', async () => {
    const { run } = terminated('Failed');

    expect(await run.finished).toMatchObject({
      error: { code: 'TERMINATED', message: 'Terminated by End.' },
    });
  });

  it('skips what has not started, also when it was about to', async () => {
    const flow = workflow('About_To', (flow) => {
      const first = flow.action('First', () => 1);
      flow.terminate('End', [first], 'Succeeded');
      flow.action('Next', [first], () => 2);
    });

    const { status, results } = await start(flow, undefined).finished;

    expect(status).toBe('Succeeded');
    expect(outline(results)).toEqual({
      First: 'Succeeded',
      End: 'Succeeded',
      Next: 'Skipped RUN_TERMINATED',
    });
  });

  it('from inside a scope or a branch ends the whole run', async () => {
    const flow = workflow('Inside', (flow) => {
      const check = flow.condition('Check', [], () => true, {
        then: (branch) => {
          branch.scope('Scope', [], (scope) => {
            scope.terminate('End', [], 'Failed', { code: 'STOP' });
          });
        },
      });
      flow.action('After', [check], () => 1);
    });

    const { status, results } = await start(flow, undefined).finished;

    expect(status).toBe('Failed');
    expect(outline(results)).toEqual({
      Check: 'Cancelled RUN_TERMINATED',
      'Check/then': 'Cancelled RUN_TERMINATED',
      'Check/then/Scope': 'Cancelled RUN_TERMINATED',
      'Check/then/Scope/End': 'Succeeded',
      After: 'Skipped RUN_TERMINATED',
    });
  });

  it('waits for handlers that run, as long as the grace time', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const flow = workflow('Deaf', (flow) => {
      flow.action('Deaf', () => clock.sleep('1h'));
      const wait = flow.delay('Wait', [], '1s');
      flow.terminate('End', [wait], 'Succeeded');
    });

    const result = await start(flow, undefined, { clock, grace: '3s' }).finished;

    expect(result.status).toBe('Succeeded');
    expect(result.endTime.getTime() - result.startTime.getTime()).toBe(4_000);
    expect(result.unsettled).toEqual(['Deaf']);
  });

  it('counts once: the first of two that are ready decides', async () => {
    const flow = workflow('Twice', (flow) => {
      flow.terminate('First', [], 'Failed', { code: 'FIRST' });
      flow.terminate('Second', [], 'Succeeded');
    });

    const result = await start(flow, undefined).finished;

    expect(result).toMatchObject({ status: 'Failed', error: { code: 'FIRST' } });
    expect(outline(result.results)).toEqual({
      First: 'Succeeded',
      Second: 'Skipped RUN_TERMINATED',
    });
  });

  it('has no say once the run was cancelled', async () => {
    const clock = virtualClock();
    const flow = workflow('Too_Late', (flow) => {
      const slow = flow.action('Slow', () => clock.sleep('2s'));
      flow.terminate('End', [slow], 'Succeeded');
    });
    const run = start(flow, undefined, { clock });
    await clock.advance('1s');
    run.cancel();
    await clock.advance('10s');

    expect((await run.finished).status).toBe('Cancelled');
  });

  it('is told as the end of the run', async () => {
    const events: RunEvent[] = [];
    const flow = workflow('Told', (flow) => {
      flow.terminate('End', [], 'Cancelled', { code: 'STOP', message: 'Enough.' });
    });
    await start(flow, undefined, { onEvent: (event) => events.push(event) }).finished;

    expect(events.at(-1)).toMatchObject({
      type: 'run.ended',
      status: 'Cancelled',
      error: { code: 'STOP', message: 'Enough.' },
    });
  });

  it('takes its status in any case in the data form', async () => {
    const flow = defineWorkflow({
      name: 'Data',
      actions: { End: { type: 'Terminate', status: 'FAILED', code: 'STOP' } },
    });

    expect(await start(flow, undefined).finished).toMatchObject({
      status: 'Failed',
      error: { code: 'STOP' },
    });
  });
});
