/**
 * Untils that do not come to an end by themselves: limits of rounds and of time, and cancel.
 * @module
 */
import { type VirtualClock, virtualClock } from '@runafter/clock';
import { start, type UntilOptions, type Workflow, workflow } from '@runafter/core';
import { describe, expect, it } from 'vitest';
import { outline } from './outline.ts';

/** Counts rounds of 10 s for ever; those whose number is listed fail. */
function endless(clock: VirtualClock, options: UntilOptions, failing: number[] = []) {
  return workflow('Endless', (flow) =>
    flow.until(
      'Until',
      [],
      () => 0,
      (round) =>
        round.action('Work', [round.state], async ([count], { index, signal }) => {
          await clock.sleep('10s', { signal });
          if (failing.includes(index)) throw Object.assign(new Error('no'), { code: 'BAD_ROUND' });
          return count + 1;
        }),
      () => false,
      options,
    ),
  );
}

async function finished(flow: Workflow<unknown, unknown>, clock: VirtualClock) {
  const run = start(flow, undefined, { clock });
  await clock.advance('2h');
  const result = await run.finished;
  expect(clock.pending, 'timers left').toBe(0);
  return {
    run,
    result,
    until: result.results[0],
    ms: result.endTime.getTime() - result.startTime.getTime(),
  };
}

describe('an until that reaches its number of rounds', () => {
  it('is Failed and says what to do', async () => {
    const clock = virtualClock();
    const { until, run } = await finished(endless(clock, { maxIterations: 3 }), clock);

    expect(until).toMatchObject({ status: 'Failed', code: 'UNTIL_LIMIT_REACHED' });
    expect(until?.error?.message).toMatch(/"Until" was not done after 3 rounds.*onLimit/);
    expect(until?.counts).toMatchObject({ total: 3, Succeeded: 3 });
    expect(run.why().text).toContain('not done after 3 rounds');
  });

  it('does so after 60 rounds unless told otherwise', async () => {
    const clock = virtualClock();
    const { until } = await finished(endless(clock, {}), clock);

    expect(until?.counts).toMatchObject({ total: 60 });
    expect(until).toMatchObject({ status: 'Failed', code: 'UNTIL_LIMIT_REACHED' });
  });

  it.each([
    { failing: [0], status: 'Succeeded', outputs: 2 },
    { failing: [2], status: 'Failed', outputs: undefined },
  ])("with onLimit: 'succeed' is what the last round was: $status", async (expected) => {
    const clock = virtualClock();
    const options: UntilOptions = { maxIterations: 3, onLimit: 'succeed' };
    const { until } = await finished(endless(clock, options, expected.failing), clock);

    expect(until).toMatchObject({ status: expected.status, outputs: expected.outputs });
    if (expected.status === 'Failed') expect(until?.code).toBe('BAD_ROUND');
  });
});

describe('an until whose time is up', () => {
  it('stops the round that runs and is Failed', async () => {
    const clock = virtualClock();
    const { result, until, ms } = await finished(endless(clock, { timeout: '25s' }), clock);

    expect(ms).toBe(25_000);
    expect(outline(result.results)).toEqual({
      Until: 'Failed UNTIL_LIMIT_REACHED',
      'Until[0]': 'Succeeded',
      'Until[0]/Work': 'Succeeded',
      'Until[1]': 'Succeeded',
      'Until[1]/Work': 'Succeeded',
      'Until[2]': 'TimedOut UNTIL_LIMIT_REACHED',
      'Until[2]/Work': 'TimedOut UNTIL_LIMIT_REACHED',
    });
    expect(until?.error?.message).toMatch(/took longer than its timeout/);
  });

  it('is an hour unless told otherwise', async () => {
    const clock = virtualClock();
    const { until, ms } = await finished(endless(clock, { maxIterations: 1_000 }), clock);

    expect(ms).toBe(3_600_000);
    expect(until?.code).toBe('UNTIL_LIMIT_REACHED');
  });

  it.each([
    { failing: [], status: 'Succeeded', code: 'OK', outputs: 2 },
    { failing: [0], status: 'Succeeded', code: 'OK', outputs: 1 },
    { failing: [1], status: 'Failed', code: 'BAD_ROUND', outputs: undefined },
  ])("with onLimit: 'succeed' is what the last whole round was: $status", async (expected) => {
    const clock = virtualClock();
    const options: UntilOptions = { timeout: '25s', onLimit: 'succeed' };
    const { until, run } = await finished(endless(clock, options, expected.failing), clock);

    const { status, code, outputs } = expected;
    expect(until).toMatchObject({ status, code, outputs });
    if (status === 'Failed') expect(run.why().chain.at(-1)?.path).toBe('Until[1]/Work');
  });

  it("with onLimit: 'succeed' keeps the first state when no round got to its end", async () => {
    const clock = virtualClock();
    const options: UntilOptions = { timeout: '5s', onLimit: 'succeed' };
    const { until } = await finished(endless(clock, options), clock);

    expect(until).toMatchObject({ status: 'Succeeded', outputs: 0 });
  });

  it.each([
    { onLimit: 'fail', until: 'Failed UNTIL_LIMIT_REACHED', outputs: undefined },
    { onLimit: 'succeed', until: 'Succeeded', outputs: 'new' },
  ] as const)('does not wait for done, with onLimit: $onLimit', async (expected) => {
    const clock = virtualClock();
    const { onLimit } = expected;
    const flow = workflow('Undecided', (flow) =>
      flow.until(
        'Until',
        [],
        () => 'old',
        (round) => round.action('Work', () => 'new'),
        () => new Promise<boolean>(() => {}),
        { timeout: '5s', onLimit },
      ),
    );
    const { result, until, ms } = await finished(flow, clock);

    expect(ms).toBe(5_000);
    expect(until?.outputs).toBe(expected.outputs);
    expect(outline(result.results)).toEqual({
      Until: expected.until,
      'Until[0]': 'Succeeded',
      'Until[0]/Work': 'Succeeded',
    });
  });
});

describe('an until that is cancelled', () => {
  it('in a round ends Cancelled, and no other round begins', async () => {
    const clock = virtualClock();
    const run = start(endless(clock, {}), undefined, { clock });
    await clock.advance('15s');
    run.cancel();
    const { status, results } = await run.finished;

    expect(status).toBe('Cancelled');
    expect(outline(results)).toEqual({
      Until: 'Cancelled RUN_CANCELLED',
      'Until[0]': 'Succeeded',
      'Until[0]/Work': 'Succeeded',
      'Until[1]': 'Cancelled RUN_CANCELLED',
      'Until[1]/Work': 'Cancelled RUN_CANCELLED',
    });
    expect(clock.pending).toBe(0);
  });

  it('while done is pending ends at once, whatever done says later', async () => {
    const clock = virtualClock();
    const flow = workflow('Undecided', (flow) =>
      flow.until(
        'Until',
        [],
        () => 0,
        (round) => round.action('Work', () => 1),
        () => clock.sleep('10s').then(() => true),
      ),
    );
    const run = start(flow, undefined, { clock });
    await clock.advance('1s');
    run.cancel();
    const { results, endTime, startTime } = await run.finished;
    await clock.advance('20s');

    expect(endTime.getTime() - startTime.getTime()).toBe(1_000);
    expect(outline(results)).toEqual({
      Until: 'Cancelled RUN_CANCELLED',
      'Until[0]': 'Succeeded',
      'Until[0]/Work': 'Succeeded',
    });
  });

  it('stays Cancelled when its time is up while the handler still settles', async () => {
    const clock = virtualClock();
    const flow = workflow('Slow_To_Settle', (flow) =>
      flow.until(
        'Until',
        [],
        () => 0,
        (round) => round.action('Deaf', () => clock.sleep('4s').then(() => 1)),
        () => true,
        { timeout: '3s', onLimit: 'succeed' },
      ),
    );
    const run = start(flow, undefined, { clock });
    await clock.advance('2s');
    run.cancel();
    await clock.advance('10s');

    expect(outline((await run.finished).results)).toMatchObject({
      Until: 'Cancelled RUN_CANCELLED',
      'Until[0]/Deaf': 'Cancelled RUN_CANCELLED',
    });
    expect(clock.pending).toBe(0);
  });
});
