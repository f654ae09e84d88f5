/**
 * The batch in one process, which is killed half-way if wanted; then another one goes on with the run.
 *
 * Read next: worker.ts, the program; distributed/over-processes.ts, the same over many.
 * @module
 */
import { join } from 'node:path';
import { sqliteRunStore } from '@runafter/sqlite';
import { hiresDone } from './hires-done.ts';
import type { BatchWork, MondayOptions } from './monday.ts';
import type { Summary } from './summary.ts';
import { type Work, WorkerProcess } from './worker-process.ts';

/**
 * Onboards the hires.
 *
 * @throws {Error} it was stopped, or the run did not succeed.
 */
export async function inOneProcess(
  batch: BatchWork,
  total: number,
  options: MondayOptions,
): Promise<Summary> {
  const work: Work = { ...batch, runs: join(options.folder, 'runs.db') };
  const done = options.kill ? await workUntilHalf(work, total, options) : 0;
  return await workToTheEnd(work, done, options);
}

/** @returns how many hires were done with when the process was killed. */
async function workUntilHalf(
  work: Work,
  total: number,
  { signal, showProgress, onKilled }: MondayOptions,
): Promise<number> {
  const progress = showProgress('killed half-way', 0);
  const half = Math.ceil(total / 2);
  let ended = 0;
  let isHalfWay: () => void = () => undefined;
  const halfWay = new Promise<void>((resolve) => {
    isHalfWay = resolve;
  });
  await using worker = new WorkerProcess(work, () => {
    progress.tick();
    // Every call goes through this process, so it cannot be done with the rest before it is killed.
    if (++ended === half) isHalfWay();
  });
  using _stopping = killOnAbort(worker, signal);
  try {
    await Promise.race([halfWay, worker.finished]);
    await worker.kill();
  } finally {
    progress.end();
  }
  const store = sqliteRunStore(work.runs);
  try {
    const done = await hiresDone(store, work.runId);
    onKilled({ pid: worker.pid, done, lease: work.lease, others: 0 });
    return done;
  } finally {
    await store.close();
  }
}

async function workToTheEnd(
  work: Work,
  done: number,
  { kill, signal, showProgress }: MondayOptions,
): Promise<Summary> {
  const progress = showProgress(kill ? 'started again' : 'onboarding', done);
  await using worker = new WorkerProcess(work, progress.tick);
  using _stopping = killOnAbort(worker, signal);
  try {
    return await worker.finished;
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    progress.end();
  }
}

function killOnAbort(worker: WorkerProcess, signal: AbortSignal): Disposable {
  const kill = (): void => void worker.kill();
  signal.addEventListener('abort', kill, { once: true });
  if (signal.aborted) kill();
  return { [Symbol.dispose]: () => signal.removeEventListener('abort', kill) };
}
