/**
 * A run that is resumed with another definition than it was started with.
 * @module
 */
import { virtualClock } from '@runafter/clock';
import {
  DefinitionChangedError,
  memoryRunStore,
  type Run,
  resume,
  settled,
  type Workflow,
  workflow,
} from '@runafter/core';
import { describe, expect, it } from 'vitest';
import { SettableLimiter } from '../engine/settable-limiter.ts';
import { MortalProcess } from './mortal-process.ts';
import { slowly } from './slowly.ts';
import { storedPaths } from './stored-outcomes.ts';

type Write = (process: MortalProcess) => Workflow<undefined, unknown>;

/** First, Second, Third, a minute each; then what a version adds. */
const before: Write = (process) =>
  workflow('Steps', (flow) => {
    const first = flow.action('First', (context) => slowly(process, context, 1, '1m'));
    const second = flow.action('Second', [first], (_, context) =>
      slowly(process, context, 2, '1m'),
    );
    flow.action('Third', [second], (_, context) => slowly(process, context, 3, '1m'));
  });

const added: Write = (process) =>
  workflow('Steps', (flow) => {
    const first = flow.action('First', (context) => slowly(process, context, 1, '1m'));
    const second = flow.action('Second', [first], (_, context) =>
      slowly(process, context, 2, '1m'),
    );
    const third = flow.action('Third', [second], (_, context) => slowly(process, context, 3, '1m'));
    flow.action('Check', [first], ([n], context) => slowly(process, context, n, '1m'));
    flow.scope('Notify', [third], (scope) => {
      scope.action('Mail', (context) => slowly(process, context, 1, '1m'));
    });
  });

const removed: Write = (process) =>
  workflow('Steps', (flow) => {
    const second = flow.action('Second', (context) => slowly(process, context, 2, '1m'));
    flow.action('Third', [second], (_, context) => slowly(process, context, 3, '1m'));
  });

/** Kills the run at 90 seconds, in Second, and resumes it with another definition. */
async function changeTo(write: Write, allowChanges: boolean) {
  const clock = virtualClock({ autoAdvance: true });
  const store = memoryRunStore({ clock });
  const first = new MortalProcess(store, clock);
  first.start(before(first), undefined);
  clock.setTimer(90_000, () => first.kill());
  await first.died;
  await first.bury();
  const second = new MortalProcess(store, clock);
  const resumed: Promise<Run<unknown>> = resume(write(second), 'r', {
    ...second.place,
    allowChanges,
  });
  return { clock, store, resumed, calls: second.calls };
}

describe('a changed definition', () => {
  it('is refused with what has changed, and the run can still be resumed as it was', async () => {
    const { clock, store, resumed } = await changeTo(added, false);

    await expect(resumed).rejects.toBeInstanceOf(DefinitionChangedError);
    await expect(resumed).rejects.toMatchObject({
      code: 'DEFINITION_CHANGED',
      runId: 'r',
      changes: [
        { kind: 'added', path: 'Check' },
        { kind: 'added', path: 'Notify' },
      ],
    });
    const third = new MortalProcess(store, clock);
    const run = await resume(before(third), 'r', third.place);
    expect((await run.finished).status).toBe('Succeeded');
    expect(third.calls).toEqual(['r/Second', 'r/Third']);
  });

  it('that is allowed runs what was added, also beside what had ended', async () => {
    const { resumed, calls } = await changeTo(added, true);
    const { status, results } = await (await resumed).finished;

    expect(status).toBe('Succeeded');
    expect(results.map(({ name, status }) => [name, status])).toEqual([
      ['First', 'Succeeded'],
      ['Second', 'Succeeded'],
      ['Third', 'Succeeded'],
      ['Check', 'Succeeded'],
      ['Notify', 'Succeeded'],
    ]);
    expect([...calls].sort()).toEqual(['r/Check', 'r/Notify/Mail', 'r/Second', 'r/Third']);
  });

  it('that is allowed keeps what was removed in the store', async () => {
    const { resumed, calls, store } = await changeTo(removed, true);

    expect((await (await resumed).finished).status).toBe('Succeeded');
    expect(calls).toEqual(['r/Second', 'r/Third']);
    expect(await storedPaths(store, 'r')).toEqual(['First', 'Second', 'Third']);
  });

  it('in its handlers only is no change', async () => {
    const { resumed } = await changeTo(
      () =>
        workflow('Steps', (flow) => {
          const first = flow.action('First', () => 'other');
          const second = flow.action('Second', [first], ([n]) => [n]);
          flow.action('Third', [second], ([n]) => n);
        }),
      false,
    );

    expect((await resumed).status).toBeUndefined();
    expect(await (await resumed).finished).toMatchObject({
      results: [{ outputs: 1 }, { outputs: [1] }, { outputs: [1] }],
    });
  });

  it.each<[string, number | SettableLimiter, number | SettableLimiter]>([
    ['from a number to an adaptive limiter', 3, new SettableLimiter(2, 3)],
    ['from an adaptive limiter to a number', new SettableLimiter(3, 3), 2],
  ])('in how many iterations run at once, %s, is no change', async (_, first, then) => {
    const clock = virtualClock({ autoAdvance: true });
    const store = memoryRunStore({ clock });
    const loop = (process: MortalProcess, concurrency: number | SettableLimiter) =>
      workflow('Steps', (flow) =>
        flow.forEach(
          'Loop',
          [],
          () => [0, 1, 2, 3, 4, 5],
          (each) => each.action('Work', (context) => slowly(process, context, context.item, '1m')),
          { concurrency },
        ),
      );
    const before = new MortalProcess(store, clock);
    before.start(loop(before, first), undefined);
    clock.setTimer(90_000, () => before.kill());
    await before.died;
    await before.bury();
    const after = new MortalProcess(store, clock);
    const run = await resume(loop(after, then), 'r', after.place);

    expect(await run.finished).toMatchObject({ outputs: [0, 1, 2, 3, 4, 5] });
    expect(after.calls).toEqual([3, 4, 5].map((index) => `r/Loop[${index}]/Work`));
  });

  it('in what something runs after is one', async () => {
    const { resumed } = await changeTo(
      () =>
        workflow('Steps', (flow) => {
          const first = flow.action('First', () => 1);
          const second = flow.action('Second', [settled(first)], () => 2);
          flow.action('Third', [second], () => 3);
        }),
      false,
    );

    await expect(resumed).rejects.toMatchObject({
      changes: [{ kind: 'changed', path: 'Second', text: expect.stringContaining('runs after') }],
    });
  });

  it('of a run that has ended is refused, also when it is allowed: nothing new would ever run', async () => {
    const { clock, store, resumed } = await changeTo(before, false);
    await (await resumed).finished;
    const third = new MortalProcess(store, clock);

    await expect(
      resume(added(third), 'r', { ...third.place, allowChanges: true }),
    ).rejects.toMatchObject({ code: 'DEFINITION_CHANGED' });
  });

  it('of another workflow with the same actions is refused', async () => {
    const { resumed } = await changeTo(
      () =>
        workflow('Other', (flow) => {
          const first = flow.action('First', () => 1);
          const second = flow.action('Second', [first], () => 2);
          flow.action('Third', [second], () => 3);
        }),
      false,
    );

    await expect(resumed).rejects.toMatchObject({
      code: 'DEFINITION_CHANGED',
      message: expect.stringContaining('"Steps"'),
    });
  });
});
