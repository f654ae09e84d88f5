/**
 * The items that the loops of this benchmark go over: numbers, to which every side adds 1.
 * @module
 */

/** How many iterations may run at once, on every side. */
export const concurrency = 20;

export const items: readonly number[] = Array.from({ length: 100_000 }, (_, index) => index);

/** The sum of the items once each is one larger. */
export const expectedSum: number = sum(items) + items.length;

/** Reads results to the last, so that no side can leave them unmade. */
export function sum(values: readonly number[]): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
