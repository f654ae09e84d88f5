/**
 * The Monday batch from outside: a process that does the work, killed half-way if wanted, and what the
 * systems say of it afterwards.
 *
 * Invariant: the office and the clock are in this process, which stays; the work is in one that may die.
 * Read next: worker.ts, the program; proof.ts.
 * @module
 */
import { join } from 'node:path';
import { systemClock } from '@runafter/clock';
import { inspectRun } from '@runafter/core';
import type { Progress } from '@runafter/example-weekly-reports/progress-bar';
import { sqliteRunStore } from '@runafter/sqlite';
import { databasePlace, openHrDatabase } from './database/open-hr-database.ts';
import type { Hire } from './hire.ts';
import { openMondayOffice } from './monday-office.ts';
import { type Proof, proofOf } from './proof.ts';
import type { Summary } from './summary.ts';
import { type Work, WorkerProcess } from './worker-process.ts';

export interface MondayOptions {
  /** The CSV file that the hires are from. */
  readonly input: string;
  /** The folder for the databases. */
  readonly folder: string;
  /** Another database than SQLite for the log and the licences. */
  readonly databaseUrl: string | undefined;
  /** How many times as fast as the real services the office runs. */
  readonly speed: number;
  /** How many hires at once. */
  readonly concurrency: number;
  /** Kill the process when half of the hires are done with, and start another one. */
  readonly kill: boolean;
  /** Aborting it ends the process that works. */
  readonly signal: AbortSignal;
  /** Begins to show how far a process has come, with what was done before it. */
  readonly showProgress: (label: string, done: number) => Progress;
  /** Told where the stand-ins are, before anything is done. */
  readonly onOpen: (url: string) => void;
  /** Told what is kept when the process is killed, before the next one starts. */
  readonly onKilled: (killed: Killed) => void;
}

/** A process that was killed. */
export interface Killed {
  readonly pid: number | undefined;
  /** Hires that were done with. */
  readonly done: number;
  /** Milliseconds that the next process waits for a sign of life of this one. */
  readonly lease: number;
}

/** What came of the batch. */
export interface Monday {
  readonly summary: Summary;
  readonly proof: Proof;
  /** What people call the database. */
  readonly database: string;
  /** As measured here, the waits after a kill included. */
  readonly seconds: number;
}

/**
 * Onboards the hires and looks into the systems.
 *
 * @throws {DatabasePlaceError}
 * @throws {Error} it was stopped, or the run did not succeed.
 */
export async function monday(hires: readonly Hire[], options: MondayOptions): Promise<Monday> {
  const { input, folder, databaseUrl, speed, concurrency } = options;
  const batch = `monday-${crypto.randomUUID()}`;
  const place = databasePlace(databaseUrl, folder, batch);
  await using database = await openHrDatabase(place);
  await using office = await openMondayOffice(speed);
  options.onOpen(office.url);
  const work: Work = {
    ...{ input, speed, concurrency },
    url: office.url,
    database: place,
    runs: join(folder, 'runs.db'),
    runId: batch,
    // What a killed process has sent has gone through before the next one looks: the slowest call of
    // the office takes some minutes of its time.
    lease: Math.max(2_000, (10 * 60_000) / speed),
  };
  const begin = systemClock.monotonic();
  const done = options.kill ? await workUntilHalf(work, hires.length, options) : 0;
  const summary = await workToTheEnd(work, done, options);
  const seconds = (systemClock.monotonic() - begin) / 1000;
  return {
    summary,
    proof: await proofOf(hires, office, database),
    database: database.title,
    seconds,
  };
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
  const done = await doneIn(work);
  onKilled({ pid: worker.pid, done, lease: work.lease });
  return done;
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

/** How many hires the store says are done with. */
async function doneIn({ runs, runId }: Work): Promise<number> {
  const store = sqliteRunStore(runs);
  try {
    const run = await inspectRun(store, runId);
    let done = 0;
    for await (const _ of run.outcomes('Hires')) done++;
    return done;
  } finally {
    await store.close();
  }
}

function killOnAbort(worker: WorkerProcess, signal: AbortSignal): Disposable {
  const kill = (): void => void worker.kill();
  signal.addEventListener('abort', kill, { once: true });
  if (signal.aborted) kill();
  return { [Symbol.dispose]: () => signal.removeEventListener('abort', kill) };
}
