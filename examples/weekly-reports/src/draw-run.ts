/**
 * A picture of a run that is in the store, as a file to look at.
 * @module
 */
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { RunStore } from '@runafter/core';
import { type RecordedWait, readView, writeReport } from '@runafter/report';

export interface Drawing {
  /** What its handlers have waited for. */
  readonly recorded: readonly RecordedWait[];
  /** Where the picture goes; undefined for the folder of temporary files, in place of the last one there. */
  readonly file: string | undefined;
}

/** @returns the picture's address, for a browser. */
export async function drawRun(
  store: RunStore,
  runId: string,
  { recorded, file = join(tmpdir(), 'weekly-reports.html') }: Drawing,
): Promise<string> {
  await writeReport(file, await readView(store, runId, { recorded }));
  return pathToFileURL(resolve(file)).href;
}
