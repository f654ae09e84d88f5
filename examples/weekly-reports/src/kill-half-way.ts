/**
 * The same work once more, killed half-way with SIGKILL and started again.
 *
 * The process that is killed does the work; the office is in this one and goes on, as services do. What
 * came of it is asked from the office and the store, not from the program that was killed.
 * Read next: worker.ts, the program; kill-report.ts, which says it to people.
 * @module
 */
import type { Office } from '@runafter/example-office';
import type { Score } from './comparison.ts';
import type { Database } from './database.ts';
import { type Effects, effectsIn } from './effects.ts';
import { type KeptRun, readKeptRun } from './kept-run.ts';
import type { Progress } from './progress-bar.ts';
import type { Report } from './report.ts';
import type { Summary } from './summary.ts';
import { UnfinishedError } from './unfinished-error.ts';
import {
  countedIn,
  customersIn,
  openWeeklyOffice,
  type Statuses,
  statusesIn,
} from './weekly-office.ts';
import { type Work, WorkerProcess } from './worker-process.ts';

export interface KillOptions {
  /** Configure a table that Dataverse does not have. */
  readonly fail: boolean;
  /** How many times as fast as the real services the office runs. */
  readonly speed: number;
  /** Let the workflow find out how many reports to work on at once. */
  readonly adaptive: boolean;
  readonly database: Database;
  /** Aborting it ends the process that works. */
  readonly signal: AbortSignal;
  /** Begins to show how far a process has come, with what was done before it. */
  readonly showProgress: (program: string, done: number) => Progress;
  /** Told what the kill has left, before the next process starts. */
  readonly onKilled: (left: LeftBehind) => void;
}

/** What a process that was killed leaves behind. */
export interface LeftBehind {
  readonly pid: number | undefined;
  /** How many reports have which status in the list. */
  readonly statuses: Statuses;
  readonly kept: KeptRun;
  /** Milliseconds that the next process waits for a sign of life of this one. */
  readonly lease: number;
}

/** What came of it in the end. */
export interface Survived {
  readonly summary: Summary;
  readonly score: Score;
  readonly statuses: Statuses;
  readonly effects: Effects;
  /** Handlers whose outcome was kept when the process was killed. */
  readonly kept: number;
  /** Those of them that were called again nevertheless. */
  readonly runAgain: number;
}

/**
 * Works on the reports in a process that is killed when half of them are done, and then in another one.
 *
 * @throws {UnfinishedError} it was stopped, or could not finish.
 */
export async function killHalfWay(
  reports: readonly Report[],
  options: KillOptions,
): Promise<Survived> {
  await using office = await openWeeklyOffice(reports, options.speed);
  try {
    return await killAndStartAgain(office, reports.length, options);
  } catch (error) {
    const { aborted, reason } = options.signal;
    throw new UnfinishedError('that were killed half-way', office, aborted ? reason : error);
  }
}

async function killAndStartAgain(
  office: Office,
  total: number,
  options: KillOptions,
): Promise<Survived> {
  const { fail, speed, adaptive, database, onKilled } = options;
  // A call takes a second or two of the office's time. What the killed process has sent has gone through
  // before the next one looks.
  const lease = Math.max(2_000, 5_000 / speed);
  const runId = `killed-half-way-${crypto.randomUUID()}`;
  const work: Work = {
    ...{ url: office.url, database: database.file, runId },
    ...{ lease, speed, adaptive, fail },
  };

  const pid = await workUntilHalf(work, total, options);
  const kept = await readKeptRun(database.store, runId, total);
  onKilled({ pid, statuses: statusesIn(office), kept, lease });

  const { summary, called } = await workToTheEnd(work, kept.processed, options);
  return {
    summary,
    score: {
      items: summary.rows.length,
      increments: countedIn(office),
      customers: customersIn(office),
    },
    statuses: statusesIn(office),
    effects: effectsIn(office),
    kept: kept.handlers.size,
    runAgain: called.filter((path) => kept.handlers.has(path)).length,
  };
}

/** @returns the id of the process that was killed. */
async function workUntilHalf(
  work: Work,
  total: number,
  { signal, showProgress }: KillOptions,
): Promise<number | undefined> {
  const progress = showProgress('killed half-way', 0);
  const half = Math.ceil(total / 2);
  let processed = 0;
  let isHalfWay: () => void = () => undefined;
  const halfWay = new Promise<void>((resolve) => {
    isHalfWay = resolve;
  });
  await using worker = new WorkerProcess(work, ({ type }) => {
    if (type !== 'processed') return;
    progress.tick();
    // Every call goes through this process, so it cannot be done with the rest before it is killed.
    if (++processed === half) isHalfWay();
  });
  using _stopping = killOnAbort(worker, signal);
  try {
    await Promise.race([halfWay, worker.finished]);
    await worker.kill();
    return worker.pid;
  } finally {
    progress.end();
  }
}

async function workToTheEnd(
  work: Work,
  processedBefore: number,
  { signal, showProgress }: KillOptions,
): Promise<{ readonly summary: Summary; readonly called: readonly string[] }> {
  const progress = showProgress('started again', processedBefore);
  const called: string[] = [];
  await using worker = new WorkerProcess(work, (event) => {
    if (event.type === 'called') called.push(event.path);
    else progress.tick();
  });
  using _stopping = killOnAbort(worker, signal);
  try {
    return { summary: await worker.finished, called };
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
