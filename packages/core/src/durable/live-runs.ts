/**
 * The durable runs of this process, so that whoever starts or resumes one of them again gets the same
 * run and does not wait for itself.
 * @module
 */
import type { RunStore } from '../ports/run-store.ts';
import type { Run } from '../run.ts';
import type { StartedRun } from '../started-run.ts';

const live = new WeakMap<RunStore, Map<string, StartedRun<unknown>>>();

/** The run of this id that goes on in this process, by way of this very store; undefined when none does. */
export function liveRun(store: RunStore, runId: string): StartedRun<unknown> | undefined {
  return live.get(store)?.get(runId);
}

/** Begins a run that its store knows, or will know, and lets others find it; returns once it has begun. */
export async function beginShared<T>(store: RunStore, run: StartedRun<T>): Promise<Run<T>> {
  shareRun(store, run);
  await run.begun;
  return run;
}

/** Lets others find the run for as long as it goes on. */
export function shareRun<T>(store: RunStore, run: StartedRun<T>): Run<T> {
  const runs = live.get(store) ?? new Map<string, StartedRun<unknown>>();
  live.set(store, runs);
  runs.set(run.id, run as StartedRun<unknown>);
  const forget = (): void => {
    if (runs.get(run.id) === run) runs.delete(run.id);
  };
  run.finished.then(forget, forget);
  return run;
}
