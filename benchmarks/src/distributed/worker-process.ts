/**
 * One of the processes that do the work of a side.
 * @module
 */
import { joinTeam } from '../harness/team.ts';
import type { WorkerTask } from './workers.ts';

await joinTeam<WorkerTask>(async (task, cleanup) => {
  if (task.side === 'ours') await (await import('./our-side.ts')).work(task, cleanup);
  else await (await import('./bullmq-side.ts')).work(task, cleanup);
  // It takes jobs already; there is nothing to begin together.
  return async () => 0;
});
