/**
 * Enqueues again what the store has and no queue: a run whose starter was killed between the two, or
 * whose queue has lost it.
 * @module
 */
import type { Clock } from '@runafter/clock';
import type { Carrier, RunStore } from '@runafter/core';
import type { Queue } from 'bullmq';
import { runJobId } from './job-id.ts';
import type { QueuePlan } from './queue-plan.ts';
import type { NewJob, Queues } from './queues.ts';

/** How many runs go into a queue with one request. */
const batchSize = 500;

/** The queue of the job that looks through the store: one of its own, so that nothing stands before it. */
export const SWEEP: string = 'sweep';

/**
 * Has some process look through the store. There is one such job at most, however many ask for it; each of
 * them has to ask again and again, for a queue may forget.
 *
 * @param delay - milliseconds until the look.
 */
export async function enqueueSweep(queue: Queue, delay: number): Promise<void> {
  const opts = { jobId: SWEEP, delay, removeOnComplete: true, removeOnFail: true };
  await queue.add(SWEEP, {}, opts);
}

export interface Sweeping {
  readonly store: RunStore;
  readonly plan: QueuePlan;
  readonly queues: Queues;
  readonly clock: Clock;
}

/**
 * Looks through the runs that have not ended. One that is in its queue already stays as it is there.
 *
 * @param signal - aborting it ends the look early.
 */
export async function sweepRuns(
  { store, plan, queues, clock }: Sweeping,
  signal: AbortSignal,
): Promise<void> {
  const batches = new Map<string, NewJob[]>();
  for await (const { runId, workflow, version, lease } of store.listRuns({ status: 'Running' })) {
    if (signal.aborted) return;
    if (lease !== undefined && lease.expiresAt > clock.now()) continue;
    const queue = plan.runQueue({ workflow, version });
    const batch = batches.get(queue) ?? [];
    batches.set(queue, batch);
    batch.push(runJob({ runId, workflow, version }));
    if (batch.length === batchSize) await queues.add(queue, batch.splice(0));
  }
  for (const [queue, batch] of batches) {
    if (batch.length > 0) await queues.add(queue, batch);
  }
}

/** The job that works on a run. */
export function runJob(
  data: {
    readonly runId: string;
    readonly workflow: string;
    readonly version?: string | undefined;
    readonly caller?: Carrier;
  },
  priority?: number,
): NewJob {
  return {
    id: runJobId(data.runId),
    name: data.workflow,
    data,
    isKept: true,
    ...(priority !== undefined && { priority }),
  };
}
