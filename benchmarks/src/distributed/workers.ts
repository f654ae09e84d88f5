/**
 * The processes that do the work: as many for each side, with the same concurrency. Those of the side whose turn
 * it is not wait at Redis, and cost nothing meanwhile.
 * @module
 */
import { startTeam } from '../harness/team.ts';
import type { OurTask } from './our-side.ts';
import type { Connection } from './own-redis.ts';

/** How many jobs one process works on at a time: enough to hide the round trips of each. */
export const concurrency = 100;

/** What a worker process is told. */
export type WorkerTask =
  | { readonly side: 'bullmq'; readonly connection: Connection }
  | ({ readonly side: 'ours' } & OurTask);

/** Starts so many processes, and waits until all take jobs. */
export async function startWorkers(
  task: WorkerTask,
  processes: number,
  cleanup: AsyncDisposableStack,
): Promise<void> {
  const module = new URL('worker-process.ts', import.meta.url);
  await startTeam(module, Array(processes).fill(task), cleanup);
}
