/**
 * A worker's operations, several at a time.
 * @module
 */
import type { StateTask } from './task.ts';

/**
 * Performs the operations of a share, in their order, so many at a time as the task says.
 *
 * @param except - those that are not to be performed.
 */
export async function inParallel(
  { first, count, inFlight }: StateTask,
  except: ReadonlySet<number>,
  perform: (operation: number) => Promise<void>,
): Promise<void> {
  const share = Array.from({ length: count }, (_, index) => first + index);
  const operations = share.filter((operation) => !except.has(operation)).values();
  // All of them take from the same iterator.
  const lane = async () => {
    for (const operation of operations) await perform(operation);
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
}
