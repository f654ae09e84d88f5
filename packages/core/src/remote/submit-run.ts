/**
 * Puts a run into its store for another process to work on.
 * @module
 */
import { type Clock, systemClock } from '@runafter/clock';
import type { Workflow } from '../definition/workflow.ts';
import { DefinitionChangedError } from '../durable/definition-changes.ts';
import { RunInputDiffersError } from '../durable/durable-errors.ts';
import {
  changesSince,
  encodedInput,
  isSameInput,
  knownRun,
  nobodyYet,
} from '../durable/open-run.ts';
import { storedDefinition } from '../durable/stored-definition.ts';
import type { RunStore } from '../ports/run-store.ts';
import { checkedWorkflow } from '../start.ts';
import type { DurableOptions } from '../start-options.ts';

export interface SubmitOptions extends Pick<DurableOptions, 'cipher' | 'valueLimit'> {
  readonly store: RunStore;
  /** Submitting a run of the same id again is the same run. */
  readonly runId: string;
  /** Default: the system's clock. */
  readonly clock?: Clock;
}

/**
 * Creates a run that nobody works on yet.
 *
 * @returns whether it is new; false when there is a run of this id with the same input.
 * @throws {RunInputDiffersError} `RUN_INPUT_DIFFERS`, as all of these as a rejection.
 * @throws {DefinitionChangedError} `DEFINITION_CHANGED`: the run of this id is that of another workflow.
 * @throws {NotStorableError} `VALUE_NOT_STORABLE`: the input.
 * @throws {CipherRequiredError} `CIPHER_REQUIRED`
 */
export async function submitRun<In, T>(
  workflow: Workflow<In, T>,
  input: In,
  options: SubmitOptions,
): Promise<boolean> {
  const { definition } = checkedWorkflow(workflow);
  const { store, runId, clock = systemClock } = options;
  const { name, version } = definition;
  const storedInput = encodedInput(definition, input, options);
  const run = {
    ...{ runId, workflow: name, input: storedInput, keyRoot: runId, startTime: clock.now() },
    ...(version !== undefined && { version }),
    definition: storedDefinition(definition),
  };
  // A lease that is over at once: whoever comes first works on it.
  const { state } = await store.createRun(run, { holder: nobodyYet, ttl: 0 });
  if (state === 'created') return true;
  const known = await knownRun(store, runId);
  if (!isSameInput(known.input, storedInput)) throw new RunInputDiffersError(runId);
  const changes = await changesSince(store, known, definition);
  if (changes.length > 0) throw new DefinitionChangedError(runId, changes);
  return false;
}
