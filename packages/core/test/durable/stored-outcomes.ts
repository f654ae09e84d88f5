/**
 * All outcomes that a run has in its store, from the outside in.
 * @module
 */
import { inspectRun, type OutcomeInspection, type RunStore } from '@runafter/core';

/** Every outcome of the run, each container before what is inside it. */
export async function storedOutcomes(store: RunStore, runId: string): Promise<OutcomeInspection[]> {
  const run = await inspectRun(store, runId);
  const found: OutcomeInspection[] = [];
  const visit = async (path: string): Promise<void> => {
    for await (const outcome of run.outcomes(path)) {
      found.push(outcome);
      await visit(outcome.path);
    }
  };
  await visit('');
  return found;
}

/** Their paths. */
export async function storedPaths(store: RunStore, runId: string): Promise<string[]> {
  return (await storedOutcomes(store, runId)).map(({ path }) => path);
}
