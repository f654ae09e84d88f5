/**
 * `resumeAll()`: what a process calls when it starts, so that no run stays where a crash has left it.
 * @module
 */
import { systemClock } from '@runafter/clock';
import type { Workflow } from '../definition/workflow.ts';
import type { RunStore, StoredRun } from '../ports/run-store.ts';
import type { Run } from '../run.ts';
import { checkedWorkflow } from '../start.ts';
import { RunHeldError, RunUnknownError } from './durable-errors.ts';
import { type ResumeOptions, resume } from './resume.ts';

/** What `start()` takes, but for the id of a run; `store` must be there. */
export interface ResumeAllOptions extends Omit<ResumeOptions, 'wait' | 'signal'> {
  /** Aborting it ends the waiting for other processes. It does not cancel the runs. */
  readonly signal?: AbortSignal;
}

/** What became of the runs that had not ended. */
export interface ResumedRuns {
  /** This process goes on with these. */
  readonly resumed: readonly Run<unknown>[];
  /** Another process works on these, and has shown that it lives. */
  readonly held: readonly RunHeldError[];
  /** These could not be resumed, such as those of a definition that has changed. */
  readonly refused: readonly { readonly runId: string; readonly error: unknown }[];
  /** These are of workflows that were not given. */
  readonly others: readonly { readonly runId: string; readonly workflow: string }[];
}

// biome-ignore lint/suspicious/noExplicitAny: a workflow is contravariant in its input, so only any matches all.
type AnyWorkflow = Workflow<any, unknown>;

/**
 * Goes on with every run of these workflows that has not ended.
 *
 * A process that was killed still holds its runs until their leases expire. So a run that is held is
 * tried again when its lease is over, and left alone when it was renewed. That takes one lease time at
 * most (15 s unless the runs were started with another one).
 *
 * @param options - as for `start()`; with a `gate`, runs begin as they are let in, and those that it
 *   refuses are among `refused`.
 * @returns once each run was let in and resumed, or its holder has shown that it lives. Does not wait
 *   for their end.
 * @throws {RunOptionError} `RUN_OPTION_INVALID`, as a rejection.
 * @example
 * const { resumed, refused } = await resumeAll([onboarding, weeklyReports], { store });
 */
export async function resumeAll(
  workflows: readonly AnyWorkflow[],
  options: ResumeAllOptions & { readonly store: RunStore },
): Promise<ResumedRuns> {
  const byName = new Map(workflows.map((workflow) => [checkedWorkflow(workflow).name, workflow]));
  const found = {
    resumed: [] as Run<unknown>[],
    held: [] as RunHeldError[],
    refused: [] as { runId: string; error: unknown }[],
    others: [] as { runId: string; workflow: string }[],
  };
  const trying: Promise<void>[] = [];
  for await (const stored of options.store.listRuns({ status: 'Running' })) {
    const { runId, workflow: name } = stored;
    const workflow = byName.get(name);
    if (workflow === undefined) found.others.push({ runId, workflow: name });
    else {
      const attempt = resumeOrLeave(workflow, stored, options).then(
        (run) => {
          if (run instanceof RunHeldError) found.held.push(run);
          else if (run !== undefined) found.resumed.push(run);
        },
        (error: unknown) => {
          found.refused.push({ runId, error });
        },
      );
      trying.push(attempt);
    }
  }
  await Promise.all(trying);
  return found;
}

/** The run, or who has renewed its lease; undefined when it is gone. */
async function resumeOrLeave(
  workflow: AnyWorkflow,
  { runId }: StoredRun,
  options: ResumeAllOptions,
): Promise<Run<unknown> | RunHeldError | undefined> {
  const { signal, ...resumeOptions } = options;
  const { clock = systemClock } = resumeOptions;
  let before: RunHeldError | undefined;
  for (;;) {
    const run = await tryResume(workflow, runId, resumeOptions);
    if (!(run instanceof RunHeldError)) return run;
    if (before !== undefined && isRenewed(before, run)) return run;
    before = run;
    const wait = Math.max(1, run.expiresAt.getTime() - clock.now() + 1);
    if (!(await waited(clock.sleep(wait, { signal }), signal))) return run;
  }
}

/** Whether the wait came to its end; false when it was aborted. */
async function waited(wait: Promise<void>, signal: AbortSignal | undefined): Promise<boolean> {
  try {
    await wait;
    return true;
  } catch (error) {
    if (signal?.aborted) return false;
    throw error;
  }
}

function isRenewed(before: RunHeldError, now: RunHeldError): boolean {
  return now.holder !== before.holder || now.expiresAt > before.expiresAt;
}

async function tryResume(
  workflow: AnyWorkflow,
  runId: string,
  options: ResumeOptions,
): Promise<Run<unknown> | RunHeldError | undefined> {
  try {
    return await resume(workflow, runId, options);
  } catch (error) {
    if (error instanceof RunHeldError) return error;
    if (error instanceof RunUnknownError) return undefined;
    throw error;
  }
}
