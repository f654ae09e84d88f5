/**
 * `distribute()`: the same workflows, over as many processes and machines as you like.
 * @module
 */
import { Distribution } from './distribution.ts';
import type { AnyWorkflow, DistributeOptions } from './options.ts';

/**
 * Opens a distribution: runs that any process can start, and many processes work on. BullMQ delivers the
 * work; the store keeps the truth.
 *
 * Each run is scheduled by one process at a time, under the run's lease. When that process dies, another
 * one goes on from what the store has. An action is called at least once, and its report counts exactly
 * once; its idempotency key is the same each time.
 *
 * @param workflows - all that this process may start or work on; several versions of one as well.
 * @throws {DistributionOptionError} `DISTRIBUTION_OPTION_INVALID`
 * @example
 * const distribution = distribute([fulfilOrder], { connection: { host: 'redis' }, store });
 * await distribution.work();
 * const run = await distribution.start(fulfilOrder, order, { runId: order.id });
 * const { status, outputs } = await run.finished;
 */
export function distribute(
  workflows: readonly AnyWorkflow[],
  options: DistributeOptions,
): Distribution {
  return new Distribution(workflows, options);
}
