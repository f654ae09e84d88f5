/**
 * The time-out of a whole run: what runs is TimedOut, what had not started is skipped.
 * @module
 */
import { type Duration, type VirtualClock, virtualClock } from '@runafter/clock';
import { settled, start, workflow } from '@runafter/core';
import { describe, expect, it } from 'vitest';

describe('a run that takes longer than its timeout', () => {
  it('stops what runs as TimedOut, skips the rest and ends TimedOut', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const run = start(steps(clock, '15s'), undefined, { clock });
    const result = await run.finished;

    expect(result).toMatchObject({
      status: 'TimedOut',
      error: {
        code: 'RUN_TIMED_OUT',
        message: 'Workflow "Steps" took longer than its timeout allows.',
      },
    });
    expect(result.results.map(({ name, status, code }) => [name, status, code])).toEqual([
      ['First', 'Succeeded', 'OK'],
      ['Second', 'TimedOut', 'RUN_TIMED_OUT'],
      // It takes every status, but a run whose time is up starts nothing more.
      ['Third', 'Skipped', 'RUN_TIMED_OUT'],
      ['Inside', 'TimedOut', 'RUN_TIMED_OUT'],
    ]);
    expect(clock.monotonic()).toBe(15_000);
    expect(clock.pending).toBe(0);
  });

  it('waits for handlers that settle within the grace time', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const flow = workflow(
      'Slow_To_Stop',
      (flow) => {
        flow.action('Work', async ({ signal }) => {
          await clock.sleep('1h', { signal }).catch(() => undefined);
          await clock.sleep('3s');
        });
      },
      { timeout: '10s' },
    );
    const { unsettled } = await start(flow, undefined, { clock }).finished;

    expect(unsettled).toEqual([]);
    expect(clock.monotonic()).toBe(13_000);
  });

  it('stays TimedOut when it is cancelled while its handlers settle', async () => {
    const clock = virtualClock();
    const flow = workflow(
      'Slow_To_Stop',
      (flow) => {
        flow.action('Work', () => clock.sleep('12s'));
      },
      { timeout: '10s' },
    );
    const run = start(flow, undefined, { clock });
    await clock.advance('11s');
    run.cancel();
    await clock.advance('1s');

    expect(await run.finished).toMatchObject({
      status: 'TimedOut',
      error: { code: 'RUN_TIMED_OUT' },
      results: [{ status: 'TimedOut' }],
    });
  });
});

describe('the timeout of a run', () => {
  it('given to start() goes before that of the workflow', async () => {
    const clock = virtualClock({ autoAdvance: true });
    await start(steps(clock, '15s'), undefined, { clock, timeout: '5s' }).finished;

    expect(clock.monotonic()).toBe(5_000);
  });

  it('leaves no timer behind when the run ends in time', async () => {
    const clock = virtualClock();
    const flow = workflow(
      'Quick',
      (flow) => {
        flow.action('Work', () => 1);
      },
      { timeout: '1d' },
    );
    const { status } = await start(flow, undefined, { clock }).finished;

    expect(status).toBe('Succeeded');
    expect(clock.pending).toBe(0);
  });

  it('of 0 lets only that happen which needs no time', async () => {
    const clock = virtualClock({ autoAdvance: true });
    const flow = workflow('At_Once', (flow) => {
      const now = flow.action('Now', () => 1);
      flow.action('Later', [now], (_, { signal }) => clock.sleep(1, { signal }));
    });
    const { status, results } = await start(flow, undefined, { clock, timeout: 0 }).finished;

    expect(status).toBe('TimedOut');
    expect(results[0]?.status).toBe('Succeeded');
  });
});

function steps(clock: VirtualClock, timeout: Duration) {
  const work = ({ signal }: { signal: AbortSignal }) => clock.sleep('10s', { signal });
  return workflow(
    'Steps',
    (flow) => {
      const first = flow.action('First', work);
      const second = flow.action('Second', [first], (_, context) => work(context));
      flow.action('Third', [settled(second)], () => 1);
      flow.scope('Inside', [first], (scope) => {
        const one = scope.action('One', work);
        scope.action('Two', [one], () => 1);
      });
    },
    { timeout },
  );
}
