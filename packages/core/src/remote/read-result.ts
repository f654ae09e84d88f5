/**
 * The result of a run that another process has ended.
 * @module
 */
import type { Workflow } from '../definition/workflow.ts';
import { type ResumeOptions, resumeIf } from '../durable/resume.ts';
import type { RunResult } from '../engine/records/run-result.ts';

/**
 * Reads how a run went. It is never taken over, as `resume()` would: one that goes on is refused.
 *
 * @throws {RunNotEndedError} `RUN_NOT_ENDED`, as all of these as a rejection.
 * @throws {RunUnknownError} `RUN_UNKNOWN`
 * @throws {DefinitionChangedError} `DEFINITION_CHANGED`
 */
export async function readResult<In, T>(
  workflow: Workflow<In, T>,
  runId: string,
  options: ResumeOptions,
): Promise<RunResult<T>> {
  const run = await resumeIf(workflow, runId, options, true);
  return await run.finished;
}
