/**
 * Our side: workflows that a distribution spreads over processes.
 * @module
 */
import { distribute } from '@runafter/bullmq';
import { type Flow, workflow } from '@runafter/core';
import { orderDagWorkflow } from '../engine/order-dag.ts';
import type { Connection } from './own-redis.ts';
import { openStore, type StoreChoice } from './run-stores.ts';
import { chainLength, now, traceOf } from './trace.ts';
import { concurrency } from './workers.ts';

/** A; B and C after A; D after both; E after D. */
export const dagOfFive = await orderDagWorkflow();

/** Actions one after the other, which hand on how long each hop took. */
export const chain = workflow('Chain', (flow: Flow<number>) => {
  let last = flow.action('Hop_1', () => traceOf(now(), undefined));
  for (let action = 2; action <= chainLength; action++) {
    last = flow.action(`Hop_${action}`, [last], ([before]) => traceOf(now(), before));
  }
  return last;
});

/** A loop over the numbers below its input, with as many iterations at once as all workers can take. */
export const loop = workflow('Loop', (flow: Flow<number>) =>
  flow.forEach(
    'Items',
    [],
    (_, { input }) => Array.from({ length: input }, (_, index) => index),
    (each) => each.action('Add', ({ item }) => item + 1),
    { concurrency: 2 * concurrency, keep: 'summary' },
  ),
);

/** What it takes to start runs, or to work on them. */
export interface OurTask {
  readonly connection: Connection;
  readonly store: StoreChoice;
  /** Whether actions are called where their run is scheduled, while there is room; or all go through a queue. */
  readonly eager: boolean;
}

/** Our end of the queues in this process. */
export async function openDistribution(
  { connection, store: choice }: OurTask,
  cleanup: AsyncDisposableStack,
) {
  const store = await openStore(choice, connection, cleanup);
  // Runs of another store must not come into the same queues.
  const prefix = `runafter-${choice.kind}`;
  const distribution = distribute([dagOfFive, chain, loop], { connection, store, prefix });
  cleanup.defer(() => distribution.close());
  return distribution;
}

/** Takes runs and actions. */
export async function work(task: OurTask, cleanup: AsyncDisposableStack): Promise<void> {
  const distribution = await openDistribution(task, cleanup);
  await distribution.work({ runs: concurrency, actions: concurrency, eager: task.eager });
}
