import { seededRandom, virtualClock } from '@runafter/clock';
import type { ActionTask } from '@runafter/core';
import { describe, expect, it } from 'vitest';
import { jitterExecutor } from '../src/index.ts';

describe('jitterExecutor', () => {
  it('starts every task once, within two seconds, at different times', async () => {
    const clock = virtualClock();
    const executor = jitterExecutor({ clock, random: seededRandom(1) });
    const starts: number[] = [];
    for (let task = 0; task < 100; task++) {
      executor.dispatch(fakeTask(() => starts.push(clock.monotonic())));
    }

    await clock.advance('2s');

    expect(starts).toHaveLength(100);
    expect(new Set(starts).size).toBe(100);
    expect(Math.min(...starts)).toBeLessThan(200);
    expect(Math.max(...starts)).toBeGreaterThan(1_800);
  });

  it('keeps to a longest delay of its own', async () => {
    const clock = virtualClock();
    const executor = jitterExecutor({ clock, most: '10ms', random: () => 0.999 });
    let starts = 0;
    executor.dispatch(fakeTask(() => starts++));

    await clock.advance(9);
    expect(starts).toBe(0);
    await clock.advance(1);
    expect(starts).toBe(1);
  });

  it('gives the same delays for the same seed', async () => {
    const [first, second] = await Promise.all([startsWithSeed('x'), startsWithSeed('x')]);

    expect(first).toEqual(second);
  });

  it('runs a task that is told to stop at once, and only once', async () => {
    const clock = virtualClock();
    const executor = jitterExecutor({ clock, random: () => 0.5 });
    const controller = new AbortController();
    let starts = 0;
    executor.dispatch(fakeTask(() => starts++, controller.signal));

    controller.abort();
    expect(starts).toBe(1);
    await clock.advance('5s');
    expect(starts).toBe(1);
    expect(clock.pending).toBe(0);
  });

  it('does not hold back a task that was told to stop before', () => {
    const clock = virtualClock();
    let starts = 0;
    jitterExecutor({ clock }).dispatch(fakeTask(() => starts++, AbortSignal.abort()));

    expect(starts).toBe(1);
    expect(clock.pending).toBe(0);
  });

  it('refuses a longest delay that is no duration, naming the option', () => {
    const clock = virtualClock();

    expect(() => jitterExecutor({ clock, most: -1 })).toThrow(/^most: -1 is not a duration/);
  });
});

async function startsWithSeed(seed: string): Promise<number[]> {
  const clock = virtualClock();
  const executor = jitterExecutor({ clock, random: seededRandom(seed) });
  const starts: number[] = [];
  for (let task = 0; task < 10; task++) {
    executor.dispatch(fakeTask(() => starts.push(clock.monotonic())));
  }
  await clock.advance('2s');
  return starts;
}

function fakeTask(onRun: () => void, signal = new AbortController().signal): ActionTask {
  return {
    runId: 'run',
    workflow: 'Workflow',
    path: 'Action',
    address: 'Action',
    isResumed: false,
    attempt: 1,
    idempotencyKey: 'run/Action',
    signal,
    run: async () => onRun(),
    runElsewhere: async () => undefined,
  };
}
