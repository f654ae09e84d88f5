/**
 * Enqueues again what the store has and no queue: a run whose starter was killed between the two, or
 * whose queue has lost it.
 * @module
 */
import type { Clock } from '@runafter/clock';
import type { RunStore } from '@runafter/core';
import type { Job, Queue } from 'bullmq';
import { runJobId } from './job-id.ts';
import type { QueuePlan } from './queue-plan.ts';
import type { NewJob, Queues } from './queues.ts';

/** How many runs go into a queue with one request. */
const batchSize = 500;

/** A job that looks through the store, in a queue of runs. */
const SWEEP = 'sweep';

/**
 * Has some process look through the store. Of many that ask for it within `every` milliseconds, one is
 * heard; each of them has to ask again and again, for a queue may forget.
 */
export async function enqueueSweep(queue: Queue, every: number): Promise<void> {
  await queue.add(
    SWEEP,
    {},
    {
      // A little shorter, so that whoever asks at this pace is not one time too early.
      deduplication: { id: SWEEP, ttl: Math.ceil(0.9 * every) },
      // A queue of many runs must not stand before what looks after it.
      lifo: true,
      removeOnComplete: true,
      removeOnFail: true,
    },
  );
}

/** A workflow may have that name too, but its jobs have a run. */
export function isSweep({ name, data }: Job): boolean {
  return name === SWEEP && !('runId' in data);
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
 * @param queue - of runs.
 * @param signal - aborting it ends the look early.
 */
export async function sweepRuns(
  { store, plan, queues, clock }: Sweeping,
  queue: string,
  signal: AbortSignal,
): Promise<void> {
  let batch: NewJob[] = [];
  for await (const run of store.listRuns({ status: 'Running' })) {
    if (signal.aborted) return;
    const { runId, workflow, version, lease } = run;
    if (plan.runQueue({ workflow, version }) !== queue) continue;
    if (lease !== undefined && lease.expiresAt > clock.now()) continue;
    batch.push(runJob({ runId, workflow, version }));
    if (batch.length < batchSize) continue;
    await queues.add(queue, batch);
    batch = [];
  }
  if (batch.length > 0) await queues.add(queue, batch);
}

/** The job that works on a run. */
export function runJob(
  data: {
    readonly runId: string;
    readonly workflow: string;
    readonly version?: string | undefined;
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
