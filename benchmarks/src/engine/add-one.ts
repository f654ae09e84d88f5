/**
 * Our side of all the loops: a workflow whose forEach adds 1 to every item, 20 iterations at once.
 * @module
 */
import type { Flow, IterationCounts, RunResult } from '@runafter/core';
import { concurrency } from './items.ts';

export type Numbers = readonly number[] | AsyncIterable<number>;

/** Runs the loop once. */
export type Loop<T> = (numbers: Numbers) => Promise<RunResult<T>>;

/** The loop with nothing kept but counts. */
export async function loopWithCounts(): Promise<Loop<IterationCounts>> {
  const { start, workflow } = await import('@runafter/core');
  const addOne = workflow('Add_One', (flow: Flow<Numbers>) =>
    flow.forEach(
      'Items',
      [],
      (_, { input }) => input,
      (each) => each.action('Add', async ({ item }) => item + 1),
      { concurrency, keep: 'summary' },
    ),
  );
  return (numbers) => start(addOne, numbers).finished;
}

/** The loop with a record kept of every iteration and of the action in it. */
export async function loopWithRecords(): Promise<Loop<number[]>> {
  const { start, workflow } = await import('@runafter/core');
  const addOne = workflow('Add_One', (flow: Flow<Numbers>) =>
    flow.forEach(
      'Items',
      [],
      (_, { input }) => input,
      (each) => each.action('Add', async ({ item }) => item + 1),
      { concurrency },
    ),
  );
  return (numbers) => start(addOne, numbers).finished;
}
