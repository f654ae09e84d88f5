/**
 * The batch over several processes, which share what there is to do; one of them is killed if wanted.
 *
 * This process starts the run, waits for its end, and does nothing of it.
 * Read next: shared-onboarding.ts, what all processes have; worker-team.ts, how they are started.
 * @module
 */
import { untilAborted } from '@runafter/clock';
import type { Hire } from '../hire.ts';
import { hiresDone } from '../hires-done.ts';
import type { BatchWork, MondayOptions } from '../monday.ts';
import type { Summary } from '../summary.ts';
import { openRedisPlace } from './redis-place.ts';
import {
  openSharedOnboarding,
  type SharedOnboarding,
  type SharedWork,
} from './shared-onboarding.ts';
import { TeamProgress } from './team-progress.ts';
import { type TeamWorker, WorkerTeam } from './worker-team.ts';

/** The options of a batch that is distributed. */
export type DistributedOptions = MondayOptions & { readonly workers: number };

/**
 * Onboards the hires.
 *
 * @throws {RedisMissingError}
 * @throws {Error} it was stopped, or the run did not succeed.
 */
export async function overProcesses(
  batch: BatchWork,
  hires: readonly Hire[],
  options: DistributedOptions,
): Promise<Summary> {
  const { redisUrl, folder, workers, signal } = options;
  await using redis = await openRedisPlace(redisUrl, folder, `${batch.runId}:`);
  const work: SharedWork = { ...batch, redis: redis.place };
  await using shared = await openSharedOnboarding(work);
  const run = await shared.distribution.start(shared.workflow, hires, { runId: batch.runId });
  const finished = run.finished;
  finished.catch(() => undefined);
  using progress = new TeamProgress(hires.length, options.showProgress);
  progress.begin(workers, 0);
  await using team = new WorkerTeam(work, workers, progress.onHire);
  const everybodyGone = untilAborted(signal, team.gone);
  if (options.kill) {
    const scheduler = await Promise.race([progress.halfWay, everybodyGone]);
    await killed(scheduler, shared, work, progress, options);
  }
  const result = await Promise.race([finished, everybodyGone]);
  if (result.status !== 'Succeeded') throw new Error(result.error.message);
  progress.complete();
  return result.outputs;
}

/** Kills the process that schedules the run, which is the hardest one to do without. */
async function killed(
  scheduler: TeamWorker,
  { store }: SharedOnboarding,
  { runId, lease }: SharedWork,
  progress: TeamProgress,
  { onKilled, workers }: DistributedOptions,
): Promise<void> {
  await scheduler.kill();
  progress.end();
  const others = workers - 1;
  const done = await hiresDone(store, runId);
  onKilled({ pid: scheduler.pid, done, lease, others });
  progress.begin(others, done);
}
