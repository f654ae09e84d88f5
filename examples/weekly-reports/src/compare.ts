/**
 * Runs both programs, one after the other, each on an office of its own with the same reports in it.
 *
 * Invariant: what is compared is what the systems hold afterwards, not what a program says of itself.
 * @module
 */
import { exponential, isTransient, systemClock } from '@runafter/clock';
import { start } from '@runafter/core';
import { toFault } from '@runafter/errors';
import type { Office } from '@runafter/example-office';
import { type Comparison, expectedOf, type TimedScore } from './comparison.ts';
import { naive } from './naive.ts';
import type { Progress } from './progress-bar.ts';
import type { Report, ResultRow } from './report.ts';
import type { Summary } from './summary.ts';
import { connect, type Systems } from './systems.ts';
import { countedIn, customersIn, openWeeklyOffice, statusesIn } from './weekly-office.ts';
import { weeklyReports } from './weekly-reports.ts';

export interface CompareOptions {
  /** Configure a table that Dataverse does not have. */
  readonly fail: boolean;
  /** How many times as fast as the real services the office runs. */
  readonly speed: number;
  /** Aborting it stops the program that runs. */
  readonly signal: AbortSignal;
  /** Begins to show how far a program has come. */
  readonly showProgress: (program: string) => Progress;
}

/** A program did not come to its end; the message says in which state it left the reports. */
class UnfinishedError extends Error {
  override readonly name = 'UnfinishedError';

  constructor(program: string, office: Office, cause: unknown) {
    const statuses = statusesIn(office);
    const counts = Object.entries(statuses).map(([status, count]) => `${count} ${status}`);
    const lines = [
      `The weekly reports ${program} have not finished. ${toFault(cause).message}`,
      `The reports are now: ${counts.join(', ')}.`,
    ];
    if (statuses.Processing > 0) {
      lines.push('Set those in Processing back to Pending, and they are done with the others.');
    }
    super(lines.join('\n'), { cause });
  }
}

/** The comparison, and what else there is to say of the workflow. */
export interface Compared {
  readonly comparison: Comparison;
  /** The rows that it collected. */
  readonly rows: readonly ResultRow[];
  /** How many reports have which status in the list. */
  readonly statuses: ReturnType<typeof statusesIn>;
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
  const { fail, speed, signal } = options;
  const first = await measure('as people write it', reports, options, async (systems, tick) => ({
    rows: await naive(systems, { onProcessed: tick }),
  }));
  const second = await measure('with runafter', reports, options, (systems, tick) =>
    runWorkflow(systems, speed, signal, tick),
  );
  const { Complete, Failed, rows } = second.outcome;
  const comparison = {
    expected: expectedOf(reports, fail),
    naive: first.score,
    runafter: second.score,
    summary: { Complete, Failed },
  };
  return { comparison, rows, statuses: second.statuses };
}

async function measure<T extends { readonly rows: readonly ResultRow[] }>(
  program: string,
  reports: readonly Report[],
  { fail, speed, signal, showProgress }: CompareOptions,
  work: (systems: Systems, tick: () => void) => Promise<T>,
): Promise<{ score: TimedScore; outcome: T; statuses: Compared['statuses'] }> {
  await using office = await openWeeklyOffice(reports, speed);
  // The singular, which is the name that most people try first.
  const systems = connect(office.url, { signal, ...(fail && { customersTable: 'crm_customer' }) });
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

async function runWorkflow(
  systems: Systems,
  speed: number,
  signal: AbortSignal,
  tick: () => void,
): Promise<Summary> {
  const backoff = exponential({
    // The platform's policy, at the speed of the office.
    count: 4,
    interval: 7_500 / speed,
    minimum: 5_000 / speed,
    maximum: 45_000 / speed,
    when: isTransient,
  });
  const run = start(weeklyReports(systems, { backoff }), undefined, { signal });
  run.events.subscribe((event) => {
    if (event.type === 'iteration.ended' && event.status !== 'Cancelled') tick();
  });
  const result = await run.finished;
  if (result.status === 'Succeeded') return result.outputs;
  throw new Error(run.why().text);
}
