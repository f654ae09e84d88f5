/**
 * `resume()`: goes on with a run that another process, or this one before it was restarted, has begun.
 * Read next: open-run.ts (who gets it), revival.ts (what has ended in it).
 * @module
 */
import { type Clock, type Duration, parseDuration, systemClock } from '@runafter/clock';
import type { Workflow } from '../definition/workflow.ts';
import type { RunStore } from '../ports/run-store.ts';
import type { Run } from '../run.ts';
import { checkedWorkflow } from '../start.ts';
import { checkStartOptions, type StartOptions, storeOf } from '../start-options.ts';
import { StartedRun } from '../started-run.ts';
import { decodeValue } from './codec.ts';
import { RunHeldError, RunNotEndedError } from './durable-errors.ts';
import { beginShared, liveRun } from './live-runs.ts';
import { knownRun } from './open-run.ts';

/** What `start()` takes, but for the run's id; `store` must be there. */
export interface ResumeOptions extends Omit<StartOptions, 'runId'> {
  /** How long to wait for another process that works on the run. Default 0: RUN_HELD says who does. */
  readonly wait?: Duration;
}

/**
 * Goes on with a run that is in the store: what has an outcome is not run again, with its value handed
 * on as it is stored; everything else is, with the idempotency keys that it had. Of a run that has
 * ended comes its result.
 *
 * All errors are rejections.
 *
 * @returns the run, once this process holds it.
 * @throws {RunHeldError} `RUN_HELD`: another process works on it; says which, and until when.
 * @throws {DefinitionChangedError} `DEFINITION_CHANGED`: the workflow is not the one that the run was
 *   begun with; says what changed. See `allowChanges`.
 * @throws {RunUnknownError} `RUN_UNKNOWN`
 * @throws {RunOptionError} `RUN_OPTION_INVALID`: no store, or an option that makes no sense.
 * @example
 * const run = await resume(weeklyReports, 'week-47', { store });
 * const { status } = await run.finished;
 */
export async function resume<In, T>(
  workflow: Workflow<In, T>,
  runId: string,
  options: ResumeOptions,
): Promise<Run<T>> {
  return resumeIf(workflow, runId, options, false);
}

/** @param mustHaveEnded - it is only read; a run that goes on is left alone. */
export async function resumeIf<In, T>(
  workflow: Workflow<In, T>,
  runId: string,
  options: ResumeOptions,
  mustHaveEnded: boolean,
): Promise<Run<T>> {
  const { definition } = checkedWorkflow(workflow);
  const { wait = 0, ...others } = options;
  const startOptions: StartOptions = { ...others, runId };
  checkStartOptions(startOptions);
  const store = storeOf(startOptions);
  const live = liveRun(store, runId);
  if (live !== undefined) {
    await untilBegun(live, store, { clock: options.clock, signal: options.signal, wait });
    return live.join(definition, startOptions) as Run<T>;
  }
  const known = await knownRun(store, runId);
  if (mustHaveEnded && known.end === undefined) throw new RunNotEndedError(runId);
  const { input } = known;
  const patience = parseDuration(wait, 'wait');
  const beginning = { storedInput: input, known, mustExist: true, wait: patience };
  const run = new StartedRun<T>(definition, decodeValue(input), startOptions, beginning);
  return beginShared(store, run);
}

interface Patience {
  readonly clock: Clock | undefined;
  readonly signal: AbortSignal | undefined;
  readonly wait: Duration;
}

/** Somebody here may have started the run again, and wait for another process that holds it. */
async function untilBegun(
  live: StartedRun<unknown>,
  store: RunStore,
  { clock = systemClock, signal, wait }: Patience,
): Promise<void> {
  if (live.hasBegun) return;
  const patience = new AbortController();
  const waitOptions = {
    signal: signal ? AbortSignal.any([signal, patience.signal]) : patience.signal,
  };
  const timeIsUp = clock.sleep(wait, waitOptions).then(async () => {
    const { lease } = await knownRun(store, live.id);
    if (lease !== undefined) throw new RunHeldError(live.id, lease);
    await live.begun;
  });
  try {
    await Promise.race([live.begun, timeIsUp]);
  } finally {
    patience.abort();
    timeIsUp.catch(() => undefined);
  }
}
