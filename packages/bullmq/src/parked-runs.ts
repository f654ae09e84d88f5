/**
 * Runs that wait for a person: in the store they go on, and no process can go on with them.
 * @module
 */
import type { Clock } from '@runafter/clock';
import type { RunStore } from '@runafter/core';
import { WorkflowUnknownError } from '@runafter/core/remote';
import type { Job } from 'bullmq';
import { runJobId } from './job-id.ts';
import type { QueuePlan } from './queue-plan.ts';
import type { Queues } from './queues.ts';
import type { RunJobData } from './run-jobs.ts';

/** A run, and why nobody goes on with it. */
export interface ParkedRun {
  readonly runId: string;
  readonly workflow: string;
  readonly version: string | undefined;
  /** Such as DEFINITION_CHANGED, or WORKFLOW_UNKNOWN. */
  readonly code: string;
  readonly message: string;
}

/** How many are read at once. */
const pageSize = 100;

export async function* parkedRuns(
  store: RunStore,
  plan: QueuePlan,
  queues: Queues,
  clock: Clock,
): AsyncGenerator<ParkedRun> {
  for (const name of plan.runQueues) {
    for (let from = 0; ; from += pageSize) {
      const jobs: Job<RunJobData>[] = await queues.get(name).getFailed(from, from + pageSize - 1);
      yield* jobs.map(parkedRun);
      if (jobs.length < pageSize) break;
    }
  }
  for await (const { runId, workflow, version, lease } of store.listRuns({ status: 'Running' })) {
    const isHeld = lease !== undefined && lease.expiresAt > clock.now();
    if (isHeld || plan.workflow({ workflow, version }) !== undefined) continue;
    const { code, message } = new WorkflowUnknownError(workflow, version);
    yield { runId, workflow, version, code, message };
  }
}

/** Has BullMQ give the job of a parked run to a process again. */
export async function releaseRun(runId: string, plan: QueuePlan, queues: Queues): Promise<boolean> {
  for (const name of plan.runQueues) {
    const job = await queues.get(name).getJob(runJobId(runId));
    if (job === undefined || !(await job.isFailed())) continue;
    await job.retry();
    return true;
  }
  return false;
}

function parkedRun({ data, failedReason }: Job<RunJobData>): ParkedRun {
  const [, code = 'UNKNOWN_ERROR', message = failedReason ?? ''] =
    /^([A-Z][A-Z_]*): (.*)$/su.exec(failedReason ?? '') ?? [];
  return { runId: data.runId, workflow: data.workflow, version: data.version, code, message };
}
