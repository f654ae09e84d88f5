/**
 * `runafter resume FILE [RUN]`: goes on with a run of a store, or with all that have not ended.
 * @module
 */
import { type ResumeOptions, type Run, type RunStore, resume, resumeAll } from '@runafter/core';
import { didYouMean, toFault } from '@runafter/errors';
import { UsageError, WorkflowNotExportedError } from '../cli-errors.ts';
import { command } from '../command.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { writeJson } from '../json-output.ts';
import { withStore } from '../open-store.ts';
import { parseDurationOption } from '../option-values.ts';
import { printable } from '../printable.ts';
import { earlierProgress } from '../running/earlier-progress.ts';
import { followRun, progressOf, type RunEnding } from '../running/follow-run.ts';
import { followToEnd } from '../running/follow-to-end.ts';
import { pictureFor } from '../running/run-picture.ts';
import { endingAsJson, exitCodeOfEnding, showEnding, worstOf } from '../running/show-ending.ts';
import type { Session } from '../session.ts';
import {
  type RunningOptions,
  runningOptions,
  startOptionsOf,
  storeOption,
  workflowOption,
} from '../shared-options.ts';
import { type AnyWorkflow, loadWorkflows } from '../workflow-file.ts';

interface ResumeCommandOptions extends RunningOptions {
  readonly store?: string;
  readonly workflow?: string;
  readonly allowChanges?: boolean;
  readonly wait?: number;
}

type AskedOptions = ResumeCommandOptions & { readonly json: boolean };

export const resumeCommand: ReturnType<typeof command> = command<ResumeCommandOptions>({
  name: 'resume',
  summary: 'go on with a run of a store, or with all that have not ended',
  details:
    'What has ended is not run again. A run that another process works on is left to it; when that process ' +
    'has died, its runs are free once their leases are over, 15 s later unless they were started otherwise.',
  arguments: [
    { name: '<file>', description: 'the file of the workflows, or FILE#EXPORT' },
    { name: '[run]', description: 'the id of a run; all that have not ended by default' },
  ],
  options: [
    storeOption,
    workflowOption,
    {
      flags: '--allow-changes',
      description: 'also where the workflow is not the one any more that the run was begun with',
    },
    {
      flags: '--wait <duration>',
      description: 'how long to wait for another process that works on the run; 0 by default',
      parse: parseDurationOption,
    },
    ...runningOptions,
  ],
  examples: [
    { what: 'One run', line: 'runafter resume orders.ts order-17 --store runs.db' },
    { what: 'Whatever was left', line: 'runafter resume orders.ts --store runs.db' },
  ],
  run: async ({ args: [file = '', runId], options }, session) => {
    const { workflow } = options;
    const workflows = await loadWorkflows(file, { cwd: session.cwd, workflow });
    return withStore(options.store, session, (store) =>
      runId === undefined
        ? goOnWithAll({ file, workflows, store }, options, session)
        : goOnWithOne({ file, workflows, store, runId }, options, session),
    );
  },
});

interface What {
  readonly file: string;
  readonly workflows: readonly AnyWorkflow[];
  readonly store: RunStore;
}

type ResumeStartOptions = ResumeOptions & { readonly store: RunStore };

function resumeOptionsOf(
  options: AskedOptions,
  session: Session,
  store: RunStore,
): ResumeStartOptions {
  const { allowChanges } = options;
  return {
    ...startOptionsOf(options, session),
    store,
    ...(allowChanges !== undefined && { allowChanges }),
  };
}

async function goOnWithOne(
  { file, workflows, store, runId }: What & { readonly runId: string },
  options: AskedOptions,
  session: Session,
): Promise<ExitCode> {
  const stored = await store.readRun(runId);
  // Without one, resume() says what is wrong with the id.
  const workflow =
    stored === undefined ? workflows[0] : workflows.find(({ name }) => name === stored.workflow);
  if (workflow === undefined) throw noSuchWorkflow(file, stored?.workflow ?? '', workflows);
  const earlier = await earlierProgress(store, runId);
  const picture = await pictureFor(options.report, session);
  const run = await resume(workflow, runId, {
    ...resumeOptionsOf(options, session, store),
    ...(picture && { telemetry: picture.telemetry }),
    ...(options.wait !== undefined && { wait: options.wait }),
  });
  return followToEnd({ run, workflow, file, picture, earlier, isDurable: true }, options, session);
}

function noSuchWorkflow(
  file: string,
  name: string,
  workflows: readonly AnyWorkflow[],
): WorkflowNotExportedError {
  const names = workflows.map((each) => each.name);
  return new WorkflowNotExportedError(
    file,
    `has no workflow "${name}", which the run is of.${didYouMean(name, names)} It has ${names.join(', ')}.`,
  );
}

async function goOnWithAll(
  { workflows, store }: What,
  options: AskedOptions,
  session: Session,
): Promise<ExitCode> {
  if (options.report !== undefined) {
    throw new UsageError('--report is for one run: name it, or use the command report afterwards.');
  }
  const { stdout, stderr } = session;
  const found = await resumeAll(workflows, resumeOptionsOf(options, session, store));
  for (const { message } of found.held) stderr.write(`${printable(message)}\n`);
  for (const { runId, workflow } of found.others) {
    stderr.write(
      `Run ${printable(runId)} is of the workflow ${printable(workflow)}, which the file does not have.\n`,
    );
  }
  for (const { runId, error } of found.refused) {
    const { code, message } = toFault(error);
    stderr.write(`Run ${printable(runId)} cannot be resumed: ${code}: ${printable(message)}\n`);
  }
  const endings = await Promise.all(
    found.resumed.map((run) => followOneOfMany(run, workflows, options, session)),
  );
  if (options.json) {
    writeJson(stdout, {
      runs: endings.map(endingAsJson),
      held: found.held.map(({ runId, holder, expiresAt }) => ({ runId, holder, expiresAt })),
      refused: found.refused.map(({ runId, error }) => ({ runId, error: toError(error) })),
      others: found.others,
    });
  } else if (endings.length === 0) stderr.write('There is nothing to go on with.\n');
  else for (const ending of endings) showEnding(ending, stdout);
  return worstOf([
    ...endings.map(exitCodeOfEnding),
    ...(found.held.length > 0 ? [exitCodes.unfinished] : []),
    ...(found.refused.length > 0 ? [exitCodes.environment] : []),
  ]);
}

/** Several bars would draw over each other, so each run has its lines. */
async function followOneOfMany(
  run: Run<unknown>,
  workflows: readonly AnyWorkflow[],
  options: AskedOptions,
  session: Session,
): Promise<RunEnding> {
  const workflow = workflows.find(({ name }) => name === run.workflow) as AnyWorkflow;
  const asked = progressOf(options.progress, session);
  const how = asked === 'bar' ? 'lines' : asked;
  return followRun(run, workflow, session, { how, label: run.id, isDurable: true });
}

function toError(error: unknown): { readonly code: string; readonly message: string } {
  const { code, message } = toFault(error);
  return { code, message };
}
