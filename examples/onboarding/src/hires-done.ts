/**
 * How far a run has come, asked from its store, which is there whatever has become of the processes.
 * @module
 */
import { inspectRun, type RunStore } from '@runafter/core';

/** How many hires are done with. */
export async function hiresDone(store: RunStore, runId: string): Promise<number> {
  const run = await inspectRun(store, runId);
  let done = 0;
  for await (const _ of run.outcomes('Hires')) done++;
  return done;
}
