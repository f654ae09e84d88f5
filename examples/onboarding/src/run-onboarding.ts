/**
 * Runs the workflow the way the example does in one process: kept in a store, with waits that fit the
 * office's speed.
 * @module
 */
import { type Duration, type ExponentialRetry, exponential } from '@runafter/clock';
import { type RunListener, type RunStore, start, type Workflow } from '@runafter/core';
import { transientRetry } from '@runafter/throttle';
import type { Hire } from './hire.ts';
import { onboarding } from './onboarding.ts';
import type { Summary } from './summary.ts';
import type { Systems } from './systems.ts';

/** How fast the office is, and how much is done at once. */
export interface Pace {
  /** How many times as fast as the real services the office runs. */
  readonly speed: number;
  /** How many hires at once. */
  readonly concurrency: number;
}

export interface OnboardingRunOptions extends Pace {
  /** Where the run is kept. */
  readonly store: RunStore;
  /** The identity of the run: started again with the same one, it goes on. */
  readonly runId: string;
  /** How long the store waits for a sign of life of this process. Default '15s'. */
  readonly lease?: Duration;
  readonly onEvent?: RunListener;
}

/**
 * How long the answer of a call is waited for that is under way when its hire is to be undone: half an
 * hour of the office, and a minute here at least, for a machine that is busy.
 */
const graceAt = (speed: number): number => Math.max(60_000, (30 * 60_000) / speed);

/** transientRetry in the office's time, and more of it: what is given up is undone. */
const patienceAt = (speed: number): ExponentialRetry =>
  exponential({
    ...transientRetry,
    count: 8,
    interval: 20_000 / speed,
    minimum: 5_000 / speed,
    maximum: 300_000 / speed,
  });

/** The workflow, with waits that fit the office's speed. */
export function onboardingAt(
  { speed, concurrency }: Pace,
  systems: Systems,
): Workflow<readonly Hire[], Summary> {
  return onboarding(systems, { concurrency, retry: patienceAt(speed), grace: graceAt(speed) });
}

/**
 * Onboards the hires in this process.
 *
 * @throws {Error} the run did not succeed; the message says which action decided that, and why.
 */
export async function runOnboarding(
  systems: Systems,
  hires: readonly Hire[],
  { speed, concurrency, ...options }: OnboardingRunOptions,
): Promise<Summary> {
  const run = start(onboardingAt({ speed, concurrency }, systems), hires, options);
  const result = await run.finished;
  if (result.status === 'Succeeded') return result.outputs;
  throw new Error(run.why().text);
}
