/**
 * Runs in virtual time, to be looked at: seconds of work take no time, and begin at zero.
 * @module
 */
import { type Clock, virtualClock } from '@runafter/clock';
import { type Flow, type Run, type StartOptions, start, workflow } from '@runafter/core';
import type { RunView } from '../src/index.ts';

export const second = 1_000;

export interface Work {
  readonly clock: Clock;
  /** A handler that takes so many seconds. */
  readonly takes: (seconds: number) => (...given: unknown[]) => Promise<void>;
}

/** Runs a workflow to its end. */
export async function runOf(
  body: (flow: Flow<void>, work: Work) => unknown,
  options: StartOptions = {},
): Promise<Run<unknown>> {
  const clock = virtualClock({ start: 0, autoAdvance: true });
  const takes = (seconds: number) => () => clock.sleep(seconds * second);
  const flow = workflow('W', (flow: Flow<void>) => void body(flow, { clock, takes }));
  const run = start(flow, undefined, { runId: 'r', clock, ...options }) as Run<unknown>;
  await run.finished;
  return run;
}

/** When something ran, in seconds: could begin, began, ended. */
export function timesOf(view: RunView, path: string): readonly number[] {
  const execution = view.executions.find((one) => one.path === path);
  if (execution === undefined) throw new Error(`"${path}" is not in the view.`);
  const { readyTime, startTime, endTime } = execution;
  return [readyTime, startTime, endTime].map((time) => (time - view.startTime) / second);
}
