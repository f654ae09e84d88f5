/**
 * The loop of these benchmarks: forEach over the numbers below its input, with one action that adds 1,
 * ten iterations at once.
 * @module
 */
import type { Flow, Workflow } from '@runafter/core';

/** How many iterations may run at once. */
export const concurrency = 10;

/** Which records it keeps: none but counts, or all. */
export type Keep = 'summary' | 'all';

/** What the action does. */
export type Add = (item: number) => number | Promise<number>;

/** A workflow of the loop alone; its input is how many numbers it goes over. */
export async function addOneLoop(
  keep: Keep,
  add: Add = (item) => item + 1,
): Promise<Workflow<number, unknown>> {
  const { workflow } = await import('@runafter/core');
  const body = keep === 'all' ? withRecords(add) : withCounts(add);
  return workflow<number, unknown>('Add_One', body);
}

function withCounts(add: Add) {
  return (flow: Flow<number>) =>
    flow.forEach(
      'Items',
      [],
      (_, { input }) => numbersBelow(input),
      (each) => each.action('Add', async ({ item }) => add(item)),
      { concurrency, keep: 'summary' },
    );
}

function withRecords(add: Add) {
  return (flow: Flow<number>) =>
    flow.forEach(
      'Items',
      [],
      (_, { input }) => numbersBelow(input),
      (each) => each.action('Add', async ({ item }) => add(item)),
      { concurrency },
    );
}

function numbersBelow(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index);
}
