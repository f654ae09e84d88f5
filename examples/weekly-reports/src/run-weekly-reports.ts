/**
 * Runs the workflow the way the demo does: kept in a store, with waits that fit the office's speed.
 * @module
 */
import { type Duration, exponential, isTransient } from '@runafter/clock';
import { type RunListener, type RunStore, start, type Telemetry } from '@runafter/core';
import { adaptive } from '@runafter/throttle';
import { mailLimiter, reportsAtOnce } from './at-once.ts';
import type { Summary } from './summary.ts';
import type { Systems } from './systems.ts';
import { weeklyReports } from './weekly-reports.ts';

export interface WeeklyRunOptions {
  /** Where the run is kept. */
  readonly store: RunStore;
  /** The identity of the run: started again with the same one, it goes on. */
  readonly runId: string;
  /** How long the store waits for a sign of life of this process. Default '15s'. */
  readonly lease?: Duration;
  /** How many times as fast as the real services the office runs. */
  readonly speed: number;
  /** Let the loop find out how many reports to work on at once. */
  readonly adaptive: boolean;
  /** Aborting it cancels the run. */
  readonly signal?: AbortSignal;
  readonly onEvent: RunListener;
  /** Watches the run. Default: nobody. */
  readonly telemetry?: Telemetry;
}

/**
 * Runs the weekly reports to their end.
 *
 * @throws {Error} the run did not succeed; the message says which action decided that, and why.
 */
export async function runWeeklyReports(
  systems: Systems,
  { speed, adaptive: adapts, ...options }: WeeklyRunOptions,
): Promise<Summary> {
  const backoff = exponential({
    // The platform's policy, at the speed of the office.
    count: 4,
    interval: 7_500 / speed,
    minimum: 5_000 / speed,
    maximum: 45_000 / speed,
    when: isTransient,
  });
  const definition = weeklyReports(systems, {
    backoff,
    concurrency: adapts ? adaptive() : reportsAtOnce,
    mailLimiter: mailLimiter(speed),
  });
  const run = start(definition, undefined, options);
  const result = await run.finished;
  if (result.status === 'Succeeded') return result.outputs;
  throw new Error(run.why().text);
}
