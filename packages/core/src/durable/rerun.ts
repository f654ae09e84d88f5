/**
 * `rerun()`: runs again what did not succeed, as a run of its own.
 * Read next: copy-outcomes.ts, which decides what that is.
 * @module
 */
import type { Workflow } from '../definition/workflow.ts';
import type { Run } from '../run.ts';
import { RunOptionError } from '../run-errors.ts';
import { checkedWorkflow } from '../start.ts';
import { checkStartOptions, type StartOptions, storeOf } from '../start-options.ts';
import { StartedRun } from '../started-run.ts';
import { decodeValue } from './codec.ts';
import { OutcomeCopy } from './copy-outcomes.ts';
import { DefinitionChangedError } from './definition-changes.ts';
import { RunNotEndedError } from './durable-errors.ts';
import { beginShared, liveRun } from './live-runs.ts';
import { changesSince, knownRun, type Preparation } from './open-run.ts';

/** What `start()` takes; `store` must be there, and `runId` is that of the new run. */
export interface RerunOptions extends StartOptions {
  /**
   * `failed` takes over what succeeded and runs the rest again: failed items of a loop, and in them only
   * what did not succeed. `all` runs everything again. Default `failed`.
   */
  readonly only?: 'failed' | 'all';
  /**
   * `original`: the actions have the idempotency keys of the first run, so whoever is told them sees that
   * it is the same work. `new`: they have keys of their own. Default `original`.
   */
  readonly idempotencyKeys?: 'original' | 'new';
}

/**
 * Runs again what did not succeed in a run that has ended, with the same input. The first run stays as
 * it is.
 *
 * Outcomes are taken over of what succeeded, where everything that it ran after is, too. An until, or a
 * container of another kind such as a saga, that did not succeed begins anew as a whole. Called again
 * with the same `runId` it is the same new run.
 *
 * @param runId - the run that has ended.
 * @returns the new run, once this process holds it. All errors are rejections.
 * @throws {RunNotEndedError} `RUN_NOT_ENDED`
 * @throws {RunUnknownError} `RUN_UNKNOWN`
 * @throws {DefinitionChangedError} `DEFINITION_CHANGED`: see `allowChanges`.
 * @throws {RunOptionError} `RUN_OPTION_INVALID`: no store, or an option that makes no sense.
 * @example
 * const again = await rerun(weeklyReports, 'week-47', { store, only: 'failed', runId: 'week-47-again' });
 */
export async function rerun<In, T>(
  workflow: Workflow<In, T>,
  runId: string,
  options: RerunOptions,
): Promise<Run<T>> {
  const { definition } = checkedWorkflow(workflow);
  const { only = 'failed', idempotencyKeys = 'original', ...others } = options;
  checkChoice('only', only, ['failed', 'all']);
  checkChoice('idempotencyKeys', idempotencyKeys, ['original', 'new']);
  const startOptions: StartOptions = { ...others, runId: others.runId ?? crypto.randomUUID() };
  checkStartOptions(startOptions);
  const store = storeOf(startOptions);
  const newId = startOptions.runId as string;
  if (newId === runId) {
    throw new RunOptionError(
      'runId',
      newId,
      'is the id of the first run. The new one needs its own.',
    );
  }
  const source = await knownRun(store, runId);
  if (source.end === undefined) throw new RunNotEndedError(runId);
  const changes = await changesSince(store, source, definition);
  if (changes.length > 0 && options.allowChanges !== true) {
    throw new DefinitionChangedError(runId, changes);
  }
  const live = liveRun(store, newId);
  if (live?.copyOf === runId) {
    await live.begun;
    return live.join(definition, startOptions) as Run<T>;
  }
  const prepare: Preparation = async (journal, engine) => {
    if (journal.progress(engine)?.copied) return;
    await journal.save(engine, { copyOf: runId });
    const { writer: target, sealing } = journal.parts;
    const copy = new OutcomeCopy({ store, source: runId, target, sealing });
    const carrier = await copy.carrier();
    if (only === 'failed') await copy.succeeded(definition.body, '');
    // What was deleted while it was copied would be done again as if it had failed.
    await knownRun(store, runId);
    await journal.save(engine, { ...carrier, copied: true });
  };
  const run = new StartedRun<T>(definition, decodeValue(source.input), startOptions, {
    storedInput: source.input,
    keyRoot: idempotencyKeys === 'original' ? source.keyRoot : newId,
    wait: 0,
    prepare,
    copyOf: runId,
  });
  return beginShared(store, run);
}

function checkChoice(option: string, value: unknown, known: readonly string[]): void {
  if (known.includes(value as string)) return;
  throw new RunOptionError(option, value, `is none of ${known.join(', ')}.`);
}
