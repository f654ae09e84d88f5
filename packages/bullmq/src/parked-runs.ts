/**
 * Runs that wait for a person: in the store they go on, and no process can go on with them.
 * @module
 */
import type { Clock } from '@runafter/clock';
import type { RunStore } from '@runafter/core';
import { WorkflowUnknownError } from '@runafter/core/remote';
import type { Job, Queue } from 'bullmq';
import { runJobId } from './job-id.ts';
import type { QueuePlan } from './queue-plan.ts';
import type { Queues } from './queues.ts';
import type { RunJobData } from './run-jobs.ts';
import { runJob } from './sweep.ts';

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
const pageSize = 500;

export async function* parkedRuns(
  store: RunStore,
  plan: QueuePlan,
  queues: Queues,
  clock: Clock,
): AsyncGenerator<ParkedRun> {
  for (const name of plan.runQueues) yield* await parkedIn(queues.get(name));
  const known = new Map<string, Promise<boolean>>();
  /** Whether some process works on a queue, which this one knows nothing of. */
  const hasWorkers = (name: string): Promise<boolean> => {
    const found =
      known.get(name) ??
      queues
        .get(name)
        .getWorkersCount()
        .then((count) => count > 0);
    known.set(name, found);
    return found;
  };
  for await (const { runId, workflow, version, lease } of store.listRuns({ status: 'Running' })) {
    const isHeld = lease !== undefined && lease.expiresAt > clock.now();
    if (isHeld || plan.workflow({ workflow, version }) !== undefined) continue;
    if (version !== undefined && (await hasWorkers(plan.runQueue({ workflow, version })))) continue;
    const { code, message } = new WorkflowUnknownError(workflow, version);
    yield { runId, workflow, version, code, message };
  }
}

/** All at once: whoever releases what is listed must not shift what comes after it. */
async function parkedIn(queue: Queue): Promise<ParkedRun[]> {
  const parked: ParkedRun[] = [];
  for (let from = 0; ; from += pageSize) {
    const jobs: (Job<RunJobData> | undefined)[] = await queue.getFailed(from, from + pageSize - 1);
    // One that was released meanwhile is there no more.
    parked.push(...jobs.filter((job) => job !== undefined).map(parkedRun));
    if (jobs.length < pageSize) return parked;
  }
}

/** Has BullMQ give the job of a run to a process again: a parked one, or one that is to be tried later. */
export async function releaseRun(runId: string, plan: QueuePlan, queues: Queues): Promise<boolean> {
  for (const name of plan.runQueues) {
    const job = await queues.get(name).getJob(runJobId(runId));
    const state = await job?.getState();
    if (job === undefined) continue;
    if (state === 'delayed') await job.promote();
    else if (state === 'failed') {
      // A new job, which has never stalled.
      await job.remove();
      await queues.add(name, [runJob(job.data, job.opts.priority)]);
    } else continue;
    return true;
  }
  return false;
}

function parkedRun({ data, failedReason }: Job<RunJobData>): ParkedRun {
  const [
    ,
    code = 'RUN_STALLED',
    message = `Too many processes were lost over it: ${failedReason}`,
  ] = /^([A-Z][A-Z_]*): (.*)$/su.exec(failedReason ?? '') ?? [];
  return { runId: data.runId, workflow: data.workflow, version: data.version, code, message };
}
