/**
 * `start()`: begins a run of a workflow.
 *
 * A run begins in a microtask of its own, so whoever started it can subscribe to its events first and
 * miss none.
 * Read next: start-options.ts, run.ts (what comes back), started-run.ts.
 * @module
 */
import type { Workflow } from './definition/workflow.ts';
import { isWorkflow } from './definition/workflow-brand.ts';
import { RunInputDiffersError } from './durable/durable-errors.ts';
import { liveRun, shareRun } from './durable/live-runs.ts';
import { encodedInput, isSameInput } from './durable/open-run.ts';
import type { Run } from './run.ts';
import { RunOptionError } from './run-errors.ts';
import { checkStartOptions, type StartOptions } from './start-options.ts';
import { StartedRun } from './started-run.ts';

/**
 * Starts a run. It begins right after the code that called this has gone on.
 *
 * With a `store`, a run id is one run: started again with the same input, in this process or another,
 * it is not run again. Whoever comes second waits for the first, takes over when the first one's
 * process dies, and gets the same result; also long after the run has ended.
 *
 * @param input - what every handler reads as `input`; handed on as it is.
 * @throws {RunOptionError} `RUN_OPTION_INVALID`
 * @throws {DurationError} `DURATION_INVALID`: `timeout`, `grace` or `lease`.
 * @throws {NotStorableError} `VALUE_NOT_STORABLE`: the input of a durable run.
 * @throws {CipherRequiredError} `CIPHER_REQUIRED`: a secure value would have to be stored.
 * @example
 * const end = await start(weeklyReports, rows).finished;
 * if (end.status === 'Succeeded') console.log(end.outputs);
 */
export function start<In, T>(
  workflow: Workflow<In, T>,
  input: In,
  options: StartOptions = {},
): Run<T> {
  const { definition } = checkedWorkflow(workflow);
  checkStartOptions(options);
  const { store, runId } = options;
  if (store === undefined) return new StartedRun<T>(definition, input, options);
  const storedInput = encodedInput(definition, input, options);
  const live = runId === undefined ? undefined : liveRun(store, runId);
  if (live !== undefined) {
    if (!isSameInput(live.storedInput ?? '', storedInput)) throw new RunInputDiffersError(live.id);
    return live.join(definition, options) as Run<T>;
  }
  return shareRun(store, new StartedRun<T>(definition, input, options, { storedInput }));
}

/** @throws {RunOptionError} `RUN_OPTION_INVALID` */
export function checkedWorkflow<In, T>(workflow: Workflow<In, T>): Workflow<In, T> {
  if (isWorkflow(workflow)) return workflow;
  throw new RunOptionError(
    'workflow',
    workflow,
    'is not a workflow. Pass what workflow() or defineWorkflow() returned.',
  );
}
