/**
 * What a handler is given, from the call or from the store.
 * @module
 */
import { decodeValue } from '../durable/codec.ts';
import { type Sealing, whatIsKnownOf } from '../durable/sealing.ts';
import type { Progress } from '../engine/journal.ts';
import type { ActionCall } from '../ports/executor.ts';
import type { RunStore } from '../ports/run-store.ts';
import type { Given } from './given.ts';

/** The values of a call. */
export interface KnownGiven {
  readonly given: Given;
  /** That of the run. */
  readonly input: unknown;
}

/** Runs whose input is remembered: those that a process calls handlers for at the same time. */
const rememberedInputs = 100;

/** @returns reads what a call is about; undefined when the store has it no more, for its action has ended. */
export function readGiven(
  store: RunStore,
  sealing: Sealing,
): (call: ActionCall) => Promise<KnownGiven | undefined> {
  const inputs = new Map<string, unknown>();

  async function inputOf(runId: string): Promise<{ readonly value: unknown } | undefined> {
    if (!inputs.has(runId)) {
      const run = await store.readRun(runId);
      if (run === undefined) return undefined;
      const [oldest] = inputs.keys();
      if (inputs.size >= rememberedInputs && oldest !== undefined) inputs.delete(oldest);
      inputs.set(runId, decodeValue(run.input));
    }
    return { value: inputs.get(runId) };
  }

  return async (call) => {
    const given = await givenOf(call, store, sealing);
    const input = given && (given.input ?? (await inputOf(call.runId)));
    return given && input && { given, input: input.value };
  };
}

async function givenOf(
  { runId, path, given }: ActionCall,
  store: RunStore,
  sealing: Sealing,
): Promise<Given | undefined> {
  if ('text' in given) return (await sealing.read(given.text, `What "${path}" is given`)) as Given;
  const known = await store.readState(runId, given.statePath);
  if (known === undefined) return undefined;
  const progress = (await sealing.read(known, whatIsKnownOf(path))) as Progress;
  return progress.given?.value as Given | undefined;
}
