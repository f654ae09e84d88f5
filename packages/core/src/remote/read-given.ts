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

  /** @param began - a run that was deleted may have a successor of the same id. */
  async function inputOf(runId: string, began: number): Promise<{ value: unknown } | undefined> {
    const key = `${began} ${runId}`;
    if (!inputs.has(key)) {
      const run = await store.readRun(runId);
      if (run?.startTime !== began) return undefined;
      const [oldest] = inputs.keys();
      if (inputs.size >= rememberedInputs && oldest !== undefined) inputs.delete(oldest);
      inputs.set(key, decodeValue(run.input));
    }
    return { value: inputs.get(key) };
  }

  return async (call) => {
    const given = await givenOf(call, store, sealing);
    if (given === undefined) return undefined;
    const { input } = given;
    const known = 'value' in input ? input : await inputOf(call.runId, input.began);
    return known && { given, input: known.value };
  };
}

async function givenOf(
  { runId, path, given }: ActionCall,
  store: RunStore,
  sealing: Sealing,
): Promise<Given | undefined> {
  const what = `What "${path}" is given`;
  if ('text' in given) return (await sealing.read(given.text, what)) as Given;
  const known = await store.readState(runId, given.statePath);
  if (known === undefined) return undefined;
  const { handedOver } = (await sealing.read(known, whatIsKnownOf(path))) as Progress;
  return handedOver === undefined ? undefined : ((await sealing.read(handedOver, what)) as Given);
}
