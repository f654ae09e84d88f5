/**
 * What functions of a definition give as a promise is awaited, or refused: never taken for the value.
 */
import { virtualClock } from '@runafter/clock';
import { event, type Flow, start, workflow } from '@runafter/core';
import { describe, expect, it } from 'vitest';

describe('a promise', () => {
  it('of the first state of an until is awaited', async () => {
    const count = workflow('Count', (flow: Flow<number>) =>
      flow.until(
        'Up',
        [],
        async (_, { input }) => input,
        (round) => round.action('Add', [round.state], ([n]) => n + 1),
        (n) => n >= 3,
      ),
    );
    expect(await start(count, 1).finished).toMatchObject({ status: 'Succeeded', outputs: 3 });
  });

  it('of a first state that is rejected fails the until', async () => {
    const count = workflow('Count', (flow: Flow<void>) => {
      flow.until(
        'Up',
        [],
        () => Promise.reject<number>(new Error('no start')),
        (round) => round.action('Add', [round.state], ([n]) => n + 1),
        () => true,
      );
    });
    const { results } = await start(count, undefined).finished;
    expect(results[0]).toMatchObject({ status: 'Failed', error: { message: 'no start' } });
  });

  it('of the input of a child workflow is awaited', async () => {
    const child = workflow('Child', (flow: Flow<number>) =>
      flow.action('Double', ({ input }) => input * 2),
    );
    const parent = workflow('Parent', (flow: Flow<number>) =>
      flow.child('Sub', [], child, async (_, { input }) => input + 1),
    );
    expect(await start(parent, 20).finished).toMatchObject({ status: 'Succeeded', outputs: 42 });
  });

  it('of an input that comes after the run was cancelled starts no child', async () => {
    const clock = virtualClock();
    const called: string[] = [];
    const child = workflow('Child', (flow: Flow<void>) => {
      flow.action('Work', () => called.push('Work'));
    });
    const parent = workflow('Parent', (flow: Flow<void>) => {
      flow.child('Sub', [], child, () => clock.sleep('1m'));
    });
    const run = start(parent, undefined, { clock });
    await clock.advance('1s');
    run.cancel();
    await clock.advance('2m');
    const { status, results } = await run.finished;
    expect(status).toBe('Cancelled');
    expect(results[0]).toMatchObject({ status: 'Cancelled', code: 'RUN_CANCELLED' });
    expect(called).toEqual([]);
  });
});

describe('a promise that never comes', () => {
  const never = <T>(): Promise<T> => new Promise(() => undefined);

  it.each([
    [
      'the first state of an until',
      (flow: Flow<void>) => {
        flow.until(
          'Waits',
          [],
          () => never<number>(),
          (round) => round.action('Add', [round.state], ([n]) => n + 1),
          () => true,
        );
      },
    ],
    [
      'the input of a child workflow',
      (flow: Flow<void>) => {
        const child = workflow('Child', (flow: Flow<void>) => flow.action('Work', () => 1));
        flow.child('Waits', [], child, () => never<void>());
      },
    ],
  ])('does not hold up a cancel: %s', async (_, body) => {
    const clock = virtualClock();
    const run = start(workflow('Stuck', body), undefined, { clock });
    await clock.advance('1s');
    run.cancel();
    await clock.advance('1s');
    expect(run.status).toBe('Cancelled');
    expect(run.results[0]).toMatchObject({ status: 'Cancelled', code: 'RUN_CANCELLED' });
    expect(clock.pending).toBe(0);
  });
});

it('a child workflow whose input never comes ends with its own timeout', async () => {
  const clock = virtualClock();
  const child = workflow('Child', (flow: Flow<void>) => flow.action('Work', () => 1));
  const parent = workflow('Parent', (flow: Flow<void>) => {
    flow.child('Sub', [], child, () => new Promise<void>(() => undefined), { timeout: '10s' });
  });
  const run = start(parent, undefined, { clock });
  await clock.advance('11s');
  expect((await run.finished).results[0]).toMatchObject({
    status: 'TimedOut',
    code: 'CONTAINER_TIMED_OUT',
  });
});

describe('a correlate that is no text', () => {
  const approval = event<boolean>('approval');

  it.each([
    ['a promise', Promise.resolve('order-1')],
    ['undefined', undefined],
    ['17', 17],
  ])('fails the wait at once: %s', async (shown, value) => {
    const ask = workflow('Ask', (flow: Flow<void>) => {
      flow.waitFor('Approval', [], approval, { correlate: () => value as unknown as string });
    });
    const { results } = await start(ask, undefined).finished;
    expect(results[0]).toMatchObject({ status: 'Failed', code: 'CORRELATE_INVALID' });
    expect(results[0]?.error?.message).toContain(`correlate of "Approval" gave ${shown}`);
  });

  it('is refused in a signal', async () => {
    const ask = workflow('Ask', (flow: Flow<void>) => {
      flow.waitFor('Approval', [], approval, { correlate: () => '17' });
    });
    const run = start(ask, undefined);
    const correlate = 17 as unknown as string;
    await expect(run.signal(approval, true, { correlate })).rejects.toMatchObject({
      code: 'CORRELATE_INVALID',
    });
    run.cancel();
    await run.finished;
  });
});
