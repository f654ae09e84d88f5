/**
 * A workflow that tests and their programs share: a loop of parcels, one after the other.
 * @module
 */
import { type Flow, type Workflow, workflow } from '@runafter/core';

/** @param send - what is done with each parcel. */
export function parcels(
  send: (path: string, signal: AbortSignal) => Promise<void>,
): Workflow<number, readonly number[]> {
  return workflow('Parcels', (flow: Flow<number>) =>
    flow.forEach(
      'Each',
      [],
      (_, { input }) => Array.from({ length: input }, (_, n) => n),
      (each) =>
        each.action('Send', async ({ item, path, signal }) => {
          await send(path, signal);
          return item;
        }),
      { concurrency: 1 },
    ),
  );
}
