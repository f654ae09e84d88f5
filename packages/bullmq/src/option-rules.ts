/**
 * What is refused before anything is opened: numbers that BullMQ cannot use, and names that mean nothing.
 * @module
 */
import { DistributionOptionError } from './bullmq-errors.ts';
import type { ActionQueueOptions, WorkOptions } from './options.ts';
import type { QueuePlan } from './queue-plan.ts';

/** BullMQ's lowest. */
const lowestPriority = 2_097_152;

/** @throws {DistributionOptionError} `DISTRIBUTION_OPTION_INVALID`, as all of these. */
export function checkPriority(option: string, priority: number | undefined): void {
  checkWhole(option, priority, 1, lowestPriority);
}

export function checkActionQueue(name: string, options: ActionQueueOptions): void {
  checkWhole(`queues.${name}.concurrency`, options.concurrency, 1);
  checkWhole(`queues.${name}.globalConcurrency`, options.globalConcurrency, 1);
  checkPriority(`queues.${name}.priority`, options.priority);
}

export function checkWork({ runs, actions, queues = [] }: WorkOptions, plan: QueuePlan): void {
  checkWhole('runs', runs, 0);
  checkWhole('actions', actions, 0);
  for (const name of queues) {
    if (plan.named.has(name)) continue;
    const known = [...plan.named.keys()].join(', ') || 'none';
    throw new DistributionOptionError(
      'queues',
      `has "${name}", which is none. Known are: ${known}.`,
    );
  }
}

function checkWhole(
  option: string,
  value: number | undefined,
  least: number,
  most: number = Number.MAX_SAFE_INTEGER,
): void {
  if (value === undefined || (Number.isSafeInteger(value) && value >= least && value <= most))
    return;
  const range =
    most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  throw new DistributionOptionError(option, `is ${String(value)}. Pass a whole number ${range}.`);
}
