/**
 * What the store knows of a run that nobody works on any more.
 * @module
 */
import { inspectRun, type RunLease, type RunStore } from '@runafter/core';

export interface KeptRun {
  /** Reports that are done with. */
  readonly processed: number;
  /** The paths of the actions whose handlers have an outcome. */
  readonly handlers: ReadonlySet<string>;
  /** Who has worked on it last. */
  readonly lease: RunLease | undefined;
}

/** @param total - how many reports there are. */
export async function readKeptRun(store: RunStore, runId: string, total: number): Promise<KeptRun> {
  const run = await inspectRun(store, runId);
  const handlers = new Set<string>();
  const bodies = Array.from({ length: total }, (_, index) => `Reports[${index}]`);
  for (const body of ['', ...bodies.flatMap((report) => [report, `${report}/Process`])]) {
    for await (const { path, attempt } of run.outcomes(body)) if (attempt > 0) handlers.add(path);
  }
  let processed = 0;
  for await (const _ of run.outcomes('Reports')) processed++;
  return { processed, handlers, lease: run.lease };
}
