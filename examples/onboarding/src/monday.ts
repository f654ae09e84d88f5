/**
 * The Monday batch from outside: the systems, the processes that do the work, and what the systems say of
 * it afterwards.
 *
 * Invariant: the office and the clock are in this process, which stays; the work is in others, which may die.
 * Read next: in-one-process.ts, distributed/over-processes.ts; proof.ts.
 * @module
 */
import { systemClock } from '@runafter/clock';
import type { Progress } from '@runafter/example-weekly-reports/progress-bar';
import { databasePlace, openHrDatabase } from './database/open-hr-database.ts';
import { overProcesses } from './distributed/over-processes.ts';
import type { Hire } from './hire.ts';
import { inOneProcess } from './in-one-process.ts';
import { openMondayOffice } from './monday-office.ts';
import { type Proof, proofOf } from './proof.ts';
import type { Summary } from './summary.ts';
import type { Work } from './worker-process.ts';

export interface MondayOptions {
  /** The CSV file that the hires are from. */
  readonly input: string;
  /** The folder for the databases. */
  readonly folder: string;
  /** Another database than SQLite for the log and the licences. */
  readonly databaseUrl: string | undefined;
  /** Over how many processes the run is distributed; undefined for one that has it to itself. */
  readonly workers: number | undefined;
  /** The Redis of a distributed run; undefined for one of its own. */
  readonly redisUrl: string | undefined;
  /** How many times as fast as the real services the office runs. */
  readonly speed: number;
  /** How many hires at once. */
  readonly concurrency: number;
  /** Kill the process that schedules the run when half of the hires are done with. */
  readonly kill: boolean;
  /** Aborting it ends the processes that work. */
  readonly signal: AbortSignal;
  /** Begins to show how far the work has come, with what was done before. */
  readonly showProgress: (label: string, done: number) => Progress;
  /** Told where the stand-ins are, before anything is done. */
  readonly onOpen: (url: string) => void;
  /** Told what is kept when a process is killed, before others go on. */
  readonly onKilled: (killed: Killed) => void;
}

/** What is to be done, whoever does it. */
export type BatchWork = Omit<Work, 'runs'>;

/** A process that was killed. */
export interface Killed {
  readonly pid: number | undefined;
  /** Hires that were done with. */
  readonly done: number;
  /** Milliseconds that the others wait for a sign of life of this one. */
  readonly lease: number;
  /** How many processes work beside it; 0 where another one is started in its place. */
  readonly others: number;
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
 * @throws {RedisMissingError} it is to be distributed, and there is no Redis.
 * @throws {Error} it was stopped, or the run did not succeed.
 */
export async function monday(hires: readonly Hire[], options: MondayOptions): Promise<Monday> {
  const { input, folder, databaseUrl, speed, concurrency, workers } = options;
  const batch = `monday-${crypto.randomUUID()}`;
  const place = databasePlace(databaseUrl, folder, batch);
  await using database = await openHrDatabase(place);
  await using office = await openMondayOffice(speed);
  options.onOpen(office.url);
  const work: BatchWork = {
    ...{ input, speed, concurrency },
    url: office.url,
    database: place,
    runId: batch,
    // What a killed process has sent has gone through before the next one looks: the slowest call of
    // the office takes some minutes of its time.
    lease: Math.max(2_000, (10 * 60_000) / speed),
  };
  const begin = systemClock.monotonic();
  const summary =
    workers === undefined
      ? await inOneProcess(work, hires.length, options)
      : await overProcesses(work, hires, { ...options, workers });
  const seconds = (systemClock.monotonic() - begin) / 1000;
  return {
    summary,
    proof: await proofOf(hires, office, database),
    database: database.title,
    seconds,
  };
}
