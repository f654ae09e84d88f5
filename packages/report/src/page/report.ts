/**
 * From a run to its page in one step.
 * @module
 */
import { writeFile } from 'node:fs/promises';
import type { Run, RunSnapshot } from '@runafter/core';
import type { RunView } from '../view/run-view.ts';
import { type ViewOptions, viewOf } from '../view/view-of.ts';
import { type RenderOptions, renderReport } from './render-report.ts';

/** What a report shows, and how. */
export interface ReportOptions extends ViewOptions, RenderOptions {}

/** What can be drawn: a run of this process, ended or not, a snapshot of one, or a view. */
export type Reportable = Run<unknown> | RunSnapshot | RunView;

/**
 * Draws a run as one HTML file that needs nothing else. For a run in a store: `report(await
 * readView(store, runId))`.
 *
 * @param run - of a view, which has its executions already, the options for those say nothing.
 * @returns the text of the file, in UTF-8.
 * @throws {RunOptionError} `RUN_OPTION_INVALID`: it is none of these.
 * @example
 * const run = start(fulfilOrder, order);
 * await run.finished;
 * await writeFile('run.html', await report(run));
 */
export function report(run: Reportable, options: ReportOptions = {}): Promise<string> {
  const view = 'analysis' in run ? run : viewOf(run, options);
  return renderReport(view, options);
}

/**
 * Draws a run as `report` does, into a file.
 *
 * @param file - its path; what is there is overwritten.
 * @throws {Error} when the file cannot be written.
 * @example
 * await writeReport('run.html', run);
 */
export async function writeReport(
  file: string | URL,
  run: Reportable,
  options: ReportOptions = {},
): Promise<void> {
  await writeFile(file, await report(run, options));
}
