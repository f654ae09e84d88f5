/**
 * Cancelling a run: before it begins, while it runs, twice, by a signal; what runs is told and waited
 * for, what has not started is skipped, and nothing is left behind.
 * @module
 */
import { getEventListeners } from 'node:events';
import { fixed, virtualClock } from '@runafter/clock';
import { start, workflow } from '@runafter/core';
import { describe, expect, it } from 'vitest';

describe('a run that is cancelled', () => {
  it('before it begins calls no handler', async () => {
    const { flow, called } = threeSteps();
    const run = start(flow, undefined);
    run.cancel();
    const result = await run.finished;

    expect(called).toEqual([]);
    expect(result).toMatchObject({
      status: 'Cancelled',
      error: {
        code: 'RUN_CANCELLED',
        message: 'The run was cancelled: cancel() was called.',
      },
    });
  });

  it('tells what runs, waits until it has settled, and skips the rest', async () => {
    const { flow, called, clock } = threeSteps();
    const run = start(flow, undefined, { clock });
    await clock.advance('15s');
    run.cancel('the office is closed');
    expect(run.status).toBeUndefined();
    // The handler takes 2 s to clean up.
    await clock.advance('2s');
    const { status, results, endTime } = await run.finished;

    expect(status).toBe('Cancelled');
    expect(results.map(({ name, status }) => [name, status])).toEqual([
      ['First', 'Succeeded'],
      ['Second', 'Cancelled'],
      ['Third', 'Skipped'],
    ]);
    expect(results[1]?.error).toEqual({
      code: 'RUN_CANCELLED',
      message: 'The run was cancelled: the office is closed',
    });
    expect(called).toEqual(['First', 'Second', 'Second was told: RUN_CANCELLED']);
    expect(endTime.getTime()).toBe(Date.UTC(2026, 0, 1) + 17_000);
    expect(clock.pending).toBe(0);
  });

  it('a second time is not cancelled again', async () => {
    const { flow, clock } = threeSteps();
    const run = start(flow, undefined, { clock });
    await clock.advance('15s');
    run.cancel('the first reason');
    run.cancel('the second reason');
    await clock.advance('2s');
    const result = await run.finished;
    run.cancel('much later');

    expect(result).toMatchObject({ error: { message: expect.stringContaining('first reason') } });
    expect(run.why().text).toContain('the first reason');
  });

  it('after it has ended stays as it ended', async () => {
    const { flow, clock } = threeSteps();
    const run = start(flow, undefined, { clock });
    await clock.advance('1m');
    await run.finished;
    run.cancel();

    expect(run.status).toBe('Succeeded');
    expect(run.why().status).toBe('Succeeded');
  });

  it('gives up a handler that does not settle within the grace time, and names it', async () => {
    const clock = virtualClock();
    const flow = workflow(
      'Deaf',
      (flow) => {
        flow.scope('Inside', [], (scope) => {
          scope.action('Deaf', () => clock.sleep('1h'));
          scope.action('Listens', ({ signal }) => clock.sleep('1h', { signal }));
        });
      },
      { grace: '2s' },
    );
    const run = start(flow, undefined, { clock });
    await clock.advance('1s');
    run.cancel();
    await clock.advance('2s');
    const result = await run.finished;

    expect(result.unsettled).toEqual(['Inside/Deaf']);
    expect(run.result('Inside/Listens')?.unsettled).toBeUndefined();
    // Only the handler's own timer is left; that it then ends changes nothing.
    expect(clock.pending).toBe(1);
    const before = JSON.stringify([result, run.usage()]);
    await clock.advance('1h');
    expect(JSON.stringify([result, run.usage()])).toBe(before);
  });

  it('tells a handler that asks for its signal only after that, too', async () => {
    const clock = virtualClock();
    let aborted: boolean | undefined;
    const flow = workflow('Late_Ask', (flow) => {
      flow.action('Work', async (context) => {
        await clock.sleep('3s');
        aborted = context.signal.aborted;
      });
    });
    const run = start(flow, undefined, { clock });
    await clock.advance('1s');
    run.cancel();
    await clock.advance('2s');

    expect((await run.finished).status).toBe('Cancelled');
    expect(aborted).toBe(true);
  });

  it('ends waits of every kind at once and leaves no timer', async () => {
    const clock = virtualClock();
    const flow = workflow(
      'Waits',
      (flow) => {
        flow.delay('Delay', [], '1d');
        flow.action('Retry', () => Promise.reject(new Error('busy')), {
          retry: fixed({ count: 3, interval: '1d' }),
        });
        flow.action('Timed', ({ signal }) => clock.sleep('1d', { signal }), { timeout: '2d' });
        flow.scope(
          'Scope',
          [],
          (scope) => {
            scope.delay('Delay', [], '1d');
          },
          { timeout: '2d' },
        );
        flow.forEach(
          'Loop',
          [],
          () => [1, 2, 3],
          (each) => {
            each.delay('Delay', [], '1d');
          },
          { concurrency: 2, timeout: '2d' },
        );
      },
      { timeout: '3d' },
    );
    const run = start(flow, undefined, { clock });
    await clock.advance('1s');
    run.cancel();
    const { results } = await run.finished;

    expect(new Set(results.map(({ status }) => status))).toEqual(new Set(['Cancelled']));
    expect(results.at(-1)?.counts).toMatchObject({ total: 2, Cancelled: 2 });
    expect(clock.pending).toBe(0);
    expect(clock.monotonic()).toBe(1_000);
  });
});

describe('the signal that start() is given', () => {
  it('cancels the run when it is aborted, and its reason is kept', async () => {
    const { flow, clock } = threeSteps();
    const controller = new AbortController();
    const reason = new Error('The user pressed Ctrl-C.');
    const run = start(flow, undefined, { clock, signal: controller.signal });
    await clock.advance('15s');
    controller.abort(reason);
    await clock.advance('2s');
    const result = await run.finished;

    expect(result).toMatchObject({
      status: 'Cancelled',
      error: {
        code: 'RUN_CANCELLED',
        message: 'The run was cancelled: The user pressed Ctrl-C.',
      },
    });
    expect(run.result('Second')?.error?.cause).toBe(reason);
  });

  it('that is aborted already cancels the run before it begins', async () => {
    const { flow, called } = threeSteps();
    const run = start(flow, undefined, { signal: AbortSignal.abort('too late') });
    const result = await run.finished;

    expect(result).toMatchObject({
      status: 'Cancelled',
      error: { message: 'The run was cancelled: too late' },
    });
    expect(called).toEqual([]);
  });

  it.each([
    ['has ended', () => undefined],
    ['was cancelled', (controller: AbortController) => controller.abort()],
  ])('has no listener of the run left when that %s', async (_, act) => {
    const { flow, clock } = threeSteps();
    const controller = new AbortController();
    const run = start(flow, undefined, { clock, signal: controller.signal });
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1);
    await clock.advance('15s');
    act(controller);
    await clock.advance('1m');
    await run.finished;

    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
  });

  it('can be shared by many runs', async () => {
    const { flow, clock } = threeSteps();
    const controller = new AbortController();
    const runs = Array.from({ length: 5 }, () => {
      return start(flow, undefined, { clock, signal: controller.signal });
    });
    await clock.advance('15s');
    controller.abort();
    await clock.advance('2s');

    const results = await Promise.all(runs.map(({ finished }) => finished));
    expect(results.map(({ status }) => status)).toEqual(Array(5).fill('Cancelled'));
  });
});

/** Three steps of 10 s each, one after the other; told to stop, they take 2 s to clean up. */
function threeSteps() {
  const clock = virtualClock();
  const called: string[] = [];
  const step = async (_: unknown, { path, signal }: { path: string; signal: AbortSignal }) => {
    called.push(path);
    try {
      await clock.sleep('10s', { signal });
    } catch {
      called.push(`${path} was told: ${signal.reason.code}`);
      await clock.sleep('2s');
    }
  };
  const flow = workflow('Steps', (flow) => {
    const first = flow.action('First', [], step);
    const second = flow.action('Second', [first], step);
    flow.action('Third', [second], step);
  });
  return { flow, called, clock };
}
