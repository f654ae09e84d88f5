/**
 * Conditions: one branch runs, the other is one skipped record, and an error in the test is a failure.
 * @module
 */
import { virtualClock } from '@runafter/clock';
import { failed, start, type Workflow, workflow } from '@runafter/core';
import { describe, expect, it } from 'vitest';
import { outline } from './outline.ts';
import { thenable } from './thenable.ts';

type Test = () => boolean | Promise<boolean>;

function conditionOn(test: Test): Workflow<unknown, string> {
  return workflow('Order', (flow) =>
    flow.condition('In_Stock', [], test, {
      then: (branch) => branch.action('Ship', () => 'shipped'),
      else: (branch) => branch.action('Back_Order', () => 'ordered'),
    }),
  );
}

describe('a condition', () => {
  it.each([
    { answer: true, outputs: 'shipped', taken: 'Ship', untaken: 'else' },
    { answer: false, outputs: 'ordered', taken: 'Back_Order', untaken: 'then' },
  ])('runs one branch when the test says $answer', async ({ answer, outputs, taken, untaken }) => {
    const branch = answer ? 'then' : 'else';

    for (const test of [() => answer, async () => answer, () => thenable(answer)]) {
      const result = await start(conditionOn(test), undefined).finished;

      expect(result).toMatchObject({ status: 'Succeeded', outputs });
      expect(outline(result.results)).toEqual({
        In_Stock: 'Succeeded',
        [`In_Stock/${branch}`]: 'Succeeded',
        [`In_Stock/${branch}/${taken}`]: 'Succeeded',
        [`In_Stock/${untaken}`]: 'Skipped BRANCH_NOT_TAKEN',
        [`In_Stock/${untaken}/${answer ? 'Back_Order' : 'Ship'}`]: 'Skipped PARENT_SKIPPED',
      });
    }
  });

  it('hands the values of its list to the test and to the branch', async () => {
    const flow = workflow('Size', (flow) => {
      const count = flow.action('Count', () => 12);
      return flow.condition('Many', [count], ([count]) => count > 10, {
        then: (branch, [count]) => branch.action('Crate', [count], ([count]) => count / 12),
      });
    });

    expect(await start(flow, undefined).finished).toMatchObject({ outputs: 1 });
  });

  it('that says no and has no else Succeeded with undefined', async () => {
    const flow = workflow('Only_Then', (flow) =>
      flow.condition('Never', [], () => false, { then: (branch) => branch.action('A', () => 1) }),
    );

    const result = await start(flow, undefined).finished;

    expect(result).toMatchObject({ status: 'Succeeded', outputs: undefined });
    expect(outline(result.results)).toEqual({
      Never: 'Succeeded',
      'Never/then': 'Skipped BRANCH_NOT_TAKEN',
      'Never/then/A': 'Skipped PARENT_SKIPPED',
    });
  });

  it('is Failed when the branch that was taken is', async () => {
    const flow = workflow('Order', (flow) => {
      const check = flow.condition('In_Stock', [], () => true, {
        then: (branch) => {
          branch.action('Ship', () => {
            throw new Error('no truck');
          });
        },
        else: () => {},
      });
      flow.action('Handle', [failed(check)], ([check]) => check.error.message);
    });

    const result = await start(flow, undefined).finished;

    expect(result.status).toBe('Succeeded');
    expect(result.results[0]).toMatchObject({ name: 'In_Stock', status: 'Failed' });
    expect(result.results[1]?.outputs).toContain('"In_Stock/then/Ship" ended Failed: no truck');
  });

  it.each<{ how: string; test: Test }>([
    {
      how: 'throws',
      test: () => {
        throw new RangeError('no such list');
      },
    },
    { how: 'rejects', test: async () => Promise.reject(new RangeError('no such list')) },
  ])('is Failed when its test $how, and runs no branch', async ({ test }) => {
    const run = start(conditionOn(test), undefined);
    const { status, results } = await run.finished;

    expect(status).toBe('Failed');
    expect(results[0]?.error).toMatchObject({ message: 'no such list' });
    expect(results[0]?.error?.cause).toBeInstanceOf(RangeError);
    expect(outline(results)).toMatchObject({
      'In_Stock/then': 'Skipped BRANCH_NOT_TAKEN',
      'In_Stock/else': 'Skipped BRANCH_NOT_TAKEN',
    });
    expect(run.why().text).toContain('no such list');
  });

  it('that is stopped while its test is pending takes no branch, whatever the test says later', async () => {
    const clock = virtualClock();
    const run = start(
      conditionOn(() => clock.sleep('10s').then(() => true)),
      undefined,
      { clock },
    );
    await clock.advance('1s');
    run.cancel();
    const { status, results, endTime, startTime } = await run.finished;
    await clock.advance('10s');

    expect(status).toBe('Cancelled');
    expect(endTime.getTime() - startTime.getTime()).toBe(1_000);
    expect(outline(results)).toMatchObject({
      In_Stock: 'Cancelled RUN_CANCELLED',
      'In_Stock/then': 'Skipped BRANCH_NOT_TAKEN',
      'In_Stock/else': 'Skipped BRANCH_NOT_TAKEN',
    });
  });

  it('with a timeout is TimedOut while its test is pending, and leaves no timer', async () => {
    const clock = virtualClock();
    const flow = workflow('Slow_Test', (flow) => {
      flow.condition(
        'Slow',
        [],
        () => new Promise<boolean>(() => {}),
        { then: () => {} },
        { timeout: '5s' },
      );
    });
    const run = start(flow, undefined, { clock });
    await clock.advance('5s');

    expect(outline((await run.finished).results)).toMatchObject({
      Slow: 'TimedOut CONTAINER_TIMED_OUT',
    });
    expect(clock.pending).toBe(0);
  });
});
