/**
 * Workflows over many machines: BullMQ delivers the work, the run store keeps the truth.
 *
 * @example
 * const distribution = distribute([fulfilOrder], { connection: { host: 'redis' }, store });
 * await distribution.work();
 * const run = await distribution.start(fulfilOrder, order);
 * const { status } = await run.finished;
 * @module
 */
export { DistributionClosedError, DistributionOptionError } from './bullmq-errors.ts';
export { distribute } from './distribute.ts';
export type { DistributedRun } from './distributed-run.ts';
export type { CloseOptions, Distribution, StartRunOptions } from './distribution.ts';
export type { ActionQueueOptions, DistributeOptions, WorkOptions } from './options.ts';
export type { ParkedRun } from './parked-runs.ts';
