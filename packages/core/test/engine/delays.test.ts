/**
 * Delays: time that passes on the run's clock, fixed or worked out, and can be cut short.
 * @module
 */
import { type Duration, virtualClock } from '@runafter/clock';
import { defineWorkflow, start, type Workflow, workflow } from '@runafter/core';
import { describe, expect, it } from 'vitest';
import { outline } from './outline.ts';

async function elapsedOf(flow: Workflow<undefined, unknown>): Promise<number> {
  const clock = virtualClock({ autoAdvance: true });
  const { status, startTime, endTime } = await start(flow, undefined, { clock }).finished;
  expect(status).toBe('Succeeded');
  return endTime.getTime() - startTime.getTime();
}

describe('a delay', () => {
  it.each<{ duration: Duration; ms: number }>([
    { duration: '30s', ms: 30_000 },
    { duration: 'PT1H', ms: 3_600_000 },
    { duration: '7d', ms: 604_800_000 },
    { duration: 250, ms: 250 },
    { duration: 0, ms: 0 },
  ])('waits $duration', async ({ duration, ms }) => {
    const flow = workflow('Wait', (flow) => {
      const wait = flow.delay('Wait', [], duration);
      flow.action('After', [wait], ([nothing]) => expect(nothing).toBeUndefined());
    });

    expect(await elapsedOf(flow)).toBe(ms);
  });

  it('can be worked out from what it runs after', async () => {
    const flow = workflow('Wait', (flow) => {
      const reply = flow.action('Ask', () => ({ retryAfter: 12 }));
      flow.delay('Wait', [reply], ([reply]) => `${reply.retryAfter}s`);
    });

    expect(await elapsedOf(flow)).toBe(12_000);
  });

  it('can be worked out in the data form', async () => {
    const flow = defineWorkflow<undefined>({
      name: 'Wait',
      actions: {
        Ask: { run: () => 3 },
        Wait: {
          type: 'delay',
          runAfter: { Ask: ['Succeeded'] },
          duration: ({ outputs }) => outputs<number>('Ask') * 1_000,
        },
      },
    });

    expect(await elapsedOf(flow)).toBe(3_000);
  });

  it.each<{ what: string; duration: () => Duration; message: RegExp }>([
    { what: 'is no duration', duration: () => 'soon' as Duration, message: /"Wait".*"soon"/ },
    { what: 'is negative', duration: () => -1, message: /"Wait".*-1/ },
    { what: 'is not a number', duration: () => Number.NaN, message: /"Wait".*NaN/ },
    { what: 'is a promise', duration: (async () => '1s') as never, message: /"Wait"/ },
    {
      what: 'throws',
      duration: () => {
        throw new Error('How long?');
      },
      message: /How long\?/,
    },
  ])('whose duration $what is Failed at once and says so', async ({ duration, message }) => {
    const clock = virtualClock();
    const flow = workflow('Wait', (flow) => {
      flow.delay('Wait', [], duration);
    });
    const { status, results } = await start(flow, undefined, { clock }).finished;

    expect(status).toBe('Failed');
    expect(results[0]?.error?.message).toMatch(message);
    expect(clock.pending).toBe(0);
  });

  it('is cut short by a cancel and by the time-out of its scope', async () => {
    const clock = virtualClock();
    const flow = workflow('Wait', (flow) => {
      flow.scope(
        'Scope',
        [],
        (scope) => {
          scope.delay('Short', [], '1h');
        },
        { timeout: '10s' },
      );
      flow.delay('Long', [], '1h');
    });
    const run = start(flow, undefined, { clock });
    await clock.advance('20s');
    run.cancel();
    const { results, endTime, startTime } = await run.finished;

    expect(endTime.getTime() - startTime.getTime()).toBe(20_000);
    expect(outline(results)).toEqual({
      Scope: 'TimedOut CONTAINER_TIMED_OUT',
      'Scope/Short': 'TimedOut CONTAINER_TIMED_OUT',
      Long: 'Cancelled RUN_CANCELLED',
    });
    expect(clock.pending).toBe(0);
  });
});
