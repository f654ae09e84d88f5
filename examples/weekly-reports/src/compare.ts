/**
 * Runs both programs, one after the other, each on an office of its own with the same reports in it.
 *
 * Invariant: what is compared is what the systems hold afterwards, not what a program says of itself.
 * @module
 */
import { systemClock } from '@runafter/clock';
import type { RunStore, Telemetry } from '@runafter/core';
import { type Comparison, expectedOf, type TimedScore } from './comparison.ts';
import { naive } from './naive.ts';
import type { Progress } from './progress-bar.ts';
import type { Report, ResultRow } from './report.ts';
import { runWeeklyReports } from './run-weekly-reports.ts';
import { connect, type Systems } from './systems.ts';
import { UnfinishedError } from './unfinished-error.ts';
import {
  countedIn,
  customersIn,
  openWeeklyOffice,
  type Statuses,
  statusesIn,
} from './weekly-office.ts';

export interface CompareOptions {
  /** Configure a table that Dataverse does not have. */
  readonly fail: boolean;
  /** How many times as fast as the real services the office runs. */
  readonly speed: number;
  /** Let the workflow find out how many reports to work on at once. */
  readonly adaptive: boolean;
  /** Where the run of the workflow is kept. */
  readonly store: RunStore;
  /** Watches the run of the workflow. */
  readonly telemetry: Telemetry;
  /** Aborting it stops the program that runs. */
  readonly signal: AbortSignal;
  /** Begins to show how far a program has come. */
  readonly showProgress: (program: string) => Progress;
}

/** The comparison, and what else there is to say of the workflow. */
export interface Compared {
  readonly comparison: Comparison;
  /** The run of the workflow, which is in the store. */
  readonly runId: string;
  /** The rows that it collected. */
  readonly rows: readonly ResultRow[];
  /** How many reports have which status in the list. */
  readonly statuses: Statuses;
}

/**
 * Runs both programs and compares what they made of the reports.
 *
 * @throws {UnfinishedError} a program was stopped, or could not finish.
 */
export async function compare(
  reports: readonly Report[],
  options: CompareOptions,
): Promise<Compared> {
  const { fail, speed, adaptive, signal, store, telemetry } = options;
  const runId = `with-runafter-${crypto.randomUUID()}`;
  const first = await measure('as people write it', reports, options, async (systems, tick) => ({
    rows: await naive(systems, { onProcessed: tick }),
  }));
  const second = await measure('with runafter', reports, options, (systems, tick) =>
    runWeeklyReports(systems, {
      ...{ store, runId, telemetry, speed, adaptive, signal },
      onEvent: (event) => {
        if (event.type === 'iteration.ended' && event.status !== 'Cancelled') tick();
      },
    }),
  );
  const { Complete, Failed, rows } = second.outcome;
  const comparison = {
    expected: expectedOf(reports, fail),
    naive: first.score,
    runafter: second.score,
    summary: { Complete, Failed },
  };
  return { comparison, runId, rows, statuses: second.statuses };
}

async function measure<T extends { readonly rows: readonly ResultRow[] }>(
  program: string,
  reports: readonly Report[],
  { fail, speed, signal, showProgress }: CompareOptions,
  work: (systems: Systems, tick: () => void) => Promise<T>,
): Promise<{ score: TimedScore; outcome: T; statuses: Statuses }> {
  await using office = await openWeeklyOffice(reports, speed);
  const systems = connect(office.url, { signal, fail });
  const progress = showProgress(program);
  const begin = systemClock.monotonic();
  try {
    const outcome = await work(systems, progress.tick);
    const seconds = Math.round(systemClock.monotonic() - begin) / 1000;
    const score = {
      items: outcome.rows.length,
      increments: countedIn(office),
      customers: customersIn(office),
      seconds,
    };
    return { score, outcome, statuses: statusesIn(office) };
  } catch (error) {
    throw new UnfinishedError(program, office, error);
  } finally {
    progress.end();
  }
}
